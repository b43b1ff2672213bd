/** Small recordings by name, each for one thing that a decoder has to get right. */
import { httpRequest, httpResponse } from './applications.js';
import { dnsOverTcp, dnsQuery, dnsResponse } from './dns.js';
import {
  arp,
  ETHERTYPE,
  ethernet,
  type Host,
  IP_PROTOCOL,
  icmp,
  icmp6,
  ipFrame,
  ipv4,
  ipv6,
  type Packet,
  TCP_FLAG,
  udp,
  udpFrame,
} from './packet.js';
import { Clock, TcpPeers, tcpConversation } from './tcp.js';

const CLIENT: Host = { mac: '02:00:00:00:01:01', ip: '192.168.10.101' };
const SERVER: Host = { mac: '02:00:00:00:00:01', ip: '203.0.113.10' };
const CLIENT6: Host = { mac: CLIENT.mac, ip: '2001:db8:10::101' };
const SERVER6: Host = { mac: SERVER.mac, ip: '2001:db8:20::10' };
const PORTS = { clientPort: 50_001, serverPort: 80, rttUs: 10_000 };
const QUESTION = { id: 0x1234, name: 'www.example.jp', type: 'A' } as const;
const ANSWER = { name: QUESTION.name, type: 'A', data: '203.0.113.10' } as const;
const QUERY = dnsQuery(QUESTION);
const RESPONSE = dnsResponse({ ...QUESTION, answers: [ANSWER] });
const { ack, psh, syn } = TCP_FLAG;

type Make = (clock: Clock) => Iterable<Packet>;

export const CASES = {
  arp: frames(
    ethernet(CLIENT, { ...SERVER, mac: 'ff:ff:ff:ff:ff:ff' }, ETHERTYPE.arp, arp(1, CLIENT, SERVER)),
    ethernet(SERVER, CLIENT, ETHERTYPE.arp, arp(2, SERVER, CLIENT)),
  ),
  icmp: frames(
    ipFrame(CLIENT, SERVER, IP_PROTOCOL.icmp, icmp(8, 0, Buffer.from('\0\x01\0\x01generated echo'))),
    ipFrame(SERVER, CLIENT, IP_PROTOCOL.icmp, icmp(0, 0, Buffer.from('\0\x01\0\x01generated echo'))),
    ipFrame(
      CLIENT6,
      SERVER6,
      IP_PROTOCOL.icmp6,
      icmp6(CLIENT6.ip, SERVER6.ip, 128, 0, Buffer.from('\0\x01\0\x01ping')),
    ),
  ),
  vlan: frames(ethernet(CLIENT, SERVER, ETHERTYPE.ipv4, dnsIpv4(), [10])),
  qinq: frames(ethernet(CLIENT, SERVER, ETHERTYPE.ipv4, dnsIpv4(), [100, 10])),
  dns: frames(
    udpFrame(CLIENT, SERVER, 53_001, 53, QUERY),
    udpFrame(SERVER, CLIENT, 53, 53_001, RESPONSE),
    udpFrame(CLIENT6, SERVER6, 53_002, 53, QUERY),
    udpFrame(SERVER6, CLIENT6, 53, 53_002, dnsResponse({ ...QUESTION, rcode: 3 })),
  ),
  'dns-tcp': (clock) =>
    tcpConversation(new TcpPeers(clock, CLIENT, SERVER, { ...PORTS, serverPort: 53 }), [
      ['client', dnsOverTcp(QUERY)],
      ['server', dnsOverTcp(RESPONSE)],
    ]),
  fragments: (clock) => inTurn(clock, fragmentedDns()),
  'ipv6-extensions': frames(ethernet(CLIENT6, SERVER6, ETHERTYPE.ipv6, extendedDns())),
  http: (clock) => tcpConversation(new TcpPeers(clock, CLIENT, SERVER, PORTS), httpSteps()),
  'tcp-refused': (clock) => new TcpPeers(clock, CLIENT, SERVER, PORTS).refused(),
  'tcp-reset': resetConversation,
  'tcp-midstream': (clock) => new TcpPeers(clock, CLIENT, SERVER, PORTS).send('server', Buffer.alloc(5_000, 0x6d)),
  'tcp-faults': faultyConversation,
} satisfies Record<string, Make>;
export type CaseName = keyof typeof CASES;

