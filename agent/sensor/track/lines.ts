import { u8 } from '../wire/bytes.js';

export const LINE_BYTES_MAX = 8_192;
const TEXT_CHARACTERS_MAX = 1_024;

/**
 * Gives each whole line of [start, end), without its end and at most 1,024 characters of it.
 * @param onLine false ends the reading
 * @returns bytes used; -1 when a line is too long, or no text
 */
export function eachLine(b: Buffer, start: number, end: number, onLine: (line: string) => boolean): number {
  let at = start;
  while (at < end) {
    const lineEnd = b.indexOf(0x0a, at);
    if (lineEnd < 0 || lineEnd >= end) return end - at > LINE_BYTES_MAX || u8(b, at) === 0 ? -1 : at - start;
    const text = lineAt(b, at, lineEnd);
    at = lineEnd + 1;
    if (!onLine(text)) break;
  }
  return at - start;
}

/** The line whose line feed stands at `lf`, without its end and at most 1,024 bytes of it. */
export function lineAt(b: Buffer, start: number, lf: number): string {
  const isCrlf = lf > start && u8(b, lf - 1) === 0x0d;
  return b.toString('utf8', start, Math.min(isCrlf ? lf - 1 : lf, start + TEXT_CHARACTERS_MAX));
}
