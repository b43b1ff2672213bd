import { expect, test } from 'vitest';
import { Limiter, networkOf } from './limiter.js';

test('so many in a window, by key; what was refused does not count', () => {
  let nowMs = 0;
  const limiter = new Limiter(2, 1_000, { now: () => nowMs, monotonic: () => nowMs });
  expect([limiter.take('a'), limiter.take('a'), limiter.take('a'), limiter.take('b')]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  nowMs = 999;
  expect(limiter.take('a')).toBe(false);
  nowMs = 1_000;
  expect([limiter.take('a'), limiter.take('a'), limiter.take('a')]).toEqual([true, true, false]);
});

test('many strangers do not make it forget its newest', () => {
  const limiter = new Limiter(1, 1_000, { now: () => 0, monotonic: () => 0 });
  for (let index = 0; index < 60_000; index++) limiter.take(String(index));
  expect(limiter.take('59999')).toBe(false);
  expect(limiter.take('0')).toBe(true);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
