import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Trial } from './trial.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-trial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('whoever ended without a word is suspect, in the same run of the machine alone', () => {
  const path = join(folder, 'a');
  expect(new Trial(path, 'one').begin()).toBe(false);
  expect(new Trial(path, 'one').begin()).toBe(true);
  expect(new Trial(path, 'two').begin()).toBe(false);
  const last = new Trial(path, 'two');
  expect(last.begin()).toBe(true);
  last.end();
  expect(new Trial(path, 'two').begin()).toBe(false);
});

test('a place that cannot be written or cleared throws nothing', () => {
  mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
  expect(new Trial(join(folder, 'taken'), 'one').begin()).toBe(false);
  writeFileSync(join(folder, 'file'), '');
  // Below a file nothing can be made, and nothing be taken away.
  const trial = new Trial(join(folder, 'file', 'x'), 'one');
  expect(trial.begin()).toBe(false);
  trial.end();
});
