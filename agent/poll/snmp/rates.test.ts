import { expect, test } from 'vitest';
import { Rates } from './rates.js';

const MINUTE = 60_000;
const MAX = 1e9;

/** The rates of one counter that is asked each minute; with sysUpTime in seconds, where given. */
function ratesOf(values: bigint[], bits: 32 | 64, uptimes: number[] = [], most = MAX): (number | undefined)[] {
  const rates = new Rates();
  return values.map((value, index) => {
    const uptime = uptimes[index];
    rates.begin(index * MINUTE, uptime === undefined ? undefined : uptime * 100);
    return rates.rate('a', value, bits, most);
  });
}

test('a counter is a rate from its second value on', () => {
  expect(ratesOf([100n, 700n, 700n], 64)).toEqual([undefined, 10, 0]);
});

test('a counter of 32 bits that begins again goes on', () => {
  expect(ratesOf([2n ** 32n - 300n, 300n], 32)).toEqual([undefined, 10]);
});

test('a counter of 64 bits that is less than before was set back', () => {
  expect(ratesOf([2n ** 63n, 600n, 1_200n], 64)).toEqual([undefined, undefined, 10]);
});

test('a counter of 64 bits is exact beyond what a number holds', () => {
  expect(ratesOf([2n ** 60n, 2n ** 60n + 60n], 64)).toEqual([undefined, 1]);
});

test('after a reboot no counter is compared with before', () => {
  expect(ratesOf([2n ** 31n, 60n, 660n], 32, [9_000, 20, 80])).toEqual([undefined, undefined, 10]);
});

test('an uptime that begins again after 497 days is no reboot', () => {
  const rates = new Rates();
  expect(rates.begin(0, 2 ** 32 - 1_000)).toBe(false);
  expect(rates.begin(MINUTE, 5_000)).toBe(false);
  expect(rates.begin(2 * MINUTE, 100)).toBe(true);
});

test('more than the line can carry is no rate', () => {
  expect(ratesOf([0n, 10n ** 12n], 64, [], 125_000_000)).toEqual([undefined, undefined]);
});

test('what was left out in a round is new in the next', () => {
  const rates = new Rates();
  rates.begin(0, undefined);
  rates.rate('a', 1n, 64, MAX);
  rates.begin(MINUTE, undefined);
  rates.begin(2 * MINUTE, undefined);
  expect(rates.rate('a', 100n, 64, MAX)).toBeUndefined();
});

test('no more counters than there is room for', () => {
  const rates = new Rates();
  for (const at of [0, MINUTE]) {
    rates.begin(at, undefined);
    for (let index = 0; index < 9_000; index++) rates.rate(`${index}`, 60n, 64, MAX);
    expect(rates.rate('last', 60n, 64, MAX)).toBeUndefined();
  }
});
