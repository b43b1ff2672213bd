/**
 * A small office as it might look on its mirror port: PCs, a printer, a NAS and a gateway. All names and addresses
 * are from the ranges set aside for documentation (RFC 2606, 5737, 3849) or private ones.
 */
import {
  httpRequest,
  httpResponse,
  ntp,
  smbReadRequest,
  smbReadResponse,
  tlsClientHello,
  tlsData,
  tlsServerHello,
} from './applications.js';
import { type DnsAnswer, type DnsType, dnsQuery, dnsResponse, mdnsQuery, mdnsResponse, RCODE_NXDOMAIN } from './dns.js';
import { merge } from './merge.js';
import { arp, ETHERTYPE, ethernet, type Host, type Packet, TCP_FLAG, udpFrame } from './packet.js';
import { Random } from './random.js';
import { Clock, type Step, TcpPeers, tcpConversation } from './tcp.js';

export interface OfficeOptions {
  readonly minutes: number;
  readonly pcs: number;
  readonly seed: number;
  /** Microseconds since the Unix epoch. */
  readonly startUs: number;
}

export const PCS_MAX = 150;
const MINUTE_US = 60e6;
const HOUR_US = 3_600e6;
const JST_OFFSET_HOURS = 9;
/** Mean pause between what one PC does, at full activity. */
const PAUSE_US = 7e6;
const INCIDENT_EVERY_US = 10 * MINUTE_US;
const FIRST_INCIDENT_US = 25e6;

const GATEWAY: Host = { mac: '02:00:00:00:00:01', ip: '192.168.10.1' };
const NAS: Host = { mac: '02:00:00:00:00:02', ip: '192.168.10.2' };
const PRINTER: Host = { mac: '02:00:00:00:00:03', ip: '192.168.10.3' };
const TIME_SERVER: Host = { mac: GATEWAY.mac, ip: '192.0.2.123' };
const MULTICAST_DNS: Host = { mac: '01:00:5e:00:00:fb', ip: '224.0.0.251' };
const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff';

interface Site {
  readonly name: string;
  readonly ip: string;
  /** Listens on port 80 instead of 443. */
  readonly isPlain?: true;
}

const SITES: readonly Site[] = [
  { name: 'www.example.jp', ip: '203.0.113.10' },
  { name: 'mail.example.jp', ip: '203.0.113.25' },
  { name: 'groupware.example.jp', ip: '203.0.113.30' },
  { name: 'kintai.example.jp', ip: '203.0.113.31' },
  { name: 'news.example.com', ip: '198.51.100.20' },
  { name: 'cdn.example.com', ip: '198.51.100.21' },
  { name: 'meeting.example.com', ip: '198.51.100.40' },
  { name: 'update.example.com', ip: '198.51.100.50', isPlain: true },
];
const DEAD_NAMES = ['wpad.office.test', 'old-server.office.test', 'isatap.office.test'];

/** Packets in order of time, from `startUs` on. */
export function* officeTraffic(options: OfficeOptions): Generator<Packet> {
  const endUs = options.startUs + options.minutes * MINUTE_US;
  const pcs = Array.from({ length: options.pcs }, (_, index) => pcOf(index));
  const sources = pcs.map((pc, index) => new Pc(pc, options.seed * 1_000 + index, options.startUs).day(endUs));
  for (const packet of merge([...sources, incidents(pcs, options, endUs)])) {
    if (packet.timeUs >= endUs) return;
    yield packet;
  }
}

function pcOf(index: number): Host {
  return { mac: `02:00:00:00:01:${index.toString(16).padStart(2, '0')}`, ip: `192.168.10.${100 + index}` };
}

/** 0 to 1: how busy people are at an hour in Japan. */
export function activityAt(timeUs: number): number {
  const hour = (Math.floor(timeUs / HOUR_US) + JST_OFFSET_HOURS) % 24;
  if (hour === 12) return 0.4;
  if (hour >= 9 && hour < 18) return 1;
  return hour >= 8 && hour < 21 ? 0.3 : 0.05;
}

