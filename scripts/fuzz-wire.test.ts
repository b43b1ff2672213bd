import { expect, test } from 'vitest';
import { fuzz } from './fuzz-wire.js';

/** A bounded part of what `scripts/fuzz-wire.ts` runs for as long as it is told. */
test.each([1, 2, 3])(
  'changed packets of seed %i crash nothing and make no wrong record',
  (seed) => {
    const { failures, packets, records } = fuzz({ seed, isOver: (count) => count >= 40_000 });
    expect(failures).toEqual([]);
    expect(packets).toBe(40_000);
    expect(records).toBeGreaterThan(1_000);
  },
  120_000,
);
