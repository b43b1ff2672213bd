import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../protocol/base/config.js';
import type { DnsRecord } from '../../../protocol/records/dns.js';
import type { FlowRecord } from '../../../protocol/records/flow.js';
import { flawOfRecord } from '../../../protocol/records/records.js';
import { ethernet, IP_PROTOCOL, ipv4, ipv6, tcp, udp } from '../../../scripts/traffic/packet.js';
import { Pipeline } from '../pipeline.js';
import { PipelineConfig } from '../pipeline-config.js';
import { encode, hex, name, QR } from '../testing/dns-message.js';
import { Flaw } from '../wire/flaws.js';
import { LinkType } from '../wire/link-types.js';

const START_US = 1_700_000_000e6;
const A = '192.168.1.10';
const B = '192.168.1.1';
const A6 = '2001:db8::a';
const B6 = '2001:db8::b';
const inner = { from: '10.0.0.1', to: '10.0.0.2' };
const MAC = { mac: '02:00:00:00:00:01', ip: inner.from };

class Run {
  readonly records: Record<string, unknown>[] = [];
  readonly pipeline: Pipeline;
  timeUs = START_US;

  constructor(overrides: Partial<PipelineConfig> = {}) {
    const config = loadConfig(PipelineConfig, { overrides: { datasets: ['flow', 'dns'], flowsMax: 64, ...overrides } });
    this.pipeline = new Pipeline(config, { seed: 3, emit: (_dataset, json) => this.records.push(JSON.parse(json)) });
  }

  feed(...packets: readonly Buffer[]): this {
    for (const bytes of packets) {
      this.timeUs += 10;
      this.pipeline.onPacket(bytes, 0, bytes.length, bytes.length, this.timeUs, LinkType.Raw);
    }
    return this;
  }

  wait(seconds: number): this {
    this.timeUs += seconds * 1e6;
    this.pipeline.tick(this.timeUs);
    return this;
  }

  finish(): FlowRecord[] {
    this.pipeline.finish();
    expect(this.records.map((record) => flawOfRecord(record)).filter((flaw) => flaw !== undefined)).toEqual([]);
    return this.of<FlowRecord>('flow');
  }

  of<T>(dataset: string): T[] {
    return this.records.filter((record) => record['event.dataset'] === dataset) as T[];
  }

  flaw(flaw: Flaw): number {
    return this.pipeline.flaws[flaw]!;
  }
}

/** Pieces of an IP payload, cut at these places. */
function cut(whole: Buffer, protocol: number, id: number, ...places: readonly number[]): Buffer[] {
  const edges = [0, ...places, whole.length];
  return edges.slice(0, -1).map((at, i) => piece(whole, protocol, id, at, edges[i + 1]!));
}

function piece(
  whole: Buffer,
  protocol: number,
  id: number,
  at: number,
  end: number,
  more = end < whole.length,
): Buffer {
  return ipv4(A, B, protocol, whole.subarray(at, end), { id, fragmentOffset: at / 8, moreFragments: more });
}

function piece6(whole: Buffer, id: number, at: number, end: number): Buffer {
  const body = Buffer.alloc(7);
  body.writeUInt16BE(at | (end < whole.length ? 1 : 0), 1);
  body.writeUInt32BE(id, 3);
  return ipv6(A6, B6, IP_PROTOCOL.udp, whole.subarray(at, end), [{ type: IP_PROTOCOL.ipv6Fragment, body }]);
}

/** An answer that does not fit into one packet: many strings of TXT. */
const answerOf = (text: string): Buffer =>
  encode({
    flags: QR | 0x0180,
    questions: [{ name: name('big.example.jp'), type: 16 }],
    answers: Array.from({ length: 12 }, (_, i) => ({
      type: 16,
      data: Buffer.concat([Buffer.of(200), Buffer.alloc(200, `${text}${i % 10}`)]),
    })),
  });
