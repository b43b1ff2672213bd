/** Builders of frames, from the inside out. Every length and checksum is right. */
import { isIPv6 } from 'node:net';

/** A frame and its time in microseconds since the Unix epoch. */
export interface Packet {
  readonly timeUs: number;
  readonly bytes: Buffer;
}

export interface Host {
  /** Six bytes as `02:00:00:00:00:01`. */
  readonly mac: string;
  /** IPv4 or IPv6, as text. */
  readonly ip: string;
}

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, serviceVlan: 0x88a8 } as const;
export const IP_PROTOCOL = { icmp: 1, tcp: 6, udp: 17, ipv6Fragment: 44, icmp6: 58 } as const;
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const HOP_LIMIT = 64;

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** 4 or 16 bytes. */
export function ipBytes(ip: string): Buffer {
  if (!isIPv6(ip)) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail] = ip.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const groups = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** The Internet checksum of the parts one after another; all but the last of even length. RFC 1071. */
export function internetChecksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    const even = part.length & ~1;
    for (let at = 0; at < even; at += 2) sum += (part[at]! << 8) | part[at + 1]!;
    if (even < part.length) sum += part[even]! << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** @param vlans outermost first; with two, the outer one is a service tag (IEEE 802.1ad). */
export function ethernet(from: Host, to: Host, type: number, payload: Buffer, vlans: readonly number[] = []): Buffer {
  const tags = vlans.flatMap((vlan, index) => {
    const tagType = index < vlans.length - 1 ? ETHERTYPE.serviceVlan : ETHERTYPE.vlan;
    return [tagType >> 8, tagType & 0xff, vlan >> 8, vlan & 0xff];
  });
  return Buffer.concat([macBytes(to.mac), macBytes(from.mac), Buffer.from([...tags, type >> 8, type & 0xff]), payload]);
}

export interface Ipv4Options {
  readonly id?: number;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
}

export function ipv4(from: string, to: string, protocol: number, payload: Buffer, options: Ipv4Options = {}): Buffer {
  const isFragment = options.moreFragments === true || options.fragmentOffset !== undefined;
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(options.id ?? 0, 4);
  const flags = isFragment ? (options.moreFragments ? 0x2000 : 0) : 0x4000;
  header.writeUInt16BE(flags | (options.fragmentOffset ?? 0), 6);
  header[8] = HOP_LIMIT;
  header[9] = protocol;
  ipBytes(from).copy(header, 12);
  ipBytes(to).copy(header, 16);
  header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** An extension header of IPv6 without its first byte, which is filled in. RFC 8200 4. */
export interface Extension {
  readonly type: number;
  readonly body: Buffer;
}

export function ipv6(
  from: string,
  to: string,
  protocol: number,
  payload: Buffer,
  extensions: readonly Extension[] = [],
): Buffer {
  const types = [...extensions.map((extension) => extension.type), protocol];
  const chain = extensions.map((extension, index) => Buffer.concat([Buffer.from([types[index + 1]!]), extension.body]));
  const body = Buffer.concat([...chain, payload]);
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(body.length, 4);
  header[6] = types[0]!;
  header[7] = HOP_LIMIT;
  ipBytes(from).copy(header, 8);
  ipBytes(to).copy(header, 24);
  return Buffer.concat([header, body]);
}

/** Writes the checksum of a TCP, UDP or ICMPv6 segment in place. */
function seal(from: string, to: string, protocol: number, segment: Buffer, checksumAt: number): Buffer {
  const pseudo = Buffer.concat([ipBytes(from), ipBytes(to), Buffer.alloc(4)]);
  pseudo.writeUInt16BE(segment.length, pseudo.length - 4);
  pseudo[pseudo.length - 1] = protocol;
  const checksum = internetChecksum(pseudo, segment);
  segment.writeUInt16BE(checksum === 0 && protocol === IP_PROTOCOL.udp ? 0xffff : checksum, checksumAt);
  return segment;
}

/** @param fromPort,toPort of the addresses `from` and `to`. RFC 768 */
export function udp(from: string, to: string, fromPort: number, toPort: number, payload: Buffer): Buffer {
  const segment = Buffer.concat([Buffer.alloc(8), payload]);
  segment.writeUInt16BE(fromPort, 0);
  segment.writeUInt16BE(toPort, 2);
  segment.writeUInt16BE(segment.length, 4);
  return seal(from, to, IP_PROTOCOL.udp, segment, 6);
}

export interface TcpFields {
  readonly fromPort: number;
  readonly toPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** A whole number of 4 bytes. */
  readonly options?: Buffer;
}

const NO_OPTIONS = Buffer.alloc(0);

/** RFC 9293 3.1. */
export function tcp(from: string, to: string, fields: TcpFields, payload: Buffer): Buffer {
  const options = fields.options ?? NO_OPTIONS;
  const segment = Buffer.concat([Buffer.alloc(20), options, payload]);
  segment.writeUInt16BE(fields.fromPort, 0);
  segment.writeUInt16BE(fields.toPort, 2);
  segment.writeUInt32BE(fields.seq >>> 0, 4);
  segment.writeUInt32BE(fields.ack >>> 0, 8);
  segment[12] = ((20 + options.length) / 4) << 4;
  segment[13] = fields.flags;
  segment.writeUInt16BE(64_240, 14);
  return seal(from, to, IP_PROTOCOL.tcp, segment, 16);
}

/** An echo or another ICMP message. @param rest the four bytes after the checksum, and what follows */
export function icmp(type: number, code: number, rest: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), rest]);
  message.writeUInt16BE(internetChecksum(message), 2);
  return message;
}

export function icmp6(from: string, to: string, type: number, code: number, rest: Buffer): Buffer {
  return seal(from, to, IP_PROTOCOL.icmp6, Buffer.concat([Buffer.from([type, code, 0, 0]), rest]), 2);
}

/** RFC 826. @param operation 1 asks, 2 answers */
export function arp(operation: 1 | 2, from: Host, target: Host): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, operation]);
  return Buffer.concat([head, macBytes(from.mac), ipBytes(from.ip), macBytes(target.mac), ipBytes(target.ip)]);
}

/** An IP packet in its frame, of the family of `from`. */
export function ipFrame(
  from: Host,
  to: Host,
  protocol: number,
  segment: Buffer,
  vlans: readonly number[] = [],
): Buffer {
  return isIPv6(from.ip)
    ? ethernet(from, to, ETHERTYPE.ipv6, ipv6(from.ip, to.ip, protocol, segment), vlans)
    : ethernet(from, to, ETHERTYPE.ipv4, ipv4(from.ip, to.ip, protocol, segment), vlans);
}

export function udpFrame(from: Host, to: Host, fromPort: number, toPort: number, payload: Buffer): Buffer {
  return ipFrame(from, to, IP_PROTOCOL.udp, udp(from.ip, to.ip, fromPort, toPort, payload));
}
