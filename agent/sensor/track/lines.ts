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

/** A command or a reply, as it begins: what was missing ended with a line. */
const WHOLE = /^(?:\d{3}[ -]|[A-Z]{3,8}[ \r])/;

/** Which sides come upon the middle of a line, because bytes in front of it are missing. */
export class CutLines {
  readonly #isCut = [false, false];

  cut(side: number): void {
    this.#isCut[side] = true;
  }

  /** Where the next whole line begins: `start`, behind the rest of one that was cut, or `end`. */
  begin(side: number, b: Buffer, start: number, end: number): number {
    if (this.#isCut[side] !== true) return start;
    if (WHOLE.test(b.toString('latin1', start, Math.min(end, start + 12)))) {
      this.#isCut[side] = false;
      return start;
    }
    const lf = b.indexOf(0x0a, start);
    if (lf < 0 || lf >= end) return end;
    this.#isCut[side] = false;
    return lf + 1;
  }
}
