import { type Bytes, u8, u16 } from './bytes.js';
import { readGre, readMpls, readPpp, readPppoe } from './encapsulations.js';
import { type LinkEnd, Next, readEthernet, readType } from './ethernet.js';
import { Flaw } from './flaws.js';
import { type Frame, Neighbour, TUNNELS_MAX, Tunnel, VLANS_MAX } from './frame.js';
import { readIpv4 } from './ipv4.js';
import { readIpv6 } from './ipv6.js';
import { readLink } from './link.js';
import { readTransport, setPayload } from './transport.js';
import { type Inside, nextOfNsh } from './udp-tunnels.js';
import { readAggregate } from './wlan.js';

/** Tags, labels and tunnels nest this deep at most. */
const LAYERS_MAX = 16;
const IP_IN_IP = 4;
const IPV6_IN_IP = 41;
const GRE = 47;
const ETHER_IP = 97;

const link: LinkEnd = { at: 0, next: 0 };
/** The tunnel that was entered last, should its inside turn out to be nothing that we know. */
const mark = { at: -1, next: 0, vlanCount: 0, tunnelCount: 0, outerVersion: 0, sourceMac: -1, destinationMac: -1 };

/**
 * Finds the layers of one packet. What was found before a flaw stays in the frame.
 * @returns `Flaw.None` when an IP packet was read to its payload, or an ARP message found; else the reason, which is
 * `Flaw.NotIp` when `neighbourStart` tells where an LLDP or CDP message begins. With a reason and `frame.isOuterOnly`,
 * the frame is that of a tunnel whose inside could not be read.
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
  if (frame.restStart >= 0) frame.wireBytes = frame.restStart - start;
  return flaw === Flaw.None ? readLayers(frame, b, end, wireEnd) : flaw;
}

/**
 * Finds the layers of the next packet in the same frame: `start` is what the frame of the one before said.
 * @returns as decodeFrame
 */
export function decodeRest(frame: Frame, b: Bytes, start: number, end: number): Flaw {
  frame.reset(end - start);
  const flaw = readAggregate(frame, b, start, end, link);
  if (frame.restStart >= 0) frame.wireBytes = frame.restStart - start;
  return flaw === Flaw.None ? readLayers(frame, b, end, end) : flaw;
}

/**
 * Finds the layers of what a UDP payload carries (VXLAN, Geneve, GTP-U, Teredo ...), whose own conversation is the
 * outer one. The frame counts as long as the outer one.
 * @returns as decodeFrame
 */
export function decodeInner(frame: Frame, outer: Frame, b: Bytes, inside: Inside): Flaw {
  const end = outer.payloadEnd;
  frame.reset(outer.wireBytes);
  // GRE and MPLS are told where their headers are read.
  if (inside.next !== Next.Gre && inside.next !== Next.Mpls) frame.addTunnel(inside.tunnel);
  frame.outerVersion = outer.ipVersion;
  frame.outerSource = outer.sourceAddress;
  frame.outerDestination = outer.destinationAddress;
  link.at = inside.at;
  link.next = inside.next;
  return readLayers(frame, b, end, Math.max(end, outer.payloadStart + outer.payloadBytes));
}

function readLayers(frame: Frame, b: Bytes, end: number, wireEnd: number): Flaw {
  mark.at = -1;
  const flaw = walkLayers(frame, b, end, wireEnd);
  if (flaw !== Flaw.None && mark.at >= 0) retreat(frame, b, end, wireEnd);
  return flaw;
}

/** A tunnel whose inside is unknown (a keepalive, CDP, something broken) is a conversation by its number at least. */
function retreat(frame: Frame, b: Bytes, end: number, wireEnd: number): void {
  link.next = mark.next;
  if (readIp(frame, b, mark.at, end, wireEnd) !== Flaw.None) return;
  frame.vlanCount = mark.vlanCount;
  frame.tunnelCount = mark.tunnelCount;
  frame.outerVersion = mark.outerVersion;
  frame.sourceMac = mark.sourceMac;
  frame.destinationMac = mark.destinationMac;
  frame.isOuterOnly = true;
  setPayload(frame, frame.transportBytes);
}

/** Called before a tunnel is entered. */
function remember(frame: Frame, at: number): void {
  mark.at = at;
  mark.next = frame.ipVersion === 6 ? Next.Ipv6 : Next.Ipv4;
  mark.vlanCount = frame.vlanCount;
  mark.tunnelCount = frame.tunnelCount;
  mark.outerVersion = frame.outerVersion;
  mark.sourceMac = frame.sourceMac;
  mark.destinationMac = frame.destinationMac;
}

