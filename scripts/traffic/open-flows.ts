/** Conversations that begin and do not end: each holds whatever the sensor keeps of one of its kind. */
import { httpRequest, httpResponse, smbReadRequest, tlsClientHello, tlsServerHello } from './applications.js';
import { dnsQuery } from './dns.js';
import { type Packet, udpFrame } from './packet.js';
import { quicInitials } from './quic.js';
import { Random } from './random.js';
import { Clock, type Step, TcpPeers } from './tcp.js';

export interface OpenFlowsOptions {
  readonly flows: number;
  readonly seed: number;
  /** Microseconds since the Unix epoch. */
  readonly startUs: number;
}

const BETWEEN_US = 100;
/** Of each ten: TLS in the middle of its handshake and behind it, HTTP kept alive and in a request, SMB, QUIC, DNS. */
const KINDS = ['hello', 'tls', 'tls', 'tls', 'keepAlive', 'request', 'smb', 'quic', 'dns', 'dns'] as const;
type Kind = (typeof KINDS)[number];
const PORTS: Readonly<Record<Kind, number>> = {
  hello: 443,
  tls: 443,
  keepAlive: 80,
  request: 80,
  smb: 445,
  quic: 443,
  dns: 53,
};

export function* openFlows(options: OpenFlowsOptions): Generator<Packet> {
  const random = new Random(options.seed);
  const clock = new Clock(options.startUs);
  for (let index = 0; index < options.flows; index += 1) {
    const kind = KINDS[index % KINDS.length]!;
    clock.advance(BETWEEN_US);
    yield* openFlow(kind, index, clock, random);
  }
}

function* openFlow(kind: Kind, index: number, clock: Clock, random: Random): Generator<Packet> {
  const client = { mac: '02:00:00:00:00:02', ip: `10.${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}` };
  const server = { mac: '02:00:00:00:00:01', ip: `203.0.113.${random.between(1, 254)}` };
  const clientPort = random.between(20_000, 60_000);
  if (kind === 'dns' || kind === 'quic') {
    const payload =
      kind === 'dns'
        ? dnsQuery({ id: index & 0xffff, name: `host${index}.example.com`, type: 'A' })
        : quicInitials(`host${index}.example.com`, random).client;
    yield { timeUs: clock.us, bytes: udpFrame(client, server, clientPort, PORTS[kind], payload) };
    return;
  }
  const peers = new TcpPeers(clock, client, server, { clientPort, serverPort: PORTS[kind], rttUs: 20 });
  yield* peers.open();
  for (const [side, bytes] of stepsOf(kind, index, random)) yield* peers.send(side, bytes);
}

function stepsOf(kind: Exclude<Kind, 'dns' | 'quic'>, index: number, random: Random): Step[] {
  const request = httpRequest('intranet.example.jp', `/item/${index}`);
  switch (kind) {
    case 'hello':
      return [['client', tlsClientHello(`host${index}.example.com`, random)]];
    case 'tls':
      return [
        ['client', tlsClientHello(`host${index}.example.com`, random)],
        ['server', tlsServerHello(random)],
      ];
    case 'keepAlive':
      return [
        ['client', request],
        ['server', httpResponse(300)],
      ];
    case 'request':
      return [['client', request.subarray(0, -2)]];
    case 'smb':
      return [['client', smbReadRequest(1, 32_768)]];
  }
}
