import { describe, expect, test } from 'vitest';
import { type Host, IP_PROTOCOL, ipv4, ipv6, macBytes, udp } from '../../../scripts/traffic/packet.js';
import { ipText, macText } from './addresses.js';
import { decodeFrame, decodeInner, decodeRest } from './decode.js';
import { Flaw, flawName } from './flaws.js';
import { Frame, tunnelName } from './frame.js';
import { LinkType } from './link-types.js';
import { enterUdpTunnel, mayBeUdpTunnel } from './udp-tunnels.js';

const A: Host = { mac: '02:00:00:00:00:01', ip: '192.0.2.1' };
const B: Host = { mac: '02:00:00:00:00:02', ip: '192.0.2.2' };
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const payload = Buffer.from('payload!');
const udp4 = ipv4(A.ip, B.ip, IP_PROTOCOL.udp, udp(A.ip, B.ip, 1_000, 2_000, payload));
const udp6 = ipv6(
  '2001:db8::1',
  '2001:db8::2',
  IP_PROTOCOL.udp,
  udp('2001:db8::1', '2001:db8::2', 1_000, 2_000, payload),
);
const [macA, macB] = [macBytes(A.mac), macBytes(B.mac)];
const macs = Buffer.concat([macB, macA]);
const other = hex('020000000099');
const join = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? hex(part) : part)));
const ethernet = (type: string, ...rest: (Buffer | string)[]): Buffer => join(macs, type, ...rest);
const over4 = (protocol: number, ...rest: (Buffer | string)[]): Buffer =>
  ethernet('0800', ipv4('203.0.113.1', '203.0.113.2', protocol, join(...rest)));
const overUdp = (port: number, ...rest: (Buffer | string)[]): Buffer =>
  over4(17, udp('203.0.113.1', '203.0.113.2', 50_000, port, join(...rest)));
const snap = hex('aaaa03 000000 0800');
const inner = ethernet('0800', udp4);
const two = (value: number): Buffer => Buffer.of(value >> 8, value & 255);

/** 802.11: control, duration, three addresses, sequence control, and what more there is of the header. */
const wlan = (control: string, [one, second, third]: readonly [Buffer, Buffer, Buffer], more: string): Buffer =>
  join(control, '0000', one, second, third, '0000', more, snap, udp4);
const toAp = [other, macA, macB] as const;
const fromAp = [macB, other, macA] as const;
const data = wlan('0801', toAp, '');
const msdu = (packet: Buffer): Buffer => join(macs, two(8 + packet.length), snap, packet);
const padded = (part: Buffer): Buffer => join(part, Buffer.alloc((4 - (part.length & 3)) & 3));
const aggregate = join('8801 0000', ...toAp, '0000 8000', padded(msdu(udp4)), padded(msdu(udp4)), msdu(udp4));

interface Facts {
  readonly version?: 4 | 6;
  readonly tunnels?: readonly string[];
  readonly vlans?: readonly number[];
  /** Whether the addresses of the link are those of A and B. */
  readonly macs?: boolean;
}

