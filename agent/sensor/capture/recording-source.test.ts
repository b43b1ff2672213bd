import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasCode } from '../../../protocol/base/errors.js';
import { type RecordingConfig, RecordingSource } from './recording-source.js';
import { pcap } from './testing/write-recordings.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START_US = 1_700_000_000_000_000;
const path = join(folder, 'three.pcap');
const packet = (ms: number) => ({ seconds: 1_700_000_000, fraction: ms * 1_000, data: Buffer.from(`at ${ms}`) });
writeFileSync(path, pcap([0, 40, 80].map(packet)));
const cut = join(folder, 'cut.pcap');
writeFileSync(cut, pcap([0, 40].map(packet)).subarray(0, -1));

interface Heard {
  text: string;
  timeUs: number;
  atMs: number;
}

/** Runs until the end, or until `packetsMax` were heard. */
async function hear(options: Partial<RecordingConfig>, packetsMax = 100) {
  const heard: Heard[] = [];
  const startMs = Date.now();
  const ends: unknown[] = [];
  let drains = 0;
  let finish = (): void => {};
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const source = new RecordingSource(
    { path, loop: false, speed: 1, rebase: true, ...options },
    {
      now: () => Date.now(),
      drained: async () => {
        drains += 1;
      },
      onEnd: (error) => {
        ends.push(error);
        finish();
      },
      onPacket: (b, start, end, _wireBytes, timeUs) => {
        heard.push({ text: b.toString('latin1', start, end), timeUs, atMs: Date.now() - startMs });
        if (heard.length === packetsMax) finish();
      },
    },
  );
  await source.start();
  await over;
  const stats = source.stats();
  await source.close();
  await source.close();
  return { heard, ends, stats, startMs, drains };
}

describe('a recording as a source', () => {
  it('gives its packets in real time, as if they were of now', async () => {
    const { heard, ends, startMs } = await hear({});
    expect(heard.map(({ text }) => text)).toEqual(['at 0', 'at 40', 'at 80']);
    expect(heard[2]!.atMs).toBeGreaterThanOrEqual(70);
    expect(heard[0]!.timeUs).toBeGreaterThanOrEqual(startMs * 1_000);
    expect(heard[2]!.timeUs - heard[0]!.timeUs).toBe(80_000);
    expect(ends).toEqual([undefined]);
  });

  it('gives them faster, their times too', async () => {
    const { heard } = await hear({ speed: 10 });
    expect(heard[2]!.timeUs - heard[0]!.timeUs).toBe(8_000);
  });

  it('gives them as fast as they can be taken, with their own times', async () => {
    const { heard, stats } = await hear({ speed: 0, rebase: false });
    expect(heard.map(({ timeUs }) => timeUs)).toEqual([START_US, START_US + 40_000, START_US + 80_000]);
    expect(stats).toEqual({ deliveredPackets: 3, kernelReceived: 0, kernelDropped: 0, interfaceDropped: 0 });
  });

  it('begins again at the end, later than before, until it is closed', async () => {
    const { heard, ends } = await hear({ loop: true, speed: 100 }, 9);
    expect(heard.slice(0, 9).map(({ text }) => text)).toEqual(Array(3).fill(['at 0', 'at 40', 'at 80']).flat());
    expect(heard[3]!.timeUs).toBeGreaterThan(heard[2]!.timeUs);
    expect(ends).toEqual([]);
  });

  it('gives the packets before a damage, then the error', async () => {
    const { heard, ends } = await hear({ path: cut, speed: 0 });
    expect(heard).toHaveLength(1);
    expect(hasCode(ends[0], 'CAPTURE_TRUNCATED')).toBe(true);
  });

  it('refuses a file that is not there when it starts', async () => {
    await expect(hear({ path: join(folder, 'none') })).rejects.toMatchObject({ code: 'CAPTURE_UNREADABLE' });
  });
});
