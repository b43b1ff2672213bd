import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { Duplicates, type DuplicateTelling } from './duplicates.js';

const BOX = { agent: 'a', site: 's', company: 'c' };
let nowMs: number;
let told: DuplicateTelling[];
let canWrite: boolean;
let duplicates: Duplicates;
beforeEach(() => {
  nowMs = 1_000_000;
  told = [];
  canWrite = true;
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  duplicates = new Duplicates({
    ...{ clock, random: Math.random, log: silentLogger },
    tell: async (_box, telling) => {
      if (canWrite) told.push(telling);
      return canWrite ? telling : undefined;
    },
  });
});

async function births(...boots: string[]): Promise<void> {
  for (const boot of boots) await duplicates.onBirth(BOX, boot);
}

test('restarts and lines that break are no second box', async () => {
  await births('A', 'A', 'B', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J');
  expect(told).toEqual([]);
});

test('a run that comes back after another one is: said once, whoever alternates how often', async () => {
  await births('A', 'B', 'A', 'B', 'A', 'B');
  expect(told).toMatchObject([{ rule: 'identity-duplicated', state: 'raised' }]);
});

test('boxes do not get into each other’s way', async () => {
  await births('A');
  await duplicates.onBirth({ ...BOX, agent: 'b' }, 'B');
  await births('A');
  expect(told).toEqual([]);
});

test('is said again after a day, and over after an hour without', async () => {
  await births('A', 'B', 'A');
  nowMs += 86_400_000;
  await births('B');
  nowMs += 3_599_000;
  await duplicates.check();
  expect(told.map(({ state }) => state)).toEqual(['raised', 'repeated']);
  nowMs += 1_000;
  await duplicates.check();
  await duplicates.check();
  expect(told.map(({ state }) => state)).toEqual(['raised', 'repeated', 'recovered']);
  await births('A', 'B');
  expect(told.at(-1)?.state).toBe('raised');
});

test('what could not be written is said at the next time', async () => {
  canWrite = false;
  await births('A', 'B', 'A');
  canWrite = true;
  await births('B');
  expect(told).toMatchObject([{ state: 'raised', value: 2 }]);
});