const dns = udp(A, B, 53, 40_000, answerOf('a'));
const dns6 = udp(A6, B6, 53, 40_000, answerOf('a'));
const answersOf = (run: Run): number => run.of<DnsRecord>('dns')[0]?.['dns.answers']?.length ?? 0;

describe('fragments of a datagram', () => {
  test.each([
    ['in order', [0, 1, 2]],
    ['the first one last', [2, 1, 0]],
    ['twice each', [0, 0, 1, 1, 2, 2]],
    ['the last one first', [2, 0, 1]],
  ])('%s: are counted each by itself, and what they carry is read', (_name, order) => {
    const pieces = cut(dns, 17, 7, 1_480, 2_000);
    const run = new Run().feed(...order.map((index) => pieces[index]!));
    const flows = run.finish();
    expect(flows).toHaveLength(1);
    expect(flows[0]).toMatchObject({
      'network.packets': order.length,
      'network.bytes': order.reduce((sum, index) => sum + pieces[index]!.length, 0),
      'network.protocol': 'dns',
      'destination.port': 53,
      'hinomi.flow.history': '^d',
    });
    expect(answersOf(run)).toBe(12);
  });

  test('IPv6 as well, with headers in front of the transport', () => {
    const run = new Run().feed(
      piece6(dns6, 9, 2_400, dns6.length),
      piece6(dns6, 9, 0, 1_232),
      piece6(dns6, 9, 1_232, 2_400),
    );
    expect(run.finish()).toMatchObject([
      { 'network.packets': 3, 'hinomi.flow.destination_payload_bytes': dns6.length - 8 },
    ]);
    expect(answersOf(run)).toBe(12);
  });

  test('of TCP', () => {
    const segment = (seq: number, flags: number, payload: Buffer): Buffer =>
      tcp(A, B, { fromPort: 40_000, toPort: 80, seq, ack: 0, flags }, payload);
    const data = segment(101, 0x18, Buffer.from(`GET / HTTP/1.1\r\nHost: ${'a'.repeat(100)}.example.jp\r\n\r\n`));
    const run = new Run({ datasets: ['flow', 'http'] });
    run.feed(ipv4(A, B, 6, segment(100, 2, Buffer.alloc(0))), ...cut(data, 6, 3, 64, 120));
    const [flow] = run.finish();
    expect(flow).toMatchObject({ 'source.packets': 4, 'hinomi.flow.source_payload_bytes': data.length - 20 });
    expect(flow?.['hinomi.flow.history']).toBe('SD');
    expect(run.of('http')).toHaveLength(1);
  });

  test('a first one that is too short for its header names no flow until all is there', () => {
    const segment = tcp(A, B, { fromPort: 40_000, toPort: 80, seq: 100, ack: 0, flags: 2 }, Buffer.alloc(0));
    const run = new Run().feed(...cut(segment, 6, 3, 8));
    expect(run.finish()).toMatchObject([{ 'source.port': 40_000, 'source.packets': 2, 'hinomi.flow.history': 'S' }]);
    expect(run.flaw(Flaw.FragmentTiny)).toBe(1);
  });

  test('an atomic fragment is a whole packet', () => {
    const run = new Run().feed(piece6(dns6, 9, 0, dns6.length));
    expect(run.finish()).toMatchObject([{ 'network.packets': 1 }]);
    expect(answersOf(run)).toBe(12);
  });

  test('one that lies in a tunnel over them is counted to the inner flow', () => {
    const packet = ipv4(inner.from, inner.to, 17, udp(inner.from, inner.to, 1_000, 2_000, Buffer.alloc(1_500)));
    const gre = Buffer.concat([hex('00000800'), packet]);
    const pieces = [...cut(gre, 47, 5, 800), ...cut(packet, 4, 6, 800)];
    expect(new Run().feed(...pieces).finish()).toMatchObject([
      {
        'source.ip': inner.from,
        'source.packets': 4,
        'source.bytes': pieces.reduce((sum, { length }) => sum + length, 0),
        'hinomi.flow.source_ip_bytes': 2 * packet.length,
        'hinomi.flow.tunnel': ['gre'],
        'hinomi.flow.outer_source': A,
      },
    ]);
  });

  test('VXLAN over them has an outer and an inner flow', () => {
    const packet = ipv4(inner.from, inner.to, 17, udp(inner.from, inner.to, 1_000, 2_000, Buffer.alloc(1_500)));
    const vxlan = Buffer.concat([hex('0800000000002a00'), ethernet(MAC, MAC, 0x0800, packet)]);
    const flows = new Run().feed(...cut(udp(A, B, 50_000, 4_789, vxlan), 17, 5, 800)).finish();
    expect(flows.map((flow) => [flow['source.ip'], flow['source.packets'], flow['hinomi.flow.tunnel']])).toEqual([
      [A, 2, undefined],
      [inner.from, 1, ['vxlan']],
    ]);
  });

  test('fragments in fragments are put together twice', () => {
    const message = udp(inner.from, inner.to, 53, 40_000, answerOf('a'));
    const innerPieces = [0, 1_400].map((at) =>
      ipv4(inner.from, inner.to, 17, message.subarray(at, at === 0 ? 1_400 : message.length), {
        id: 1,
        fragmentOffset: at / 8,
        moreFragments: at === 0,
      }),
    );
    const run = new Run().feed(...innerPieces.flatMap((packet, i) => cut(packet, 4, 20 + i, 800)));
    expect(run.finish()).toMatchObject([{ 'source.ip': inner.to, 'destination.port': 53 }]);
    expect(answersOf(run)).toBe(12);
  });
});

