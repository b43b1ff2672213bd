import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { ClickHouseStore } from './clickhouse.js';
import { agedRow as row } from './testing/aged-row.js';

// A file of its own: the embedded engine opens one folder at a time in a process.
const folder = mkdtempSync(join(tmpdir(), 'hinomi-marks-'));
const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withStore<T>(place: string, use: (store: ClickHouseStore) => Promise<T>): Promise<T> {
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const config = { queryS: 15, queryBytesMax: 2 ** 28, retentionDays: { dns: 20, default: 400 } };
  const store = new ClickHouseStore(config, join(folder, place), world);
  try {
    await store.start();
    return await use(store);
  } finally {
    await store.close();
  }
}

/** By SQL of the engine's own, as nobody else may. */
function ask(place: string, ...queries: string[]): string {
  const session = new Session(join(folder, place));
  try {
    return queries.map((query) => session.query(query, 'TSV')).join('');
  } finally {
    session.close();
  }
}

const rowsOf = (seq: number, agoDays = 1) =>
  Array.from({ length: 500 }, (_, index) => row(index % 2 === 0 ? 'dns' : 'tls', agoDays, seq, index));
const PARTS =
  "SELECT count() FROM system.projection_parts WHERE active AND table = 'records' AND name = 'marks' AND rows = 1";

test('the marks are read from what is stored beside the rows, and are those of the rows', async () => {
  await withStore('new', async (store) => {
    for (const seq of [1, 2, 3]) await store.insert(rowsOf(seq));
    expect(await store.marks()).toMatchObject([{ agent: 'a', epoch: 'e', lane: 'p2', seq: 3 }]);
    expect(Number(ask('new', PARTS))).toBeGreaterThan(0);
    ask('new', 'OPTIMIZE TABLE records FINAL');
    expect(await store.marks()).toMatchObject([{ agent: 'a', epoch: 'e', lane: 'p2', seq: 3 }]);
  });
}, 60_000);

test('a table of an earlier version has its marks in its rows, and with new ones beside them', async () => {
  await withStore('old', async (store) => {
    ask('old', 'ALTER TABLE records DROP PROJECTION marks');
    await store.insert(rowsOf(5));
  });
  expect(Number(ask('old', PARTS))).toBe(0);
  await withStore('old', async (store) => {
    expect(await store.marks()).toMatchObject([{ seq: 5 }]);
    await store.insert(rowsOf(6));
    expect(await store.marks()).toMatchObject([{ seq: 6 }]);
    ask('old', 'OPTIMIZE TABLE records FINAL');
    expect(await store.marks()).toMatchObject([{ seq: 6 }]);
  });
}, 60_000);

test('rows that are thrown away for their age do not take the marks of others with them', async () => {
  await withStore('aged', async (store) => {
    await store.insert(rowsOf(1, 30));
    await store.insert(rowsOf(2));
    ask('aged', 'OPTIMIZE TABLE records FINAL');
    expect(await store.marks()).toMatchObject([{ seq: 2 }]);
  });
}, 60_000);

test('marks that are damaged are taken from the rows, or their part is told as damaged', async () => {
  await withStore('damaged', async (store) => {
    await store.insert(rowsOf(1));
    await store.insert(rowsOf(2));
  });
  const names = readdirSync(join(folder, 'damaged'), { recursive: true }) as string[];
  const files = names.filter((name) => /marks\.proj\/.*\.(?:bin|cmrk\d?|mrk\d?)$/.test(name));
  expect(files).not.toEqual([]);
  for (const name of files) writeFileSync(join(folder, 'damaged', name), Buffer.alloc(40, 7));
  await withStore('damaged', async (store) => {
    const marks = await store.marks();
    const damages = await store.damages();
    if (damages.length === 0) expect(marks).toMatchObject([{ seq: 2 }]);
    await store.insert(rowsOf(3));
    expect(await store.marks()).toMatchObject([{ seq: 3 }]);
  });
}, 60_000);
