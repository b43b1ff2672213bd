import { type Bytes, u8, u16, u32 } from './bytes.js';
import { Next } from './ethernet.js';
import { type Frame, Tunnel } from './frame.js';

const VXLAN = 4789;
const VXLAN_LINUX = 8472;
const VXLAN_GPE = 4790;
const GENEVE = 6081;
const GTP_U = 2152;
const TEREDO = 3544;
const GRE_IN_UDP = 4754;
const AYIYA = 5072;
const L2TP = 1701;
const MPLS_IN_UDP = 6635;
const IPV6_HEADER_BYTES = 40;

/** What stands in a UDP payload: one object, reused. */
export interface Inside {
  tunnel: Tunnel;
  next: number;
  at: number;
}

const IS_TUNNEL = new Uint8Array(65_536);
for (const port of [VXLAN, VXLAN_LINUX, VXLAN_GPE, GENEVE, GTP_U, TEREDO, GRE_IN_UDP, AYIYA, L2TP, MPLS_IN_UDP])
  IS_TUNNEL[port] = 1;

/** Whether a decoded UDP packet may carry another one: two looks into a table. */
export function mayBeUdpTunnel(frame: Frame): boolean {
  return (IS_TUNNEL[frame.destinationPort]! | IS_TUNNEL[frame.sourcePort]!) !== 0;
}

/** Finds what a UDP payload carries. @returns false when its header is not that of the port's tunnel */
export function enterUdpTunnel(frame: Frame, b: Bytes, out: Inside): boolean {
  const { payloadStart: at, payloadEnd: end } = frame;
  switch (IS_TUNNEL[frame.destinationPort] === 1 ? frame.destinationPort : frame.sourcePort) {
    case VXLAN:
    case VXLAN_LINUX:
      return readVxlan(b, at, end, out);
    case VXLAN_GPE:
      return readVxlanGpe(b, at, end, out);
    case GENEVE:
      return readGeneve(b, at, end, out);
    case GTP_U:
      return readGtp(b, at, end, out);
    case TEREDO:
      return readTeredo(b, at, end, out);
    case GRE_IN_UDP:
      return enter(out, Tunnel.Gre, Next.Gre, at);
    case L2TP:
      return readL2tp(b, at, end, out);
    case MPLS_IN_UDP:
      return enter(out, Tunnel.Mpls, Next.Mpls, at);
    default:
      return readAyiya(b, at, end, out);
  }
}

function enter(out: Inside, tunnel: Tunnel, next: number, at: number): boolean {
  out.tunnel = tunnel;
  out.next = next;
  out.at = at;
  return true;
}

/** RFC 7348 5: flags with the I bit, 24 bits of network, and zeros. */
function readVxlan(b: Bytes, at: number, end: number, out: Inside): boolean {
  if (end - at < 8 + 14 || (u8(b, at) & 0x08) === 0 || u8(b, at + 7) !== 0) return false;
  return enter(out, Tunnel.Vxlan, Next.Ethernet, at + 8);
}

/** draft-ietf-nvo3-vxlan-gpe 3: the next protocol stands in the header; without the P bit some write it, too. */
function readVxlanGpe(b: Bytes, at: number, end: number, out: Inside): boolean {
  if (end - at < 8 || (u8(b, at) & 0x08) === 0) return false;
  const isPlain = (u8(b, at) & 0x04) === 0 && u8(b, at + 3) === 0;
  const next = isPlain ? Next.Ethernet : nextOfNsh(u8(b, at + 3));
  return next !== undefined && enter(out, Tunnel.VxlanGpe, next, at + 8);
}

/** Numbers of NSH (RFC 8300 2.2), which VXLAN-GPE shares. */
export function nextOfNsh(protocol: number): number | undefined {
  if (protocol === 1) return Next.Ipv4;
  if (protocol === 2) return Next.Ipv6;
  if (protocol === 3) return Next.Ethernet;
  return protocol === 4 ? Next.Nsh : undefined;
}

/** RFC 8926 3.4: version 0, options of a multiple of four bytes, an EtherType. */
function readGeneve(b: Bytes, at: number, end: number, out: Inside): boolean {
  if (end - at < 8 || u8(b, at) >> 6 !== 0) return false;
  const inner = at + 8 + (u8(b, at) & 0x3f) * 4;
  return inner < end && enter(out, Tunnel.Geneve, u16(b, at + 2), inner);
}

/** 3GPP TS 29.281 5: version 1, a G-PDU; optional fields, then extension headers in units of four bytes. */
function readGtp(b: Bytes, at: number, end: number, out: Inside): boolean {
  if (end - at < 8 || u8(b, at) >> 4 !== 3 || u8(b, at + 1) !== 0xff) return false;
  let inner = at + 8;
  if ((u8(b, at) & 7) !== 0) {
    inner += 4;
    if (inner > end) return false;
    let type = (u8(b, at) & 4) !== 0 ? u8(b, inner - 1) : 0;
    for (let count = 0; type !== 0; count++) {
      const bytes = inner < end ? u8(b, inner) * 4 : 0;
      if (bytes === 0 || inner + bytes > end || count > 8) return false;
      inner += bytes;
      type = u8(b, inner - 1);
    }
  }
  return isIp(b, inner, end) && enter(out, Tunnel.Gtp, Next.Ip, inner);
}

/** RFC 4380 5.1.1: authentication and origin may stand in front of the IPv6 packet, which fills the rest. */
function readTeredo(b: Bytes, at: number, end: number, out: Inside): boolean {
  let inner = at;
  if (end - inner >= 4 && u16(b, inner) === 1) inner += 13 + u8(b, inner + 2) + u8(b, inner + 3);
  if (end - inner >= 8 && u16(b, inner) === 0) inner += 8;
  if (end - inner < IPV6_HEADER_BYTES || u8(b, inner) >> 4 !== 6) return false;
  if (u16(b, inner + 4) > end - inner - IPV6_HEADER_BYTES) return false;
  return enter(out, Tunnel.Teredo, Next.Ipv6, inner);
}

/** RFC 2661 3.1: a data message of version 2 carries PPP; length, numbers and an offset may stand in its header. */
function readL2tp(b: Bytes, at: number, end: number, out: Inside): boolean {
  if (end - at < 8) return false;
  const flags = u16(b, at);
  if ((flags & 0x800f) !== 2) return false;
  let inner = at + 6 + ((flags & 0x4000) !== 0 ? 2 : 0) + ((flags & 0x0800) !== 0 ? 4 : 0);
  if ((flags & 0x0200) !== 0) {
    if (inner + 2 > end) return false;
    inner += 2 + u16(b, inner);
  }
  return inner < end && enter(out, Tunnel.L2tp, Next.Ppp, inner);
}

/** draft-massar-v6ops-ayiya 4: identity and signature of lengths that the header says. */
function readAyiya(b: Bytes, at: number, end: number, out: Inside): boolean {
  if (end - at < 8 || (u8(b, at + 2) & 15) !== 1) return false;
  const inner = at + 8 + (1 << (u8(b, at) >> 4)) + (u8(b, at + 1) >> 4) * 4;
  const next = u8(b, at + 3) === 41 ? Next.Ipv6 : u8(b, at + 3) === 4 ? Next.Ipv4 : undefined;
  return next !== undefined && isIp(b, inner, end) && enter(out, Tunnel.Ayiya, next, inner);
}

function isIp(b: Bytes, at: number, end: number): boolean {
  if (end - at < 20) return false;
  const version = u32(b, at) >>> 28;
  return version === 4 || version === 6;
}
