import { expect, test } from 'vitest';
import { loadConfig } from '../../../protocol/base/config.js';
import type { FlowRecord } from '../../../protocol/records/flow.js';
import { type Host, IP_PROTOCOL, ipFrame, TCP_FLAG, tcp } from '../../../scripts/traffic/packet.js';
import { Pipeline } from '../pipeline.js';
import { PipelineConfig } from '../pipeline-config.js';
import { LinkType } from '../wire/link-types.js';

const CLIENT: Host = { mac: '02:00:00:00:00:01', ip: '192.168.1.10' };
const SERVER: Host = { mac: '02:00:00:00:00:02', ip: '203.0.113.5' };
const PORTS = { '>': [40_000, 8_443], '<': [8_443, 40_000] } as const;
const START_US = 1_700_000_000e6;
const STEP_US = 1_000;

/**
 * Plays a connection written as one word a packet: direction, flags (S F R A P), payload bytes, and where it differs
 * from what is next in order, `@` with the offset of its sequence number; `!` is a packet that the tap misses, `~` a
 * window of zero. `+5s` lets time pass.
 */
function play(script: string, initial = { '>': 1_000, '<': 900_000 }): FlowRecord[] {
  const records: FlowRecord[] = [];
  const config = loadConfig(PipelineConfig, { overrides: { datasets: ['flow'] } });
  const pipeline = new Pipeline(config, { seed: 7, emit: (_dataset, json) => records.push(JSON.parse(json)) });
  const next = { ...initial };
  let timeUs = START_US;
  for (const word of script.split(/\s+/)) {
    const pause = /^\+(\d+)s$/.exec(word);
    if (pause !== null) {
      timeUs += Number(pause[1]) * 1e6;
      pipeline.tick(timeUs);
      continue;
    }
    const match = /^([<>])([SFRAP]*)(\d*)(?:@(-?\d+))?([!~]?)$/.exec(word);
    if (match === null) throw new Error(`not understood: ${word}`);
    const side = match[1] as '>' | '<';
    const letters = match[2] ?? '';
    const payload = Number(match[3] ?? 0);
    const offset = match[4] === undefined ? 0 : Number(match[4]);
    const { syn, fin, rst, ack, psh } = TCP_FLAG;
    const bits = { S: syn, F: fin, R: rst, A: ack, P: psh } as const;
    const flags = [...letters].reduce((sum, letter) => sum | bits[letter as keyof typeof bits], 0);
    const other = side === '>' ? '<' : '>';
    const seq = next[side] + offset;
    const size = payload + (letters.includes('S') ? 1 : 0) + (letters.includes('F') ? 1 : 0);
    next[side] = Math.max(next[side], seq + size);
    timeUs += STEP_US;
    if (match[5] === '!') continue;
    const [from, to] = side === '>' ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const segment = tcp(
      from.ip,
      to.ip,
      { fromPort: PORTS[side][0], toPort: PORTS[side][1], seq, ack: letters.includes('A') ? next[other] : 0, flags },
      Buffer.alloc(payload, 'x'),
    );
    if (match[5] === '~') segment.writeUInt16BE(0, 14);
    const bytes = ipFrame(from, to, IP_PROTOCOL.tcp, segment);
    pipeline.onPacket(bytes, 0, bytes.length, bytes.length, timeUs, LinkType.Ethernet);
  }
  pipeline.finish();
  return records;
}

const stateOf = (record: FlowRecord | undefined): string =>
  `${record?.['hinomi.flow.state']} ${record?.['hinomi.flow.history']}`;

