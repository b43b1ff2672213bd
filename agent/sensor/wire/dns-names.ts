import { type Bytes, u8, u16 } from './bytes.js';
import { DnsFlaw } from './dns-flaws.js';

/** RFC 1035 3.1: a name is at most 255 bytes with its lengths, the root's zero too. */
const NAME_BYTES_MAX = 255;
/** No resolver needs more; bounds the walk without remembering where it has been. */
const POINTERS_MAX = 32;

/** Where the name that was read last ended in its message, and why it could not be read. */
export interface NameCursor {
  at: number;
  flaw: DnsFlaw;
}

export const nameCursor = (): NameCursor => ({ at: 0, flaw: DnsFlaw.None });

/** Escaped, a byte is four characters. */
const scratch = Buffer.alloc(NAME_BYTES_MAX * 4);

/**
 * Reads a name at `at` of the message [start, end), following pointers (RFC 1035 4.1.4), which must go backwards.
 * @returns labels joined by dots, without a last dot, so that the root is empty; other bytes escaped as dig does
 * (`\.` and `\032`); undefined when damaged, with `cursor.flaw`. `cursor.at` is behind the name.
 */
export function readName(b: Bytes, start: number, end: number, at: number, cursor: NameCursor): string | undefined {
  let characters = 0;
  let bytes = 0;
  let pointers = 0;
  let from = at;
  let lowest = at;
  cursor.at = -1;
  cursor.flaw = DnsFlaw.None;
  for (;;) {
    if (from >= end) return damaged(cursor, DnsFlaw.Truncated);
    const length = u8(b, from);
    if (length === 0) {
      if (cursor.at < 0) cursor.at = from + 1;
      return scratch.toString('latin1', 0, characters);
    }
    if ((length & 0xc0) === 0xc0) {
      if (from + 1 >= end) return damaged(cursor, DnsFlaw.Truncated);
      if (++pointers > POINTERS_MAX) return damaged(cursor, DnsFlaw.TooManyPointers);
      const target = start + (u16(b, from) & 0x3fff);
      if (cursor.at < 0) cursor.at = from + 2;
      if (target >= lowest) return damaged(cursor, DnsFlaw.ForwardPointer);
      lowest = target;
      from = target;
      continue;
    }
    if ((length & 0xc0) !== 0) return damaged(cursor, DnsFlaw.BadLabel);
    if (from + 1 + length > end) return damaged(cursor, DnsFlaw.Truncated);
    bytes += length + 1;
    if (bytes >= NAME_BYTES_MAX) return damaged(cursor, DnsFlaw.NameTooLong);
    if (characters > 0) scratch[characters++] = DOT;
    characters = writeLabel(b, from + 1, from + 1 + length, characters);
    from += length + 1;
  }
}

function damaged(cursor: NameCursor, flaw: DnsFlaw): undefined {
  cursor.flaw = flaw;
  return undefined;
}

const DOT = 0x2e;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

/** RFC 1035 5.1: a dot or backslash inside of a label is quoted, bytes that are no printable ASCII as `\DDD`. */
function writeLabel(b: Bytes, start: number, end: number, place: number): number {
  let to = place;
  for (let at = start; at < end; at++) {
    const byte = u8(b, at);
    const isPlain = byte > 0x20 && byte < 0x7f;
    if (byte === DOT || byte === BACKSLASH || !isPlain) scratch[to++] = BACKSLASH;
    if (isPlain) {
      scratch[to++] = byte;
      continue;
    }
    scratch[to++] = ZERO + Math.floor(byte / 100);
    scratch[to++] = ZERO + (Math.floor(byte / 10) % 10);
    scratch[to++] = ZERO + (byte % 10);
  }
  return to;
}
