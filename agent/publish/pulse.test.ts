import { describe, expect, it } from 'vitest';
import { OwnAddresses } from './own-addresses.js';
import { Pulse } from './pulse.js';

/** What a pulse says, looked at four times a second from one second to another. */
function looks(pulse: Pulse, fromS: number, toS: number): { atS: number; said: string }[] {
  const said: { atS: number; said: string }[] = [];
  for (let ms = fromS * 1_000; ms <= toS * 1_000; ms += 250) {
    const word = pulse.check(ms);
    if (word !== 'alive') said.push({ atS: ms / 1_000, said: word });
  }
  return said;
}

describe('a pulse', () => {
  it('asks once when it was quiet for ten seconds, and is content with any answer', () => {
    const pulse = new Pulse(0);
    expect(looks(pulse, 0, 12)).toEqual([{ atS: 10, said: 'ask' }]);
    pulse.onHeard(12_250);
    expect(looks(pulse, 12.5, 22)).toEqual([]);
    expect(looks(pulse, 22.25, 22.25)).toEqual([{ atS: 22.25, said: 'ask' }]);
  });

  it('says within 16 seconds that a connection is dead', () => {
    expect(looks(new Pulse(0), 0, 16)).toEqual([
      { atS: 10, said: 'ask' },
      { atS: 16, said: 'dead' },
    ]);
  });

  it('blames nobody when this process stood still itself', () => {
    const pulse = new Pulse(0);
    expect(pulse.check(10_000)).toBe('ask');
    expect(pulse.check(60_000)).toBe('alive');
    pulse.onHeard(60_001);
    expect(pulse.check(60_002)).toBe('alive');
  });
});

describe('own addresses', () => {
  const at = (...lists: string[][]) => {
    let index = -1;
    return new OwnAddresses(() => new Set(lists[(index = Math.min(index + 1, lists.length - 1))]));
  };

  it('tell an address that is new, once', () => {
    const addresses = at(['a'], ['a'], [], ['a', 'b'], ['a', 'b'], ['b']);
    expect([0, 1, 2, 3, 4].map(() => addresses.takeNew())).toEqual([false, false, true, false, false]);
  });

  it('tell one that is gone after three looks, a second apart', () => {
    const addresses = at(['10.0.0.1'], ['10.0.0.1'], [], [], [], []);
    const gone = [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000].map((ms) => addresses.isGone('10.0.0.1', ms));
    expect(gone).toEqual([false, false, false, false, false, false, true]);
  });

  it('know an IPv4 address in the form of IPv6, and say nothing of one that is not known', () => {
    const addresses = at(['10.0.0.1', 'fe80::1']);
    for (let ms = 0; ms < 10_000; ms += 1_000) {
      expect(addresses.isGone('::ffff:10.0.0.1', ms)).toBe(false);
      expect(addresses.isGone('FE80::1%eth0', ms + 10_000)).toBe(false);
      expect(addresses.isGone(undefined, ms)).toBe(false);
    }
  });

  it('begin anew with each connection', () => {
    const addresses = at(['x'], []);
    expect([addresses.isGone('a', 0), addresses.isGone('a', 1_000)]).toEqual([false, false]);
    addresses.reset();
    expect(addresses.isGone('a', 2_000)).toBe(false);
  });
});
