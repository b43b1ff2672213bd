/** Frames of LLDP and CDP as a switch sends them. */
import { macBytes } from './packet.js';

const LLDP_GROUP = '01:80:c2:00:00:0e';
const CDP_GROUP = '01:00:0c:cc:cc:cc';

/** IEEE 802.1AB 8.4. */
export function lldpTlv(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(2);
  header.writeUInt16BE((type << 9) | body.length);
  return Buffer.concat([header, body]);
}

export const lldpOwn = (oui: string, subtype: number, body: Buffer): Buffer =>
  lldpTlv(127, Buffer.from(oui, 'hex'), Buffer.of(subtype), body);

/** What a switch says at port 3, with TLVs of 802.1, 802.3 and MED. */
export function lldpMessage(mac: string, name: string, ttlS = 120): Buffer {
  return Buffer.concat([
    lldpTlv(1, Buffer.of(4), macBytes(mac)),
    lldpTlv(2, Buffer.of(5), Buffer.from('Gi0/3')),
    lldpTlv(3, Buffer.of(ttlS >> 8, ttlS & 0xff)),
    lldpTlv(4, Buffer.from('to the box')),
    lldpTlv(5, Buffer.from(name)),
    lldpTlv(6, Buffer.from('Generated Switch 8, 1.2.3')),
    lldpTlv(7, Buffer.of(0, 0x14, 0, 0x04)),
    lldpTlv(8, Buffer.of(5, 1, 192, 168, 1, 2, 2, 0, 0, 0, 1, 0)),
    lldpOwn('0080c2', 1, Buffer.of(0, 10)),
    lldpOwn('0080c2', 3, Buffer.concat([Buffer.of(0, 10, 6), Buffer.from('office')])),
    lldpOwn('00120f', 1, Buffer.of(3, 0x6c, 1, 0, 30)),
    lldpOwn('00120f', 2, Buffer.of(7, 1, 0, 0x50, 0, 130, 0, 154)),
    lldpOwn('00120f', 4, Buffer.of(0x05, 0xee)),
    lldpOwn('0012bb', 2, Buffer.of(1, 0x40, 0x28, 0x2e)),
    lldpOwn('0012bb', 8, Buffer.from('SN-0001')),
    lldpOwn('0012bb', 9, Buffer.from('Generated')),
    lldpOwn('0012bb', 10, Buffer.from('GS-8')),
    lldpTlv(0),
  ]);
}

export function lldpFrame(mac: string, message: Buffer): Buffer {
  return Buffer.concat([macBytes(LLDP_GROUP), macBytes(mac), Buffer.of(0x88, 0xcc), message]);
}

export function cdpTlv(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(4 + body.length, 2);
  return Buffer.concat([header, body]);
}

const CDP_ADDRESSES = Buffer.concat([
  Buffer.of(0, 0, 0, 2),
  Buffer.of(1, 1, 0xcc, 0, 4, 192, 168, 1, 3),
  Buffer.from('0208aaaa03000000 86dd 0010 20010db8000000000000000000000003'.replaceAll(' ', ''), 'hex'),
]);

export function cdpMessage(device: string): Buffer {
  return Buffer.concat([
    Buffer.of(2, 180, 0, 0),
    cdpTlv(0x01, Buffer.from(device)),
    cdpTlv(0x02, CDP_ADDRESSES),
    cdpTlv(0x03, Buffer.from('GigabitEthernet0/1')),
    cdpTlv(0x04, Buffer.of(0, 0, 0, 0x29)),
    cdpTlv(0x05, Buffer.from('Generated IOS 15.2')),
    cdpTlv(0x06, Buffer.from('generated WS-C2960')),
    cdpTlv(0x09, Buffer.from('office')),
    cdpTlv(0x0a, Buffer.of(0, 20)),
    cdpTlv(0x0b, Buffer.of(1)),
    cdpTlv(0x0e, Buffer.of(1, 0, 30)),
  ]);
}

/** IEEE 802.3 with LLC and SNAP. */
export function cdpFrame(mac: string, message: Buffer): Buffer {
  const snap = Buffer.from('aaaa0300000c2000', 'hex');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(snap.length + message.length);
  return Buffer.concat([macBytes(CDP_GROUP), macBytes(mac), length, snap, message]);
}