/** Zeek's thirteen states, as its documentation of conn.log words them, and letters of its history. */
test.each([
  ['S0', 'an attempt without an answer', '>S', 'S0 S'],
  ['S1', 'established and not ended', '>S <SA >A >A10 <A20', 'S1 ShADd'],
  ['SF', 'ended in order', '>S <SA >A >A10 <A20 >FA <FA >A', 'SF ShADdFf'],
  ['REJ', 'refused', '>S <RA', 'REJ Sr'],
  ['S2', 'the source closed, the destination did not answer', '>S <SA >A >A10 >FA <A', 'S2 ShADFa'],
  ['S3', 'the destination closed, the source did not answer', '>S <SA >A <A10 <FA >A', 'S3 ShAdf'],
  ['RSTO', 'the source reset', '>S <SA >A >A10 >RA', 'RSTO ShADR'],
  ['RSTR', 'the destination reset', '>S <SA >A >A10 <RA', 'RSTR ShADr'],
  ['RSTOS0', 'a SYN and then a reset by the same side', '>S >R', 'RSTOS0 SR'],
  ['RSTRH', 'a SYN-ACK and then a reset, of the destination alone', '<SA <RA', 'RSTRH ^hr'],
  ['SH', 'a SYN and then a FIN of the source alone', '>S >FA', 'SH SF'],
  ['SHR', 'a SYN-ACK and then a FIN of the destination alone', '<SA <FA', 'SHR ^hf'],
  ['OTH', 'neither its beginning nor its end', '>A10 <A20 >A10', 'OTH Dd'],
])('%s: %s', (_state, _words, script, expected) => {
  const records = play(script);
  expect(records).toHaveLength(1);
  expect(stateOf(records[0])).toBe(expected);
});

test('source and destination are told apart in the middle of a connection, by the SYN-ACK', () => {
  const [record] = play('<SA >A >A10');
  expect(record).toMatchObject({ 'source.ip': CLIENT.ip, 'destination.ip': SERVER.ip, 'destination.port': 8_443 });
});

test('payload is counted once by its sequence numbers, packets each time', () => {
  const [record] = play('>S <SA >A >A100 >A100@-100 <A >A50 <A >FA <FA >A');
  expect(record).toMatchObject({
    'hinomi.flow.source_payload_bytes': 150,
    'source.packets': 7,
    'hinomi.flow.retransmits': 1,
    'hinomi.flow.missed_bytes': 0,
  });
  expect(record?.['hinomi.flow.history']).toContain('T');
});

test('what the tap missed and the peer acknowledged is missed', () => {
  const [record] = play('>S <SA >A >A100 >A300! >A100 <A >FA <FA >A');
  expect(record).toMatchObject({ 'hinomi.flow.source_payload_bytes': 500, 'hinomi.flow.missed_bytes': 300 });
  expect(record?.['hinomi.flow.history']).toContain('G');
});

test('what comes out of order is not missed', () => {
  const [record] = play('>S <SA >A >A100@100 >A100@-200 <A >A10 >FA <FA >A');
  expect(record).toMatchObject({ 'hinomi.flow.source_payload_bytes': 210, 'hinomi.flow.missed_bytes': 0 });
});

test('sequence numbers wrap around', () => {
  const [record] = play('>S <SA >A >A1000 >A1000 >A500@-500 <A >FA <FA >A', { '>': 2 ** 32 - 500, '<': 2 ** 32 - 3 });
  expect(stateOf(record)).toMatch(/^SF /);
  expect(record).toMatchObject({ 'hinomi.flow.source_payload_bytes': 2_000, 'hinomi.flow.missed_bytes': 0 });
});

test('a window of zero is a letter at the first, tenth and hundredth time', () => {
  const zeros = Array.from({ length: 12 }, () => '<A~').join(' ');
  const [record] = play(`>S <SA >A ${zeros}`);
  expect(record?.['hinomi.flow.history']?.replaceAll(/[^w]/g, '')).toBe('ww');
});

test('both opening at once are one connection', () => {
  const records = play('>S <S >SA@-1 <SA@-1 >A10 <A10');
  expect(records).toHaveLength(1);
  expect(records[0]?.['hinomi.flow.state']).toBe('S1');
});

test('the same ports again are another connection', () => {
  const once = '>S <SA >A >A10 >FA <FA >A';
  expect(play(`${once} >S@5000 <SA@7000 >A`).map(stateOf)).toEqual(['SF ShADFf', 'S1 ShA']);
  expect(play('>S <SA >A >R >S@9000 <SA@700 >A').map(stateOf)).toEqual(['RSTO ShAR', 'S1 ShA']);
});

