import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backoff } from './backoff.js';

test('the bound doubles up to the longest wait, and a reset begins anew', () => {
  const backoff = new Backoff({ baseMs: 100, maxMs: 1_000 }, () => 1);
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(backoff.attempts).toBe(6);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test('every wait is between zero and the bound, however many attempts there were', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 1, max: 100 }),
      (chance, attempts) => {
        const backoff = new Backoff({ baseMs: 1, maxMs: 60_000 }, () => chance);
        for (let attempt = 0; attempt < attempts; attempt++) {
          const wait = backoff.next();
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(Math.min(60_000, 2 ** attempt));
        }
      },
    ),
  );
});
