import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../protocol/base/log.js';
import { type Clock, sleep, systemClock } from '../../../protocol/base/time.js';
import { openRecording } from '../../sensor/capture/recording.js';
import type { RingConfig } from '../config.js';
import { FIRST_S, Watched } from '../testing/watched.js';
import { Ring } from './ring.js';

const PROGRAM = fileURLToPath(new URL('../testing/ring-agent.ts', import.meta.url));

let watched: Watched;
beforeEach(() => {
  watched = new Watched();
});
afterEach(() => watched.close());

const until = (condition: () => boolean): Promise<void> =>
  vi.waitUntil(condition, { timeout: 20_000, interval: 20 }).then(() => {});

const CONFIG: RingConfig = { minutes: 10, bytesMax: 2 ** 24, snapBytes: 65_535, bytesPerSMax: 2 ** 30, filter: '' };
const PACKET_BYTES = 76;

function ringOf(config: Partial<RingConfig> = {}, clock: Clock = systemClock): Ring {
  const folder = join(watched.folder, 'ring');
  return new Ring({ ...CONFIG, ...config }, { clock, random: () => 0.5, log: silentLogger, folder });
}

const files = (): string[] =>
  readdirSync(join(watched.folder, 'ring')).map((name) => join(watched.folder, 'ring', name));
const diskBytes = (): number => files().reduce((sum, path) => sum + statSync(path).size, 0);

/** Gives a ring the packets of a recording, a piece at a time, as a sensor's stream. */
async function fill(ring: Ring, packets: number, name = 'fill.pcap'): Promise<void> {
  const bytes = readFileSync(watched.recording(name, packets));
  ring.onSensor();
  const { bytesWritten } = ring.counters;
  for (let at = 0; at < bytes.length; at += 65_521) {
    ring.onBytes(bytes.subarray(at, at + 65_521));
    const isAhead = (): boolean => at - (ring.counters.bytesWritten - bytesWritten) > 2 ** 20;
    while (isAhead() && ring.counters.failures === 0) await sleep(2);
  }
  const isWritten = (): boolean => ring.counters.bytesWritten - bytesWritten >= bytes.length - 24;
  while (!isWritten() && ring.counters.failures === 0) await sleep(2);
}

const SPAN = { from: FIRST_S * 1_000, to: FIRST_S * 1_000 + 86_400_000, bytesMax: 2 ** 30 };

async function read(ring: Pick<Ring, 'read'>, request: object = {}) {
  const pieces: Buffer[] = [];
  const result = await ring.read({ ...SPAN, ...request }, (piece) => void pieces.push(piece));
  const path = join(watched.folder, 'read.pcap');
  writeFileSync(path, Buffer.concat(pieces));
  const indexes: number[] = [];
  const ports = new Set<number>();
  const recording = await openRecording(path);
  const note = (b: Buffer, start: number, _end: number, _wireBytes: number, timeUs: number): void => {
    indexes.push((timeUs - FIRST_S * 1e6) / 1_000);
    ports.add(b.readUInt16BE(start + 36));
  };
  while ((await recording.next(note, 10_000)) === 'more') {}
  await recording.close();
  return { result, indexes, ports, bytes: Buffer.concat(pieces).length };
}

