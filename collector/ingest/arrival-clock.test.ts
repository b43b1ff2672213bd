import { afterEach, expect, test } from 'vitest';
import { RELEASED_MS } from '../../protocol/base/time.js';
import { ArrivalClock } from './arrival-clock.js';
import { batch, closeAll, Disk, open, SENDER } from './testing/disk.js';

afterEach(closeAll);

const DAY_MS = 86_400_000;
const at = { now: 0, monotonic: 0 };
const clock = { now: () => at.now, monotonic: () => at.monotonic };

function begin(now: number): ArrivalClock {
  Object.assign(at, { now, monotonic: 1_000 });
  return new ArrivalClock(clock);
}

test('a clock that can be right is believed, also when something came later than it says', () => {
  const arrivals = begin(RELEASED_MS + DAY_MS);
  arrivals.learn(RELEASED_MS + 5 * DAY_MS);
  expect([arrivals.isBelieved, arrivals.now()]).toEqual([true, RELEASED_MS + DAY_MS]);
});

test('in 1970 time goes on from the newest arrival', () => {
  const arrivals = begin(300_000);
  arrivals.learn(RELEASED_MS + 5 * DAY_MS);
  arrivals.learn(RELEASED_MS + 2 * DAY_MS);
  at.monotonic += 7_000;
  expect([arrivals.isBelieved, arrivals.now()]).toEqual([false, RELEASED_MS + 5 * DAY_MS + 7_000]);
  at.now = RELEASED_MS + 6 * DAY_MS;
  expect(arrivals.now()).toBe(RELEASED_MS + 6 * DAY_MS);
});

test('without any arrival, or with those of a clock that said 2040, it is when the program was written', () => {
  const arrivals = begin(0);
  arrivals.learn(Date.parse('2040-06-01'));
  expect(arrivals.now()).toBe(RELEASED_MS);
});

test('a collector that woke up in 1970 dates what comes behind what it has: it is not thrown away for its age', async () => {
  const disk = new Disk();
  const before = await open(disk);
  before.ingest.accept(SENDER, batch(1));
  await before.acked(1);
  await before.ingest.close();
  disk.clock = { now: () => 300_000, monotonic: () => performance.now() };
  const { ingest, acked } = await open(disk);
  ingest.accept(SENDER, batch(2));
  await acked(1);
  const [first = 0, second = 0] = disk.rows.map((row) => Date.parse(String(row['event.ingested'])));
  expect(second).toBeGreaterThanOrEqual(first);
  expect(second - first).toBeLessThan(60_000);
});
