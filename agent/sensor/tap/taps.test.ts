import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openRecording } from '../capture/recording.js';
import { PacketFilter } from '../filter/filter.js';
import { PcapOutput } from './pcap-output.js';
import { Tap, type TapConfig } from './tap.js';
import { Taps } from './taps.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-taps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START_US = 1_700_000_000e6;
const ETHERNET = 1;
const packet = (fill: number, bytes = 60): Buffer => Buffer.alloc(bytes, fill);

/** A pipe that takes what `room` allows. */
class Pipe {
  readonly taken: Buffer[] = [];
  room = Number.POSITIVE_INFINITY;
  readonly write = (_fd: number, b: Buffer, start: number, bytes: number): number => {
    const count = Math.min(bytes, this.room);
    if (count === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
    this.room -= count;
    this.taken.push(Buffer.from(b.subarray(start, start + count)));
    return count;
  };
  get file(): Buffer {
    return Buffer.concat(this.taken);
  }
}

function tapOf(config: Partial<TapConfig> = {}) {
  const pipe = new Pipe();
  const output = new PcapOutput({ fd: 9, bufferBytes: 600_000 }, pipe);
  const tap = new Tap({ filter: new PacketFilter(''), snapBytes: 65_535, ...config }, output);
  return { pipe, output, tap };
}

async function read(file: Buffer): Promise<{ bytes: number; wireBytes: number; timeUs: number; fill: number }[]> {
  const path = join(folder, 'read.pcap');
  writeFileSync(path, file);
  const seen: { bytes: number; wireBytes: number; timeUs: number; fill: number }[] = [];
  const recording = await openRecording(path);
  const note = (b: Buffer, start: number, end: number, wireBytes: number, timeUs: number): void => {
    seen.push({ bytes: end - start, wireBytes, timeUs, fill: b[start]! });
  };
  while ((await recording.next(note, 1_000)) === 'more') {}
  await recording.close();
  return seen;
}

describe('a tap', () => {
  it('writes a pcap file with what was captured and the length on the wire', async () => {
    const { pipe, output, tap } = tapOf({ snapBytes: 64 });
    tap.onPacket(packet(1), 0, 60, 60, START_US + 7, ETHERNET);
    tap.onPacket(packet(2, 200), 0, 200, 1_514, START_US + 1_999_999, ETHERNET);
    output.flush();
    expect(await read(pipe.file)).toEqual([
      { bytes: 60, wireBytes: 60, timeUs: START_US + 7, fill: 1 },
      { bytes: 64, wireBytes: 1_514, timeUs: START_US + 1_999_999, fill: 2 },
    ]);
    expect(tap).toMatchObject({ packets: 2, bytes: pipe.file.length, dropped: 0 });
  });

  it('makes a file of no packets, too', async () => {
    const { pipe, output, tap } = tapOf({ filter: new PacketFilter('tcp') });
    tap.onPacket(packet(1), 0, 60, 60, START_US, ETHERNET);
    tap.finish();
    output.flush();
    expect(await read(pipe.file)).toEqual([]);
    expect(pipe.file.length).toBe(24);
  });

  it('ends in front of the packet that would make its file too long', () => {
    const { pipe, output, tap } = tapOf({ bytesMax: 24 + 2 * 76 + 75 });
    for (let count = 0; count < 5; count++) tap.onPacket(packet(count), 0, 60, 60, START_US, ETHERNET);
    output.flush();
    expect(tap).toMatchObject({ packets: 2, isFull: true, dropped: 0 });
    expect(pipe.file.length).toBe(24 + 2 * 76);
  });

  it('drops and counts what finds no room while nobody reads, and every packet that it wrote is whole', async () => {
    const { pipe, output, tap } = tapOf();
    pipe.room = 70_001;
    for (let count = 0; count < 20_000; count++)
      tap.onPacket(packet(count & 255), 0, 60, 60, START_US + count, ETHERNET);
    expect(tap.dropped).toBeGreaterThan(5_000);
    expect(tap.packets + tap.dropped).toBe(20_000);
    pipe.room = Number.POSITIVE_INFINITY;
    output.flush();
    const seen = await read(pipe.file);
    expect(seen.length).toBe(tap.packets);
    for (const { timeUs, fill } of seen) expect(fill).toBe((timeUs - START_US) & 255);
  });

  it('takes no more in a second than it may', () => {
    const { tap } = tapOf({ bytesPerSMax: 760 });
    for (let count = 0; count < 30; count++) tap.onPacket(packet(1), 0, 60, 60, START_US + count * 1_000, ETHERNET);
    expect(tap).toMatchObject({ packets: 10, dropped: 20 });
    tap.onPacket(packet(1), 0, 60, 60, START_US + 1e6, ETHERNET);
    expect(tap.packets).toBe(11);
  });

  it('leaves out packets of another link type than the first, which the file cannot hold', () => {
    const { tap } = tapOf();
    tap.onPacket(packet(1), 0, 60, 60, START_US, ETHERNET);
    tap.onPacket(packet(1), 0, 60, 60, START_US, 101);
    expect(tap).toMatchObject({ packets: 1, dropped: 1 });
  });

  it('gives up quietly when its reader is gone', () => {
    const write = (): number => {
      throw Object.assign(new Error('gone'), { code: 'EPIPE' });
    };
    const output = new PcapOutput({ fd: 9, bufferBytes: 600_000 }, { write });
    const tap = new Tap({ filter: new PacketFilter(''), snapBytes: 100 }, output);
    for (let count = 0; count < 2_000; count++) tap.onPacket(packet(1), 0, 60, 60, START_US, ETHERNET);
    output.flush();
    expect(output).toMatchObject({ isBroken: true, pendingBytes: 0 });
  });
});

const ORDER = { id: 1, filter: '', seconds: 2, bytesMax: 4_096, snapBytes: 100 };

function tapsOf(room = true) {
  const told: Record<string, unknown>[] = [];
  const line = { hasRoom: room };
  const tell = (value: object): boolean => line.hasRoom && told.push({ ...value }) > 0;
  return { taps: new Taps({ captureFd: 1_000 }, { tell }), told, line };
}

describe('orders for packets', () => {
  it('begin a capture that ends by itself when its time is over', () => {
    const { taps, told } = tapsOf();
    expect(taps.isOn).toBe(false);
    taps.start(JSON.stringify(ORDER), 1_000);
    expect(taps.isOn).toBe(true);
    taps.tick(2_999);
    expect(told).toEqual([{ id: 1, kind: 'started' }]);
    taps.tick(3_000);
    expect(taps.isOn).toBe(false);
    expect(told[1]).toMatchObject({ id: 1, kind: 'ended', packets: 0, bytes: 24, endedBy: 'time' });
  });

  it('are refused while there is a capture', () => {
    const { taps, told } = tapsOf();
    taps.start(JSON.stringify(ORDER), 0);
    taps.start(JSON.stringify({ ...ORDER, id: 2 }), 0);
    expect(told[1]).toMatchObject({ id: 2, kind: 'refused', code: 'CAPTURE_BUSY' });
  });

  it('are refused with the place when their filter is wrong', () => {
    const { taps, told } = tapsOf();
    taps.start(JSON.stringify({ ...ORDER, filter: 'port http' }), 0);
    expect(told).toMatchObject([{ id: 1, kind: 'refused', code: 'CAPTURE_FILTER', facts: { position: 5 } }]);
    expect(taps.isOn).toBe(false);
  });

  it('are answered as soon as there is room for a line', () => {
    const { taps, told, line } = tapsOf(false);
    taps.start(JSON.stringify(ORDER), 0);
    taps.end('stopped');
    expect(told).toEqual([]);
    line.hasRoom = true;
    taps.tick(1);
    expect(told.map(({ kind }) => kind)).toEqual(['started', 'ended']);
  });

  it('whatever they say, begin a capture within its limits or are refused', () => {
    const value = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null), fc.boolean(), fc.constant({}));
    const orders = fc.oneof(
      fc.string({ maxLength: 200, unit: 'binary' }),
      fc.json(),
      fc
        .record({ id: value, filter: value, seconds: value, bytesMax: value, snapBytes: value })
        .map((o) => JSON.stringify(o)),
      fc
        .record({ seconds: fc.integer(), bytesMax: fc.integer(), snapBytes: fc.integer() })
        .map((o) => JSON.stringify({ ...ORDER, ...o })),
      fc.constantFrom('{"__proto__":{"id":1}}', '[]', 'null', '1', JSON.stringify({ ...ORDER, extra: 1 })),
    );
    fc.assert(
      fc.property(orders, (json) => {
        const { taps, told } = tapsOf();
        taps.start(json, 0);
        expect(told).toHaveLength(1);
        const { kind, code } = told[0]!;
        if (kind === 'started') taps.end('stopped');
        else expect(code).toSatisfy((said) => said === 'CAPTURE_REQUEST' || said === 'CAPTURE_FILTER');
      }),
      { numRuns: 3_000 },
    );
  });
});
