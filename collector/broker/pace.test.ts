import { expect, test } from 'vitest';
import { Pace } from './pace.js';

test('a burst is let through, what lasts is slowed down to the rate', () => {
  const pace = new Pace(0);
  expect(pace.take(4_000, 0)).toBe(0);
  expect(pace.take(1_000, 0)).toBe(500);
  expect(pace.take(0, 500)).toBe(0);
  expect(pace.take(2_000, 1_500)).toBe(0);
});

test('no more than one burst is saved up, however long it is quiet', () => {
  const pace = new Pace(0);
  expect(pace.take(4_001, 3_600_000)).toBeGreaterThan(0);
});
