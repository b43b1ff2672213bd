import { describe, expect, test } from 'vitest';
import { ETHERTYPE, ethernet, ipFrame, ipv4, ipv6, tcp, udp, udpFrame } from '../../../scripts/traffic/packet.js';
import { earlyHash, NO_CONVERSATION } from './early-hash.js';
import { LinkType } from './link-types.js';

const A = { mac: '02:00:00:00:00:01', ip: '192.168.1.10' };
const B = { mac: '02:00:00:00:00:02', ip: '203.0.113.7' };
const PAYLOAD = Buffer.alloc(40);
const of = (b: Buffer, seed = 7): number => earlyHash(b, 0, b.length, LinkType.Ethernet, seed);
const v6 = (from: string, to: string, fromPort: number, toPort: number): Buffer =>
  ethernet(A, B, ETHERTYPE.ipv6, ipv6(from, to, 17, udp(from, to, fromPort, toPort, PAYLOAD)));

describe('the early hash of a conversation', () => {
  test('is the same in both directions, whatever its tags', () => {
    const there = udpFrame(A, B, 1_000, 53, PAYLOAD);
    expect(of(there)).toBe(of(udpFrame(B, A, 53, 1_000, PAYLOAD)));
    const packet = ipv4(A.ip, B.ip, 17, udp(A.ip, B.ip, 1_000, 53, PAYLOAD));
    expect(of(ethernet(A, B, ETHERTYPE.ipv4, packet, [10, 20]))).toBe(of(there));
    expect(of(v6('2001:db8::1', '2001:db8::2', 1, 2))).toBe(of(v6('2001:db8::2', '2001:db8::1', 2, 1)));
  });

  test('differs by port, by address and by seed', () => {
    const all = [
      of(udpFrame(A, B, 1_000, 53, PAYLOAD)),
      of(udpFrame(A, B, 1_001, 53, PAYLOAD)),
      of(udpFrame({ ...A, ip: '192.168.1.11' }, B, 1_000, 53, PAYLOAD)),
      of(v6('2001:db8::1', '2001:db8::2', 1, 2)),
      of(v6('2001:db8::1', '2001:db8::3', 1, 2)),
      of(udpFrame(A, B, 1_000, 53, PAYLOAD), 8),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('is one for all fragments of a datagram', () => {
    const whole = udp(A.ip, B.ip, 5_000, 6_000, Buffer.alloc(3_000));
    const fragment = (at: number, moreFragments: boolean): Buffer =>
      ethernet(
        A,
        B,
        ETHERTYPE.ipv4,
        ipv4(A.ip, B.ip, 17, whole.subarray(at, at + 1_480), { id: 7, fragmentOffset: at / 8, moreFragments }),
      );
    expect(new Set([fragment(0, true), fragment(1_480, true), fragment(2_960, false)].map((b) => of(b))).size).toBe(1);
  });

  test('tells conversations inside of an IP tunnel apart', () => {
    const inner = (port: number): Buffer =>
      ipv4(A.ip, B.ip, 6, tcp(A.ip, B.ip, { fromPort: port, toPort: 443, seq: 1, ack: 1, flags: 16 }, PAYLOAD));
    const tunnel = (port: number): Buffer =>
      ethernet(A, B, ETHERTYPE.ipv6, ipv6('2001:db8::1', '2001:db8::2', 4, inner(port)));
    expect(of(tunnel(1))).not.toBe(of(tunnel(2)));
  });

  test('spreads conversations evenly', () => {
    let low = 0;
    for (let port = 1_024; port < 11_024; port++) if ((of(udpFrame(A, B, port, 53, PAYLOAD)) & 255) < 64) low += 1;
    expect(low).toBeGreaterThan(2_200);
    expect(low).toBeLessThan(2_800);
  });

  test('stays within any prefix', () => {
    for (const b of [
      udpFrame(A, B, 1, 2, PAYLOAD),
      v6('::1', '::2', 1, 2),
      ipFrame(A, B, 4, ipv4(A.ip, B.ip, 17, PAYLOAD)),
    ])
      for (let end = 0; end <= b.length; end++)
        expect(earlyHash(b, 0, end, LinkType.Ethernet, 1)).toBeGreaterThanOrEqual(0);
    expect(of(ethernet(A, B, ETHERTYPE.arp, PAYLOAD))).toBe(NO_CONVERSATION);
  });
});