describe('what is not whole', () => {
  test('fragments without a first one are a flow without ports, and told as orphans', () => {
    const run = new Run().feed(piece(dns, 17, 8, 1_480, 2_000), piece(dns, 17, 8, 2_000, dns.length)).wait(31);
    const [flow, ...more] = run.finish();
    expect(flow).toMatchObject({ 'source.ip': A, 'source.port': 0, 'source.packets': 2 });
    expect([flow?.['network.protocol'], more]).toEqual([undefined, []]);
    expect(run.flaw(Flaw.FragmentOrphan)).toBe(1);
  });

  test('the beginning of a datagram is read when its rest does not come', () => {
    const run = new Run().feed(piece(dns, 17, 8, 0, 1_480)).wait(1);
    expect(run.of('dns')).toHaveLength(0);
    run.wait(2).wait(31);
    expect(run.finish()).toMatchObject([{ 'network.packets': 1, 'network.protocol': 'dns' }]);
    expect(answersOf(run)).toBeGreaterThan(4);
    expect(run.flaw(Flaw.FragmentIncomplete)).toBe(1);
  });

  test('a copy of a fragment that comes late is of the same flow; later its number is another datagram', () => {
    const pieces = cut(dns, 17, 7, 1_480);
    const run = new Run()
      .feed(...pieces, pieces[1]!)
      .wait(2)
      .feed(pieces[1]!, pieces[0]!);
    expect(run.finish()).toMatchObject([{ 'network.packets': 5 }]);
    expect(run.flaw(Flaw.FragmentOrphan)).toBe(0);
  });

  test('of overlapping pieces the first wins in IPv4, and in IPv6 nothing is left', () => {
    const other = udp(A, B, 53, 40_000, answerOf('b'));
    const run = new Run().feed(
      piece(dns, 17, 8, 0, 1_480),
      piece(other, 17, 8, 1_000, 2_000),
      piece(dns, 17, 8, 2_000, dns.length),
    );
    run.finish();
    const data = run.of<DnsRecord>('dns')[0]?.['dns.answers']?.map((answer) => answer.data) ?? [];
    expect(data).toHaveLength(12);
    expect(data[3]).toMatch(/^(a3)+$/);
    expect(run.flaw(Flaw.FragmentOverlap)).toBe(1);
    const six = new Run().feed(
      piece6(dns6, 8, 0, 1_480),
      piece6(dns6, 8, 1_000, 2_000),
      piece6(dns6, 8, 1_480, dns6.length),
    );
    expect(six.finish()).toMatchObject([{ 'network.packets': 3 }]);
    expect(six.of('dns')).toHaveLength(0);
    expect(six.flaw(Flaw.FragmentOverlap)).toBe(1);
  });

  test.each([
    ['a datagram longer than any', [piece(Buffer.alloc(70_000), 17, 9, 65_528, 66_000)], Flaw.FragmentBadLength],
    ['two ends', [piece(dns, 17, 9, 8, 800, false), piece(dns, 17, 9, 800, 1_600, false)], undefined],
    ['a middle of seven bytes', [piece(dns, 17, 9, 0, 807, true)], Flaw.FragmentBadLength],
    [
      'an end in front of what was there',
      [piece(dns, 17, 9, 1_600, 2_000), piece(dns, 17, 9, 8, 800, false)],
      Flaw.FragmentBadLength,
    ],
    [
      'too many pieces',
      Array.from({ length: 140 }, (_, i) => piece(dns, 17, 9, i * 16, i * 16 + 8)),
      Flaw.FragmentTooMany,
    ],
  ])('%s is counted and given up', (_name, pieces, flaw) => {
    const run = new Run().feed(...pieces);
    const packets = run.finish().reduce((sum, flow) => sum + flow['network.packets'], 0);
    expect(packets).toBe(pieces.length);
    if (flaw !== undefined) expect(run.flaw(flaw)).toBe(1);
  });
});

