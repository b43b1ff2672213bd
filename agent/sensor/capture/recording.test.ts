import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../../protocol/base/errors.js';
import { openRecording } from './recording.js';
import { pcap, pcapngBlocks, type TestPacket } from './testing/write-recordings.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-recording-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  data: string;
  wireBytes: number;
  timeUs: number;
  linkType: number;
}
interface Outcome {
  packets: Seen[];
  error?: CodedError;
}

let files = 0;
function save(bytes: Buffer): string {
  const path = join(folder, `${files++}`);
  writeFileSync(path, bytes);
  return path;
}

async function readFile(path: string, packetsMax = 3): Promise<Outcome> {
  const packets: Seen[] = [];
  try {
    const recording = await openRecording(path);
    try {
      let more = 'more';
      while (more === 'more') {
        more = await recording.next((b, start, end, wireBytes, timeUs, linkType) => {
          packets.push({ data: b.toString('latin1', start, end), wireBytes, timeUs, linkType });
        }, packetsMax);
      }
    } finally {
      await recording.close();
    }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { packets, error };
  }
  return { packets };
}

async function read(bytes: Buffer): Promise<Outcome> {
  const path = save(bytes);
  const outcome = await readFile(path);
  rmSync(path);
  return outcome;
}

const data = (text: string): Buffer => Buffer.from(text, 'latin1');
const packet = (index: number): TestPacket => ({
  seconds: 1_700_000_000 + index,
  fraction: 123_456,
  data: data(`packet ${index}`),
});
const FIVE = [0, 1, 2, 3, 4].map(packet);
const texts = (outcome: Outcome): string[] => outcome.packets.map((seen) => seen.data);
const FIVE_TEXTS = FIVE.map((one) => one.data.toString());

describe('pcap', () => {
  it.each([
    ['little-endian microseconds', { isLittle: true }],
    ['big-endian microseconds', { isLittle: false }],
  ])('reads %s', async (_name, options) => {
    const { packets, error } = await read(pcap(FIVE, options));
    expect(error).toBeUndefined();
    expect(packets.map((seen) => seen.data)).toEqual(FIVE_TEXTS);
    expect(packets[2]).toEqual({ data: 'packet 2', wireBytes: 8, timeUs: 1_700_000_002_123_456, linkType: 1 });
  });

  it.each([true, false])('rounds nanoseconds down (little-endian: %s)', async (isLittle) => {
    const nanos = [{ ...packet(0), fraction: 999_999_999 }];
    const { packets } = await read(pcap(nanos, { magic: 0xa1b23c4d, isLittle }));
    expect(packets[0]?.timeUs).toBe(1_700_000_000_999_999);
  });

  it('tells the length on the wire of a cut packet', async () => {
    const { packets } = await read(pcap([{ ...packet(0), original: 1_500 }]));
    expect(packets[0]).toMatchObject({ data: 'packet 0', wireBytes: 1_500 });
  });

  it('takes a header without packets as an empty recording', async () => {
    expect(await read(pcap([]))).toEqual({ packets: [] });
  });

  it('refuses the modified kind by name', async () => {
    const { error } = await read(pcap(FIVE, { magic: 0xa1b2cd34 }));
    expect(error).toMatchObject({ code: 'CAPTURE_FORMAT', message: expect.stringContaining('Kuznetzov') });
  });

  it('refuses an unknown link type by number', async () => {
    const { error } = await read(pcap(FIVE, { linkType: 147 }));
    expect(error).toMatchObject({ code: 'CAPTURE_LINK_TYPE', message: expect.stringContaining('147') });
  });

  it('delivers what is before an absurd length', async () => {
    const { packets, error } = await read(pcap([packet(0), packet(1), { ...packet(2), captured: 262_145 }, packet(3)]));
    expect(packets).toHaveLength(2);
    expect(error).toMatchObject({ code: 'CAPTURE_CORRUPT', facts: { offset: 24 + 2 * 24 } });
  });

  it('reads packets as long as they may be, across windows', async () => {
    const long = Array.from({ length: 12 }, (_, index) => ({ ...packet(index), data: Buffer.alloc(262_144, index) }));
    const { packets, error } = await read(pcap(long));
    expect(error).toBeUndefined();
    expect(packets.map((seen) => [seen.data.length, seen.data.charCodeAt(262_143)])).toEqual(
      long.map((_, index) => [262_144, index]),
    );
  });
});