describe('a ring', () => {
  it('gives a span of time back through a filter, in order, as one file', async () => {
    const ring = ringOf();
    await ring.start();
    await fill(ring, 30_000);
    const request = { filter: 'dst port 80', from: FIRST_S * 1_000 + 3_000, to: FIRST_S * 1_000 + 6_000 };
    const { result, indexes, ports, bytes } = await read(ring, request);
    expect(indexes).toEqual(Array.from({ length: 1_000 }, (_, index) => 3_000 + index * 3));
    expect([...ports]).toEqual([80]);
    expect(result).toEqual({
      packets: 1_000,
      bytes,
      dropped: 0,
      firstMs: FIRST_S * 1_000 + 3_000,
      lastMs: FIRST_S * 1_000 + 5_997,
      endedBy: 'end',
    });
    await ring.close();
  });

  it('never has more on the disk than it may, and keeps the newest', async () => {
    const ring = ringOf();
    await ring.start();
    let most = 0;
    for (let round = 0; round < 5; round++) {
      await fill(ring, 50_000);
      most = Math.max(most, diskBytes());
    }
    const { indexes } = await read(ring);
    most = Math.max(most, diskBytes());
    expect(most).toBeLessThanOrEqual(CONFIG.bytesMax);
    expect(most).toBeGreaterThan(CONFIG.bytesMax * 0.8);
    expect(indexes.at(-1)).toBe(49_999);
    await ring.close();
  });

  it('writes each packet once, in large pieces', async () => {
    const ring = ringOf();
    await ring.start();
    await fill(ring, 100_000);
    await ring.close();
    const { bytesWritten, writes } = ring.counters;
    const headers = files().length * 24;
    expect(bytesWritten).toBe(100_000 * PACKET_BYTES + headers);
    expect(diskBytes()).toBe(bytesWritten);
    expect(bytesWritten / writes).toBeGreaterThan(50_000);
  });

  it('forgets what is older than its minutes', async () => {
    let ms = Date.now();
    const clock = { now: () => ms, monotonic: () => ms };
    const ring = ringOf({ minutes: 1 }, clock);
    await ring.start();
    await fill(ring, 1_000);
    await read(ring);
    expect(files().length).toBe(1);
    ms += 30_000;
    await fill(ring, 1_000, 'later.pcap');
    await read(ring);
    expect(files().length).toBe(2);
    ms += 45_000;
    await vi.waitUntil(() => files().length === 1, { timeout: 8_000, interval: 100 });
    await ring.close();
  });

  it('goes on where an earlier run was cut off', async () => {
    const first = ringOf();
    await first.start();
    await fill(first, 10_000);
    await first.close();
    truncateSync(files().at(-1)!, statSync(files().at(-1)!).size - 30);
    writeFileSync(join(watched.folder, 'ring', '000000000099.pcap'), 'garbage');
    writeFileSync(join(watched.folder, 'ring', '000000000100.pcap'), '');
    const second = ringOf();
    await second.start();
    await fill(second, 5_000, 'second.pcap');
    const { indexes } = await read(second);
    expect(indexes.length).toBe(9_999 + 5_000);
    expect(indexes.slice(0, 3)).toEqual([0, 1, 2]);
    expect(indexes.at(-1)).toBe(4_999);
    await second.close();
  });

  it('ends the file that is read at its limit, and says so', async () => {
    const ring = ringOf();
    await ring.start();
    await fill(ring, 10_000);
    const { result, bytes } = await read(ring, { bytesMax: 50_000, snapBytes: 42 });
    expect(result).toMatchObject({ endedBy: 'bytes', packets: Math.floor((50_000 - 24) / 58), bytes });
    await ring.close();
  });

  it('refuses what it does not understand, and a second reader', async () => {
    const ring = ringOf();
    await ring.start();
    const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 'it was taken',
        (error: { code?: string }) => error.code,
      );
    const nothing = (): void => {};
    expect(await codeOf(ring.read({ ...SPAN, filter: 'prot 3' }, nothing))).toBe('CAPTURE_FILTER');
    expect(await codeOf(ring.read({ ...SPAN, to: SPAN.from }, nothing))).toBe('CAPTURE_REQUEST');
    expect(await codeOf(ring.read({ from: 1 }, nothing))).toBe('CAPTURE_REQUEST');
    const [one, other] = await Promise.all([codeOf(ring.read(SPAN, nothing)), codeOf(ring.read(SPAN, nothing))]);
    expect([one, other]).toEqual(['it was taken', 'CAPTURE_BUSY']);
    const fail = (): never => {
      throw new Error('the line is gone');
    };
    await expect(ring.read(SPAN, fail)).rejects.toThrow('the line is gone');
    await ring.close();
  });

  it('survives a disk that fails, and keeps packets again afterwards', async () => {
    let ms = 1e12;
    const ring = ringOf({}, { now: () => ms, monotonic: () => ms });
    writeFileSync(join(watched.folder, 'ring'), 'a file where the folder should be');
    await ring.start();
    await fill(ring, 100);
    expect(ring.counters.failures).toBeGreaterThan(0);
    expect(ring.counters.droppedBytes).toBe(100 * PACKET_BYTES);
    rmSync(join(watched.folder, 'ring'));
    ms += 60_000;
    ring.onBytes(readFileSync(watched.recording('later.pcap', 200)).subarray(24));
    expect((await read(ring)).indexes.length).toBe(200);
    await ring.close();
  });
});

