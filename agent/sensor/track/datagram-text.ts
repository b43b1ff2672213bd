import type { Bytes } from '../wire/bytes.js';
import type { Frame } from '../wire/frame.js';
import { DATAGRAM_BYTES_MAX } from './datagram-bytes.js';
import type { DatagramKeys } from './datagram-keys.js';

const MAC_BYTES = 6;
const OUTER_AT = 2 * MAC_BYTES;
const IP_AT = OUTER_AT + 32;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const HOP_LIMIT = 64;

/** A datagram that was put together, as a packet with headers of its own: one buffer, used again and again. */
export class DatagramText {
  readonly bytes = Buffer.alloc(IP_AT + IPV6_BYTES + DATAGRAM_BYTES_MAX);
  readonly start = IP_AT;
  /** The outer addresses of a tunnel: source, 16 bytes on the destination. */
  readonly outerAt = OUTER_AT;
  hasMacs = false;
  payloadStart = 0;
  /** What is there, and where the datagram would end. */
  end = 0;
  wireEnd = 0;
  /** Fragments that are in no flow yet, and their IP lengths. */
  packets = 0;
  ipBytes = 0;
  /** Frames of all fragments. */
  wireBytes = 0;

  setLink(frame: Frame, b: Bytes): void {
    this.hasMacs = frame.destinationMac >= 0 && frame.sourceMac >= 0;
    if (this.hasMacs) {
      b.copy(this.bytes, 0, frame.destinationMac, frame.destinationMac + MAC_BYTES);
      b.copy(this.bytes, MAC_BYTES, frame.sourceMac, frame.sourceMac + MAC_BYTES);
    }
    if (frame.outerVersion === 0) return;
    const bytes = frame.outerVersion === 4 ? 4 : 16;
    b.copy(this.bytes, OUTER_AT, frame.outerSource, frame.outerSource + bytes);
    b.copy(this.bytes, OUTER_AT + 16, frame.outerDestination, frame.outerDestination + bytes);
  }

  clearLink(): void {
    this.hasMacs = false;
  }

  /** Makes the frame that was decoded of this one whose counts are those of the fragments. */
  complete(frame: Frame, from: Frame | undefined): void {
    frame.wireBytes = this.wireBytes;
    const isInner = frame.tunnelCount > (from?.tunnelCount ?? 0);
    if (!isInner) frame.ipBytes = this.ipBytes;
    if (!this.hasMacs || frame.sourceMac >= 0) return;
    frame.destinationMac = 0;
    frame.sourceMac = MAC_BYTES;
  }

  /** Writes the header. @param bytes of the payload that are there, @param total that there would be */
  setIp(keys: DatagramKeys, slot: number, protocol: number, bytes: number, total: number): void {
    const isV4 = keys.versions[slot] === 4;
    const headerBytes = isV4 ? IPV4_BYTES : IPV6_BYTES;
    this.payloadStart = IP_AT + headerBytes;
    this.end = this.payloadStart + bytes;
    this.wireEnd = this.payloadStart + total;
    if (isV4) this.#writeIpv4(keys, slot, protocol, total);
    else this.#writeIpv6(keys, slot, protocol, total);
  }

  /** A length of 0 where it does not fit: both headers then end with the packet. */
  #writeIpv4(keys: DatagramKeys, slot: number, protocol: number, total: number): void {
    const b = this.bytes;
    const length = total + IPV4_BYTES > DATAGRAM_BYTES_MAX ? 0 : total + IPV4_BYTES;
    b.writeUInt32BE(0x45000000 + length, IP_AT);
    b.writeUInt32BE(0, IP_AT + 4);
    b.writeUInt32BE(((HOP_LIMIT << 8) | protocol) * 0x10000, IP_AT + 8);
    keys.addresses.copy(b, IP_AT + 12, slot * 32, slot * 32 + 4);
    keys.addresses.copy(b, IP_AT + 16, slot * 32 + 16, slot * 32 + 20);
    let sum = 0;
    for (let at = IP_AT; at < IP_AT + IPV4_BYTES; at += 2) sum += b.readUInt16BE(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    b.writeUInt16BE(~sum & 0xffff, IP_AT + 10);
  }

  #writeIpv6(keys: DatagramKeys, slot: number, protocol: number, total: number): void {
    const b = this.bytes;
    b.writeUInt32BE(0x60000000, IP_AT);
    b.writeUInt32BE(total * 0x10000 + ((protocol << 8) | HOP_LIMIT), IP_AT + 4);
    keys.addresses.copy(b, IP_AT + 8, slot * 32, slot * 32 + 32);
  }
}
