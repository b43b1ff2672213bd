import { expect, test } from 'vitest';
import { decodeHostile } from '../../../scripts/traffic/hostile.js';
import { cdpMessage, cdpTlv, lldpMessage, lldpTlv } from '../../../scripts/traffic/neighbours.js';
import { decodeCdp } from './cdp.js';
import { decodeLldp } from './lldp.js';

const MAC = '02:00:00:00:00:09';
const lldp = (b: Buffer) => decodeLldp(b, 0, b.length);
const cdp = (b: Buffer) => decodeCdp(b, 0, b.length);

test('LLDP: who, which port, and what 802.1, 802.3 and MED add', () => {
  expect(lldp(lldpMessage(MAC, 'sw1'))).toMatchObject({
    evidence: 'lldp',
    chassisId: MAC,
    portId: 'Gi0/3',
    ttlS: 120,
    name: 'sw1',
    description: 'Generated Switch 8, 1.2.3',
    portDescription: 'to the box',
    capabilities: ['bridge', 'router'],
    enabled: ['bridge'],
    addresses: ['192.168.1.2'],
    macs: [MAC],
    vlan: 10,
    voiceVlan: 20,
    vlans: ['10 office'],
    mauType: 30,
    mtu: 1_518,
    powerMw: 15_400,
    serial: 'SN-0001',
    vendor: 'Generated',
    model: 'GS-8',
  });
});

test('LLDP: an id that is no text stands in hexadecimal, one that is an address as such', () => {
  const told = lldp(
    Buffer.concat([
      lldpTlv(1, Buffer.of(5, 1, 10, 0, 0, 1)),
      lldpTlv(2, Buffer.of(7, 1, 2, 3)),
      lldpTlv(3, Buffer.of(0, 0)),
    ]),
  );
  expect(told).toMatchObject({ chassisId: '10.0.0.1', portId: '010203', ttlS: 0 });
});

test('LLDP: without its first three in their order it is none', () => {
  const [chassis, port, ttl] = [
    lldpTlv(1, Buffer.of(7, 65)),
    lldpTlv(2, Buffer.of(7, 65)),
    lldpTlv(3, Buffer.of(0, 1)),
  ];
  expect(lldp(Buffer.concat([chassis!, port!, ttl!]))).toBeDefined();
  expect(lldp(Buffer.concat([port!, chassis!, ttl!]))).toBeUndefined();
  expect(lldp(Buffer.concat([chassis!, port!]))).toBeUndefined();
});

test('CDP: who, which port, software and platform', () => {
  expect(cdp(cdpMessage('sw2.office.jp'))).toMatchObject({
    evidence: 'cdp',
    chassisId: 'sw2.office.jp',
    name: 'sw2.office.jp',
    portId: 'GigabitEthernet0/1',
    ttlS: 180,
    addresses: ['192.168.1.3', '2001:db8::3'],
    capabilities: ['router', 'switch', 'igmp'],
    software: 'Generated IOS 15.2',
    model: 'generated WS-C2960',
    domain: 'office',
    vlan: 20,
    duplex: 'full',
    voiceVlan: 30,
  });
});

test('CDP: a device that gives its MAC address as it is', () => {
  const b = Buffer.concat([Buffer.of(1, 60, 0, 0), cdpTlv(1, Buffer.from('020000000009', 'hex'))]);
  expect(cdp(b)).toMatchObject({ chassisId: MAC });
  expect(cdp(Buffer.of(2, 180, 0, 0))).toBeUndefined();
});

test('CDP: an address of another protocol is none', () => {
  const other = Buffer.concat([
    Buffer.from('00000001 0208 aaaa0300000080f3 0010'.replaceAll(' ', ''), 'hex'),
    Buffer.alloc(16, 1),
  ]);
  const b = Buffer.concat([Buffer.of(1, 60, 0, 0), cdpTlv(1, Buffer.from('sw')), cdpTlv(2, other)]);
  expect(cdp(b)?.addresses).toEqual([]);
});

test('no more than 32 addresses, and 16 of one list', () => {
  const address = lldpTlv(8, Buffer.of(5, 1, 10, 0, 0, 0, 1, 0, 0, 0, 0, 0));
  const many = Array.from({ length: 60 }, (_, index) => {
    const b = Buffer.from(address);
    b[7] = index;
    return b;
  });
  const head = lldpMessage(MAC, 'sw1').subarray(0, -2);
  expect(lldp(Buffer.concat([head, ...many]))?.addresses).toHaveLength(32);
  const list = Array.from({ length: 60 }, (_, index) => Buffer.of(1, 1, 0xcc, 0, 4, 10, 0, 0, index));
  const b = Buffer.concat([cdpMessage('x'), cdpTlv(2, Buffer.concat([Buffer.of(0, 0, 0, 60), ...list]))]);
  expect(cdp(b)?.addresses).toHaveLength(2 + 16);
});

test('cut anywhere, lying anywhere', () => {
  decodeHostile(decodeLldp, lldpMessage(MAC, 'sw1'));
  decodeHostile(decodeCdp, cdpMessage('sw2'));
});
