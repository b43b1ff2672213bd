import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ETHERTYPE,
  type Host,
  IP_PROTOCOL,
  icmp,
  internetChecksum,
  ipBytes,
  ipv4,
  ipv6,
  macBytes,
  tcp,
  udp,
} from '../../../scripts/traffic/packet.js';
import { ipText } from './addresses.js';
import { hasGoodChecksums } from './checksum.js';
import { decodeFrame } from './decode.js';
import { FLAW_COUNT, Flaw, flawName } from './flaws.js';
import { Frame, tunnelName } from './frame.js';
import { LinkType } from './link-types.js';

const A: Host = { mac: '02:00:00:00:00:01', ip: '192.0.2.1' };
const B: Host = { mac: '02:00:00:00:00:02', ip: '192.0.2.2' };
const A6 = '2001:db8::1';
const B6 = '2001:db8::2';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const macs = Buffer.concat([macBytes(B.mac), macBytes(A.mac)]);
const payload = Buffer.from('payload!');

const udp4 = ipv4(A.ip, B.ip, IP_PROTOCOL.udp, udp(A.ip, B.ip, 1_000, 2_000, payload));
const udp6 = ipv6(A6, B6, IP_PROTOCOL.udp, udp(A6, B6, 1_000, 2_000, payload));
const tcp4 = ipv4(
  A.ip,
  B.ip,
  IP_PROTOCOL.tcp,
  tcp(A.ip, B.ip, { fromPort: 1_000, toPort: 2_000, seq: 7, ack: 9, flags: 0x18, options: hex('01030307') }, payload),
);
const echo4 = ipv4(A.ip, B.ip, IP_PROTOCOL.icmp, icmp(8, 0, Buffer.concat([hex('00010001'), payload])));
const ethernetOf = (type: number, rest: Buffer): Buffer =>
  Buffer.concat([macs, Buffer.of(type >> 8, type & 255), rest]);
const over4 = (protocol: number, rest: Buffer): Buffer =>
  ethernetOf(ETHERTYPE.ipv4, ipv4('203.0.113.1', '203.0.113.2', protocol, rest));
const over6 = (protocol: number, rest: Buffer): Buffer =>
  ethernetOf(ETHERTYPE.ipv6, ipv6('2001:db8:9::1', '2001:db8:9::2', protocol, rest));
const llcSnap = (type: string): Buffer => hex(`aaaa03000000${type}`);
const wlanHeader = (control: string, bytes: number): Buffer =>
  Buffer.concat([
    hex(control),
    Buffer.alloc(2),
    macBytes(B.mac),
    macBytes(A.mac),
    macBytes(B.mac),
    Buffer.alloc(bytes),
  ]);
const hopByHop = { type: 0, body: hex('00 0104 00000000') };
const fragment = (offset: string): { type: number; body: Buffer } => ({
  type: IP_PROTOCOL.ipv6Fragment,
  body: hex(`00 ${offset} 00000001`),
});

