import { type Bytes, u16 } from './bytes.js';
import type { Frame } from './frame.js';
import { Protocol } from './transport.js';

/** RFC 1071: the ones' complement sum of `b[start, end)`, not folded. */
function sum(b: Bytes, start: number, end: number, initial: number): number {
  let total = initial;
  let at = start;
  for (; at + 1 < end; at += 2) total += (b[at]! << 8) | b[at + 1]!;
  if (at < end) total += b[at]! << 8;
  return total;
}

function holds(total: number): boolean {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded === 0xffff;
}

/**
 * Whether the checksums of IP and transport hold, as far as they can be known: fragments, cut packets and a UDP
 * checksum of zero (RFC 768) are believed.
 */
export function hasGoodChecksums(frame: Frame, b: Bytes): boolean {
  if (frame.ipVersion === 4) {
    const headerBytes = (b[frame.ipStart]! & 15) * 4;
    if (!holds(sum(b, frame.ipStart, frame.ipStart + headerBytes, 0))) return false;
  }
  if (frame.isFragment || frame.transportEnd - frame.transportStart < frame.transportBytes) return true;
  switch (frame.protocol) {
    case Protocol.Tcp:
      return holds(sum(b, frame.transportStart, frame.transportEnd, pseudoHeader(frame, b)));
    case Protocol.Udp:
      if (u16(b, frame.transportStart + 6) === 0) return true;
      return holds(sum(b, frame.transportStart, frame.transportEnd, pseudoHeader(frame, b)));
    case Protocol.Icmp:
      return frame.ipVersion !== 4 || holds(sum(b, frame.transportStart, frame.transportEnd, 0));
    case Protocol.Icmpv6:
      return frame.ipVersion !== 6 || holds(sum(b, frame.transportStart, frame.transportEnd, pseudoHeader(frame, b)));
    default:
      return true;
  }
}

/** RFC 9293 3.1, RFC 8200 8.1: addresses, protocol and length. */
function pseudoHeader(frame: Frame, b: Bytes): number {
  const bytes = frame.ipVersion === 4 ? 4 : 16;
  const addresses = sum(b, frame.sourceAddress, frame.sourceAddress + bytes, 0);
  return (
    sum(b, frame.destinationAddress, frame.destinationAddress + bytes, addresses) +
    frame.protocol +
    frame.transportBytes
  );
}
