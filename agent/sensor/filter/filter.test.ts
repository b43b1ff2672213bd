import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../../../protocol/base/errors.js';
import { FILTER_CONDITIONS_MAX, FILTER_DEPTH_MAX } from '../../../protocol/capture.js';
import {
  arp,
  ETHERTYPE,
  ethernet,
  type Host,
  IP_PROTOCOL,
  icmp,
  ipFrame,
  ipv4,
  udp,
  udpFrame,
} from '../../../scripts/traffic/packet.js';
import { PacketFilter } from './filter.js';

const A: Host = { mac: '02:00:00:00:01:01', ip: '192.168.10.101' };
const B: Host = { mac: '02:00:00:00:00:01', ip: '203.0.113.10' };
const A6: Host = { mac: A.mac, ip: '2001:db8:10::101' };
const B6: Host = { mac: B.mac, ip: '2001:db8:20::10' };
const ETHERNET = 1;

const QUESTION = udpFrame(A, B, 50_001, 53, Buffer.from('question'));
const QUESTION6 = udpFrame(A6, B6, 50_001, 53, Buffer.from('question'));
const PING = ipFrame(A, B, IP_PROTOCOL.icmp, icmp(8, 0, Buffer.from('\0\x01\0\x01ping')));
const ARP = ethernet(A, { ...B, mac: 'ff:ff:ff:ff:ff:ff' }, ETHERTYPE.arp, arp(1, A, B));
const inner = ipv4(A.ip, B.ip, IP_PROTOCOL.udp, udp(A.ip, B.ip, 50_001, 53, Buffer.from('question')));
const TAGGED = ethernet(A, B, ETHERTYPE.ipv4, inner, [100, 10]);
/** In an IP-in-IP tunnel (RFC 2003) between two other hosts. */
const TUNNELLED = ethernet(A, B, ETHERTYPE.ipv4, ipv4('198.51.100.1', '198.51.100.2', 4, inner));
const PACKETS = { QUESTION, QUESTION6, PING, ARP, TAGGED, TUNNELLED };

/** Names of the packets that pass. */
function passing(text: string, packets: Record<string, Buffer> = PACKETS): string[] {
  const filter = new PacketFilter(text);
  return Object.keys(packets).filter((name) => {
    const b = packets[name]!;
    return filter.matches(b, 0, b.length, b.length, ETHERNET);
  });
}

function refusal(text: string): { message: string; position: unknown } {
  try {
    new PacketFilter(text);
  } catch (error) {
    if (hasCode(error, 'CAPTURE_FILTER')) return { message: error.message, position: error.facts['position'] };
    throw error;
  }
  return { message: 'it was taken', position: undefined };
}

