import { type Bytes, u8, u16, u16le, u32, u32le } from './bytes.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';
import { LinkType } from './link-types.js';

/** What stands next: an EtherType, or one of ours for what has none. */
export const Next = {
  Ipv4: 0x0800,
  Arp: 0x0806,
  Ipv6: 0x86dd,
  Vlan: 0x8100,
  QinQ: 0x88a8,
  QinQOld: 0x9100,
  Mpls: 0x8847,
  MplsMulticast: 0x8848,
  Pppoe: 0x8864,
  Ppp: 0x880b,
  Ethernet: 0x6558,
  /** ERSPAN types I and II; type III. */
  Erspan: 0x88be,
  Erspan3: 0x22eb,
  /** Cisco's virtual-machine tag and metadata. */
  VnTag: 0x8926,
  CiscoMetadata: 0x8909,
  /** IEEE 802.1ah: an Ethernet frame of a customer. */
  Pbb: 0x88e7,
  Nsh: 0x894f,
  Lldp: 0x88cc,
  /** IPv4 or IPv6 by its first nibble. */
  Ip: 0x10000,
  /** A frame without anything that we follow (LLC, spanning tree ...). */
  Nothing: 0x10001,
  Gre: 0x10002,
  Cdp: 0x10003,
} as const;

/** Where the link header ended and what stands there: one object, reused. */
export interface LinkEnd {
  at: number;
  next: number;
}

const ETHERNET_HEADER_BYTES = 14;
/** IEEE 802.3: smaller values of the type field are lengths. */
const ETHERTYPE_MIN = 0x600;
const SNAP = 0xaa;
/** In SNAP below Cisco's number, 00-00-0c. */
const CDP = 0x2000;
const CISCO_LAST = 0x0c;

/** Reads the link header of the packet at `start` into `out`. */
export function readLink(frame: Frame, b: Bytes, start: number, end: number, linkType: number, out: LinkEnd): Flaw {
  switch (linkType) {
    case LinkType.Ethernet:
      return readEthernet(frame, b, start, end, out);
    case LinkType.RawBsd:
    case LinkType.RawOpenBsd:
    case LinkType.Raw:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
      out.at = start;
      out.next = Next.Ip;
      return Flaw.None;
    case LinkType.Null:
    case LinkType.Loop:
      return readNull(b, start, end, out);
    case LinkType.Sll:
      return readSll(frame, b, start, end, out);
    case LinkType.Sll2:
      return readSll2(frame, b, start, end, out);
    case LinkType.Ppp:
    case LinkType.PppHdlc:
      out.at = start;
      out.next = Next.Ppp;
      return Flaw.None;
    case LinkType.FrameRelay:
      return readFrameRelay(b, start, end, out);
    case LinkType.Wlan:
      return readWlan(frame, b, start, end, out);
    case LinkType.WlanRadiotap:
      return readRadiotap(frame, b, start, end, out);
    default:
      return Flaw.LinkUnknown;
  }
}

/** Ethernet II, and 802.3 with LLC and SNAP (RFC 1042). Also the inner frame of GRE. */
export function readEthernet(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < ETHERNET_HEADER_BYTES) return Flaw.LinkTruncated;
  frame.destinationMac = start;
  frame.sourceMac = start + 6;
  const type = u16(b, start + 12);
  out.at = start + ETHERNET_HEADER_BYTES;
  if (type >= ETHERTYPE_MIN) {
    out.next = type;
    return Flaw.None;
  }
  return readLlc(b, out.at, end, out);
}

function readLlc(b: Bytes, at: number, end: number, out: LinkEnd): Flaw {
  out.at = at;
  out.next = Next.Nothing;
  if (end - at >= 8 && u8(b, at) === SNAP && u8(b, at + 1) === SNAP) {
    out.at = at + 8;
    const type = u16(b, at + 6);
    const isCisco = type === CDP && u16(b, at + 3) === 0 && u8(b, at + 5) === CISCO_LAST;
    out.next = isCisco ? Next.Cdp : type;
  }
  return Flaw.None;
}

/** BSD loopback: the address family in the order of the machine that captured it; OpenBSD: network order. */
function readNull(b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 4) return Flaw.LinkTruncated;
  const little = u32le(b, start);
  const family = little < 0x10000 ? little : u32(b, start);
  out.at = start + 4;
  // 2: IPv4 everywhere. IPv6 has a number for each BSD.
  out.next = family === 2 || family === 24 || family === 28 || family === 30 || family === 10 ? Next.Ip : Next.Nothing;
  return Flaw.None;
}

/** Linux cooked capture: packet type, ARPHRD, address length, address (8), protocol. */
function readSll(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 16) return Flaw.LinkTruncated;
  if (u16(b, start + 4) === 6) frame.sourceMac = start + 6;
  out.at = start + 16;
  out.next = u16(b, start + 14);
  return Flaw.None;
}

/** Linux cooked capture v2: protocol first, address last. */
function readSll2(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 20) return Flaw.LinkTruncated;
  if (u8(b, start + 11) === 6) frame.sourceMac = start + 12;
  out.at = start + 20;
  out.next = u16(b, start);
  return Flaw.None;
}

/** RFC 2427: two bytes of address, control 3, NLPID; and Cisco's own with an EtherType behind the address. */
function readFrameRelay(b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 4) return Flaw.LinkTruncated;
  if (u8(b, start + 2) === 3) {
    const nlpid = u8(b, start + 3);
    out.at = start + 4;
    out.next = nlpid === 0xcc || nlpid === 0x8e ? Next.Ip : Next.Nothing;
    return Flaw.None;
  }
  out.at = start + 4;
  out.next = u16(b, start + 2);
  return Flaw.None;
}

const WLAN_TYPE_DATA = 2;

/** IEEE 802.11 data frames that are not protected; LLC and SNAP follow. */
function readWlan(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 24) return Flaw.WlanTruncated;
  const control = u16le(b, start);
  const type = (control >> 2) & 3;
  const subtype = (control >> 4) & 15;
  const isProtected = (control & 0x4000) !== 0;
  const hasNoData = (subtype & 4) !== 0;
  if (type !== WLAN_TYPE_DATA || hasNoData || isProtected) return Flaw.WlanNotData;
  const toDs = (control & 0x100) !== 0;
  const fromDs = (control & 0x200) !== 0;
  let bytes = toDs && fromDs ? 30 : 24;
  const hasQos = (subtype & 8) !== 0;
  const isAggregate = hasQos && end - start >= bytes + 2 && (u8(b, start + bytes) & 0x80) !== 0;
  if (hasQos) bytes += (control & 0x8000) !== 0 ? 6 : 2;
  if (end - start < bytes + 8) return Flaw.WlanTruncated;
  if (isAggregate) return Flaw.WlanNotData;
  frame.destinationMac = start + (toDs ? 16 : 4);
  frame.sourceMac = start + (fromDs ? (toDs ? 24 : 16) : 10);
  return readLlc(b, start + bytes, end, out);
}

/** radiotap.org: version 0, length in little-endian; the 802.11 frame follows. */
function readRadiotap(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 8) return Flaw.LinkTruncated;
  const bytes = u16le(b, start + 2);
  if (u8(b, start) !== 0 || bytes < 8 || bytes > end - start) return Flaw.LinkTruncated;
  return readWlan(frame, b, start + bytes, end, out);
}