/** A packet, and what must be found in it: version, ports, tunnels, VLANs. */
const CASES: readonly [name: string, linkType: number, bytes: Buffer, facts: Partial<Facts>][] = [
  ['Ethernet and IPv4', LinkType.Ethernet, ethernetOf(ETHERTYPE.ipv4, udp4), {}],
  ['Ethernet and IPv6', LinkType.Ethernet, ethernetOf(ETHERTYPE.ipv6, udp6), { version: 6 }],
  [
    'padding of a short frame',
    LinkType.Ethernet,
    Buffer.concat([ethernetOf(0x0800, udp4), Buffer.alloc(10, 0xee)]),
    {},
  ],
  ['TCP with options', LinkType.Ethernet, ethernetOf(ETHERTYPE.ipv4, tcp4), { protocol: 6 }],
  ['an echo', LinkType.Ethernet, ethernetOf(ETHERTYPE.ipv4, echo4), { protocol: 1, ports: [8, 0] }],
  ['one VLAN', LinkType.Ethernet, ethernetOf(ETHERTYPE.vlan, Buffer.concat([hex('200a 0800'), udp4])), { vlans: [10] }],
  [
    'QinQ',
    LinkType.Ethernet,
    ethernetOf(ETHERTYPE.serviceVlan, Buffer.concat([hex('0064 8100 000a 0800'), udp4])),
    { vlans: [100, 10] },
  ],
  [
    '802.3 with LLC and SNAP',
    LinkType.Ethernet,
    ethernetOf(8 + udp4.length, Buffer.concat([llcSnap('0800'), udp4])),
    {},
  ],
  [
    'PPPoE',
    LinkType.Ethernet,
    ethernetOf(0x8864, Buffer.concat([hex('1100 0001 0026 0021'), udp4])),
    { tunnels: ['pppoe'] },
  ],
  [
    'MPLS',
    LinkType.Ethernet,
    ethernetOf(0x8847, Buffer.concat([hex('00010040 00020140'), udp4])),
    { tunnels: ['mpls'] },
  ],
  [
    'Ethernet in MPLS',
    LinkType.Ethernet,
    ethernetOf(0x8847, Buffer.concat([hex('00020140 00000000'), ethernetOf(0x0800, udp4)])),
    { tunnels: ['mpls'] },
  ],
  ['GRE', LinkType.Ethernet, over4(47, Buffer.concat([hex('0000 0800'), udp4])), { tunnels: ['gre'] }],
  [
    'GRE with key and sequence',
    LinkType.Ethernet,
    over4(47, Buffer.concat([hex('3000 86dd 00000001 00000002'), udp6])),
    { version: 6, tunnels: ['gre'] },
  ],
  [
    'PPP in GRE (PPTP)',
    LinkType.Ethernet,
    over4(47, Buffer.concat([hex('3081 880b 0028 0001 00000001 00000002 ff03 0021'), udp4])),
    { tunnels: ['gre'] },
  ],
  ['IPv4 in IPv4', LinkType.Ethernet, over4(4, udp4), { tunnels: ['ip-in-ip'] }],
  ['IPv6 in IPv4', LinkType.Ethernet, over4(41, udp6), { version: 6, tunnels: ['ip-in-ip'] }],
  ['IPv4 in IPv6 (DS-Lite)', LinkType.Ethernet, over6(4, udp4), { tunnels: ['ip-in-ip'] }],
  ['IPv6 in IPv6', LinkType.Ethernet, over6(41, udp6), { version: 6, tunnels: ['ip-in-ip'] }],
  [
    'IPv6 with extension headers',
    LinkType.Ethernet,
    ethernetOf(
      ETHERTYPE.ipv6,
      ipv6(A6, B6, 17, udp(A6, B6, 1_000, 2_000, payload), [hopByHop, { ...hopByHop, type: 60 }]),
    ),
    { version: 6 },
  ],
  [
    'the first fragment of IPv6',
    LinkType.Ethernet,
    ethernetOf(ETHERTYPE.ipv6, ipv6(A6, B6, 17, udp(A6, B6, 1_000, 2_000, payload), [fragment('0001')])),
    { version: 6 },
  ],
  ['raw IPv4', LinkType.Raw, udp4, {}],
  ['raw IPv6', LinkType.Raw, udp6, { version: 6 }],
  ['BSD loopback', LinkType.Null, Buffer.concat([hex('02000000'), udp4]), {}],
  ['OpenBSD loopback', LinkType.Loop, Buffer.concat([hex('00000018'), udp6]), { version: 6 }],
  ['Linux cooked', LinkType.Sll, Buffer.concat([hex('0000 0001 0006'), macBytes(A.mac), hex('0000 0800'), udp4]), {}],
  [
    'Linux cooked 2',
    LinkType.Sll2,
    Buffer.concat([hex('0800 0000 00000002 0001 00 06'), macBytes(A.mac), hex('0000'), udp4]),
    {},
  ],
  ['PPP', LinkType.Ppp, Buffer.concat([hex('ff03 0057'), udp6]), { version: 6 }],
  ['802.11', LinkType.Wlan, Buffer.concat([wlanHeader('0801', 2), llcSnap('0800'), udp4]), {}],
  ['802.11 with QoS', LinkType.Wlan, Buffer.concat([wlanHeader('8801', 4), llcSnap('0800'), udp4]), {}],
  [
    '802.11 with radiotap',
    LinkType.WlanRadiotap,
    Buffer.concat([hex('00000c00 00000000 00000000'), wlanHeader('0801', 2), llcSnap('0800'), udp4]),
    {},
  ],
];