describe('a filter', () => {
  it.each([
    ['', ['QUESTION', 'QUESTION6', 'PING', 'ARP', 'TAGGED', 'TUNNELLED']],
    ['ip', ['QUESTION', 'PING', 'TAGGED', 'TUNNELLED']],
    ['ip6', ['QUESTION6']],
    ['arp', ['ARP']],
    ['icmp', ['PING']],
    ['icmp6', []],
    ['udp', ['QUESTION', 'QUESTION6', 'TAGGED', 'TUNNELLED']],
    ['tcp', []],
    ['ip proto 17', ['QUESTION', 'TAGGED', 'TUNNELLED']],
    ['proto 4', ['TUNNELLED']],
    ['ip proto \\icmp', ['PING']],
    ['host 192.168.10.101', ['QUESTION', 'PING', 'ARP', 'TAGGED', 'TUNNELLED']],
    ['192.168.10.101', ['QUESTION', 'PING', 'ARP', 'TAGGED', 'TUNNELLED']],
    ['src host 203.0.113.10', []],
    ['dst 203.0.113.10', ['QUESTION', 'PING', 'ARP', 'TAGGED', 'TUNNELLED']],
    ['arp host 203.0.113.10', ['ARP']],
    ['host 198.51.100.2', ['TUNNELLED']],
    ['src and dst net 192.168', []],
    ['src or dst net 192.168.0.0/16', ['QUESTION', 'PING', 'ARP', 'TAGGED', 'TUNNELLED']],
    ['net 192.168.10.0 mask 255.255.255.0 and icmp', ['PING']],
    ['host 2001:db8:20::10', ['QUESTION6']],
    ['src net 2001:db8:10::/48', ['QUESTION6']],
    ['net 2001:db8:20::/47', ['QUESTION6']],
    ['src net 2001:db8:20::/48', []],
    ['net 0.0.0.0/0', ['QUESTION', 'PING', 'ARP', 'TAGGED', 'TUNNELLED']],
    ['port 53', ['QUESTION', 'QUESTION6', 'TAGGED', 'TUNNELLED']],
    ['src port 53', []],
    ['tcp port 53', []],
    ['ip6 and udp dst port 53', ['QUESTION6']],
    ['portrange 50000-50001', ['QUESTION', 'QUESTION6', 'TAGGED', 'TUNNELLED']],
    ['src and dst portrange 53-50001 and ip6', ['QUESTION6']],
    ['port 80 or 53 and ip6', ['QUESTION6']],
    ['port (80 or 53) ip6', ['QUESTION6']],
    ['ether host 02:00:00:00:01:01 arp', ['ARP']],
    ['ether src 2:0:0:0:0:1', []],
    ['dst mac 02-00-00-00-00-01 icmp', ['PING']],
    ['ether broadcast', ['ARP']],
    ['multicast', ['ARP']],
    ['vlan', ['TAGGED']],
    ['vlan 100', ['TAGGED']],
    ['vlan 10', []],
    ['vlan 100 and vlan 10', ['TAGGED']],
    ['vlan and vlan and vlan', []],
    ['vlan 7 or vlan 100', ['TAGGED']],
    ['not vlan and udp port 53', ['QUESTION', 'QUESTION6', 'TUNNELLED']],
    ['NOT (UDP || arp) && !tcp', ['PING']],
    ['udp or icmp and ip6', ['QUESTION6']],
    ['less 45', ['ARP']],
    ['greater 46 less 60 not vlan', ['QUESTION', 'PING']],
  ])('%s', (text, expected) => {
    expect(passing(text)).toEqual(expected);
  });

  it('reads a broken packet as far as it is there', () => {
    const badLength = Buffer.from(QUESTION);
    badLength.writeUInt16BE(2_000, 16); // IPv4 says that it is longer than the frame.
    const broken = { badLength, cut: QUESTION.subarray(0, 30), none: QUESTION.subarray(0, 13) };
    expect(passing('ip', broken)).toEqual(['badLength', 'cut']);
    expect(passing('udp port 53 and host 203.0.113.10', broken)).toEqual(['badLength']);
    expect(passing('not ip', broken)).toEqual(['none']);
  });

  it('finds the ports in the first fragment alone', () => {
    // The middle of the payload looks like port 53.
    const segment = udp(A.ip, B.ip, 50_001, 53, Buffer.alloc(64, Buffer.from([0, 53])));
    const part = (from: number, to: number, more: boolean) =>
      ethernet(
        A,
        B,
        ETHERTYPE.ipv4,
        ipv4(A.ip, B.ip, IP_PROTOCOL.udp, segment.subarray(from, to), {
          id: 7,
          moreFragments: more,
          fragmentOffset: from / 8,
        }),
      );
    const fragments = { first: part(0, 32, true), second: part(32, 72, false) };
    expect(passing('port 53', fragments)).toEqual(['first']);
    expect(passing('udp', fragments)).toEqual(['first', 'second']);
  });
});

