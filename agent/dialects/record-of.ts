import { Dialects } from './dialects.js';

/** When the lines of the tests arrived: 21:05 in Tokyo. */
export const RECEIVED = Date.parse('2026-11-25T12:05:00.000Z');

/** For tests: the record that the door makes of a line, its source being in Tokyo. */
export function recordOf(line: string): Readonly<Record<string, unknown>> {
  return new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);
}
