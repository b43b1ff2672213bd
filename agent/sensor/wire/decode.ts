import { type Bytes, u8, u16, u32 } from './bytes.js';
import { Flaw } from './flaws.js';
import { type Frame, Neighbour, Tunnel } from './frame.js';
import { readIpv4 } from './ipv4.js';
import { readIpv6 } from './ipv6.js';
import { type LinkEnd, Next, readEthernet, readLink } from './link.js';
import { readTransport } from './transport.js';
import { type Inside, nextOfNsh } from './udp-tunnels.js';
import { UNREAD_PPP } from './unread.js';

/** Tags, labels and tunnels nest this deep at most. */
const LAYERS_MAX = 16;
const IP_IN_IP = 4;
const IPV6_IN_IP = 41;
const GRE = 47;

const link: LinkEnd = { at: 0, next: 0 };

/**
 * Finds the layers of one packet. What was found before a flaw stays in the frame.
 * @returns `Flaw.None` when an IP packet was read to its payload, or an ARP message found; else the reason, which is
 * `Flaw.NotIp` when `neighbourStart` tells where an LLDP or CDP message begins.
 */
export function decodeFrame(
  frame: Frame,
  b: Bytes,
  start: number,
  end: number,
  wireBytes: number,
  linkType: number,
): Flaw {
  frame.reset(Math.max(wireBytes, end - start));
  const wireEnd = start + frame.wireBytes;
  const flaw = readLink(frame, b, start, end, linkType, link);
  return flaw === Flaw.None ? readLayers(frame, b, end, wireEnd) : flaw;
}

/**
 * Finds the layers of what a UDP payload carries (VXLAN, Geneve, GTP-U, Teredo ...), whose own conversation is the
 * outer one. The frame counts as long as the outer one.
 * @returns as decodeFrame
 */
export function decodeInner(frame: Frame, outer: Frame, b: Bytes, inside: Inside): Flaw {
  const end = outer.payloadEnd;
  frame.reset(outer.wireBytes);
  // GRE is told where its header is read.
  if (inside.next !== Next.Gre) frame.addTunnel(inside.tunnel);
  frame.outerVersion = outer.ipVersion;
  frame.outerSource = outer.sourceAddress;
  frame.outerDestination = outer.destinationAddress;
  link.at = inside.at;
  link.next = inside.next;
  return readLayers(frame, b, end, Math.max(end, outer.payloadStart + outer.payloadBytes));
}

function readLayers(frame: Frame, b: Bytes, end: number, wireEnd: number): Flaw {
  for (let layer = 0; layer < LAYERS_MAX; layer++) {
    const at = link.at;
    switch (link.next) {
      case Next.Ipv4:
      case Next.Ipv6:
      case Next.Ip: {
        const ipFlaw = readIp(frame, b, at, end, wireEnd);
        if (ipFlaw !== Flaw.None) return ipFlaw;
        if (!isTunnel(frame)) return finishIp(frame, b);
        const tunnelFlaw = enterTunnel(frame, b);
        if (tunnelFlaw !== Flaw.None) return tunnelFlaw;
        break;
      }
      case Next.Arp:
        frame.arpStart = at;
        return Flaw.None;
      default: {
        const nextFlaw = readShim(frame, b, at, end);
        if (nextFlaw !== Flaw.None) return nextFlaw;
      }
    }
  }
  return Flaw.TooManyLayers;
}

/** Headers between link and network: tags, labels, PPP, and Ethernet inside of a tunnel. */
function readShim(frame: Frame, b: Bytes, at: number, end: number): Flaw {
  switch (link.next) {
    case Next.Vlan:
    case Next.QinQ:
    case Next.QinQOld:
      if (end - at < 4) return Flaw.LinkTruncated;
      frame.addVlan(u16(b, at) & 0x0fff);
      return goOn(at + 4, u16(b, at + 2));
    case Next.Mpls:
    case Next.MplsMulticast:
      return readMpls(frame, b, at, end);
    case Next.Pppoe:
      return readPppoe(frame, b, at, end);
    case Next.Ppp:
      return readPpp(frame, b, at, end);
    case Next.Ethernet:
      return readEthernet(frame, b, at, end, link);
    case Next.Gre:
      return readGre(frame, b, at, end);
    default:
      return readRareShim(frame, b, at, end);
  }
}

/** Tags and headers that an office seldom has. */
function readRareShim(frame: Frame, b: Bytes, at: number, end: number): Flaw {
  if (end - at < 8) return notIp(frame);
  switch (link.next) {
    case Next.Erspan:
      frame.addTunnel(Tunnel.Erspan);
      return goOn(at + 8, Next.Ethernet);
    case Next.Erspan3:
      if (end - at < 12) return Flaw.LinkTruncated;
      frame.addTunnel(Tunnel.Erspan);
      // The O bit: eight bytes of the platform's own.
      return goOn(at + ((u8(b, at + 11) & 1) === 0 ? 12 : 20), Next.Ethernet);
    case Next.VnTag:
    case Next.CiscoMetadata:
      return goOn(at + 6, u16(b, at + 4));
    case Next.Pbb:
      frame.addTunnel(Tunnel.Pbb);
      return goOn(at + 4, Next.Ethernet);
    case Next.Lldp:
    case Next.Cdp:
      frame.neighbourStart = at;
      frame.neighbour = link.next === Next.Cdp ? Neighbour.Cdp : Neighbour.Lldp;
      return Flaw.NotIp;
    case Next.Nsh: {
      // RFC 8300 2.2: length in units of four bytes.
      const bytes = (u8(b, at + 1) & 0x3f) * 4;
      const next = nextOfNsh(u8(b, at + 3));
      if (bytes < 8 || next === undefined || at + bytes > end) return Flaw.NotIp;
      frame.addTunnel(Tunnel.Nsh);
      return goOn(at + bytes, next);
    }
    default:
      return notIp(frame);
  }
}