interface Facts {
  version: number;
  protocol: number;
  ports: readonly number[];
  vlans: readonly number[];
  tunnels: readonly string[];
}

function decode(b: Buffer, linkType: number, start = 0, end = b.length, wireBytes = end - start): [Frame, Flaw] {
  const frame = new Frame();
  return [frame, decodeFrame(frame, b, start, end, wireBytes, linkType)];
}

test.each(CASES)('%s', (_name, linkType, bytes, facts) => {
  const [frame, flaw] = decode(bytes, linkType);
  expect(flawName(flaw)).toBe('none');
  const version = facts.version ?? 4;
  expect(ipText(bytes, frame.sourceAddress, frame.ipVersion)).toBe(version === 4 ? A.ip : A6);
  expect(ipText(bytes, frame.destinationAddress, frame.ipVersion)).toBe(version === 4 ? B.ip : B6);
  expect(frame).toMatchObject({ ipVersion: version, protocol: facts.protocol ?? 17, payloadBytes: payload.length });
  expect([frame.sourcePort, frame.destinationPort]).toEqual(facts.ports ?? [1_000, 2_000]);
  expect([...frame.vlans].slice(0, frame.vlanCount)).toEqual(facts.vlans ?? []);
  expect([...frame.tunnels].slice(0, frame.tunnelCount).map(tunnelName)).toEqual(facts.tunnels ?? []);
  expect(bytes.toString('latin1', frame.payloadStart, frame.payloadEnd)).toBe('payload!');
  expect(hasGoodChecksums(frame, bytes)).toBe(true);
});

test('outer addresses are remembered, the outermost ones', () => {
  const bytes = over4(4, ipv4('198.51.100.1', '198.51.100.2', 4, udp4));
  const [frame] = decode(bytes, LinkType.Ethernet);
  expect(ipText(bytes, frame.outerSource, frame.outerVersion)).toBe('203.0.113.1');
  expect(frame.tunnelCount).toBe(2);
});

describe('lengths', () => {
  test('an IP length of zero is the length of the frame: a tap before the network card cuts', () => {
    const bytes = Buffer.from(ethernetOf(ETHERTYPE.ipv4, tcp4));
    bytes.writeUInt16BE(0, 16);
    const [frame, flaw] = decode(bytes, LinkType.Ethernet);
    expect([flaw, frame.payloadBytes]).toEqual([Flaw.None, payload.length]);
  });

  test('a cut packet keeps the length that its headers say', () => {
    const bytes = ethernetOf(ETHERTYPE.ipv4, tcp4);
    const cut = bytes.length - 5;
    const [frame, flaw] = decode(bytes, LinkType.Ethernet, 0, cut, bytes.length);
    expect([flaw, frame.payloadBytes, frame.payloadEnd - frame.payloadStart]).toEqual([Flaw.None, 8, 3]);
    expect(frame.payloadEnd).toBe(cut);
  });

  test.each([
    ['an IP length beyond the frame', 16, 'ffff', 'ipv4_bad_length'],
    ['an IP length within its header', 16, '0013', 'ipv4_bad_length'],
    ['a header of 16 bytes', 14, '44', 'ipv4_bad_header_length'],
    ['a header of another version', 14, '65', 'ipv4_bad_version'],
    ['a TCP header of 16 bytes', 46, '40', 'tcp_bad_header_length'],
    ['a TCP header beyond the packet', 46, 'f0', 'tcp_bad_header_length'],
  ])('%s is refused', (_name, at, bytes, reason) => {
    const packet = Buffer.from(ethernetOf(ETHERTYPE.ipv4, tcp4));
    hex(bytes).copy(packet, at);
    expect(flawName(decode(packet, LinkType.Ethernet)[1])).toBe(reason);
  });

  test('a UDP length beyond its packet is refused', () => {
    const packet = Buffer.from(ethernetOf(ETHERTYPE.ipv4, udp4));
    packet.writeUInt16BE(udp4.length, 38);
    expect(flawName(decode(packet, LinkType.Ethernet)[1])).toBe('udp_bad_length');
  });

  test('layers without end are given up', () => {
    const tags = Buffer.concat([...Array.from({ length: 40 }, () => hex('0001 8100')), hex('0001 0800'), udp4]);
    expect(flawName(decode(ethernetOf(ETHERTYPE.vlan, tags), LinkType.Ethernet)[1])).toBe('too_many_layers');
    const many = Array.from({ length: 20 }, () => ({ type: 60, body: hex('00 0104 00000000') }));
    const long = ethernetOf(ETHERTYPE.ipv6, ipv6(A6, B6, 17, udp(A6, B6, 1, 2, payload), many));
    expect(flawName(decode(long, LinkType.Ethernet)[1])).toBe('ipv6_too_many_extensions');
  });
});