test('a flood of fragments holds no more than there is room for, and loses no count', () => {
  const run = new Run({ flowsMax: 1_024 });
  const packets = 20_000;
  for (let n = 0; n < packets; n++)
    run.feed(piece(dns, 17, n & 0xffff, n % 3 === 0 ? 0 : 1_480, n % 3 === 0 ? 1_480 : 2_000));
  const flows = run.finish();
  expect(flows.reduce((sum, flow) => sum + flow['network.packets'], 0)).toBe(packets);
  expect(run.flaw(Flaw.FragmentEvicted)).toBeGreaterThan(10_000);
});

test('whatever is cut wherever and comes in whatever order is read as if it had come whole', () => {
  const places = fc.uniqueArray(fc.integer({ min: 1, max: Math.floor((dns.length - 1) / 8) }), { maxLength: 40 });
  fc.assert(
    fc.property(places, fc.infiniteStream(fc.nat()), (at, chances) => {
      const pieces = cut(dns, 17, 77, ...at.map((place) => place * 8).sort((x, y) => x - y));
      const order = pieces.map((bytes) => [chances.next().value!, bytes] as const).sort(([x], [y]) => x - y);
      const run = new Run().feed(...order.map(([, bytes]) => bytes));
      expect(run.finish()).toMatchObject([{ 'network.packets': pieces.length }]);
      expect(answersOf(run)).toBe(12);
    }),
    { numRuns: 100 },
  );
});

test('whatever fragments say, every packet is counted once and nothing is thrown', () => {
  const one = fc.record({
    id: fc.nat(2),
    at: fc.nat(400),
    bytes: fc.nat(900),
    more: fc.boolean(),
    protocol: fc.constantFrom(17, 6, 1, 4, 47, 50),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 60 }), (list) => {
      const run = new Run();
      let counted = 0;
      for (const { id, at, bytes, more, protocol } of list) {
        if (!more && at === 0) continue;
        counted += 1;
        run.feed(ipv4(A, B, protocol, Buffer.alloc(bytes, 0x45), { id, fragmentOffset: at, moreFragments: more }));
      }
      const packets = run.finish().reduce((sum, flow) => sum + flow['network.packets'], 0);
      expect(packets).toBe(counted);
    }),
    { numRuns: 500 },
  );
});