class Pc {
  readonly #host: Host;
  readonly #random: Random;
  readonly #clock: Clock;
  #port: number;

  constructor(host: Host, seed: number, startUs: number) {
    this.#host = host;
    this.#random = new Random(seed);
    this.#clock = new Clock(startUs + this.#random.between(0, 4_000_000));
    this.#port = this.#random.between(49_152, 60_000);
  }

  *day(endUs: number): Generator<Packet> {
    yield* this.#wakeUp();
    while (this.#clock.us < endUs) {
      yield* this.#activity();
      this.#clock.advance(this.#random.exponential(PAUSE_US / activityAt(this.#clock.us)));
    }
  }

  #activity(): Generator<Packet> {
    const dice = this.#random.next();
    if (dice < 0.62) return this.#browse(this.#random.pick(SITES));
    if (dice < 0.74) return this.#readFile();
    if (dice < 0.82) return this.#lookUpDead();
    if (dice < 0.88) return this.#discover();
    if (dice < 0.93) return this.#lookUpMail();
    if (dice < 0.97) return this.#print();
    return this.#setClock();
  }

  /** What a PC does when it joins: ARP for the gateway, the time, its groupware. */
  *#wakeUp(): Generator<Packet> {
    const unknown = { mac: '00:00:00:00:00:00', ip: GATEWAY.ip };
    const everybody = { mac: BROADCAST_MAC, ip: GATEWAY.ip };
    yield this.#at(ethernet(this.#host, everybody, ETHERTYPE.arp, arp(1, this.#host, unknown)));
    this.#clock.advance(300);
    yield this.#at(ethernet(GATEWAY, this.#host, ETHERTYPE.arp, arp(2, GATEWAY, this.#host)));
    this.#clock.advance(100_000);
    yield* this.#setClock();
    yield* this.#browse(SITES[2]!);
  }

  *#browse(site: Site): Generator<Packet> {
    const alias = `edge.${site.name}`;
    const answers: DnsAnswer[] = [
      { name: site.name, type: 'CNAME', data: alias },
      { name: alias, type: 'A', data: site.ip },
    ];
    yield* this.#lookUp(site.name, 'AAAA', [{ name: site.name, type: 'AAAA', data: '2001:db8:10::80' }]);
    yield* this.#lookUp(site.name, 'A', answers);
    const server = { mac: GATEWAY.mac, ip: site.ip };
    const bytes = Math.ceil(this.#random.exponential(60_000));
    const steps = site.isPlain ? httpSteps(site.name, bytes) : tlsSteps(site.name, bytes, this.#random);
    yield* tcpConversation(this.#peers(server, site.isPlain ? 80 : 443, 9_000), steps);
  }

  *#readFile(): Generator<Packet> {
    const count = this.#random.between(1, 8);
    const steps = Array.from({ length: count }, (_, index): Step[] => [
      ['client', smbReadRequest(index + 1, 65_536)],
      ['server', smbReadResponse(index + 1, 65_536)],
    ]);
    yield* tcpConversation(this.#peers(NAS, 445, 400), steps.flat());
  }

  *#print(): Generator<Packet> {
    const pages = Buffer.alloc(this.#random.between(1, 6) * 40_000, 0x20);
    yield* tcpConversation(this.#peers(PRINTER, 9_100, 600), [['client', pages]]);
  }

  *#lookUpDead(): Generator<Packet> {
    yield* this.#lookUp(this.#random.pick(DEAD_NAMES), 'A', [], RCODE_NXDOMAIN);
  }

  *#lookUpMail(): Generator<Packet> {
    yield* this.#lookUp('example.jp', 'MX', [{ name: 'example.jp', type: 'MX', data: '10 mail.example.jp' }]);
    yield* this.#lookUp('example.jp', 'TXT', [
      { name: 'example.jp', type: 'TXT', data: 'v=spf1 ip4:203.0.113.25 -all' },
    ]);
  }

  *#discover(): Generator<Packet> {
    const name = 'printer.local';
    yield this.#at(udpFrame(this.#host, MULTICAST_DNS, 5_353, 5_353, mdnsQuery(name)));
    this.#clock.advance(40_000);
    const answer = mdnsResponse({ name, type: 'A', data: PRINTER.ip });
    yield this.#at(udpFrame(PRINTER, MULTICAST_DNS, 5_353, 5_353, answer));
  }

  *#setClock(): Generator<Packet> {
    const port = this.#nextPort();
    yield this.#at(udpFrame(this.#host, TIME_SERVER, port, 123, ntp(3, this.#clock.us)));
    this.#clock.advance(12_000);
    yield this.#at(udpFrame(TIME_SERVER, this.#host, 123, port, ntp(4, this.#clock.us)));
  }

  *#lookUp(name: string, type: DnsType, answers: readonly DnsAnswer[], rcode = 0): Generator<Packet> {
    const message = { id: this.#random.between(0, 0xffff), name, type };
    const port = this.#nextPort();
    yield this.#at(udpFrame(this.#host, GATEWAY, port, 53, dnsQuery(message)));
    this.#clock.advance(this.#random.between(400, 20_000));
    yield this.#at(udpFrame(GATEWAY, this.#host, 53, port, dnsResponse({ ...message, answers, rcode })));
    this.#clock.advance(500);
  }

  #peers(server: Host, serverPort: number, rttUs: number): TcpPeers {
    const initialSeq = this.#random.between(0, 2 ** 31);
    return new TcpPeers(this.#clock, this.#host, server, {
      clientPort: this.#nextPort(),
      serverPort,
      rttUs,
      initialSeq,
    });
  }

  #nextPort(): number {
    this.#port = this.#port >= 65_535 ? 49_152 : this.#port + 1;
    return this.#port;
  }

  #at(bytes: Buffer): Packet {
    return { timeUs: this.#clock.us, bytes };
  }
}

