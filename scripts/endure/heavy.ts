/** Packets that cost as much as their limits let them: each a way to keep a sensor busy. */
import { createHash } from 'node:crypto';
import { ethernet, IP_PROTOCOL, ipFrame, ipv4, ipv6, type Packet, TCP_FLAG, tcp, udp } from '../traffic/packet.js';
import { quicInitials } from '../traffic/quic.js';
import { Random } from '../traffic/random.js';

const CLIENT = { mac: '02:00:00:00:00:01', ip: '192.168.1.10' };
const SERVER = { mac: '02:00:00:00:00:02', ip: '203.0.113.5' };
const SEGMENT_BYTES = 1_448;
const FRAGMENT_BYTES = 1_480;
const STEP_US = 10;

export interface Heavy {
  readonly name: string;
  readonly packets: Iterable<Packet>;
}

/** @param startUs of the first packet; each one takes less than an hour of packet time */
export function heavyTraffic(startUs: number): Heavy[] {
  const makers: readonly [name: string, make: (startUs: number) => Iterable<Packet>][] = [
    ['DNS: 64 KiB of answers behind pointers', (us) => dnsBombs(us)],
    ['DNS: names of 127 labels, again and again', (us) => labelBombs(us)],
    ['HTTP: 300 requests in a line, then the end', (us) => pipelined(us)],
    ['HTTP: a head of 64 KiB, byte by byte', (us) => slowHead(us)],
    ['HTTP: a head of 60 KiB of short fields at once', (us) => manyFields(us)],
    ['TLS: a certificate message of 64 KiB', (us) => certificates(us)],
    ['QUIC: as many Initials as fit into 64 KiB', (us) => initials(us)],
    ['SMTP: a mail of headers', (us) => mailHeaders(us)],
    ['TCP: every other byte of a stream, backwards', (us) => holes(us)],
    ['TCP: segments that overlap in every way', (us) => overlaps(us)],
    ['IPv4: datagrams in the smallest pieces, backwards', (us) => tinyPieces(us)],
    ['IPv6: a packet of 256 KiB', (us) => giants(us)],
    ['flows: 20,000 that end at the same moment', (us) => manyEnds(us)],
    ['the clock: a day ahead, and back', (us) => jumps(us)],
  ];
  return makers.map(([name, make], index) => ({ name, packets: make(startUs + index * 3_600e6) }));
}

