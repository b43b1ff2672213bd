import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasGoodChecksums } from './checksum.js';
import { decodeFrame } from './decode.js';
import { Flaw } from './flaws.js';
import { Frame } from './frame.js';
import { LinkType } from './link-types.js';

/** RFC 1071, the plain way: sixteen bits at a time, high byte first. */
function plainSum(bytes: Uint8Array): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) total += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** An IPv4 UDP packet without a link header, its checksums right. */
function udpPacket(payload: Uint8Array): Buffer {
  const packet = Buffer.alloc(28 + payload.length);
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet[8] = 64;
  packet[9] = 17;
  packet.set([192, 168, 1, 10, 203, 0, 113, 7], 12);
  packet.writeUInt16BE(0xffff - plainSum(packet.subarray(0, 20)), 10);
  packet.writeUInt16BE(40_000, 20);
  packet.writeUInt16BE(53, 22);
  packet.writeUInt16BE(8 + payload.length, 24);
  packet.set(payload, 28);
  const pseudo = Buffer.concat([
    packet.subarray(12, 20),
    Buffer.from([0, 17]),
    packet.subarray(24, 26),
    packet.subarray(20),
  ]);
  packet.writeUInt16BE(0xffff - plainSum(pseudo) || 0xffff, 26);
  return packet;
}

/** Decodes the packet at a place in a larger buffer, as captures deliver it. */
function check(packet: Buffer, offset: number): boolean {
  const buffer = Buffer.alloc(offset + packet.length + 3);
  packet.copy(buffer, offset);
  const frame = new Frame();
  const flaw = decodeFrame(frame, buffer, offset, offset + packet.length, packet.length, LinkType.Raw);
  expect(flaw).toBe(Flaw.None);
  return hasGoodChecksums(frame, buffer);
}

const place = fc.record({ payload: fc.uint8Array({ maxLength: 70 }), offset: fc.nat(9) });

test('right checksums hold at every place of a buffer and with every length', () => {
  fc.assert(
    fc.property(place, ({ payload, offset }) => {
      expect(check(udpPacket(payload), offset)).toBe(true);
    }),
  );
});

test('one changed bit is seen', () => {
  fc.assert(
    fc.property(place, fc.nat(), ({ payload, offset }, where) => {
      const packet = udpPacket(payload);
      // Not the checksum of zero that says "none", nor a length that cuts the packet.
      const at = 28 + (where % Math.max(1, payload.length));
      fc.pre(payload.length > 0);
      packet[at] = packet[at]! ^ (1 << (where & 7));
      expect(check(packet, offset)).toBe(false);
    }),
  );
});

test('a UDP checksum of zero says that there is none', () => {
  const packet = udpPacket(Buffer.from('hello'));
  packet.writeUInt16BE(0, 26);
  expect(check(packet, 0)).toBe(true);
});