const L = LinkType;
const CASES: readonly [name: string, linkType: number, bytes: Buffer, facts: Facts][] = [
  ['QinQ of IEEE 802.1ad', L.Ethernet, ethernet('88a8', '0064 8100 000a 0800', udp4), { vlans: [100, 10], macs: true }],
  ['QinQ 0x9100', L.Ethernet, ethernet('9100', '0064 8100 000a 0800', udp4), { vlans: [100, 10] }],
  ['QinQ 0x9200', L.Ethernet, ethernet('9200', '0064 8100 000a 0800', udp4), { vlans: [100, 10] }],
  ['QinQ 0x8100 twice', L.Ethernet, ethernet('8100', '0064 8100 000a 86dd', udp6), { version: 6, vlans: [100, 10] }],
  ['SNAP behind a VLAN tag', L.Ethernet, ethernet('8100', '000a', two(8 + udp4.length), snap, udp4), { vlans: [10] }],
  ['LLC with the number of IP', L.Ethernet, ethernet('002f', '060603', udp4), {}],
  ['metadata of Cisco', L.Ethernet, ethernet('8909', '0101 0001 0007 0800', udp4), {}],
  ['PPPoE with IPv6', L.Ethernet, ethernet('8864', '1100 0001 003a 0057', udp6), { version: 6, tunnels: ['pppoe'] }],
  ['PPPoE with a short protocol', L.Ethernet, ethernet('8864', '1100 0001 0025 21', udp4), { tunnels: ['pppoe'] }],
  ['MPLS pseudowire, control word', L.Ethernet, ethernet('8847', '00020140 00000000', inner), { tunnels: ['mpls'] }],
  ['MPLS pseudowire without one', L.Ethernet, ethernet('8847', '00020140', inner), { tunnels: ['mpls'] }],
  [
    'MPLS pseudowire to an address that begins like IP',
    L.Ethernet,
    ethernet('8847', '00020140', '440000000002', macA, '0800', udp4),
    { tunnels: ['mpls'] },
  ],
  ['GRE with a checksum', L.Ethernet, over4(47, '8000 0800 00000000', udp4), { tunnels: ['gre'] }],
  [
    'GRE with routes',
    L.Ethernet,
    over4(47, '4000 0800 00000000 0800 0004 c0000201 00000000', udp4),
    { tunnels: ['gre'] },
  ],
  [
    'PPTP with an acknowledgement',
    L.Ethernet,
    over4(47, '3081 880b 0028 0001 00000001 00000002 21', udp4),
    { tunnels: ['gre'] },
  ],
  [
    'PPTP, first byte of the address saved',
    L.Ethernet,
    over4(47, '3001 880b 0028 0001 00000001 0021', udp4),
    { tunnels: ['gre'] },
  ],
  ['Ethernet in GRE', L.Ethernet, over4(47, '2000 6558 00000001', inner), { tunnels: ['gre'], macs: true }],
  ['MPLS in GRE', L.Ethernet, over4(47, '0000 8847 00010140', udp4), { tunnels: ['gre', 'mpls'] }],
  ['WCCP', L.Ethernet, over4(47, '0000 883e 00000000', udp4), { tunnels: ['gre'] }],
  ['ERSPAN I', L.Ethernet, over4(47, '0000 88be', inner), { tunnels: ['gre', 'erspan'] }],
  ['ERSPAN II', L.Ethernet, over4(47, '1000 88be 00000001 1001 0001 00000000', inner), { tunnels: ['gre', 'erspan'] }],
  [
    'ERSPAN III',
    L.Ethernet,
    over4(47, '1000 22eb 00000001 2001 0001 00000000 0000 0000', inner),
    { tunnels: ['gre', 'erspan'] },
  ],
  [
    'ERSPAN III of a platform',
    L.Ethernet,
    over4(47, '1000 22eb 00000001 2001 0001 00000000 0000 0001 0000000000000000', inner),
    { tunnels: ['gre', 'erspan'] },
  ],
  ['EtherIP', L.Ethernet, over4(97, '3000', inner), { tunnels: ['etherip'] }],
  ['6to4', L.Ethernet, over4(41, udp6), { version: 6, tunnels: ['ip-in-ip'] }],
  [
    'the authentication header of IPv6',
    L.Raw,
    ipv6('2001:db8::1', '2001:db8::2', 17, udp('2001:db8::1', '2001:db8::2', 1_000, 2_000, payload), [
      { type: 51, body: hex('04 0000 00000001 00000001 000000000000000000000000') },
    ]),
    { version: 6 },
  ],
  ['raw IP of BSD', L.RawBsd, udp4, {}],
  ['raw IP of OpenBSD', L.RawOpenBsd, udp6, { version: 6 }],
  ['IPv4 alone', L.Ipv4, udp4, {}],
  ['IPv6 alone', L.Ipv6, udp6, { version: 6 }],
  ['loopback of a big machine', L.Null, join('0000001c', udp6), { version: 6 }],
  ['loopback of macOS', L.Null, join('1e000000', udp6), { version: 6 }],
  ['cooked, with a VLAN tag', L.Sll, join('0000 0001 0006', macA, '0000 8100 000a 0800', udp4), { vlans: [10] }],
  [
    'cooked 2 of a tunnel without addresses',
    L.Sll2,
    join('86dd 0000 00000002 0200 00 00 0000000000000000', udp6),
    { version: 6 },
  ],
  ['PPP without address and control', L.Ppp, join('0021', udp4), {}],
  ['PPP like HDLC', L.PppHdlc, join('ff03 0021', udp4), {}],
  ['HDLC of Cisco', L.CiscoHdlc, join('0f00 0800', udp4), {}],
  ['HDLC of Cisco where PPP is expected', L.PppHdlc, join('8f00 86dd', udp6), { version: 6 }],
  ['PPP of pppd', L.PppPppd, join('0103 0021', udp4), {}],
  ['PPP with a direction', L.PppDirection, join('01 ff03 0021', udp4), {}],
  ['PPPoE alone', L.Pppoe, join('1100 0001 0026 0021', udp4), { tunnels: ['pppoe'] }],
  ['MPLS alone', L.Mpls, join('00010140', udp4), { tunnels: ['mpls'] }],
  ['frame relay', L.FrameRelay, join('1841 03 cc', udp4), {}],
  ['frame relay with four bytes of address and a filler', L.FrameRelay, join('18402041 0300 8e', udp6), { version: 6 }],
  ['frame relay with SNAP', L.FrameRelay, join('1841 0300 80 000000 0800', udp4), {}],
  ['frame relay of Cisco', L.FrameRelay, join('1841 0800', udp4), {}],
  ['FDDI', L.Fddi, join('50', macs, snap, udp4), { macs: true }],
  ['token ring', L.TokenRing, join('1040', macs, snap, udp4), { macs: true }],
  ['token ring with a route', L.TokenRing, join('1040', macB, '820000000001', '0630 0011 0020', snap, udp4), {}],
  ['ATM with LLC', L.AtmLlc, join(snap, udp4), {}],
  [
    'NFLOG',
    L.Nflog,
    join('02 00 0001 0800 0100 00000000 0600 0a00 0001 0000', two(4 + udp4.length).swap16(), '0900', udp4),
    {},
  ],
  ['NFLOG of a big machine', L.Nflog, join('02 00 0001 0008 0001 00000000', two(4 + udp4.length), '0009', udp4), {}],
  ['PFLOG', L.Pflog, join('3d 02 00 00', Buffer.alloc(60), udp4), {}],
  ['802.11 to the access point', L.Wlan, data, { macs: true }],
  ['802.11 from it', L.Wlan, wlan('0802', fromAp, ''), { macs: true }],
  ['802.11 between two of them', L.Wlan, wlan('0803', [other, other, macB], A.mac.replaceAll(':', '')), { macs: true }],
  ['802.11 in a cell of its own', L.Wlan, wlan('0800', [macB, macA, other], ''), { macs: true }],
  ['802.11 with QoS', L.Wlan, wlan('8801', toAp, '0000'), { macs: true }],
  ['802.11 with HT control', L.Wlan, wlan('8881', toAp, '0000 00000000'), { macs: true }],
  ['an aggregate of 802.11', L.Wlan, aggregate, { macs: true }],
  [
    'radiotap with filling behind the header',
    L.WlanRadiotap,
    join('0000 0900 02000000 20', wlan('8801', toAp, '0000 0000')),
    { macs: true },
  ],
  [
    'radiotap with its time in front',
    L.WlanRadiotap,
    join('0000 1100 03000000 0000000000000000 20', wlan('8801', toAp, '0000 0000')),
    { macs: true },
  ],
  ['PPI', L.Ppi, join('0000 0800 69000000', data), { macs: true }],
  ['PKTAP', L.Pktap, join('0c000000 01000000 01000000', inner), { macs: true }],
  ['Prism', L.WlanPrism, join('44000000 90000000', Buffer.alloc(136), data), { macs: true }],
  ['AVS', L.WlanAvs, join('80211001 00000040', Buffer.alloc(56), data), { macs: true }],
  ['AVS where Prism is expected', L.WlanPrism, join('80211001 00000040', Buffer.alloc(56), data), { macs: true }],
];

