import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasCode } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import { openRecording } from '../sensor/capture/recording.js';
import { Watched } from './testing/watched.js';

let watched: Watched;
beforeEach(() => {
  watched = new Watched();
});
afterEach(() => watched.close());

const until = (condition: () => boolean): Promise<void> =>
  vi.waitUntil(condition, { timeout: 20_000, interval: 20 }).then(() => {});

/** Plays at five thousand packets a second, for ever. */
async function playing() {
  const path = watched.recording('loop.pcap', 50_000, 200);
  const watch = await watched.start({ recording: { path, loop: true }, statsMs: 50 });
  await until(() => watched.records.length > 0);
  return watch;
}

/** A sink, and the destination ports of what came into it. */
function sink() {
  const pieces: Buffer[] = [];
  return {
    onBytes: (piece: Buffer): void => void pieces.push(piece),
    get bytes(): number {
      return pieces.reduce((sum, { length }) => sum + length, 0);
    },
    async ports(): Promise<number[]> {
      const path = join(watched.folder, 'captured.pcap');
      writeFileSync(path, Buffer.concat(pieces));
      const ports: number[] = [];
      const recording = await openRecording(path);
      const note = (b: Buffer, start: number): void => void ports.push(b.readUInt16BE(start + 36));
      while ((await recording.next(note, 1_000)) === 'more') {}
      await recording.close();
      return ports;
    },
  };
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it was taken',
    (error: { code?: string; facts?: object }) => ({ code: error.code, ...error.facts }),
  );

