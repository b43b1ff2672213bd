import { MemoryLevel } from 'memory-level';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { type Database, mediumOf, Spool, SpoolConfig } from './spool.js';

const opened: Spool[] = [];
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
});

interface Write {
  readonly atMs: number;
  readonly sync: boolean;
  readonly batches: string[];
  readonly deletes: number;
}

/** A spool with its own defaults, whose writes are seen. */
async function open() {
  const level = new MemoryLevel<string, Buffer>({ keyEncoding: 'utf8', valueEncoding: 'buffer' });
  const writes: Write[] = [];
  const batch = level.batch.bind(level) as (...args: unknown[]) => Promise<void>;
  const watched = async (operations: { type: string; key: string }[], options: { sync: boolean }): Promise<void> => {
    const keys = operations.filter(({ type, key }) => type === 'put' && key.startsWith('batch!')).map(({ key }) => key);
    const deletes = operations.filter(({ type, key }) => type === 'del' && key.startsWith('batch!')).length;
    await batch(operations, options);
    writes.push({ atMs: performance.now(), sync: options.sync, batches: keys, deletes });
  };
  Object.assign(level, { batch: watched });
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const deps = { ...world, dataFolder: '/memory', boot: 'boot', machineBoot: 'machine' };
  const spool = new Spool(loadConfig(SpoolConfig, {}), { ...deps, medium: mediumOf(level as unknown as Database) });
  await spool.start();
  opened.push(spool);
  writes.length = 0;
  return { spool, writes };
}

const record = Buffer.from('{}');

test('an alert is synced to the disk within a second, and what came with it in the same write', async () => {
  const { spool, writes } = await open();
  spool.append('p3', record);
  spool.append('p0', record);
  const toldMs = performance.now();
  await expect.poll(() => writes.length, { timeout: 5_000 }).toBe(1);
  expect(writes[0]).toMatchObject({ sync: true });
  expect(writes[0]!.batches.map((key) => key.slice(6, 8)).sort()).toEqual(['p0', 'p3']);
  expect(writes[0]!.atMs - toldMs).toBeLessThan(1_000);
});

test('flows alone are not synced, and many of them are one write', async () => {
  const { spool, writes } = await open();
  spool.append('p3', record);
  await expect.poll(() => writes.length).toBe(1); // Sets numbers aside, synced.
  for (let index = 0; index < 100; index++) spool.append('p3', record);
  await expect.poll(() => writes.length).toBe(2);
  expect(writes[1]).toMatchObject({ sync: false });
  expect(writes[1]!.batches).toHaveLength(1);
});

test('what was acknowledged is deleted with the next write, without one of its own', async () => {
  const { spool, writes } = await open();
  spool.append('p3', record);
  await expect.poll(() => writes.length).toBe(1);
  spool.ack(spool.epoch, 'p3', 1);
  spool.append('p3', record);
  await expect.poll(() => writes.length).toBe(2);
  expect(writes[1]).toMatchObject({ deletes: 1 });
  spool.ack(spool.epoch, 'p3', 2);
  await expect.poll(() => writes.length, { timeout: 5_000 }).toBe(3);
  expect(writes[2]).toMatchObject({ deletes: 1, batches: [] });
});
