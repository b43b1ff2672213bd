import { u8 } from '../wire/bytes.js';

const LINE_BYTES_MAX = 8_192;
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
    const text = b.toString('utf8', at, Math.min(lineEnd, at + TEXT_CHARACTERS_MAX));
    at = lineEnd + 1;
    if (!onLine(text.endsWith('\r') ? text.slice(0, -1) : text)) break;
  }
  return at - start;
}