/** One connection, its handshake and what the two say. */
function* talk(
  startUs: number,
  fromPort: number,
  toPort: number,
  said: Iterable<[side: 0 | 1, bytes: Buffer]>,
): Generator<Packet> {
  const next: [number, number] = [1_000, 5_000];
  let timeUs = startUs;
  const segment = (side: 0 | 1, flags: number, payload: Buffer): Packet => {
    const [from, to] = side === 0 ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const ports = side === 0 ? { fromPort, toPort } : { fromPort: toPort, toPort: fromPort };
    const bytes = ipFrame(
      from,
      to,
      IP_PROTOCOL.tcp,
      tcp(from.ip, to.ip, { ...ports, seq: next[side], ack: next[1 - side]!, flags }, payload),
    );
    next[side] += payload.length + ((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0 ? 0 : 1);
    timeUs += STEP_US;
    return { timeUs, bytes };
  };
  const nothing = Buffer.alloc(0);
  yield segment(0, TCP_FLAG.syn, nothing);
  yield segment(1, TCP_FLAG.syn | TCP_FLAG.ack, nothing);
  yield segment(0, TCP_FLAG.ack, nothing);
  for (const [side, bytes] of said) yield segment(side, TCP_FLAG.ack | TCP_FLAG.psh, bytes);
  yield segment(0, TCP_FLAG.ack | TCP_FLAG.fin, nothing);
  yield segment(1, TCP_FLAG.ack | TCP_FLAG.fin, nothing);
  yield segment(0, TCP_FLAG.ack, nothing);
}

function* inSegments(side: 0 | 1, bytes: Buffer, size = SEGMENT_BYTES): Generator<[0 | 1, Buffer]> {
  for (let at = 0; at < bytes.length; at += size) yield [side, bytes.subarray(at, at + size)];
}

/** A UDP datagram of any length, in fragments. */
function* datagram(startUs: number, id: number, fromPort: number, toPort: number, payload: Buffer): Generator<Packet> {
  const whole = udp(SERVER.ip, CLIENT.ip, fromPort, toPort, payload);
  for (let at = 0; at < whole.length; at += FRAGMENT_BYTES) {
    const options = { id, fragmentOffset: at / 8, moreFragments: at + FRAGMENT_BYTES < whole.length };
    const packet = ipv4(SERVER.ip, CLIENT.ip, IP_PROTOCOL.udp, whole.subarray(at, at + FRAGMENT_BYTES), options);
    yield { timeUs: startUs + at, bytes: ethernet(SERVER, CLIENT, 0x0800, packet) };
  }
}

function dnsMessage(id: number, question: Buffer, answer: Buffer): Buffer {
  const count = Math.floor((65_000 - question.length) / answer.length);
  const header = Buffer.alloc(12);
  [id, 0x8180, 1, Math.min(count, 0xffff), count, count].forEach((value, index) => {
    header.writeUInt16BE(value & 0xffff, index * 2);
  });
  return Buffer.concat([header, question, Buffer.from([0, 1, 0, 1]), ...Array.from({ length: count }, () => answer)]);
}

function* dnsBombs(startUs: number): Generator<Packet> {
  // A name of 254 bytes, and answers whose name and data point to it: MX.
  const name = Buffer.concat([...Array.from({ length: 126 }, () => Buffer.from([1, 0x61])), Buffer.from([0])]);
  const answer = Buffer.from([0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 9, 0, 4, 0, 1, 0xc0, 12]);
  for (let n = 0; n < 20; n++) yield* datagram(startUs + n * 1e6, n, 53, 40_000 + n, dnsMessage(n, name, answer));
}

function* labelBombs(startUs: number): Generator<Packet> {
  const name = Buffer.concat([...Array.from({ length: 126 }, () => Buffer.from([1, 0x5c])), Buffer.from([0])]);
  const text = Buffer.concat([Buffer.from([255]), Buffer.alloc(255, 0x22)]);
  const answer = Buffer.concat([name, Buffer.from([0, 16, 0, 1, 0, 0, 0, 9, 1, 0]), text]);
  for (let n = 0; n < 20; n++) yield* datagram(startUs + n * 1e6, n, 53, 41_000 + n, dnsMessage(n, name, answer));
}

function* pipelined(startUs: number): Generator<Packet> {
  const request = Buffer.from('GET /a HTTP/1.1\r\nHost: a.example.jp\r\n\r\n');
  for (let n = 0; n < 20; n++) {
    const said = inSegments(0, Buffer.concat(Array.from({ length: 300 }, () => request)));
    yield* talk(startUs + n * 1e6, 30_000 + n, 80, said);
  }
}

function* slowHead(startUs: number): Generator<Packet> {
  const head = Buffer.from(
    `GET / HTTP/1.1\r\nHost: a.example.jp\r\nX: ${'a'.repeat(8_000)}\r\n`.padEnd(20_000, 'Y: bcd\r\n'),
  );
  yield* talk(startUs, 31_000, 80, inSegments(0, head, 1));
}

function* manyFields(startUs: number): Generator<Packet> {
  const head = `GET / HTTP/1.1\r\nHost: a.example.jp\r\n${'a:b\r\n'.repeat(12_000)}\r\n`;
  for (let n = 0; n < 10; n++) yield* talk(startUs + n * 1e6, 31_100 + n, 80, inSegments(0, Buffer.from(head)));
}

function tlsRecord(type: number, body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 16_000) {
    const part = body.subarray(at, at + 16_000);
    parts.push(Buffer.from([type, 3, 3, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(parts);
}

const three = (value: number): Buffer => Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
const message = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([type]), three(body.length), body]);

/** DER that nests as deep, and has as many names, as there is room for. */
function* certificates(startUs: number): Generator<Packet> {
  const random = Buffer.alloc(32, 7);
  const clientHello = message(1, Buffer.concat([Buffer.from([3, 3]), random, Buffer.from('000002c02f0100', 'hex')]));
  const serverHello = message(2, Buffer.concat([Buffer.from([3, 3]), random, Buffer.from('00c02f00', 'hex')]));
  const nested = Buffer.alloc(2_000, Buffer.from([0x30, 0x82, 0x07, 0xc0]));
  const one = Buffer.concat([three(nested.length), nested]);
  const list = Buffer.concat(Array.from({ length: 32 }, () => one));
  const all = Buffer.concat([
    serverHello,
    message(11, Buffer.concat([three(list.length), list])),
    message(14, Buffer.alloc(0)),
  ]);
  for (let n = 0; n < 20; n++) {
    yield* talk(startUs + n * 1e6, 32_000 + n, 443, [
      [0, tlsRecord(22, clientHello)],
      ...inSegments(1, tlsRecord(22, all)),
    ]);
  }
}

function* initials(startUs: number): Generator<Packet> {
  const { client } = quicInitials('quic.example.jp', new Random(1));
  const many = Buffer.concat(Array.from({ length: Math.floor(64_000 / client.length) }, () => client));
  const small = Buffer.concat(Array.from({ length: 400 }, (_, n) => shortInitial(n)));
  for (let n = 0; n < 10; n++) {
    yield* datagram(startUs + n * 1e6, n, 33_000 + n, 443, many);
    yield* datagram(startUs + n * 1e6 + 5e5, 100 + n, 33_100 + n, 443, small);
  }
}

/** An Initial of QUIC v1 with another connection's number each: keys are derived for each. */
function shortInitial(n: number): Buffer {
  const id = createHash('sha256').update(String(n)).digest().subarray(0, 8);
  return Buffer.concat([
    Buffer.from('c00000000108', 'hex'),
    id,
    Buffer.from('000040640000', 'hex'),
    Buffer.alloc(98, n),
  ]);
}

function* mailHeaders(startUs: number): Generator<Packet> {
  const header = 'Subject: =?utf-8?B?44GC44GC44GC44GC44GC44GC?=\r\n =?utf-8?Q?=E3=81=82?=\r\n'.repeat(2_000);
  const said: [0 | 1, Buffer][] = [
    [1, Buffer.from('220 mail.example.jp ESMTP\r\n')],
    [0, Buffer.from('EHLO a\r\nMAIL FROM:<a@example.jp>\r\n')],
    ...Array.from({ length: 400 }, (_, n): [0 | 1, Buffer] => [0, Buffer.from(`RCPT TO:<b${n}@example.jp>\r\n`)]),
    [0, Buffer.from('DATA\r\n')],
    [1, Buffer.from('354 go on\r\n')],
    ...inSegments(0, Buffer.from(`${header}\r\n.\r\n`)),
  ];
  yield* talk(startUs, 34_000, 25, said);
}

function tcpPacket(timeUs: number, port: number, seq: number, payload: Buffer): Packet {
  const segment = tcp(CLIENT.ip, SERVER.ip, { fromPort: port, toPort: 80, seq, ack: 1, flags: TCP_FLAG.ack }, payload);
  return { timeUs, bytes: ipFrame(CLIENT, SERVER, IP_PROTOCOL.tcp, segment) };
}

function* holes(startUs: number): Generator<Packet> {
  const [one, line] = [Buffer.alloc(1, 0x61), Buffer.from('GET / HTTP/1.1\r\n')];
  for (let flow = 0; flow < 20; flow++) {
    yield tcpPacket(startUs + flow, 35_000 + flow, 1_000, line);
    for (let n = 2_000; n > 0; n--)
      yield tcpPacket(startUs + flow * 10_000 + (2_000 - n), 35_000 + flow, 2_000 + n * 2, one);
  }
}

function* overlaps(startUs: number): Generator<Packet> {
  const random = new Random(5);
  yield tcpPacket(startUs, 36_000, 1_000, Buffer.from('POST / HTTP/1.1\r\nContent-Length: 9999999\r\n'));
  for (let n = 0; n < 20_000; n++) {
    const payload = Buffer.alloc(random.between(1, SEGMENT_BYTES), 0x61 + (n % 26));
    yield tcpPacket(startUs + n, 36_000, 1_050 + random.between(0, 100_000), payload);
  }
}

function* tinyPieces(startUs: number): Generator<Packet> {
  const payload = Buffer.alloc(8, 0x61);
  for (let id = 0; id < 300; id++) {
    for (let n = 200; n > 0; n--) {
      const packet = ipv4(CLIENT.ip, SERVER.ip, IP_PROTOCOL.udp, payload, {
        id,
        fragmentOffset: n * 2,
        moreFragments: true,
      });
      yield { timeUs: startUs + id * 1_000 + (200 - n), bytes: ethernet(CLIENT, SERVER, 0x0800, packet) };
    }
  }
}

function* giants(startUs: number): Generator<Packet> {
  const [from, to] = ['2001:db8::1', '2001:db8::2'];
  for (let n = 0; n < 20; n++) {
    const request = Buffer.from('GET / HTTP/1.1\r\nHost: a.example.jp\r\n\r\n');
    const payload = Buffer.concat(Array.from({ length: Math.floor(260_000 / request.length) }, () => request));
    const segment = tcp(
      from,
      to,
      { fromPort: 37_000 + n, toPort: 80, seq: 1, ack: 1, flags: TCP_FLAG.ack },
      Buffer.alloc(0),
    );
    const packet = ipv6(from, to, IP_PROTOCOL.tcp, Buffer.concat([segment, payload]).subarray(0, 60_000));
    const bytes = Buffer.concat([ethernet(CLIENT, SERVER, 0x86dd, packet), payload.subarray(0, 200_000)]);
    // A payload length of zero: as long as the frame.
    bytes.writeUInt16BE(0, 18);
    yield { timeUs: startUs + n, bytes };
  }
}

function* manyEnds(startUs: number): Generator<Packet> {
  const question = Buffer.from('12340100000100000000000003777777076578616d706c65026a700000010001', 'hex');
  for (let n = 0; n < 20_000; n++) {
    const from = { ...CLIENT, ip: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` };
    const bytes = ipFrame(from, SERVER, IP_PROTOCOL.udp, udp(from.ip, SERVER.ip, 1_024 + (n % 60_000), 53, question));
    yield { timeUs: startUs, bytes };
  }
  for (let n = 0; n < 3_000; n++) yield tcpPacket(startUs + 400e6 + n * 100, 38_000, 1_000 + n, Buffer.alloc(1));
}

function* jumps(startUs: number): Generator<Packet> {
  for (const offset of [0, 86_400e6, 0, -86_400e6, 1e6, 7 * 86_400e6, 2e6]) {
    for (let n = 0; n < 2_000; n++)
      yield tcpPacket(startUs + offset + n * 1_000, 39_000 + (n % 500), 1_000 + n, Buffer.alloc(10, 0x20));
  }
}