test.each(CASES)('%s', (_name, linkType, bytes, facts) => {
  const frame = new Frame();
  expect(flawName(decodeFrame(frame, bytes, 0, bytes.length, bytes.length, linkType))).toBe('none');
  const version = facts.version ?? 4;
  expect(ipText(bytes, frame.sourceAddress, frame.ipVersion)).toBe(version === 4 ? A.ip : '2001:db8::1');
  expect([frame.sourcePort, frame.destinationPort, frame.payloadBytes]).toEqual([1_000, 2_000, payload.length]);
  expect([...frame.tunnels].slice(0, frame.tunnelCount).map(tunnelName)).toEqual(facts.tunnels ?? []);
  expect([...frame.vlans].slice(0, frame.vlanCount)).toEqual(facts.vlans ?? []);
  if (facts.macs !== true) return;
  expect(macText(bytes, frame.sourceMac)).toBe(A.mac);
  expect(macText(bytes, frame.destinationMac)).toBe(B.mac);
});

test.each(CASES)('%s: nothing behind the end is read, wherever it is cut', (_name, linkType, bytes) => {
  for (let end = 0; end <= bytes.length; end++) {
    const [one, another] = [0xff, 0].map((fill) => {
      const cut = join(bytes.subarray(0, end), Buffer.alloc(64, fill));
      const frame = new Frame();
      const flaw = decodeFrame(frame, cut, 0, end, end, linkType);
      return { ...frame, vlans: [...frame.vlans], tunnels: [...frame.tunnels], flaw };
    });
    expect(one).toEqual(another);
  }
});

