import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { decodeBatch } from '../../protocol/codec.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { Spool, SpoolConfig } from './spool.js';

let folder: string;
const opened: Spool[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-generations-'));
});
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(overrides: object = {}): Promise<Spool> {
  const config = { ...loadConfig(SpoolConfig, { overrides: { ...overrides } }), flushMs: 3_600_000, ackMs: 5 };
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const spool = new Spool(config, { ...world, dataFolder: folder, boot: 'boot', machineBoot: 'machine' });
  await spool.start();
  opened.push(spool);
  return spool;
}

/** Batches of one record each. */
async function store(spool: Spool, lane: Lane, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    spool.append(lane, Buffer.from('{}'));
    await spool.flush();
  }
}

const seqsOf = (spool: Spool, lane: Lane, epoch: string): number[] => {
  const seqs: number[] = [];
  for (let entry = spool.next(lane, 0, epoch); entry; entry = spool.next(lane, entry.seq, epoch)) seqs.push(entry.seq);
  return seqs;
};

async function headerOf(spool: Spool, lane: Lane, seq: number) {
  const decoded = decodeBatch((await spool.read(lane, seq))!);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value.header;
}

test('little that waits stays what it is: it is sent in a moment', async () => {
  const spool = await open();
  await store(spool, 'p2', 31);
  spool.beginGeneration();
  await spool.flush();
  expect(spool.backlog).toEqual([]);
});

test('much that waits becomes backlog under its old epoch; what comes then has a new one', async () => {
  const spool = await open();
  const { epoch: old } = spool;
  await store(spool, 'p2', 32);
  spool.beginGeneration();
  await store(spool, 'p2', 2);
  await store(spool, 'p0', 1);
  expect(spool.backlog).toEqual([old]);
  expect(spool.epoch).not.toBe(old);
  expect(seqsOf(spool, 'p2', old)).toHaveLength(32);
  expect(seqsOf(spool, 'p2', spool.epoch)).toEqual([33, 34]);
  expect(seqsOf(spool, 'p0', old)).toEqual([]);
  expect(await headerOf(spool, 'p2', 32)).toMatchObject({ epoch: old, seq: 32 });
  expect(await headerOf(spool, 'p2', 33)).toMatchObject({ epoch: spool.epoch, seq: 33 });
});

test('each generation is acknowledged by itself, and forgotten when it is empty', async () => {
  const spool = await open();
  const { epoch: old } = spool;
  await store(spool, 'p2', 32);
  spool.beginGeneration();
  await store(spool, 'p2', 2);
  expect(spool.ack(spool.epoch, 'p2', 34)).toBe(true);
  await spool.flush();
  expect(seqsOf(spool, 'p2', spool.epoch)).toEqual([]);
  expect(seqsOf(spool, 'p2', old)).toHaveLength(32);
  expect(spool.ack(old, 'p2', 32)).toBe(true);
  await spool.flush();
  expect(spool.backlog).toEqual([]);
  expect(spool.stats()).toMatchObject({ batches: 0, acked: { p2: 34 } });
  expect(spool.ack(old, 'p2', 32)).toBe(true);
  expect(spool.ack(`${old}-7`, 'p2', 1)).toBe(false);
  expect(spool.ack(`${old}-x`, 'p2', 1)).toBe(false);
});

test('generations are the same after a restart', async () => {
  const first = await open();
  const { epoch: old } = first;
  await store(first, 'p3', 40);
  first.beginGeneration();
  await store(first, 'p3', 40);
  first.beginGeneration();
  await store(first, 'p3', 1);
  const { epoch, backlog } = first;
  expect(backlog).toEqual([old, `${old}-1`]);
  await opened.pop()!.close();
  const second = await open();
  expect([second.epoch, ...second.backlog]).toEqual([epoch, ...backlog]);
  expect(seqsOf(second, 'p3', `${old}-1`)).toEqual(Array.from({ length: 40 }, (_, index) => 41 + index));
  expect(seqsOf(second, 'p3', epoch)).toEqual([81]);
});

test('their number is bounded', async () => {
  const spool = await open({ generationsMax: 3, backlogBatches: 1 });
  for (let round = 0; round < 6; round++) {
    await store(spool, 'p1', 1);
    spool.beginGeneration();
    await spool.flush();
  }
  expect(spool.backlog).toHaveLength(2);
  expect(seqsOf(spool, 'p1', spool.epoch)).toHaveLength(4);
});

test('eviction takes the oldest of the lowest lane, across generations', async () => {
  const spool = await open({ bytesMax: 2 ** 20, backlogBatches: 1, gapMs: 0 });
  const noise = (): Buffer =>
    Buffer.from(
      JSON.stringify(Buffer.from(Array.from({ length: 30_000 }, () => Math.random() * 256)).toString('base64')),
    );
  const { epoch: old } = spool;
  for (let index = 0; index < 50; index++) {
    spool.append('p3', noise());
    await spool.flush();
    if (index === 20) spool.beginGeneration();
  }
  expect(seqsOf(spool, 'p3', old)[0]).toBeGreaterThan(1);
  expect(seqsOf(spool, 'p3', old).at(-1)).toBe(21);
  expect(seqsOf(spool, 'p3', spool.epoch)[0]).toBe(22);
});
