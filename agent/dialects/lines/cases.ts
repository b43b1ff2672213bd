import { expect, test } from 'vitest';
import type { Fields } from '../dialect.js';
import { Dialects } from '../dialects.js';

/** When the lines of the tests were received. */
export const RECEIVED_MS = Date.UTC(2026, 10, 25, 10);

/** A line, and what its record has among other things. For tests. */
export type Case = readonly [name: string, line: string, expected: Fields];

const dialects = new Dialects({ zone: 'Asia/Tokyo' });

/** One test for each line, through the door, so that a line that another dialect takes is seen too. */
export function testLines(observer: Fields, cases: readonly Case[]): void {
  test.each(cases)('%s', (_name, line, expected) => {
    const record = dialects.record(line, RECEIVED_MS);
    expect(record).toMatchObject({ ...observer, ...expected });
    expect(record['event.original']).toBe(line);
  });
}
