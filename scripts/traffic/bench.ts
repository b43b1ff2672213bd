/** A recording for benchmarks: exact counts of packets and flows, in the mix of an office's uplink. */
import {
  httpRequest,
  quicShort,
  smbReadRequest,
  smbReadResponse,
  tlsClientHello,
  tlsData,
  tlsServerHello,
} from './applications.js';
import { dnsQuery, dnsResponse } from './dns.js';
import { interleave } from './merge.js';
import { type Host, type Packet, udpFrame } from './packet.js';
import { quicInitials } from './quic.js';
import { Random } from './random.js';
import { Clock, type Step, TcpPeers } from './tcp.js';

export interface BenchOptions {
  readonly packets: number;
  readonly flows: number;
  readonly seed: number;
  /** Microseconds since the Unix epoch. */
  readonly startUs: number;
}

/** Share of the flows; DNS takes what is left. */
const SHARES = { tls: 0.36, http: 0.08, quic: 0.08, smb: 0.03, bulk: 0.01 } as const;
type Kind = keyof typeof SHARES | 'dns';
/** How much of the packets a flow of a kind tends to get. */
const WEIGHTS: Readonly<Record<Kind, number>> = { dns: 0, tls: 30, http: 20, quic: 30, smb: 120, bulk: 900 };
const SERVER_PORTS: Readonly<Record<Kind, number>> = { dns: 53, tls: 443, http: 80, quic: 443, smb: 445, bulk: 8080 };
const DNS_PACKETS = 2;
/** Handshake, two data packets and the end of a TCP connection. */
const LONG_PACKETS_MIN = 8;
const CLIENTS = 250;
const FIRST_PORT = 20_000;
const BETWEEN_FLOWS_US = 6_000;

interface Plan {
  readonly index: number;
  readonly kind: Kind;
  readonly packets: number;
}

/** @throws RangeError when the packets do not suffice for the flows */
export function* benchTraffic(options: BenchOptions): Generator<Packet> {
  yield* interleave(starts(options));
}

function* starts(options: BenchOptions): Generator<{ startUs: number; packets: Iterator<Packet> }> {
  const random = new Random(options.seed);
  let startUs = options.startUs;
  for (const plan of planFlows(options, random)) {
    startUs += Math.ceil(random.exponential(BETWEEN_FLOWS_US));
    yield { startUs, packets: flowPackets(plan, new Clock(startUs), new Random(random.between(0, 2 ** 31))) };
  }
}

function planFlows({ packets, flows }: BenchOptions, random: Random): Plan[] {
  const kinds = Array.from({ length: flows }, (_, index) => (index === 0 ? 'bulk' : pickKind(random)));
  const weights = kinds.map((kind) => WEIGHTS[kind] * random.exponential(1));
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const least = kinds.map((kind) => (kind === 'dns' ? DNS_PACKETS : LONG_PACKETS_MIN));
  const spare = packets - least.reduce((sum, count) => sum + count, 0);
  if (spare < 0) throw new RangeError(`${flows} flows need at least ${packets - spare} packets`);
  const plans = kinds.map((kind, index) => {
    const extra = Math.floor((spare * weights[index]!) / weightSum);
    return { index, kind, packets: least[index]! + extra };
  });
  const missing = packets - plans.reduce((sum, plan) => sum + plan.packets, 0);
  plans[0] = { ...plans[0]!, packets: plans[0]!.packets + missing };
  return plans;
}

function pickKind(random: Random): Kind {
  let left = random.next();
  for (const [kind, share] of Object.entries(SHARES)) {
    left -= share;
    if (left < 0) return kind as Kind;
  }
  return 'dns';
}