function walkLayers(frame: Frame, b: Bytes, end: number, wireEnd: number): Flaw {
  for (let layer = 0; layer < LAYERS_MAX; layer++) {
    const at = link.at;
    switch (link.next) {
      case Next.Ipv4:
      case Next.Ipv6:
      case Next.Ip: {
        const ipFlaw = readIp(frame, b, at, end, wireEnd);
        if (ipFlaw !== Flaw.None) return ipFlaw;
        if (!isTunnel(frame)) return finishIp(frame, b);
        remember(frame, at);
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
    case Next.QinQOlder:
      if (end - at < 4) return Flaw.LinkTruncated;
      frame.addVlan(u16(b, at) & 0x0fff);
      return readType(b, at + 4, end, u16(b, at + 2), link);
    case Next.Mpls:
    case Next.MplsMulticast:
      return readMpls(frame, b, at, end, link);
    case Next.Pppoe:
      return readPppoe(frame, b, at, end, link);
    case Next.PppoeDiscovery:
      frame.unread = Next.PppoeDiscovery;
      return Flaw.PppControl;
    case Next.Ppp:
      return readPpp(frame, b, at, end, link);
    case Next.Ethernet:
      return readEthernet(frame, b, at, end, link);
    case Next.Gre:
      return readGre(frame, b, at, end, link);
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
      return goOn(at + 6, u16(b, at + 4));
    case Next.CiscoMetadata:
      // Version, length and one option of four bytes.
      return goOn(at + 8, u16(b, at + 6));
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

/** Later fragments have no ports: they are known by the first one. That may be too short for its transport's header. */
function finishIp(frame: Frame, b: Bytes): Flaw {
  if (frame.fragmentOffset === 0) {
    const flaw = readTransport(frame, b);
    frame.hasTransport = flaw === Flaw.None;
    if (flaw === Flaw.None || !frame.isFragment) return flaw;
  }
  frame.payloadStart = frame.transportStart;
  frame.payloadEnd = frame.transportEnd;
  frame.payloadBytes = frame.transportBytes;
  return Flaw.None;
}

/**
 * Finds the layers of a datagram that was put together: an IP packet at `start` of `b`, [start, end) of which is there.
 * @param from the fragment that came last, for tags and tunnels; its outer addresses stand at `outerAt` of `b`
 * @returns as decodeFrame
 */
export function decodeDatagram(
  frame: Frame,
  from: Frame | undefined,
  b: Bytes,
  start: number,
  end: number,
  wireEnd: number,
  outerAt: number,
): Flaw {
  frame.reset(wireEnd - start);
  if (from !== undefined) {
    for (let i = 0; i < Math.min(from.vlanCount, VLANS_MAX); i++) frame.addVlan(from.vlans[i]!);
    for (let i = 0; i < Math.min(from.tunnelCount, TUNNELS_MAX); i++) frame.addTunnel(from.tunnels[i]!);
    frame.outerVersion = from.outerVersion;
    frame.outerSource = outerAt;
    frame.outerDestination = outerAt + 16;
  }
  link.at = start;
  link.next = Next.Ip;
  return readLayers(frame, b, end, wireEnd);
}

function isTunnel(frame: Frame): boolean {
  return isTunnelProtocol(frame.protocol) && !frame.isFragment;
}

/** Whether what stands above IP is another packet. */
export function isTunnelProtocol(protocol: number): boolean {
  return protocol === IP_IN_IP || protocol === IPV6_IN_IP || protocol === GRE || protocol === ETHER_IP;
}

/** Remembers the outer addresses, the outermost ones, and goes on inside. */
function enterTunnel(frame: Frame, b: Bytes): Flaw {
  if (frame.outerVersion === 0) {
    frame.outerVersion = frame.ipVersion;
    frame.outerSource = frame.sourceAddress;
    frame.outerDestination = frame.destinationAddress;
  }
  if (frame.protocol === GRE) return readGre(frame, b, frame.transportStart, frame.transportEnd, link);
  if (frame.protocol === ETHER_IP) {
    // RFC 3378 3: two bytes, whose first nibble is the version.
    frame.addTunnel(Tunnel.EtherIp);
    return goOn(frame.transportStart + 2, Next.Ethernet);
  }
  frame.addTunnel(Tunnel.IpInIp);
  return goOn(frame.transportStart, frame.protocol === IP_IN_IP ? Next.Ipv4 : Next.Ipv6);
}