describe('a slow reader', () => {
  it('gets everything', async () => {
    const ring = ringOf();
    await ring.start();
    await fill(ring, 40_000);
    let bytes = 0;
    const slowly = async (piece: Buffer): Promise<void> => {
      bytes += piece.length;
      await sleep(5);
    };
    const result = await ring.read({ ...SPAN }, slowly);
    expect(result).toMatchObject({ packets: 40_000, dropped: 0, bytes });
    await ring.close();
  });
});

describe('a watch with a ring', () => {
  const config = { ring: { minutes: 5, bytesMax: 2 ** 24 } };

  it('keeps what its sensor sees, over the death of the sensor', async () => {
    const path = watched.recording('loop.pcap', 5_000, 1_000);
    const sensor = { recording: { path, loop: true, rebase: false, speed: 20 }, statsMs: 50 };
    const watch = await watched.start(sensor, { ring: { ...config.ring, ...CONFIG } });
    await until(() => (watch.ringCounters?.packets ?? 0) > 5_000);
    process.kill(watch.pid!, 'SIGKILL');
    const before = watch.ringCounters!.packets;
    await until(() => watch.ringCounters!.packets > before + 5_000);
    const { indexes, ports } = await read({ read: (request, onBytes) => watch.readRing(request, onBytes) });
    expect(indexes.length).toBeGreaterThan(10_000);
    expect(ports).toEqual(new Set([80, 53]));
    expect(watch.lastStats).toMatchObject({ ringDropped: 0 });
  });

  it('keeps only what its owner wants to be kept', async () => {
    const path = watched.recording('loop.pcap', 5_000, 1_000);
    const sensor = { recording: { path, loop: true, rebase: false, speed: 20 }, statsMs: 50 };
    const watch = await watched.start(sensor, { ring: { ...CONFIG, filter: 'port 80', snapBytes: 64 } });
    await until(() => (watch.ringCounters?.packets ?? 0) > 500);
    const { ports } = await read({ read: (request, onBytes) => watch.readRing(request, onBytes) });
    expect(ports).toEqual(new Set([80]));
  });

  it('that is not allowed deletes what an earlier one kept, and says that there is none', async () => {
    const ring = ringOf();
    await ring.start();
    await fill(ring, 100);
    await ring.close();
    const path = watched.recording('quiet.pcap', 10);
    const watch = await watched.start({ recording: { path, loop: true }, statsMs: 50 });
    expect(existsSync(join(watched.folder, 'ring'))).toBe(false);
    await expect(watch.readRing(SPAN, () => {})).rejects.toMatchObject({ code: 'CAPTURE_RING_OFF' });
  });

  it('has on disk what was seen a second before its process was killed', async () => {
    const path = watched.recording('loop.pcap', 5_000, 1_000);
    const sensor = { recording: { path, loop: true, rebase: false, speed: 10 } };
    const argument = JSON.stringify({ ring: CONFIG, sensor, ringFolder: join(watched.folder, 'ring') });
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, argument], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await until(() => existsSync(join(watched.folder, 'ring')) && files().length > 0 && diskBytes() > 200_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ring = ringOf();
    await ring.start();
    const { indexes } = await read(ring);
    expect(indexes.length).toBeGreaterThanOrEqual(Math.floor(200_000 / PACKET_BYTES) - 1);
    await ring.close();
  });
});