describe('pcapng', () => {
  const le = pcapngBlocks(true);
  const be = pcapngBlocks(false);
  const MICROS = 1_700_000_000_123_456n;

  it('reads enhanced, simple and obsolete packet blocks and passes over others', async () => {
    const { packets, error } = await read(
      Buffer.concat([
        le.section(),
        le.interface(1),
        le.block(0x0bad, Buffer.alloc(3_000_000)),
        le.enhanced(0, MICROS, data('one'), { original: 60 }),
        le.block(5, Buffer.alloc(16)),
        le.simple(data('seven b')),
        le.obsolete(0, MICROS + 5n, data('three')),
      ]),
    );
    expect(error).toBeUndefined();
    expect(packets).toEqual([
      { data: 'one', wireBytes: 60, timeUs: Number(MICROS), linkType: 1 },
      { data: 'seven b', wireBytes: 7, timeUs: Number(MICROS), linkType: 1 },
      { data: 'three', wireBytes: 5, timeUs: Number(MICROS + 5n), linkType: 1 },
    ]);
  });

  it('keeps byte order, interfaces and link types of each section apart', async () => {
    const { packets, error } = await read(
      Buffer.concat([
        le.section(),
        le.interface(1),
        le.interface(101),
        le.enhanced(1, MICROS, data('raw')),
        be.section(),
        be.interface(113),
        be.enhanced(0, MICROS, data('cooked')),
      ]),
    );
    expect(error).toBeUndefined();
    expect(packets.map((seen) => [seen.data, seen.linkType])).toEqual([
      ['raw', 101],
      ['cooked', 113],
    ]);
  });

  it('cuts a simple packet to the snap length of its interface', async () => {
    const { packets } = await read(Buffer.concat([le.section(), le.interface(1, [], 4), le.simple(data('four'), 900)]));
    expect(packets).toEqual([{ data: 'four', wireBytes: 900, timeUs: 0, linkType: 1 }]);
  });

  it.each([
    ['seconds', 0, 1_700_000_000n, 1_700_000_000_000_000],
    ['milliseconds', 3, 1_700_000_000_123n, 1_700_000_000_123_000],
    ['nanoseconds', 9, 1_700_000_000_123_456_999n, 1_700_000_000_123_456],
    ['2^-10 seconds', 0x8a, (1_700_000_000n << 10n) + 512n, 1_700_000_000_500_000],
    ['2^-32 seconds', 0xa0, (1_700_000_000n << 32n) + (1n << 31n), 1_700_000_000_500_000],
    ['2^-33 seconds', 0xa1, (1_700_000_000n << 33n) + (1n << 31n), 1_700_000_000_250_000],
  ])('reads times in %s', async (_name, tsresol, ticks, timeUs) => {
    const options = [le.option(9, Buffer.from([tsresol])), le.option(0, Buffer.alloc(0))];
    const { packets } = await read(
      Buffer.concat([le.section(), le.interface(1, options), le.enhanced(0, ticks, data('x'))]),
    );
    expect(packets[0]?.timeUs).toBe(timeUs);
  });

  it.each([le, be])('adds the offset of an interface', async (of) => {
    const options = [of.option(14, of.i64(-3_600n))];
    const { packets } = await read(
      Buffer.concat([of.section(), of.interface(1, options), of.enhanced(0, MICROS, data('x'))]),
    );
    expect(packets[0]?.timeUs).toBe(Number(MICROS) - 3_600_000_000);
  });

  it('refuses a link type only when a packet comes with it', async () => {
    const { packets, error } = await read(
      Buffer.concat([
        le.section(),
        le.interface(1),
        le.interface(220),
        le.enhanced(0, MICROS, data('known')),
        le.enhanced(1, MICROS, data('unknown')),
      ]),
    );
    expect(packets.map((seen) => seen.data)).toEqual(['known']);
    expect(error).toMatchObject({ code: 'CAPTURE_LINK_TYPE', message: expect.stringContaining('220') });
  });

  it.each([
    ['a packet of an interface that is not described', le.enhanced(7, MICROS, data('x'))],
    ['a packet longer than its block', le.enhanced(0, MICROS, data('x'), { captured: 500 })],
    ['a block of odd length', le.block(6, Buffer.alloc(20), 33)],
    ['a block shorter than its header', le.block(6, Buffer.alloc(20), 8)],
    ['a block of 4 GB', le.block(6, Buffer.alloc(20), 0xfffffffc)],
    ['two lengths that differ', Buffer.concat([le.block(6, Buffer.alloc(20)).subarray(0, -4), Buffer.alloc(4)])],
  ])('refuses %s after the packets before it', async (_name, damage) => {
    const good = [le.section(), le.interface(1), le.enhanced(0, MICROS, data('good'))];
    const { packets, error } = await read(Buffer.concat([...good, damage, le.enhanced(0, MICROS, data('late'))]));
    expect(packets.map((seen) => seen.data)).toEqual(['good']);
    expect(error?.code).toBe('CAPTURE_CORRUPT');
  });
});

