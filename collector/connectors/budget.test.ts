import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget, SlidingLimit } from './budget.js';

const CONFIG = { perSecond: 10, perMinute: 100, perHour: 1_000, perDay: 200_000 };

test('no span of the window ever has more than the limit, however it is asked', () => {
  const gaps = fc.array(fc.nat(400), { minLength: 50, maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (waits, max) => {
      const limit = new SlidingLimit(max, 1_000);
      const taken: number[] = [];
      let now = 0;
      for (const wait of waits) {
        now += wait;
        if (limit.waitMs(now) > 0) continue;
        limit.take(now);
        taken.push(now);
      }
      for (const start of taken)
        expect(taken.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(max);
      expect(taken.length).toBeGreaterThan(0);
    }),
  );
});

test('looks leave a tenth to jobs, and a pause holds for both', async () => {
  let now = 0;
  const budget = new Budget(CONFIG, { now: () => now, monotonic: () => now });
  const { signal } = new AbortController();
  for (let count = 0; count < 9; count++) await budget.take(signal);
  expect(budget.waitMs()).toBeGreaterThan(0);
  expect(budget.waitMs(true)).toBe(0);
  budget.pause(5_000);
  now += 4_000;
  expect(budget.waitMs(true)).toBe(1_000);
  now += 1_000;
  expect(budget.waitMs()).toBe(0);
});

test('an hour of looking as fast as it may stays below the limit of the hour', async () => {
  let now = 0;
  const budget = new Budget(CONFIG, { now: () => now, monotonic: () => now });
  const { signal } = new AbortController();
  let count = 0;
  while (now < 3_600_000) {
    const waitMs = budget.waitMs();
    now += Math.max(1, waitMs);
    if (waitMs > 0 || now >= 3_600_000) continue;
    await budget.take(signal);
    count += 1;
  }
  expect(count).toBe(900);
});
