import { macText } from './addresses.js';
import { type Bytes, u8 } from './bytes.js';

const TEXT_BYTES_MAX = 512;
const HEX_BYTES_MAX = 64;
const SPACE = 0x20;
const DELETE = 0x7f;
const MAC_BYTES = 6;

/** UTF-8 as far as it is, without the blanks, line ends and zeros at its ends; at most 512 bytes of it. */
export function textAt(b: Bytes, start: number, end: number): string {
  let from = start;
  let to = Math.min(end, start + TEXT_BYTES_MAX);
  while (from < to && u8(b, from) <= SPACE) from += 1;
  while (to > from && u8(b, to - 1) <= SPACE) to -= 1;
  return b.toString('utf8', from, to);
}

/** Lower-case hexadecimal, at most 64 bytes of it. */
export function hexAt(b: Bytes, start: number, end: number): string {
  return b.toString('hex', start, Math.min(end, start + HEX_BYTES_MAX));
}

/** A name or number that somebody gave: as text, a MAC address as such, anything else in hexadecimal. */
export function idAt(b: Bytes, start: number, end: number): string {
  let to = end;
  while (to > start && u8(b, to - 1) === 0 && end - start !== MAC_BYTES) to -= 1;
  for (let at = start; at < to; at++) {
    if (u8(b, at) < SPACE || u8(b, at) === DELETE)
      return to - start === MAC_BYTES ? macText(b, start) : hexAt(b, start, to);
  }
  return textAt(b, start, to);
}