function notIp(frame: Frame): Flaw {
  frame.unread = link.next;
  return Flaw.NotIp;
}

function goOn(at: number, next: number): Flaw {
  link.at = at;
  link.next = next;
  return Flaw.None;
}

function readIp(frame: Frame, b: Bytes, at: number, end: number, wireEnd: number): Flaw {
  if (at >= end) return Flaw.Ipv4Truncated;
  const isV6 = link.next === Next.Ip ? u8(b, at) >> 4 === 6 : link.next === Next.Ipv6;
  return isV6 ? readIpv6(frame, b, at, end, wireEnd) : readIpv4(frame, b, at, end, wireEnd);
}

/** Later fragments have no ports: the tracker finds them by the first one. */
function finishIp(frame: Frame, b: Bytes): Flaw {
  if (frame.fragmentOffset === 0) return readTransport(frame, b);
  frame.payloadStart = frame.transportStart;
  frame.payloadEnd = frame.transportEnd;
  frame.payloadBytes = frame.transportBytes;
  return Flaw.None;
}

function isTunnel(frame: Frame): boolean {
  const protocol = frame.protocol;
  return (protocol === IP_IN_IP || protocol === IPV6_IN_IP || protocol === GRE) && !frame.isFragment;
}

/** Remembers the outer addresses, the outermost ones, and goes on inside. */
function enterTunnel(frame: Frame, b: Bytes): Flaw {
  if (frame.outerVersion === 0) {
    frame.outerVersion = frame.ipVersion;
    frame.outerSource = frame.sourceAddress;
    frame.outerDestination = frame.destinationAddress;
  }
  if (frame.protocol === GRE) return readGre(frame, b, frame.transportStart, frame.transportEnd);
  frame.addTunnel(Tunnel.IpInIp);
  return goOn(frame.transportStart, frame.protocol === IP_IN_IP ? Next.Ipv4 : Next.Ipv6);
}

/** RFC 2784 with RFC 2890's key and sequence; version 1 is PPTP's (RFC 2637). */
function readGre(frame: Frame, b: Bytes, start: number, end: number): Flaw {
  if (end - start < 4) return Flaw.GreTruncated;
  const flags = u16(b, start);
  const next = u16(b, start + 2);
  let at = start + 4;
  const version = flags & 7;
  if (version > 1) return Flaw.GreUnknown;
  if ((flags & 0x8000) !== 0 || (version === 0 && (flags & 0x4000) !== 0)) at += 4;
  if ((flags & 0x2000) !== 0) at += 4;
  if ((flags & 0x1000) !== 0) at += 4;
  if (version === 1 && (flags & 0x80) !== 0) at += 4;
  if (at > end) return Flaw.GreTruncated;
  frame.addTunnel(Tunnel.Gre);
  // ERSPAN of type I has neither a sequence number nor a header of its own.
  if (next === Next.Erspan && (flags & 0x1000) === 0) {
    frame.addTunnel(Tunnel.Erspan);
    return goOn(at, Next.Ethernet);
  }
  return goOn(at, next);
}

/** RFC 3032: labels down to the bottom of the stack; what follows has no type of its own. */
function readMpls(frame: Frame, b: Bytes, start: number, end: number): Flaw {
  let at = start;
  for (let label = 0; label < LAYERS_MAX; label++) {
    if (end - at < 5) return Flaw.MplsTruncated;
    const isBottom = (u32(b, at) & 0x100) !== 0;
    at += 4;
    if (!isBottom) continue;
    frame.addTunnel(Tunnel.Mpls);
    const version = u8(b, at) >> 4;
    if (version === 4 || version === 6) return goOn(at, Next.Ip);
    // A pseudowire (RFC 4448) begins with a control word whose first nibble is zero.
    return version === 0 ? goOn(at + 4, Next.Ethernet) : goOn(at, Next.Ethernet);
  }
  return Flaw.TooManyLayers;
}

/** RFC 2516 4: version and type 1, code 0 for a session; PPP follows. */
function readPppoe(frame: Frame, b: Bytes, start: number, end: number): Flaw {
  if (end - start < 8) return Flaw.PppoeTruncated;
  if (u8(b, start) !== 0x11 || u8(b, start + 1) !== 0) return Flaw.PppUnknown;
  frame.addTunnel(Tunnel.Pppoe);
  return goOn(start + 6, Next.Ppp);
}

/** RFC 1661 2 and RFC 1662: address and control may stand in front; the protocol may be one byte. */
function readPpp(frame: Frame, b: Bytes, start: number, end: number): Flaw {
  let at = start;
  if (end - at < 2) return Flaw.PppoeTruncated;
  if (u8(b, at) === 0xff && u8(b, at + 1) === 0x03) at += 2;
  if (end - at < 2) return Flaw.PppoeTruncated;
  const isShort = (u8(b, at) & 1) !== 0;
  const protocol = isShort ? u8(b, at) : u16(b, at);
  at += isShort ? 1 : 2;
  if (protocol === 0x0021) return goOn(at, Next.Ipv4);
  if (protocol === 0x0057) return goOn(at, Next.Ipv6);
  frame.unread = UNREAD_PPP + protocol;
  return Flaw.PppUnknown;
}