describe('a capture', () => {
  it('holds what passes its filter, and ends when its time is over', async () => {
    const watch = await playing();
    const file = sink();
    const startedMs = performance.now();
    const result = await watch.capture({ filter: 'udp port 80', seconds: 1 }, file.onBytes);
    expect(performance.now() - startedMs).toBeGreaterThan(950);
    const ports = await file.ports();
    expect(new Set(ports)).toEqual(new Set([80]));
    expect(result).toMatchObject({ packets: ports.length, bytes: file.bytes, dropped: 0, endedBy: 'time' });
    expect(ports.length).toBeGreaterThan(500);
    expect(watch.counters.restarts).toBe(0);
  });

  it('ends before it is longer than it may be', async () => {
    const watch = await playing();
    const file = sink();
    const result = await watch.capture({ seconds: 60, bytesMax: 10_000 }, file.onBytes);
    expect(result).toMatchObject({ endedBy: 'bytes', packets: Math.floor((10_000 - 24) / 76) });
    expect(file.bytes).toBe(result.bytes);
    expect((await file.ports()).length).toBe(result.packets);
  });

  it('ends when it is stopped, and another one can follow at once', async () => {
    const watch = await playing();
    const [first, second] = [sink(), sink()];
    const stop = new AbortController();
    const running = watch.capture({ seconds: 60 }, first.onBytes, stop.signal);
    await until(() => first.bytes > 1_000);
    expect(await codeOf(watch.capture({ seconds: 1 }, second.onBytes))).toEqual({ code: 'CAPTURE_BUSY' });
    stop.abort();
    expect(await running).toMatchObject({ endedBy: 'stopped' });
    expect(await watch.capture({ filter: 'tcp', seconds: 1 }, second.onBytes)).toMatchObject({ packets: 0, bytes: 24 });
    expect(await second.ports()).toEqual([]);
  });

  it('ends with whole packets when the sensor dies', async () => {
    const watch = await playing();
    const file = sink();
    const running = watch.capture({ seconds: 60 }, file.onBytes);
    await until(() => file.bytes > 100_000);
    process.kill(watch.pid!, 'SIGKILL');
    const result = await running;
    expect(result).toMatchObject({ endedBy: 'sensor', bytes: file.bytes });
    expect((await file.ports()).length).toBe(result.packets);
    await until(() => watch.counters.restarts === 1 && watch.pid !== undefined);
    expect(await watch.capture({ seconds: 1 }, () => {})).toMatchObject({ endedBy: 'time' });
  });

  it('ends with all that was seen when the agent ends', async () => {
    const watch = await playing();
    const file = sink();
    const running = watch.capture({ seconds: 60 }, file.onBytes);
    await until(() => file.bytes > 10_000);
    await watch.close();
    const result = await running;
    expect(result).toMatchObject({ endedBy: 'closing', bytes: file.bytes, dropped: 0 });
    expect((await file.ports()).length).toBe(result.packets);
    expect(await codeOf(watch.capture({}, () => {}))).toEqual({ code: 'CAPTURE_NO_SENSOR' });
  });

  it('ends when the recording does', async () => {
    const path = watched.recording('once.pcap', 4_000, 500);
    const watch = await watched.start({ recording: { path }, statsMs: 50 });
    await until(() => watched.records.length > 0);
    const file = sink();
    const result = await watch.capture({ seconds: 60 }, file.onBytes);
    expect(result.endedBy).toBe('source');
    expect((await file.ports()).length).toBe(result.packets);
    expect(result.packets).toBeGreaterThan(500);
  });

  it('drops packets, not the sensor, while whoever takes them is slow', async () => {
    const path = watched.recording('fast.pcap', 100_000, 5);
    const watch = await watched.start({ recording: { path, loop: true }, statsMs: 50 });
    await until(() => watched.records.length > 0);
    const pieces: Buffer[] = [];
    const onBytes = async (piece: Buffer): Promise<void> => {
      pieces.push(piece);
      await sleep(200);
    };
    const before = watched.records.length;
    const result = await watch.capture({ seconds: 2, bytesMax: 2 ** 30 }, onBytes);
    expect(watched.records.length - before).toBeGreaterThan(result.packets / 2);
    expect(Buffer.concat(pieces).length).toBe(result.bytes);
    expect(watch.counters.restarts).toBe(0);
  });

  it('is refused when its filter or a number is wrong, with the place', async () => {
    const watch = await playing();
    expect(await codeOf(watch.capture({ filter: 'port http' }, () => {}))).toEqual({
      code: 'CAPTURE_FILTER',
      position: 5,
    });
    for (const wrong of [
      { seconds: 0 },
      { seconds: 3_601 },
      { bytesMax: 1 },
      { snapBytes: 1 },
      { filter: 'x'.repeat(1_025) },
    ])
      expect(await codeOf(watch.capture(wrong, () => {}))).toEqual({ code: 'CAPTURE_REQUEST' });
    expect(await codeOf(watch.capture({ color: 'red' } as never, () => {}))).toEqual({ code: 'CAPTURE_REQUEST' });
    expect(await watch.capture({ seconds: 1 }, () => {})).toMatchObject({ endedBy: 'time' });
  });

  it('fails with what its taker threw, and another one can follow', async () => {
    const watch = await playing();
    const fail = (): never => {
      throw new Error('the disk is full');
    };
    await expect(watch.capture({ seconds: 60 }, fail)).rejects.toThrow('the disk is full');
    await expect(watch.capture({ seconds: 60 }, async () => fail())).rejects.toThrow();
    await until(() => watch.pid !== undefined);
    await vi.waitUntil(async () => (await codeOf(watch.capture({ seconds: 1 }, () => {}))) === 'it was taken', {
      timeout: 10_000,
      interval: 100,
    });
  }, 60_000);

  it('cannot begin while there is no sensor', async () => {
    const watch = await watched.start({}, { executable: '/nowhere/node' });
    await sleep(50);
    expect(await codeOf(watch.capture({}, () => {}))).toEqual({ code: 'CAPTURE_NO_SENSOR' });
    expect(await codeOf(watch.rescan())).toEqual({ code: 'CAPTURE_NO_SENSOR' });
  });

  it('is not believed when a sensor writes what is no capture', async () => {
    const program = join(watched.folder, 'liar.mjs');
    writeFileSync(
      program,
      `import { writeSync } from 'node:fs';
      process.on('SIGTERM', () => process.exit(0));
      process.stdin.on('data', () => writeSync(4, Buffer.alloc(5000, 0x41)));
      setInterval(() => writeSync(3, 'c{"id":1,"kind":"ended","packets":"many"}\\nc{"id":7,"kind":"started"}\\nr{}\\n'), 50);`,
    );
    const watch = await watched.start({}, {}, program);
    const failed = await watch.capture({ seconds: 1 }, () => {}).catch((error: unknown) => error);
    expect(hasCode(failed, 'SENSOR_FAILED')).toBe(true);
    await until(() => watch.counters.badLines > 1);
  });
});

describe('a rescan', () => {
  it('says how many devices will be told once more', async () => {
    const watch = await playing();
    const [first, second] = await Promise.all([watch.rescan(), watch.rescan()]);
    expect(first.devices).toBeGreaterThan(0);
    expect(second).toBe(first);
  });
});
