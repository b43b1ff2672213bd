import { expect, test } from 'vitest';
import { connectionsFor, openFilesMax } from './open-files.js';

test('the limit of this process is known', () => {
  expect(openFilesMax()).toBeGreaterThan(100);
});

test.each([
  ['no limit that is known', undefined, 20_000, 20_000],
  ['far more files than connections', 100_000, 20_000, 20_000],
  ['as many files as connections: some are for others', 20_000, 20_000, 19_488],
  ['hardly any files', 100, 20_000, 1],
])('%s', (_what, filesMax, wanted, connections) => {
  expect(connectionsFor(filesMax, wanted)).toBe(connections);
});
