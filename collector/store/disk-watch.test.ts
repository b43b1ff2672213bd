import { Registry } from 'prom-client';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { StoreConfig } from './config.js';
import { outlookOf, type Pressure, pressureOf, type Space } from './disk-budget.js';
import { DiskWatch } from './disk-watch.js';

const GIB = 2 ** 30;
const days = (bytes: number[]) => bytes.map((each, at) => ({ day: `2026-11-${10 + at}`, bytes: each, rows: 1 }));

test('pressure rises lane by lane as the disk fills, and falls only when there is more than a little room', () => {
  const total = 20 * GIB;
  const levels = [3, 1.9, 1.1, 0.7, 0.3].map((free) => pressureOf({ totalBytes: total, freeBytes: free * GIB }, 0));
  expect(levels).toEqual([0, 1, 2, 3, 4]);
  expect(pressureOf({ totalBytes: total, freeBytes: 2.1 * GIB }, 1)).toBe(1);
  expect(pressureOf({ totalBytes: total, freeBytes: 2.5 * GIB }, 1)).toBe(0);
});

test('the days that are left come from the growth of whole days', () => {
  const space = { totalBytes: 100 * GIB, freeBytes: 28 * GIB };
  const usage = { bytes: 60 * GIB, rows: 1, days: days([GIB, GIB, GIB, GIB / 10]), retentionDays: 365 };
  expect(outlookOf(usage, space).daysLeft).toBeCloseTo(20);
});

test('a disk that holds the whole retention is never full', () => {
  const usage = { bytes: 60 * GIB, rows: 1, days: days([GIB, GIB, GIB]), retentionDays: 70 };
  expect(outlookOf(usage, { totalBytes: 100 * GIB, freeBytes: 28 * GIB }).daysLeft).toBe(Number.POSITIVE_INFINITY);
});

async function scene(space: Space, config: Partial<StoreConfig> = {}) {
  const told: Array<{ rule: string; state: string; value?: number }> = [];
  const pressures: Pressure[] = [];
  const metrics = new Registry();
  let nowMs = 0;
  let isWritable = true;
  let free = space.freeBytes;
  const watch = new DiskWatch({ ...(Value.Default(StoreConfig, {}) as StoreConfig), ...config }, '/', {
    clock: { now: () => nowMs, monotonic: () => nowMs },
    random: Math.random,
    log: silentLogger,
    metrics,
    usage: async () => ({ bytes: 60 * GIB, rows: 1, days: days([GIB, GIB, GIB]), retentionDays: 365 }),
    setPressure: (level) => pressures.push(level),
    tell: async (telling) => {
      if (!isWritable) return undefined;
      told.push(telling);
      return {};
    },
    space: async () => ({ ...space, freeBytes: free }),
  });
  const look = async (freeBytes: number): Promise<void> => {
    free = freeBytes;
    nowMs += 3_600_000;
    await watch.look();
  };
  return { told, pressures, metrics, look, setWritable: (is: boolean) => (isWritable = is) };
}

test('an alert comes weeks before the end, once, again when it is urgent, and is taken back', async () => {
  const { told, look } = await scene({ totalBytes: 1_000 * GIB, freeBytes: 0 });
  for (const free of [100, 30, 29, 14, 13, 60, 90]) await look(free * GIB);
  expect(told.map(({ rule, state, value }) => [rule, state, value])).toEqual([
    ['disk-filling', 'raised', 22],
    ['disk-filling', 'repeated', 6],
    ['disk-filling', 'recovered', undefined],
  ]);
});

test('an alert that could not be written is told at the next look', async () => {
  const { told, look, setWritable } = await scene({ totalBytes: 1_000 * GIB, freeBytes: 0 });
  setWritable(false);
  await look(30 * GIB);
  setWritable(true);
  await look(30 * GIB);
  expect(told).toMatchObject([{ rule: 'disk-filling', state: 'raised' }]);
});

test('as the disk fills less and less is taken, and an alert says so; metrics show it', async () => {
  const { told, look, pressures, metrics } = await scene({ totalBytes: 20 * GIB, freeBytes: 0 });
  for (const free of [1.9, 0.3, 10]) await look(free * GIB);
  expect(pressures).toEqual([1, 4, 0]);
  expect(told.filter(({ rule }) => rule === 'disk-full').map(({ state }) => state)).toEqual([
    'raised',
    'repeated',
    'recovered',
  ]);
  const text = await metrics.metrics();
  expect(text).toContain('hinomi_disk_pressure 0');
  expect(text).toContain(`hinomi_disk_free_bytes ${10 * GIB}`);
});

test('the table keeps to its own share of a larger disk', async () => {
  const { look, pressures } = await scene({ totalBytes: 1_000 * GIB, freeBytes: 0 }, { diskBytesMax: 61 * GIB });
  await look(900 * GIB);
  expect(pressures).toEqual([3]);
});
