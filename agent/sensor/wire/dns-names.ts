import { type Bytes, u8, u16 } from './bytes.js';

/** RFC 1035 3.1: a name is at most 255 bytes with its lengths. */
const NAME_BYTES_MAX = 255;
/** No resolver needs more; bounds the walk without remembering where it has been. */
const POINTERS_MAX = 32;

/** Where the name that was read last ended in its message; -1 when it was damaged. */
export interface NameCursor {
  at: number;
}

/**
 * Reads a name at `at` of the message [start, end), following pointers (RFC 1035 4.1.4), which must go backwards.
 * @returns labels joined by dots, `.` for the root without a trailing dot otherwise, other bytes escaped as dig does
 * (`\.` and `\032`); undefined when damaged. `cursor.at` is behind the name.
 */
export function readName(b: Bytes, start: number, end: number, at: number, cursor: NameCursor): string | undefined {
  let text = '';
  let bytes = 0;
  let pointers = 0;
  let from = at;
  let lowest = at;
  cursor.at = -1;
  for (;;) {
    if (from >= end) return undefined;
    const length = u8(b, from);
    if (length === 0) {
      if (cursor.at < 0) cursor.at = from + 1;
      return text;
    }
    if ((length & 0xc0) === 0xc0) {
      if (from + 1 >= end || ++pointers > POINTERS_MAX) return undefined;
      const target = start + (u16(b, from) & 0x3fff);
      if (cursor.at < 0) cursor.at = from + 2;
      if (target >= lowest) return undefined;
      lowest = target;
      from = target;
      continue;
    }
    if ((length & 0xc0) !== 0 || from + 1 + length > end) return undefined;
    bytes += length + 1;
    if (bytes > NAME_BYTES_MAX) return undefined;
    if (text !== '') text += '.';
    text += labelText(b, from + 1, from + 1 + length);
    from += length + 1;
  }
}

/** RFC 1035 5.1: a dot or backslash inside of a label is quoted, bytes that are no printable ASCII as `\DDD`. */
function labelText(b: Bytes, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = u8(b, at);
    if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte > 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

/**
 * NetBIOS first-level encoding (RFC 1001 14.1): 32 letters of half-bytes. Returns the name without its padding and
 * its suffix byte, or undefined when it is none.
 */
export function decodeNetbios(label: string): { name: string; suffix: number } | undefined {
  const encoded = label.split('.')[0] ?? '';
  if (!/^[A-P]{32}$/.test(encoded)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < 32; at += 2) {
    bytes.push(((encoded.charCodeAt(at) - 65) << 4) | (encoded.charCodeAt(at + 1) - 65));
  }
  const suffix = bytes.pop() ?? 0;
  const text = bytes.map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0 ? '' : `\\${String(byte).padStart(3, '0')}`,
  );
  return { name: text.join('').trimEnd(), suffix };
}