test('each packet of an aggregate is one', () => {
  const frame = new Frame();
  let flaw: Flaw = decodeFrame(frame, aggregate, 0, aggregate.length, aggregate.length, LinkType.Wlan);
  const sizes: number[] = [];
  for (;;) {
    expect([flawName(flaw), frame.sourcePort]).toEqual(['none', 1_000]);
    sizes.push(frame.wireBytes);
    if (frame.restStart < 0) break;
    flaw = decodeRest(frame, aggregate, frame.restStart, aggregate.length);
  }
  expect(sizes).toHaveLength(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(aggregate.length);
});

/** UDP port, payload, what must be found inside. */
const OVER_UDP: readonly [name: string, port: number, bytes: Buffer, tunnels: readonly string[]][] = [
  ['VXLAN', 4_789, join('08000000 00002a00', inner), ['vxlan']],
  ['VXLAN of Linux', 8_472, join('08000000 00002a00', inner), ['vxlan']],
  ['VXLAN-GPE with Ethernet', 4_790, join('0c000003 00002a00', inner), ['vxlan-gpe']],
  ['VXLAN-GPE with IPv4, its P bit forgotten', 4_790, join('08000001 00002a00', udp4), ['vxlan-gpe']],
  ['Geneve', 6_081, join('0000 6558 00002a00', inner), ['geneve']],
  ['Geneve with options', 6_081, join('0100 0800 00002a00 00000000', udp4), ['geneve']],
  ['GTP-U', 2_152, join('30ff 0024 00000001', udp4), ['gtp']],
  ['GTP-U with an extension', 2_152, join('34ff 002c 00000001 0000 00 85 01 0000 00', udp4), ['gtp']],
  ['L2TP', 1_701, join('0002 0001 0001 ff03 0021', udp4), ['l2tp']],
  ['L2TP with a length and numbers', 1_701, join('4802 0034 0001 0001 0000 0000 0021', udp4), ['l2tp']],
  ['MPLS in UDP', 6_635, join('00010140', udp4), ['mpls']],
  ['GRE in UDP', 4_754, join('0000 0800', udp4), ['gre']],
];

test.each(OVER_UDP)('%s', (_name, port, bytes, tunnels) => {
  const packet = overUdp(port, bytes);
  const [outer, frame] = [new Frame(), new Frame()];
  expect(decodeFrame(outer, packet, 0, packet.length, packet.length, LinkType.Ethernet)).toBe(Flaw.None);
  expect(mayBeUdpTunnel(outer)).toBe(true);
  const inside = { tunnel: 1, next: 0, at: 0 } as const;
  expect(enterUdpTunnel(outer, packet, inside)).toBe(true);
  expect(flawName(decodeInner(frame, outer, packet, inside))).toBe('none');
  expect([frame.sourcePort, frame.destinationPort]).toEqual([1_000, 2_000]);
  expect([...frame.tunnels].slice(0, frame.tunnelCount).map(tunnelName)).toEqual(tunnels);
  expect(ipText(packet, frame.outerSource, frame.outerVersion)).toBe('203.0.113.1');
});

describe('what cannot be read is told by its reason', () => {
  test.each([
    ['a protected frame', LinkType.Wlan, wlan('0841', toAp, ''), 'wlan_encrypted'],
    ['a beacon', LinkType.Wlan, wlan('8000', toAp, ''), 'wlan_not_data'],
    ['a frame without data', LinkType.Wlan, wlan('4801', toAp, ''), 'wlan_not_data'],
    ['the discovery of PPPoE', LinkType.Ethernet, ethernet('8863', '1109 0000 0004 0101 0000'), 'ppp_control'],
    ['LCP', LinkType.Ethernet, ethernet('8864', '1100 0001 000c c021 0101 000a'), 'ppp_control'],
    ['IEEE 802.15.4', 195, Buffer.alloc(40), 'link_unknown'],
    ['PPI in PPI', LinkType.Ppi, join('0000 0800 c0000000 0000 0800 69000000', data), 'link_unknown'],
  ])('%s', (_name, linkType, bytes, reason) => {
    expect(flawName(decodeFrame(new Frame(), bytes, 0, bytes.length, bytes.length, linkType))).toBe(reason);
  });
});

describe('a tunnel whose inside is unknown stands for itself', () => {
  test.each([
    ['a keepalive of GRE', over4(47, '0000 0000'), 47, 'not_ip'],
    ['CDP in ERSPAN', over4(47, '1000 88be 00000001 1001 0001 00000000', macs, '0020 aaaa0300000c2000'), 47, 'not_ip'],
    ['GRE of a version to come', over4(47, '0003 0800'), 47, 'gre_unknown'],
    ['nothing in IP in IP', over4(4, '00'), 4, 'ipv4_truncated'],
  ])('%s', (_name, bytes, protocol, reason) => {
    const frame = new Frame();
    expect(flawName(decodeFrame(frame, bytes, 0, bytes.length, bytes.length, LinkType.Ethernet))).toBe(reason);
    expect(frame).toMatchObject({ isOuterOnly: true, protocol, tunnelCount: 0, outerVersion: 0, payloadBytes: 0 });
    expect(ipText(bytes, frame.sourceAddress, frame.ipVersion)).toBe('203.0.113.1');
    expect(macText(bytes, frame.sourceMac)).toBe(A.mac);
  });
});

test('the payload of ESP begins behind its numbers, and that of an unknown header is not told', () => {
  const frame = new Frame();
  for (const [protocol, bytes] of [
    [50, 32],
    [89, 0],
  ] as const) {
    const packet = over4(protocol, Buffer.alloc(40));
    expect(decodeFrame(frame, packet, 0, packet.length, packet.length, LinkType.Ethernet)).toBe(Flaw.None);
    expect(frame.payloadBytes).toBe(bytes);
  }
});
