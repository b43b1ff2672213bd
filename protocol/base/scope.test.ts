import { expect, test } from 'vitest';
import { type Component, Scope } from './scope.js';

function recorder() {
  const seen: string[] = [];
  const component = (name: string, fails: { start?: boolean; close?: boolean } = {}): Component => ({
    name,
    async start() {
      seen.push(`start ${name}`);
      if (fails.start) throw new Error(`${name} cannot start`);
    },
    async close() {
      seen.push(`close ${name}`);
      if (fails.close) throw new Error(`${name} cannot close`);
    },
  });
  return { seen, component };
}

test('closes in reverse order of the start, and once', async () => {
  const { seen, component } = recorder();
  const scope = new Scope();
  await scope.start(component('a'));
  scope.onClose('b', () => void seen.push('close b'));
  await scope.start(component('c'));
  await scope.close();
  await scope.close();
  expect(seen).toEqual(['start a', 'start c', 'close c', 'close b', 'close a']);
});

test('a component whose start failed is closed at once, and the error goes on', async () => {
  const { seen, component } = recorder();
  const scope = new Scope();
  await scope.start(component('a'));
  await expect(scope.start(component('b', { start: true }))).rejects.toThrow('b cannot start');
  expect(seen).toEqual(['start a', 'start b', 'close b']);
  await scope.close();
  expect(seen.at(-1)).toBe('close a');
});

test('a close that fails keeps no other from closing', async () => {
  const { seen, component } = recorder();
  const scope = new Scope();
  await scope.start(component('a', { close: true }));
  await scope.start(component('b'));
  await scope.start(component('c', { close: true }));
  await expect(scope.close()).rejects.toBeInstanceOf(AggregateError);
  expect(seen.slice(3)).toEqual(['close c', 'close b', 'close a']);
});

test('nothing starts in a closed scope', async () => {
  const scope = new Scope();
  await scope.close();
  await expect(scope.start(recorder().component('a'))).rejects.toThrow(/closed scope/);
});
