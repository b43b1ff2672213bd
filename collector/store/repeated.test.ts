import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { ClickHouseStore } from './clickhouse.js';

// A file of its own: the embedded engine opens one folder at a time in a process.
const folder = mkdtempSync(join(tmpdir(), 'hinomi-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('an insert that is repeated under its name counts once, also after the store was closed', async () => {
  await withStore(async (store) => {
    await store.insert([row(1), row(2)], 'a1:again:1-2');
    await store.insert([row(1), row(2)], 'a1:again:1-2');
    expect(await store.count(ALL)).toBe(2);
  });
  await withStore(async (store) => {
    await store.insert([row(1), row(2)], 'a1:again:1-2');
    await store.insert([row(3)], 'a1:again:3');
    expect(await store.count(ALL)).toBe(3);
  });
});

const ALL = { companies: undefined, where: { sql: '1', params: {} }, fromMs: 0, toMs: Date.parse('2100-01-01') };

async function withStore(use: (store: ClickHouseStore) => Promise<void>): Promise<void> {
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const store = new ClickHouseStore({ queryS: 15, queryBytesMax: 2 ** 28 }, join(folder, 'store'), world);
  try {
    await store.start();
    await use(store);
  } finally {
    await store.close();
  }
}

const row = (seq: number) => ({
  '@timestamp': '2026-11-23T01:02:03.123456Z',
  'event.kind': 'event',
  'event.dataset': 'dns',
  'event.ingested': '2026-11-23T01:02:59.000000Z',
  'hinomi.company': 'c',
  'hinomi.site': 's',
  'hinomi.agent': 'a1',
  'hinomi.epoch': 'again',
  'hinomi.lane': 'p2',
  'hinomi.seq': seq,
  'hinomi.row': 0,
});
