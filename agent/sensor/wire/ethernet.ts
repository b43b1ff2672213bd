import { type Bytes, u8, u16 } from './bytes.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';

/** What stands next: an EtherType, or one of ours for what has none. */
export const Next = {
  Ipv4: 0x0800,
  Arp: 0x0806,
  Ipv6: 0x86dd,
  Vlan: 0x8100,
  QinQ: 0x88a8,
  QinQOld: 0x9100,
  QinQOlder: 0x9200,
  Mpls: 0x8847,
  MplsMulticast: 0x8848,
  PppoeDiscovery: 0x8863,
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
const LLC_IP = 0x06;
/** In SNAP below Cisco's number, 00-00-0c. */
const CDP = 0x2000;
const CISCO_LAST = 0x0c;

/** Ethernet II, and 802.3 with LLC and SNAP (RFC 1042). Also the inner frame of GRE. */
export function readEthernet(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < ETHERNET_HEADER_BYTES) return Flaw.LinkTruncated;
  frame.destinationMac = start;
  frame.sourceMac = start + 6;
  const type = u16(b, start + 12);
  return readType(b, start + ETHERNET_HEADER_BYTES, end, type, out);
}

/** What stands behind an EtherType, or behind a length in its place. */
export function readType(b: Bytes, at: number, end: number, type: number, out: LinkEnd): Flaw {
  if (type < ETHERTYPE_MIN) return readLlc(b, at, end, out);
  out.at = at;
  out.next = type;
  return Flaw.None;
}

/** IEEE 802.2: SNAP (RFC 1042) has an EtherType, and IPv4 a number of its own. */
export function readLlc(b: Bytes, at: number, end: number, out: LinkEnd): Flaw {
  out.at = at;
  out.next = Next.Nothing;
  if (end - at >= 8 && u8(b, at) === SNAP && u8(b, at + 1) === SNAP) {
    out.at = at + 8;
    const type = u16(b, at + 6);
    const isCisco = type === CDP && u16(b, at + 3) === 0 && u8(b, at + 5) === CISCO_LAST;
    out.next = isCisco ? Next.Cdp : type;
  } else if (end - at >= 3 && u8(b, at) === LLC_IP && u8(b, at + 1) === LLC_IP) {
    out.at = at + 3;
    out.next = Next.Ipv4;
  }
  return Flaw.None;
}