const NG = pcapngBlocks();
const PCAPNG = Buffer.concat([
  NG.section(),
  NG.interface(1, [NG.option(9, Buffer.from([9]))]),
  ...FIVE.map((one) => NG.enhanced(0, BigInt(one.seconds) * 1_000_000_000n, one.data)),
  NG.block(5, Buffer.alloc(16)),
]);

describe('gzip', () => {
  it('is unpacked on the way, several members too', async () => {
    const bytes = pcap(FIVE);
    const outcome = await read(Buffer.concat([gzipSync(bytes.subarray(0, 50)), gzipSync(bytes.subarray(50))]));
    expect(outcome.error).toBeUndefined();
    expect(texts(outcome)).toEqual(FIVE_TEXTS);
  });

  it('delivers what comes before a wrong checksum', async () => {
    const packed = gzipSync(pcap(FIVE));
    packed[packed.length - 6]! ^= 1;
    const outcome = await read(packed);
    expect(texts(outcome)).toEqual(FIVE_TEXTS);
    expect(outcome.error?.code).toBe('CAPTURE_CORRUPT');
  });
});

describe('any recording', () => {
  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['three bytes', Buffer.from([0xd4, 0xc3, 0xb2])],
    ['text', Buffer.from('not a recording at all')],
  ])('%s is CAPTURE_FORMAT', async (_name, bytes) => {
    expect((await read(bytes)).error?.code).toBe('CAPTURE_FORMAT');
  });

  it.each(['/nowhere/at/all.pcap', folder])('%s is CAPTURE_UNREADABLE', async (path) => {
    expect((await readFile(path)).error?.code).toBe('CAPTURE_UNREADABLE');
  });

  it.each([
    ['pcap', pcap(FIVE), 5],
    ['big-endian pcap', pcap(FIVE, { isLittle: false }), 5],
    ['pcapng', PCAPNG, 7],
    ['gzip', gzipSync(pcap(FIVE)), 0],
  ])(
    'every prefix of a %s gives its whole packets, then an error unless it ends properly',
    async (_name, whole, properEnds) => {
      const all = texts(await read(whole));
      expect(all).toEqual(FIVE_TEXTS);
      let withoutError = 0;
      for (let length = 0; length < whole.length; length++) {
        const outcome = await read(whole.subarray(0, length));
        expect(texts(outcome)).toEqual(FIVE_TEXTS.slice(0, outcome.packets.length));
        if (outcome.error === undefined) withoutError += 1;
      }
      expect(withoutError).toBe(properEnds);
    },
  );

  it('a pcap cut in the middle of a packet says where it ends', async () => {
    const { packets, error } = await read(pcap(FIVE).subarray(0, 24 + 24 + 30 - 8));
    expect(packets).toHaveLength(1);
    expect(error).toMatchObject({ code: 'CAPTURE_TRUNCATED', message: expect.stringContaining('byte 70') });
  });

  it('damage anywhere ends in order', async () => {
    const damage = fc.record({
      whole: fc.constantFrom(pcap(FIVE), PCAPNG),
      at: fc.nat(10_000),
      value: fc.oneof(fc.constantFrom(0, 8, 12, 0xffffffff, 0x7fffffff, 262_144, 262_145), fc.nat(64)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ whole, at, value }) => {
        const bytes = Buffer.from(whole);
        bytes.writeUInt32LE(value >>> 0, (at % (bytes.length / 4)) & ~3);
        const outcome = await read(bytes);
        expect(outcome.packets.length).toBeLessThanOrEqual(5);
      }),
      { numRuns: 500 },
    );
  });
});