function tlsSteps(name: string, bytes: number, random: Random): Step[] {
  return [
    ['client', tlsClientHello(name, random)],
    ['server', tlsServerHello(random)],
    ['client', tlsData(420, 0x31)],
    ['server', tlsData(bytes, 0x32)],
  ];
}

function httpSteps(name: string, bytes: number): Step[] {
  return [
    ['client', httpRequest(name, '/updates/list')],
    ['server', httpResponse(bytes)],
  ];
}

/** Now and then a PC scans the NAS, and another one keeps trying a server that does not answer. */
function* incidents(pcs: readonly Host[], options: OfficeOptions, endUs: number): Generator<Packet> {
  const random = new Random(options.seed + 7);
  for (let us = options.startUs + FIRST_INCIDENT_US; us < endUs; us += INCIDENT_EVERY_US) {
    const clock = new Clock(us);
    yield* portScan(clock, random.pick(pcs));
    yield* silentServer(clock.advance(2e6), random.pick(pcs));
  }
}

const SCANNED_PORTS = [21, 22, 23, 25, 80, 110, 135, 139, 143, 443, 1433, 1521, 3306, 3389, 5432, 5900, 6379, 8080];

function* portScan(clock: Clock, attacker: Host): Generator<Packet> {
  for (const [index, serverPort] of SCANNED_PORTS.entries()) {
    const ports = { clientPort: 40_000 + index, serverPort, rttUs: 400 };
    yield* new TcpPeers(clock, attacker, NAS, ports).refused();
    clock.advance(30_000);
  }
}

function* silentServer(clock: Clock, pc: Host): Generator<Packet> {
  const server = { mac: GATEWAY.mac, ip: '192.0.2.66' };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const ports = { clientPort: 41_000, serverPort: 8_443, rttUs: 1_000 };
    yield new TcpPeers(clock, pc, server, ports).segment('client', TCP_FLAG.syn);
    clock.advance(1e6 * 2 ** attempt);
  }
}