describe('a filter that is wrong is refused with the place', () => {
  it.each([
    ['prot 53', 0, 'prot is not known'],
    ['port', 4, 'a value is missing after port'],
    ['port and tcp', 5, 'a value is missing after port'],
    ['port http', 5, 'http is no number from 0 to 65535'],
    ['port 65536', 5, '65536 is no number'],
    ['portrange 1-2-3', 10, 'no range of ports'],
    ['icmp port 3', 10, 'icmp has no ports'],
    ['tcp and', 7, 'a condition is missing at the end'],
    ['or tcp', 0, 'a condition is missing before or'],
    ['tcp or or udp', 7, 'a condition is missing before or'],
    ['(tcp', 0, 'never closed'],
    ['tcp)', 3, 'no ( to this )'],
    ['()', 1, 'a condition is missing before )'],
    ['host example.jp', 5, 'names are not looked up'],
    ['host 10.0.0.0/8', 5, 'write net'],
    ['host 300.0.0.1', 5, 'is no address'],
    ['host fe80::1%eth0', 12, '"%" has no meaning'],
    ['net 10.0.0.1/8', 4, 'bits outside of its mask'],
    ['net 10.0.0.0/33', 4, 'is no network'],
    ['net ::/129', 4, 'is no network'],
    ['net 10 mask', 4, 'is no network'],
    ['net 10.0.0.0/8 mask 255.0.0.0', 4, 'is no network'],
    ['ether host 192.168.1.1', 11, 'is no MAC address'],
    ['ether port 3', 11, 'ether has no port'],
    ['ether', 5, 'a value is missing'],
    ['ip proto nothing', 9, 'is no number from 0 to 255'],
    ['src proto 6', 10, 'proto has no src'],
    ['vlan 4096', 5, 'is no number from 0 to 4095'],
    ['less', 4, 'a number is missing after less'],
    ['80', 0, 'is port, host or net missing'],
    ['mask 255.0.0.0', 0, 'mask has no meaning here'],
    ['tcp[13] = 2', 3, '"[" has no meaning'],
    ['tcp & udp', 4, '"&" has no meaning'],
    ['__proto__', 0, 'is not known'],
    ['proto constructor', 6, 'is no number'],
  ])('%s', (text, position, message) => {
    const said = refusal(text);
    expect(said.position).toBe(position);
    expect(said.message).toContain(message);
    expect(said.message).toContain(`at character ${position + 1}`);
  });

  it('and so is one that is too long, too deep or asks too much', () => {
    const many = (count: number) => Array.from({ length: count }, () => 'tcp').join(' or ');
    expect(refusal(many(FILTER_CONDITIONS_MAX)).message).toBe('it was taken');
    expect(refusal(many(FILTER_CONDITIONS_MAX + 1)).message).toContain('more than 64 conditions');
    const deep = (count: number) => `${'('.repeat(count)}tcp${')'.repeat(count)}`;
    expect(refusal(deep(FILTER_DEPTH_MAX)).message).toBe('it was taken');
    expect(refusal(deep(FILTER_DEPTH_MAX + 1)).message).toContain('brackets in one another');
    expect(refusal(`${'not '.repeat(200)}tcp`).message).toContain('brackets in one another');
    expect(refusal(' '.repeat(1_025)).message).toContain('longer than 1024 characters');
    expect(refusal('vlan and vlan and vlan and vlan and vlan').message).toContain('more than 4 tags');
  });
});

const WORDS =
  'tcp udp icmp icmp6 arp ip ip6 ether src dst host net port portrange proto mac vlan less greater mask and or not ( ) ! && || 53 1-1023 10.0.0.1 10.0.0.0/8 192.168 ::1 fe80::/10 02:00:00:00:00:01 \\tcp 4095 broadcast x'.split(
    ' ',
  );

describe('whatever is written', () => {
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...WORDS), { maxLength: 40, size: 'max' }).map((words) => words.join(' ')),
    fc.string({ maxLength: 60, size: 'max', unit: 'binary' }),
  );

  it('is a filter, or is refused with a place in it', () => {
    let taken = 0;
    fc.assert(
      fc.property(texts, (text) => {
        try {
          new PacketFilter(text);
          taken += 1;
        } catch (error) {
          if (!hasCode(error, 'CAPTURE_FILTER')) throw error;
          const position = error.facts['position'];
          if (position !== undefined) expect(position).toSatisfy((at: number) => at >= 0 && at <= text.length);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('stays inside of a packet of any length, and means the opposite behind not', () => {
    const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }).map((list) => list.join(' '));
    const packets = fc.record({
      packet: fc.constantFrom(...Object.values(PACKETS)),
      cut: fc.nat(120),
      at: fc.nat(120),
      byte: fc.nat(255),
    });
    fc.assert(
      fc.property(words, packets, (text, { packet, cut, at, byte }) => {
        const filters = [text, `not (${text})`].flatMap((each) => {
          try {
            return [new PacketFilter(each)];
          } catch {
            return [];
          }
        });
        if (filters.length < 2) return;
        const b = Buffer.from(packet.subarray(0, cut));
        if (at < b.length) b[at] = byte;
        const [yes, no] = filters.map((filter) => filter.matches(b, 0, b.length, b.length, ETHERNET));
        expect(yes).toBe(!no);
      }),
      { numRuns: 20_000 },
    );
  });
});
