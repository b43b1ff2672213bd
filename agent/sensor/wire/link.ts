import { type Bytes, u8, u16, u16le, u32, u32le } from './bytes.js';
import { type LinkEnd, Next, readEthernet, readLlc, readType } from './ethernet.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';
import { readCiscoHdlc, readFrameRelay, readNflog, readPflog } from './link-rare.js';
import { LinkType } from './link-types.js';
import { readAvs, readPrism, readRadiotap, readWlan } from './wlan.js';

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
      return goTo(out, start, Next.Ip);
    case LinkType.Null:
    case LinkType.Loop:
      return readNull(b, start, end, out);
    case LinkType.Sll:
      return readSll(frame, b, start, end, out);
    case LinkType.Sll2:
      return readSll2(frame, b, start, end, out);
    case LinkType.Wlan:
      return readWlan(frame, b, start, end, out);
    case LinkType.WlanRadiotap:
      return readRadiotap(frame, b, start, end, out);
    default:
      return readRareLink(frame, b, start, end, linkType, out);
  }
}

function goTo(out: LinkEnd, at: number, next: number): Flaw {
  out.at = at;
  out.next = next;
  return Flaw.None;
}

/** Link types of access lines, of old networks and of other programs' captures. */
function readRareLink(frame: Frame, b: Bytes, start: number, end: number, linkType: number, out: LinkEnd): Flaw {
  switch (linkType) {
    case LinkType.Ppp:
    case LinkType.PppHdlc:
    case LinkType.CiscoHdlc:
      return readCiscoHdlc(b, start, end, out);
    case LinkType.PppDirection:
      return goTo(out, start + 1, Next.Ppp);
    case LinkType.PppPppd:
      return goTo(out, start + 2, Next.Ppp);
    case LinkType.Pppoe:
      return goTo(out, start, Next.Pppoe);
    case LinkType.Mpls:
      return goTo(out, start, Next.Mpls);
    case LinkType.FrameRelay:
      return readFrameRelay(b, start, end, out);
    case LinkType.WlanPrism:
      return readPrism(frame, b, start, end, out);
    case LinkType.WlanAvs:
      return readAvs(frame, b, start, end, out);
    case LinkType.Fddi:
      return readMacs(frame, b, start, start + 1, end, out);
    case LinkType.TokenRing:
      return readTokenRing(frame, b, start, end, out);
    case LinkType.AtmLlc:
      return readLlc(b, start, end, out);
    case LinkType.Nflog:
      return readNflog(b, start, end, out);
    case LinkType.Pflog:
      return readPflog(b, start, end, out);
    default:
      return readWrapped(frame, b, start, end, linkType, out);
  }
}

/** A header that names the link type of what follows it. */
function readWrapped(frame: Frame, b: Bytes, start: number, end: number, linkType: number, out: LinkEnd): Flaw {
  if (linkType !== LinkType.Ppi && linkType !== LinkType.Pktap) return Flaw.LinkUnknown;
  const isPpi = linkType === LinkType.Ppi;
  if (end - start < (isPpi ? 8 : 12)) return Flaw.LinkTruncated;
  // PPI: version, flags, length (2), link type (4). PKTAP: length (4), type (4), link type (4).
  const bytes = isPpi ? u16le(b, start + 2) : u32le(b, start);
  const inner = u32le(b, start + (isPpi ? 4 : 8));
  if (bytes < (isPpi ? 8 : 12) || bytes > end - start) return Flaw.LinkTruncated;
  if (inner === LinkType.Ppi || inner === LinkType.Pktap) return Flaw.LinkUnknown;
  return readLink(frame, b, start + bytes, end, inner, out);
}

/** Destination and source at `at`, and LLC behind them: FDDI (ANSI X3T9.5). */
function readMacs(frame: Frame, b: Bytes, start: number, at: number, end: number, out: LinkEnd): Flaw {
  if (end - at < 12) return Flaw.LinkTruncated;
  // Frame control 0101xxxx: LLC. Others manage the ring.
  if ((u8(b, start) & 0xf0) !== 0x50) return goTo(out, at + 12, Next.Nothing);
  frame.destinationMac = at;
  frame.sourceMac = at + 6;
  return readLlc(b, at + 12, end, out);
}

/** IEEE 802.5: access and frame control, addresses, and a route when the source's first bit says so. */
function readTokenRing(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 15) return Flaw.LinkTruncated;
  if ((u8(b, start + 1) & 0xc0) !== 0x40) return goTo(out, start + 14, Next.Nothing);
  frame.destinationMac = start + 2;
  frame.sourceMac = start + 8;
  const routeBytes = (u8(b, start + 8) & 0x80) === 0 ? 0 : u8(b, start + 14) & 0x1f;
  return readLlc(b, start + 14 + routeBytes, end, out);
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
  return readCooked(b, start + 16, end, u16(b, start + 14), out);
}

/** Linux cooked capture v2: protocol first, address last. */
function readSll2(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 20) return Flaw.LinkTruncated;
  if (u8(b, start + 11) === 6) frame.sourceMac = start + 12;
  return readCooked(b, start + 20, end, u16(b, start), out);
}

/** Linux has a number of its own for LLC, and one for 802.3 without it. */
function readCooked(b: Bytes, at: number, end: number, type: number, out: LinkEnd): Flaw {
  if (type === 1) return goTo(out, at, Next.Nothing);
  return readType(b, at, end, type, out);
}
