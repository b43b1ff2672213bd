import { type Bytes, u8, u16, u32 } from './bytes.js';
import { type LinkEnd, Next } from './ethernet.js';
import { Flaw } from './flaws.js';
import { type Frame, Tunnel } from './frame.js';
import { UNREAD_PPP } from './unread.js';

/** Labels and routes of one header: more than any network has. */
const ENTRIES_MAX = 16;

function goOn(out: LinkEnd, at: number, next: number): Flaw {
  out.at = at;
  out.next = next;
  return Flaw.None;
}

const GRE_CHECKSUM = 0x8000;
const GRE_ROUTES = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_ACKNOWLEDGEMENT = 0x80;
const GRE_WCCP = 0x883e;

/** RFC 2784 with RFC 2890's key and sequence and RFC 1701's routes; version 1 is PPTP's (RFC 2637). */
export function readGre(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 4) return Flaw.GreTruncated;
  const flags = u16(b, start);
  const next = u16(b, start + 2);
  const version = flags & 7;
  if (version > 1) return Flaw.GreUnknown;
  const hasRoutes = version === 0 && (flags & GRE_ROUTES) !== 0;
  let at = start + 4;
  if ((flags & GRE_CHECKSUM) !== 0 || hasRoutes) at += 4;
  if ((flags & GRE_KEY) !== 0) at += 4;
  if ((flags & GRE_SEQUENCE) !== 0) at += 4;
  if (version === 1 && (flags & GRE_ACKNOWLEDGEMENT) !== 0) at += 4;
  if (hasRoutes) at = skipRoutes(b, at, end);
  if (at < 0 || at > end) return Flaw.GreTruncated;
  frame.addTunnel(Tunnel.Gre);
  // ERSPAN of type I has neither a sequence number nor a header of its own.
  if (next === Next.Erspan && (flags & GRE_SEQUENCE) === 0) {
    frame.addTunnel(Tunnel.Erspan);
    return goOn(out, at, Next.Ethernet);
  }
  // WCCP: version 2 has four bytes of its own in front of the IPv4 packet.
  if (next === GRE_WCCP && at < end) return goOn(out, u8(b, at) >> 4 === 4 ? at : at + 4, Next.Ipv4);
  return goOn(out, at, next);
}

/** RFC 1701: address family (2), offset (1), length (1) and the route; the last one is of family and length 0. */
function skipRoutes(b: Bytes, start: number, end: number): number {
  let at = start;
  for (let count = 0; count < ENTRIES_MAX && end - at >= 4; count++) {
    const bytes = u8(b, at + 3);
    if (u16(b, at) === 0 && bytes === 0) return at + 4;
    at += 4 + bytes;
  }
  return -1;
}

/** RFC 3032: labels down to the bottom of the stack; what follows has no type of its own. */
export function readMpls(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  let at = start;
  for (let label = 0; label < ENTRIES_MAX; label++) {
    if (end - at < 5) return Flaw.MplsTruncated;
    const isBottom = (u32(b, at) & 0x100) !== 0;
    at += 4;
    if (!isBottom) continue;
    frame.addTunnel(Tunnel.Mpls);
    return readUnlabelled(b, at, end, out);
  }
  return Flaw.TooManyLayers;
}

/**
 * IP says its version. Ethernet (RFC 4448) may have a control word in front, whose first nibble is zero; an address may
 * begin like either.
 */
function readUnlabelled(b: Bytes, at: number, end: number, out: LinkEnd): Flaw {
  const nibble = u8(b, at) >> 4;
  const isEthernet = isEthernetAt(b, at, end);
  if (nibble === 4 && (!isEthernet || isIpv4At(b, at, end))) return goOn(out, at, Next.Ip);
  if (nibble === 6 && !isEthernet) return goOn(out, at, Next.Ip);
  if (nibble === 0 && (!isEthernet || isEthernetAt(b, at + 4, end))) return goOn(out, at + 4, Next.Ethernet);
  return goOn(out, at, Next.Ethernet);
}

/** Whether an EtherType that we follow stands where it would. */
function isEthernetAt(b: Bytes, at: number, end: number): boolean {
  if (end - at < 14) return false;
  const type = u16(b, at + 12);
  return (
    type === Next.Ipv4 ||
    type === Next.Ipv6 ||
    type === Next.Arp ||
    type === Next.Vlan ||
    type === Next.QinQ ||
    type === Next.Mpls ||
    type === Next.Pppoe
  );
}

/** A header of 20 bytes or more, as long as it may be. */
function isIpv4At(b: Bytes, at: number, end: number): boolean {
  const headerBytes = (u8(b, at) & 15) * 4;
  if (headerBytes < 20 || end - at < 20) return false;
  const total = u16(b, at + 2);
  return total >= headerBytes && at + total <= end;
}

/** RFC 2516 4: version and type 1, code 0 for a session; PPP follows. */
export function readPppoe(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 8) return Flaw.PppoeTruncated;
  if (u8(b, start) !== 0x11) return Flaw.PppUnknown;
  if (u8(b, start + 1) !== 0) return Flaw.PppControl;
  frame.addTunnel(Tunnel.Pppoe);
  return goOn(out, start + 6, Next.Ppp);
}

/** Protocol numbers of PPP (IANA). From 0x8000 on they are about the line. */
const PPP_IPV4 = 0x0021;
const PPP_BRIDGED = 0x0031;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
const PPP_CONTROL = 0x8000;

/** RFC 1661 2 and RFC 1662: address and control may stand in front; the protocol may be one byte. */
export function readPpp(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  let at = start;
  if (end - at < 2) return Flaw.PppoeTruncated;
  if (u8(b, at) === 0xff && u8(b, at + 1) === 0x03) at += 2;
  if (end - at < 2) return Flaw.PppoeTruncated;
  const isShort = (u8(b, at) & 1) !== 0;
  const protocol = isShort ? u8(b, at) : u16(b, at);
  at += isShort ? 1 : 2;
  if (protocol === PPP_IPV4) return goOn(out, at, Next.Ipv4);
  if (protocol === PPP_IPV6) return goOn(out, at, Next.Ipv6);
  if (protocol === PPP_MPLS) return goOn(out, at, Next.Mpls);
  // RFC 3518 4.1: flags, the kind of MAC (1 is 802.3), then the frame.
  if (protocol === PPP_BRIDGED && end - at >= 2 && u8(b, at + 1) === 1) return goOn(out, at + 2, Next.Ethernet);
  frame.unread = UNREAD_PPP + protocol;
  return protocol >= PPP_CONTROL ? Flaw.PppControl : Flaw.PppUnknown;
}
