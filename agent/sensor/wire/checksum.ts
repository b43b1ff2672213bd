import { type Bytes, u16 } from './bytes.js';
import type { Frame } from './frame.js';
import { Protocol } from './transport.js';

/** The buffer that was summed last, in native 32-bit words: captures come in few buffers, used again and again. */
let viewed: Bytes | undefined;
let words: Int32Array = new Int32Array(0);
/** Offset of `b[0]` from the first word. */
let base = 0;

function view(b: Bytes): void {
  viewed = b;
  base = b.byteOffset & 3;
  const start = b.byteOffset - base;
  words = new Int32Array(b.buffer, start, Math.floor((b.byteOffset + b.length - start) / 4));
}

/**
 * RFC 1071: the ones' complement sum of `b[start, end)` and `initial`, folded to 16 bits. The sum does not depend on
 * the order of bytes but for a swap (section 2.B), so four bytes are taken at a time in the machine's own order.
 */
function sum(b: Bytes, start: number, end: number, initial: number): number {
  if (b !== viewed) view(b);
  let low = 0;
  let high = 0;
  // Bytes in front of the first whole word, as they would stand in one.
  let at = start;
  for (; at < end && ((at + base) & 3) !== 0; at++) low += b[at]! << (((at + base) & 1) << 3);
  const firstWord = (at + base) >> 2;
  const lastWord = firstWord + ((end - at) >> 2);
  let word = firstWord;
  for (const lastPair = lastWord - 1; word < lastPair; word += 2) {
    const one = words[word]!;
    const two = words[word + 1]!;
    low = (low + (one & 0xffff) + (two & 0xffff)) | 0;
    high = (high + (one >>> 16) + (two >>> 16)) | 0;
  }
  if (word < lastWord) {
    const value = words[word]!;
    low = (low + (value & 0xffff)) | 0;
    high = (high + (value >>> 16)) | 0;
  }
  at += (lastWord - firstWord) << 2;
  for (; at < end; at++) low += b[at]! << (((at + base) & 1) << 3);
  const native = fold(low + high);
  // In the machine's order even places are low bytes; on the wire the first byte is the high one.
  const isSwapped = IS_LITTLE_ENDIAN ? ((start + base) & 1) === 0 : ((start + base) & 1) === 1;
  return fold((isSwapped ? swap(native) : native) + initial);
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}

function swap(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8);
}

/**
 * Whether the checksums of IP and transport hold, as far as they can be known: fragments, cut packets and a UDP
 * checksum of zero (RFC 768) are believed.
 */
export function hasGoodChecksums(frame: Frame, b: Bytes): boolean {
  if (frame.ipVersion === 4) {
    const headerBytes = (b[frame.ipStart]! & 15) * 4;
    if (sum(b, frame.ipStart, frame.ipStart + headerBytes, 0) !== 0xffff) return false;
  }
  if (frame.isFragment || frame.transportEnd - frame.transportStart < frame.transportBytes) return true;
  switch (frame.protocol) {
    case Protocol.Tcp:
      return holds(frame, b, pseudoHeader(frame, b));
    case Protocol.Udp:
      return u16(b, frame.transportStart + 6) === 0 || holds(frame, b, pseudoHeader(frame, b));
    case Protocol.Icmp:
      return frame.ipVersion !== 4 || holds(frame, b, 0);
    case Protocol.Icmpv6:
      return frame.ipVersion !== 6 || holds(frame, b, pseudoHeader(frame, b));
    default:
      return true;
  }
}

function holds(frame: Frame, b: Bytes, initial: number): boolean {
  return sum(b, frame.transportStart, frame.transportEnd, initial) === 0xffff;
}

/** RFC 9293 3.1, RFC 8200 8.1: addresses (which stand side by side in both headers), protocol and length. */
function pseudoHeader(frame: Frame, b: Bytes): number {
  const bytes = frame.ipVersion === 4 ? 8 : 32;
  return sum(b, frame.sourceAddress, frame.sourceAddress + bytes, frame.protocol + frame.transportBytes);
}
