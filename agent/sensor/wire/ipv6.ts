import { type Bytes, u8, u16, u32 } from './bytes.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';

// RFC 8200 3.
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const SOURCE = 8;
const DESTINATION = 24;
const HEADER_BYTES = 40;
/** No host sends more; bounds the walk. */
const EXTENSIONS_MAX = 10;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;

/** Fills the IP part of the frame from the header at `start` and walks the extension headers. See `readIpv4`. */
export function readIpv6(frame: Frame, b: Bytes, start: number, end: number, wireEnd: number): Flaw {
  if (end - start < HEADER_BYTES) return Flaw.Ipv6Truncated;
  if (u8(b, start) >> 4 !== 6) return Flaw.Ipv6BadVersion;
  const said = u16(b, start + PAYLOAD_LENGTH);
  // Zero: a jumbogram, or segmentation offload seen by a tap.
  const total = said === 0 ? wireEnd - start : HEADER_BYTES + said;
  if (total > wireEnd - start) return Flaw.Ipv6BadLength;
  frame.ipVersion = 6;
  frame.ipStart = start;
  frame.ipBytes = total;
  frame.sourceAddress = start + SOURCE;
  frame.destinationAddress = start + DESTINATION;
  frame.isFragment = false;
  frame.hasMoreFragments = false;
  frame.fragmentOffset = 0;
  frame.transportEnd = Math.min(end, start + total);
  return walkExtensions(frame, b, start + HEADER_BYTES, start + total, u8(b, start + NEXT_HEADER));
}

function walkExtensions(frame: Frame, b: Bytes, first: number, wireEnd: number, firstKind: number): Flaw {
  let at = first;
  let kind = firstKind;
  for (let count = 0; count < EXTENSIONS_MAX; count++) {
    if (!isExtension(kind)) {
      frame.protocol = kind;
      frame.transportStart = at;
      frame.transportBytes = wireEnd - at;
      return Flaw.None;
    }
    if (frame.transportEnd - at < 8) return Flaw.Ipv6ExtensionTruncated;
    const bytes = extensionBytes(kind, u8(b, at + 1));
    if (kind === FRAGMENT) readFragment(frame, b, at);
    if (at + bytes > frame.transportEnd) return Flaw.Ipv6ExtensionTruncated;
    kind = u8(b, at);
    at += bytes;
    // Behind the header of a later fragment stands the middle of something, not another header.
    if (frame.fragmentOffset > 0) {
      frame.protocol = kind;
      frame.transportStart = at;
      frame.transportBytes = wireEnd - at;
      return Flaw.None;
    }
  }
  return Flaw.Ipv6TooManyExtensions;
}

function isExtension(kind: number): boolean {
  return (
    kind === HOP_BY_HOP ||
    kind === ROUTING ||
    kind === FRAGMENT ||
    kind === DESTINATION_OPTIONS ||
    kind === AUTHENTICATION ||
    kind === MOBILITY ||
    kind === HIP ||
    kind === SHIM6
  );
}

/** RFC 8200 4.3 and 4.5; the authentication header counts in 4-byte units, less two (RFC 4302 2.2). */
function extensionBytes(kind: number, length: number): number {
  if (kind === FRAGMENT) return 8;
  return kind === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

function readFragment(frame: Frame, b: Bytes, at: number): void {
  const field = u16(b, at + 2);
  frame.fragmentOffset = field & 0xfff8;
  frame.hasMoreFragments = (field & 1) !== 0;
  // An atomic fragment (RFC 6946) is a whole packet.
  frame.isFragment = frame.hasMoreFragments || frame.fragmentOffset > 0;
  frame.fragmentId = u32(b, at + 4);
  frame.fragmentStart = at + 8;
  frame.fragmentProtocol = u8(b, at);
}
