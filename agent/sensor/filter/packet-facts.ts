import { ARP_BYTES, arpSenderIp, arpTargetIp } from '../wire/arp.js';
import { type Bytes, u8, u16 } from '../wire/bytes.js';
import { decodeFrame } from '../wire/decode.js';
import { Next } from '../wire/ethernet.js';
import { Frame } from '../wire/frame.js';
import { LinkType } from '../wire/link-types.js';
import { Protocol } from '../wire/transport.js';

const ETHERNET_BYTES = 14;
const MAC_BYTES = 12;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const PORTS_BYTES = 4;
const TAGS_MAX = 4;
const OFFSET_MASK = 0x1fff;

/** Addresses of one header: offsets of bytes, or -1. */
export interface Addresses {
  version: number;
  source: number;
  destination: number;
  /** What stands above. */
  protocol: number;
}

/**
 * Where in a packet stands what filters ask for: one object, reused. The decoder's frame says it; a packet that it
 * refused is read as loosely as tcpdump would, for a broken packet is just what somebody may look for.
 */
export class PacketFacts {
  /** Of the innermost packet, and of the outermost one when that is a tunnel over IP. */
  readonly inner: Addresses = { version: 0, source: -1, destination: -1, protocol: -1 };
  readonly outer: Addresses = { version: 0, source: -1, destination: -1, protocol: -1 };
  /** The same of an ARP message; its version is 4 when there is one. */
  readonly arp: Addresses = { version: 0, source: -1, destination: -1, protocol: -1 };
  isArp = false;
  /** Source and destination port, or -1. */
  portsAt = -1;
  destinationMac = -1;
  sourceMac = -1;
  wireBytes = 0;
  readonly frame = new Frame();

  read(b: Bytes, start: number, end: number, wireBytes: number, linkType: number): void {
    const { frame, inner } = this;
    decodeFrame(frame, b, start, end, wireBytes, linkType);
    this.wireBytes = frame.wireBytes;
    this.portsAt = -1;
    const isEthernet = linkType === LinkType.Ethernet && end - start >= MAC_BYTES;
    this.destinationMac = isEthernet ? start : frame.destinationMac;
    this.sourceMac = isEthernet ? start + 6 : frame.sourceMac;
    this.#readArp(end);
    this.#readOuter(b);
    inner.version = frame.ipVersion;
    if (frame.ipVersion === 0) {
      if (isEthernet && !this.isArp) this.#readLoosely(b, start, end);
      return;
    }
    inner.source = frame.sourceAddress;
    inner.destination = frame.destinationAddress;
    inner.protocol = frame.protocol >= 0 ? frame.protocol : u8(b, frame.ipStart + 6);
    if (frame.fragmentOffset === 0) this.#notePorts(frame.transportStart, frame.transportEnd);
  }

  #readArp(end: number): void {
    const { frame, arp } = this;
    this.isArp = frame.arpStart >= 0;
    arp.version = this.isArp && end - frame.arpStart >= ARP_BYTES ? 4 : 0;
    arp.source = arpSenderIp(frame.arpStart);
    arp.destination = arpTargetIp(frame.arpStart);
  }

  /** The protocol stands in front of the addresses: by three bytes in IPv4, by two in IPv6. */
  #readOuter(b: Bytes): void {
    const { frame, outer } = this;
    outer.version = frame.outerVersion;
    if (outer.version === 0) return;
    outer.source = frame.outerSource;
    outer.destination = frame.outerDestination;
    outer.protocol = u8(b, outer.source - (outer.version === 4 ? 3 : 2));
  }

  /** Whatever claims to be IP behind Ethernet and tags. */
  #readLoosely(b: Bytes, start: number, end: number): void {
    if (end - start < ETHERNET_BYTES) return;
    let at = start + ETHERNET_BYTES;
    for (let tags = 0; tags < TAGS_MAX && isTag(u16(b, at - 2)) && end - at >= 4; tags++) at += 4;
    const type = u16(b, at - 2);
    if (type === Next.Ipv4) this.#readIpv4Loosely(b, at, end);
    else if (type === Next.Ipv6) this.#readIpv6Loosely(b, at, end);
  }

  #readIpv4Loosely(b: Bytes, at: number, end: number): void {
    const { inner } = this;
    inner.version = 4;
    const isThere = end - at >= IPV4_BYTES;
    inner.source = isThere ? at + 12 : -1;
    inner.destination = isThere ? at + 16 : -1;
    inner.protocol = end - at >= 10 ? u8(b, at + 9) : -1;
    if (isThere && (u16(b, at + 6) & OFFSET_MASK) === 0) this.#notePorts(at + (u8(b, at) & 15) * 4, end);
  }

  #readIpv6Loosely(b: Bytes, at: number, end: number): void {
    const { inner } = this;
    inner.version = 6;
    const isThere = end - at >= IPV6_BYTES;
    inner.source = isThere ? at + 8 : -1;
    inner.destination = isThere ? at + 24 : -1;
    inner.protocol = end - at >= 7 ? u8(b, at + 6) : -1;
    if (isThere) this.#notePorts(at + IPV6_BYTES, end);
  }

  #notePorts(at: number, end: number): void {
    const { protocol } = this.inner;
    const hasPorts = protocol === Protocol.Tcp || protocol === Protocol.Udp || protocol === Protocol.Sctp;
    if (hasPorts && end - at >= PORTS_BYTES) this.portsAt = at;
  }
}

const isTag = (type: number): boolean =>
  type === Next.Vlan || type === Next.QinQ || type === Next.QinQOld || type === Next.QinQOlder;
