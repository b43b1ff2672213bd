import { type Bytes, u8, u16 } from './bytes.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';

// RFC 791 3.1.
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FRAGMENT = 6;
const PROTOCOL = 9;
const SOURCE = 12;
const DESTINATION = 16;
const HEADER_BYTES_MIN = 20;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

/**
 * Fills the IP part of the frame from the header at `start`.
 * @param end what was captured
 * @param wireEnd where the frame ended on the wire, `end` or later
 */
export function readIpv4(frame: Frame, b: Bytes, start: number, end: number, wireEnd: number): Flaw {
  if (end - start < HEADER_BYTES_MIN) return Flaw.Ipv4Truncated;
  const first = u8(b, start);
  if (first >> 4 !== 4) return Flaw.Ipv4BadVersion;
  const headerBytes = (first & 15) * 4;
  if (headerBytes < HEADER_BYTES_MIN) return Flaw.Ipv4BadHeaderLength;
  if (headerBytes > end - start) return Flaw.Ipv4Truncated;
  const said = u16(b, start + TOTAL_LENGTH);
  // Zero is what a tap on a sender with segmentation offload sees: the packet is as long as the frame.
  const total = said === 0 ? wireEnd - start : said;
  if (total < headerBytes || total > wireEnd - start) return Flaw.Ipv4BadLength;
  const fragment = u16(b, start + FRAGMENT);
  frame.ipVersion = 4;
  frame.ipStart = start;
  frame.ipBytes = total;
  frame.sourceAddress = start + SOURCE;
  frame.destinationAddress = start + DESTINATION;
  frame.protocol = u8(b, start + PROTOCOL);
  frame.fragmentOffset = (fragment & OFFSET_MASK) * 8;
  frame.hasMoreFragments = (fragment & MORE_FRAGMENTS) !== 0;
  frame.isFragment = frame.hasMoreFragments || frame.fragmentOffset > 0;
  frame.fragmentId = u16(b, start + IDENTIFICATION);
  frame.transportStart = start + headerBytes;
  frame.fragmentStart = frame.transportStart;
  frame.fragmentProtocol = frame.protocol;
  frame.transportBytes = total - headerBytes;
  // Ethernet pads short packets; a snap length cuts long ones.
  frame.transportEnd = Math.min(end, start + total);
  return Flaw.None;
}
