import { expect, test } from 'vitest';
import { barsOf } from './bars.js';

const FROM = Date.parse('2026-11-23T12:00:00Z');
const NOW = FROM + 60_000;
const at = (seconds: number): object => ({ '@timestamp': new Date(FROM + seconds * 1000).toISOString() });
const list = (events: object[], hasMore = false) => ({
  events: events as Record<string, unknown>[],
  from: new Date(FROM).toISOString(),
  to: new Date(NOW + 600_000).toISOString(),
  hasMore,
  tookMs: 1,
});

test('bars cover the range that was asked for, up to now', () => {
  const bars = barsOf(list([at(59.9), at(0), at(0.1)]), NOW);
  expect(bars).toMatchObject({ fromMs: FROM, toMs: NOW });
  expect(bars?.counts[0]).toBe(2);
  expect(bars?.counts.at(-1)).toBe(1);
});

test('bars cover only what was loaded when there is more', () => {
  expect(barsOf(list([at(50), at(40)], true), NOW)?.fromMs).toBe(FROM + 40_000);
});

test('a record of a clock that runs ahead is in sight', () => {
  const bars = barsOf(list([at(90)]), NOW);
  expect(bars?.toMs).toBe(FROM + 90_001);
  expect(bars?.counts.reduce((a, b) => a + b)).toBe(1);
});

test('nothing, and a single moment, are no trouble', () => {
  expect(barsOf(list([]), NOW)).toBeUndefined();
  expect(barsOf(list([{}]), NOW)).toBeUndefined();
  expect(barsOf(list([at(60), at(60)], true), NOW)?.counts.reduce((a, b) => a + b)).toBe(2);
});