export function caseTraffic(name: CaseName, startUs: number): Iterable<Packet> {
  return CASES[name](new Clock(startUs));
}

function frames(...list: readonly Buffer[]): Make {
  return (clock) => inTurn(clock, list);
}

function* inTurn(clock: Clock, list: readonly Buffer[]): Generator<Packet> {
  for (const bytes of list) {
    yield { timeUs: clock.us, bytes };
    clock.advance(5_000);
  }
}

function dnsIpv4(): Buffer {
  return ipv4(CLIENT.ip, SERVER.ip, IP_PROTOCOL.udp, udp(CLIENT.ip, SERVER.ip, 53_001, 53, QUERY));
}

/** A long TXT answer in two fragments of IPv4. */
function fragmentedDns(): Buffer[] {
  const question = { id: 7, name: 'long.example.jp', type: 'TXT' } as const;
  const answers = [{ name: question.name, type: 'TXT', data: 'generated '.repeat(190) } as const];
  const datagram = udp(SERVER.ip, CLIENT.ip, 53, 53_003, dnsResponse({ ...question, answers }));
  const cut = 1_480;
  const options = { id: 99 };
  const parts = [
    ipv4(SERVER.ip, CLIENT.ip, IP_PROTOCOL.udp, datagram.subarray(0, cut), { ...options, moreFragments: true }),
    ipv4(SERVER.ip, CLIENT.ip, IP_PROTOCOL.udp, datagram.subarray(cut), { ...options, fragmentOffset: cut / 8 }),
  ];
  return [
    udpFrame(CLIENT, SERVER, 53_003, 53, dnsQuery(question)),
    ...parts.map((part) => ethernet(SERVER, CLIENT, ETHERTYPE.ipv4, part)),
  ];
}

/** Hop-by-hop and destination options, each of padding alone. RFC 8200 4.2. */
function extendedDns(): Buffer {
  const padding = Buffer.from([0, 1, 4, 0, 0, 0, 0]);
  const extensions = [
    { type: 0, body: padding },
    { type: 60, body: padding },
  ];
  const datagram = udp(CLIENT6.ip, SERVER6.ip, 53_001, 53, QUERY);
  return ipv6(CLIENT6.ip, SERVER6.ip, IP_PROTOCOL.udp, datagram, extensions);
}

function httpSteps(): [['client', Buffer], ['server', Buffer]] {
  return [
    ['client', httpRequest('www.example.jp', '/')],
    ['server', httpResponse(4_000)],
  ];
}

function* resetConversation(clock: Clock): Generator<Packet> {
  const peers = new TcpPeers(clock, CLIENT, SERVER, PORTS);
  yield* peers.open();
  yield* peers.send('client', httpRequest('www.example.jp', '/'));
  yield* peers.reset('server');
}

/** A SYN twice, two segments out of order, one sent twice, and one that never came. */
function* faultyConversation(clock: Clock): Generator<Packet> {
  const peers = new TcpPeers(clock, CLIENT, SERVER, PORTS);
  const again = (packet: Packet): Packet => ({ ...packet, timeUs: clock.advance(200_000).us });
  const first = peers.segment('client', syn);
  yield first;
  yield again(first);
  yield again(peers.segment('server', syn | ack));
  yield again(peers.segment('client', ack));
  const request = peers.segment('client', psh | ack, httpRequest('www.example.jp', '/'));
  yield again(request);
  const segments = [1, 2, 3, 4].map((fill) => peers.segment('server', ack, Buffer.alloc(1_000, fill)));
  for (const index of [1, 0, 0, 3]) yield again(segments[index]!);
  clock.advance(1_000);
  yield* peers.finish();
}
