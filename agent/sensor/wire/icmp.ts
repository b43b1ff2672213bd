import { ICMP_PAIRS, ICMPV6_PAIRS } from '../../../protocol/icmp.js';
import { type Bytes, u8 } from './bytes.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';

// RFC 792 and RFC 4443: type, code, checksum, four bytes that belong to the type.
const HEADER_BYTES = 8;
const HEADER_BYTES_MIN = 4;

const PAIRS_V4 = pairs(ICMP_PAIRS);
const PAIRS_V6 = pairs(ICMPV6_PAIRS);

function pairs(list: readonly (readonly [number, number])[]): Int16Array {
  const counterparts = new Int16Array(256).fill(-1);
  for (const [ask, answer] of list) {
    counterparts[ask] = answer;
    counterparts[answer] = ask;
  }
  return counterparts;
}

export const readIcmp = (frame: Frame, b: Bytes): Flaw => read(frame, b, PAIRS_V4);
export const readIcmpv6 = (frame: Frame, b: Bytes): Flaw => read(frame, b, PAIRS_V6);

function read(frame: Frame, b: Bytes, counterparts: Int16Array): Flaw {
  const start = frame.transportStart;
  if (frame.transportEnd - start < HEADER_BYTES_MIN) return Flaw.IcmpTruncated;
  const type = u8(b, start);
  const counterpart = counterparts[type]!;
  frame.sourcePort = type;
  frame.isOneWay = counterpart < 0;
  frame.destinationPort = counterpart < 0 ? u8(b, start + 1) : counterpart;
  frame.payloadStart = Math.min(start + HEADER_BYTES, frame.transportEnd);
  frame.payloadEnd = frame.transportEnd;
  frame.payloadBytes = Math.max(0, frame.transportBytes - HEADER_BYTES);
  return Flaw.None;
}