function flowPackets(plan: Plan, clock: Clock, random: Random): Iterator<Packet> {
  const host = plan.index % CLIENTS;
  const client = { mac: mac(1, host), ip: `10.20.${host >> 7}.${(host & 127) + 10}` };
  const clientPort = FIRST_PORT + Math.floor(plan.index / CLIENTS);
  const server = serverOf(plan.kind, random);
  if (plan.kind === 'dns') return dnsFlow(clock, client, server, clientPort, plan.index);
  if (plan.kind === 'quic') return quicFlow(clock, client, server, clientPort, plan.packets, random);
  const ports = { clientPort, serverPort: SERVER_PORTS[plan.kind], rttUs: random.between(300, 30_000) };
  const peers = new TcpPeers(clock, client, server, { ...ports, initialSeq: random.between(0, 2 ** 31) });
  return tcpFlow(peers, STEPS[plan.kind](random), plan.packets);
}

function serverOf(kind: Kind, random: Random): Host {
  if (kind === 'dns') return { mac: mac(0, 1), ip: '10.20.0.1' };
  if (kind === 'smb') return { mac: mac(0, 2), ip: '10.20.0.2' };
  return { mac: mac(0, 1), ip: `203.0.113.${random.between(1, 254)}` };
}

function mac(group: number, index: number): string {
  return `02:00:00:00:0${group}:${index.toString(16).padStart(2, '0')}`;
}

/** Exactly `count` packets: a handshake, the steps as far as they fit, and FINs. */
function* tcpFlow(peers: TcpPeers, steps: Iterable<Step>, count: number): Generator<Packet> {
  yield* peers.open();
  let left = count - 6;
  for (const [from, bytes] of steps) {
    for (const packet of peers.send(from, bytes)) {
      yield packet;
      left -= 1;
      if (left === 0) return yield* peers.finish();
    }
  }
}

/** What the sides say, without end; each chunk is made once per flow at most. */
const STEPS = {
  *tls(random: Random): Generator<Step> {
    yield ['client', tlsClientHello(`www${random.between(1, 500)}.example.com`, random)];
    yield ['server', tlsServerHello(random)];
    for (;;) {
      yield ['client', tlsData(400, 0x31)];
      yield ['server', tlsData(random.between(500, 30_000), 0x32)];
    }
  },
  *http(random: Random): Generator<Step> {
    for (;;) {
      const bodyBytes = random.between(300, 40_000);
      yield ['client', httpRequest('intranet.example.jp', `/item/${bodyBytes}`)];
      yield ['server', Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n${'.'.repeat(bodyBytes)}`)];
    }
  },
  *smb(): Generator<Step> {
    for (let id = 1; ; id += 1) {
      yield ['client', smbReadRequest(id, 32_768)];
      yield ['server', smbReadResponse(id, 32_768)];
    }
  },
  *bulk(): Generator<Step> {
    const chunk = Buffer.alloc(64 * 1_440, 0x62);
    for (;;) yield ['server', chunk];
  },
} satisfies Record<string, (random: Random) => Generator<Step>>;

function* dnsFlow(clock: Clock, client: Host, server: Host, port: number, index: number): Generator<Packet> {
  const name = `host${index % 3_000}.example.com`;
  const message = { id: index & 0xffff, name, type: 'A' as const };
  yield { timeUs: clock.us, bytes: udpFrame(client, server, port, 53, dnsQuery(message)) };
  const answers = [{ name, type: 'A' as const, data: `198.51.100.${(index % 254) + 1}` }];
  const bytes = udpFrame(server, client, 53, port, dnsResponse({ ...message, answers }));
  yield { timeUs: clock.advance(8_000).us, bytes };
}

function* quicFlow(
  clock: Clock,
  client: Host,
  server: Host,
  port: number,
  count: number,
  random: Random,
): Generator<Packet> {
  const initials = quicInitials(`host-${random.between(1, 400)}.example.com`, random);
  for (let index = 0; index < count; index += 1) {
    const isClient = index % 4 === 0;
    const [from, to] = isClient ? ([client, server] as const) : ([server, client] as const);
    const first = isClient ? initials.client : initials.server;
    const payload = index < 2 ? first : quicShort(isClient ? 60 : 1_200, random);
    const [fromPort, toPort] = isClient ? ([port, 443] as const) : ([443, port] as const);
    yield { timeUs: clock.us, bytes: udpFrame(from, to, fromPort, toPort, payload) };
    clock.advance(isClient ? 9_000 : 40);
  }
}