test('a later fragment has no ports, and all of it is payload', () => {
  const bytes = ethernetOf(ETHERTYPE.ipv4, ipv4(A.ip, B.ip, 17, payload, { id: 5, fragmentOffset: 185 }));
  const [frame, flaw] = decode(bytes, LinkType.Ethernet);
  expect(flaw).toBe(Flaw.None);
  expect(frame).toMatchObject({ isFragment: true, fragmentOffset: 1_480, sourcePort: 0, payloadBytes: 8 });
});

test('a wrong checksum is seen, in the header and in the segment', () => {
  const bytes = ethernetOf(ETHERTYPE.ipv4, tcp4);
  for (const at of [22, bytes.length - 1]) {
    const packet = Buffer.from(bytes);
    packet[at]! ^= 0x10;
    const [frame] = decode(packet, LinkType.Ethernet);
    expect(hasGoodChecksums(frame, packet)).toBe(false);
  }
  expect(internetChecksum(ipBytes(A.ip))).not.toBe(0);
});

/** What a decoder may have looked at: all numbers of the frame, and whether it ended well. */
function looked(b: Buffer, linkType: number, start: number, end: number): unknown {
  const [frame, flaw] = decode(b, linkType, start, end);
  const good = flaw === Flaw.None && frame.ipVersion !== 0 ? hasGoodChecksums(frame, b) : undefined;
  return { ...frame, vlans: [...frame.vlans], tunnels: [...frame.tunnels], flaw, good };
}

describe('whatever comes', () => {
  test.each(CASES)('%s: every prefix has its reason, and nothing behind it is read', (_name, linkType, bytes) => {
    for (let end = 0; end <= bytes.length; end++) {
      const poisoned = Buffer.concat([bytes.subarray(0, end), Buffer.alloc(64, 0xff)]);
      const zeroed = Buffer.concat([bytes.subarray(0, end), Buffer.alloc(64, 0)]);
      expect(looked(poisoned, linkType, 0, end)).toEqual(looked(zeroed, linkType, 0, end));
    }
  });

  test('changed bytes never lead outside', () => {
    const change = fc.record({ at: fc.nat(200), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.nat(CASES.length - 1), fc.array(change, { minLength: 1, maxLength: 8 }), (index, changes) => {
        const [, linkType, original] = CASES[index]!;
        const lead = 3;
        const bytes = Buffer.concat([Buffer.alloc(lead, 0xff), original, Buffer.alloc(64, 0xff)]);
        const end = lead + original.length;
        for (const { at, value } of changes) bytes[lead + (at % original.length)] = value;
        const [frame, flaw] = decode(bytes, linkType, lead, end);
        expect(flaw).toBeGreaterThanOrEqual(0);
        expect(flaw).toBeLessThan(FLAW_COUNT);
        if (flaw !== Flaw.None || frame.ipVersion === 0) return;
        for (const at of [frame.ipStart, frame.transportStart, frame.payloadStart])
          expect(at).toBeGreaterThanOrEqual(lead);
        expect(frame.payloadStart).toBeLessThanOrEqual(frame.payloadEnd);
        expect(frame.payloadEnd).toBeLessThanOrEqual(frame.transportEnd);
        expect(frame.transportEnd).toBeLessThanOrEqual(end);
        expect(frame.payloadBytes).toBeGreaterThanOrEqual(frame.payloadEnd - frame.payloadStart);
        hasGoodChecksums(frame, bytes);
        const after = Buffer.from(bytes);
        after.fill(0, end);
        expect(looked(after, linkType, lead, end)).toEqual(looked(bytes, linkType, lead, end));
      }),
      { numRuns: 5_000 },
    );
  });
});