test('a connection that ended waits a little for stragglers, and is told at once after that', () => {
  const once = '>S <SA >A >A10 >FA <FA >A';
  expect(play(`${once} <A +2s`).map((record) => record['destination.packets'])).toEqual([3]);
  expect(play(`${once} +2s <A`).map(stateOf)).toEqual(['SF ShADFf', 'OTH ^a']);
});

test('an attempt is given up after five seconds, a silent connection after five minutes', () => {
  expect(play('>S +4s >A10')).toHaveLength(1);
  expect(play('>S +6s >A10')).toHaveLength(2);
  expect(play('>S <SA >A +299s >A10')).toHaveLength(1);
  expect(play('>S <SA >A +301s >A10')).toHaveLength(2);
});

test('the handshake tells the way to the server and to the client apart', () => {
  const [record] = play('>S <SA >A >A10');
  expect(record).toMatchObject({
    'hinomi.flow.rtt_server_ms': 1,
    'hinomi.flow.rtt_client_ms': 1,
    'hinomi.flow.rtt_ms': 2,
  });
  // A SYN that was sent twice: nobody knows which one was answered.
  expect(play('>S >S@-1 <SA >A')[0]).not.toHaveProperty(['hinomi.flow.rtt_ms']);
});

test('data with the SYN belongs to the conversation (RFC 7413)', () => {
  const [record] = play('>S100 <SA >A >A20 <A30 >FA <FA >A');
  expect(record).toMatchObject({
    'hinomi.flow.source_payload_bytes': 120,
    'hinomi.flow.destination_payload_bytes': 30,
    'hinomi.flow.state': 'SF',
    'hinomi.flow.missed_bytes': 0,
  });
});

test('what a reset carries is no payload', () => {
  const [record] = play('>S <SA >A >A10 <RA30');
  expect(record).toMatchObject({ 'hinomi.flow.state': 'RSTR', 'hinomi.flow.destination_payload_bytes': 0 });
});

test('keep-alives, with or without their byte, add nothing', () => {
  const [record] = play('>S <SA >A >A10 <A +60s >A@-1 <A +60s >A1@-1 <A >FA <FA >A');
  expect(record).toMatchObject({ 'hinomi.flow.source_payload_bytes': 10, 'hinomi.flow.missed_bytes': 0 });
});

test('a probe of a closed window is payload once', () => {
  const [record] = play('>S <SA >A >A10 <A~ >A1 <A~ >A1@-1 <A >A9 <A >FA <FA >A');
  expect(record).toMatchObject({ 'hinomi.flow.source_payload_bytes': 20, 'hinomi.flow.missed_bytes': 0 });
  expect(record?.['hinomi.flow.history']).toContain('w');
});

test('both closing at once is an end in order', () => {
  const records = play('>S <SA >A >A10 <A20 >FA <FA >A <A');
  expect(records.map(stateOf)).toEqual(['SF ShADdFfa']);
});

test('one half closed goes on the other way', () => {
  const [record] = play('>S <SA >A >A10 >FA <A <A500 >A <A500 >A <FA >A');
  expect(record).toMatchObject({ 'hinomi.flow.state': 'SF', 'hinomi.flow.destination_payload_bytes': 1_000 });
});

test('a conversation of which one direction alone is seen misses nothing', () => {
  const [record] = play('>S >A >A100 >A300 >FA');
  expect(record).toMatchObject({ 'hinomi.flow.source_payload_bytes': 400, 'hinomi.flow.missed_bytes': 0 });
});

test('gaps and retransmissions are letters at the first, tenth and hundredth time', () => {
  const gaps = Array.from({ length: 12 }, () => '>A10! >A10 <A').join(' ');
  const again = Array.from({ length: 12 }, () => '>A10 >A10@-10 <A').join(' ');
  const [record] = play(`>S <SA >A ${gaps} ${again}`);
  expect(record?.['hinomi.flow.history']?.replaceAll(/[^GT]/g, '')).toBe('GGTT');
  expect(record?.['hinomi.flow.missed_bytes']).toBe(120);
});

test('flags that nobody sends together have letters of their own', () => {
  expect(play('>SF')[0]?.['hinomi.flow.history']).toBe('Q');
  expect(play('>S <SA >A >FR')[0]?.['hinomi.flow.history']).toBe('ShAI');
});
