import fc from 'fast-check';
import { expect } from 'vitest';
import type { AnyRecord } from '../../../protocol/records/records.js';
import { ORIGINAL_CHARACTERS_MAX } from '../../../protocol/records/utm.js';

const RUNS = 150;
const RECORD_MS_MAX = 500;
const TIMES_MAX = 60;

/** Lines with junk in them and their end many times over: one record of the same text, in time that grows with its length. */
export function expectMutatedWhole(
  record: (text: string) => AnyRecord,
  lines: readonly string[],
  placeMax: number,
): void {
  const cut = fc.record({
    line: fc.constantFrom(...lines),
    at: fc.nat(placeMax),
    junk: fc.string(),
    times: fc.nat(TIMES_MAX),
  });
  fc.assert(
    fc.property(cut, ({ line, at, junk, times }) => {
      const text = line.slice(0, at) + junk + line.slice(at).repeat(1 + times);
      const started = performance.now();
      expect(record(text)['event.original']).toBe(text.slice(0, ORIGINAL_CHARACTERS_MAX));
      expect(performance.now() - started).toBeLessThan(RECORD_MS_MAX);
    }),
    { numRuns: RUNS },
  );
}

/** Lines with junk in them: one record of the same text. */
export function expectJunkKept(record: (text: string) => AnyRecord, lines: readonly string[], placeMax: number): void {
  const cut = fc.record({ text: fc.constantFrom(...lines), at: fc.nat(placeMax), junk: fc.string() });
  fc.assert(
    fc.property(cut, ({ text, at, junk }) => {
      const mutated = text.slice(0, at) + junk + text.slice(at);
      expect(record(mutated)['event.original']).toBe(mutated);
    }),
  );
}
