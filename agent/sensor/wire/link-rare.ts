import { type Bytes, u8, u16, u16le } from './bytes.js';
import { type LinkEnd, Next, readType } from './ethernet.js';
import { Flaw } from './flaws.js';

function goTo(out: LinkEnd, at: number, next: number): Flaw {
  out.at = at;
  out.next = next;
  return Flaw.None;
}

/** PPP, or Cisco's HDLC under the same link type: an address of 0x0f or 0x8f, control 0, an EtherType. */
export function readCiscoHdlc(b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 4) return Flaw.LinkTruncated;
  const isCisco = (u8(b, start) === 0x0f || u8(b, start) === 0x8f) && u8(b, start + 1) === 0;
  return isCisco ? readType(b, start + 4, end, u16(b, start + 2), out) : goTo(out, start, Next.Ppp);
}

const Q922_END = 1;
const Q922_BYTES_MAX = 4;
/** NLPIDs (RFC 2427): SNAP, PPP (RFC 1973), IPv4, IPv6. */
const NLPID_SNAP = 0x80;
const NLPID_PPP = 0xcf;
const NLPID_IPV4 = 0xcc;
const NLPID_IPV6 = 0x8e;
const UNNUMBERED = 3;

/** RFC 2427: an address of two to four bytes (ITU-T Q.922), control 3, NLPID; or Cisco's own, with an EtherType. */
export function readFrameRelay(b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  let at = start;
  while (at < end && (u8(b, at) & Q922_END) === 0) {
    at += 1;
    if (at - start >= Q922_BYTES_MAX) return Flaw.LinkUnknown;
  }
  at += 1;
  if (end - at < 2) return Flaw.LinkTruncated;
  if (u8(b, at) !== UNNUMBERED) return readType(b, at + 2, end, u16(b, at), out);
  // A zero may fill the header up to an even length.
  at += u8(b, at + 1) === 0 ? 2 : 1;
  if (at >= end) return Flaw.LinkTruncated;
  switch (u8(b, at)) {
    case NLPID_IPV4:
    case NLPID_IPV6:
      return goTo(out, at + 1, Next.Ip);
    case NLPID_PPP:
      return goTo(out, at + 1, Next.Ppp);
    case NLPID_SNAP:
      if (end - at < 6) return Flaw.LinkTruncated;
      return goTo(out, at + 6, u16(b, at + 4));
    default:
      return goTo(out, at, Next.Nothing);
  }
}

const NFLOG_ATTRIBUTES_MAX = 32;
const NFLOG_PAYLOAD = 9;

/** Linux's log target: family, version, group, then attributes (length, type) in the order of the machine. */
export function readNflog(b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  let at = start + 4;
  for (let count = 0; count < NFLOG_ATTRIBUTES_MAX && end - at >= 4; count++) {
    const little = u16le(b, at);
    // The machine's order shows in the length: it has to be inside of the packet.
    const isLittle = little >= 4 && little <= end - at;
    const bytes = isLittle ? little : u16(b, at);
    const type = (isLittle ? u16le(b, at + 2) : u16(b, at + 2)) & 0x7fff;
    if (bytes < 4 || bytes > end - at) return Flaw.LinkTruncated;
    if (type === NFLOG_PAYLOAD) return goTo(out, at + 4, Next.Ip);
    at += (bytes + 3) & ~3;
  }
  return Flaw.LinkTruncated;
}

/** OpenBSD's filter log: the header's length, filled up to a multiple of four, then the IP packet. */
export function readPflog(b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 4) return Flaw.LinkTruncated;
  const bytes = (u8(b, start) + 3) & ~3;
  if (bytes < 4 || bytes > end - start) return Flaw.LinkTruncated;
  return goTo(out, start + bytes, Next.Ip);
}
