import { expect, it } from 'vitest';
import { Allowance } from './allowance.js';

const HOUR_US = 3_600e6;

function told(allowance: Allowance, fromUs: number, times: number, everyUs: number): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (allowance.take(fromUs + i * everyUs)) count++;
  return count;
}

it('tells ten seconds of them at once, and its rate after that; the rest is counted', () => {
  const allowance = new Allowance(100);
  expect(told(allowance, HOUR_US, 5_000, 0)).toBe(1_000);
  expect(told(allowance, HOUR_US + 1e6, 5_000, 0)).toBe(100);
  expect(allowance.untold).toBe(5_000 - 1_000 + 5_000 - 100);
});

it('goes on when the clock steps back', () => {
  const allowance = new Allowance(100);
  told(allowance, HOUR_US, 5_000, 0);
  expect(told(allowance, 0, 200, 10_000)).toBeGreaterThan(190);
});

it('of zero is none', () => {
  const allowance = new Allowance(0);
  expect(told(allowance, HOUR_US, 5_000, 0)).toBe(5_000);
  expect(allowance.untold).toBe(0);
});
