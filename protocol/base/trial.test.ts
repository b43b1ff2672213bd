import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Trial } from './trial.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-trial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('whoever ended without a word is suspect, until it was closed in order', () => {
  const path = join(folder, 'a');
  expect(new Trial(path, 'one').begin()).toBe(false);
  expect(new Trial(path, 'one').begin()).toBe(true);
  const last = new Trial(path, 'one');
  expect(last.begin()).toBe(true);
  last.end();
  expect(new Trial(path, 'one').begin()).toBe(false);
});

test('whoever lived with it for long is suspect only when the power was cut', () => {
  const path = join(folder, 'b');
  const first = new Trial(path, 'one');
  first.begin();
  first.prove();
  const killed = new Trial(path, 'one');
  expect(killed.begin()).toBe(false);
  killed.prove();
  expect(new Trial(path, 'two').begin()).toBe(true);
});

test('a file that says nothing is one that a power cut left', () => {
  const path = join(folder, 'c');
  writeFileSync(path, '');
  expect(new Trial(path, 'one').begin()).toBe(true);
});

test('who could not open it leaves what was found', () => {
  const path = join(folder, 'd');
  new Trial(path, 'one').begin();
  const failed = new Trial(path, 'two');
  expect(failed.begin()).toBe(true);
  failed.giveUp();
  expect(new Trial(path, 'two').begin()).toBe(true);
  const fresh = join(folder, 'e');
  const first = new Trial(fresh, 'one');
  first.begin();
  first.giveUp();
  expect(new Trial(fresh, 'one').begin()).toBe(false);
});

test('a place that cannot be written or cleared throws nothing', () => {
  mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
  expect(new Trial(join(folder, 'taken'), 'one').begin()).toBe(true);
  expect(new Trial(join(folder, 'taken'), 'one').begin()).toBe(false);
  writeFileSync(join(folder, 'file'), '');
  // Below a file nothing can be made, and nothing be taken away.
  const trial = new Trial(join(folder, 'file', 'x'), 'one');
  trial.begin();
  trial.prove();
  trial.giveUp();
  trial.end();
});
