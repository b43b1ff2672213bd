import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { ClickHouseStore } from './clickhouse.js';
import { agedRow as row } from './testing/aged-row.js';

// A file of its own: the embedded engine opens one folder at a time in a process.
const folder = mkdtempSync(join(tmpdir(), 'hinomi-retention-'));
const ALL = { companies: undefined, where: { sql: '1', params: {} }, fromMs: 0, toMs: Date.parse('2100-01-01') };
const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withStore(place: string, use: (store: ClickHouseStore) => Promise<void>): Promise<void> {
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const config = { queryS: 15, queryBytesMax: 2 ** 28, retentionDays: { dns: 20, default: 400 } };
  const store = new ClickHouseStore(config, join(folder, place), world);
  try {
    await store.start();
    await use(store);
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

test('a record says how long it is kept, and is gone after that; others of its day stay', async () => {
  await withStore('new', async (store) => {
    await store.insert([row('dns', 30, 1), row('tls', 30, 2)]);
    await store.insert([row('dns', 3, 3)]);
    ask('new', 'OPTIMIZE TABLE records FINAL');
    const found = await store.search({ ...ALL, limit: 10 });
    expect(found.map((record) => [record['hinomi.seq'], record['hinomi.retention']])).toEqual([
      [3, 20],
      [2, 400],
    ]);
    expect(await store.usage()).toMatchObject({ days: [{ rows: 1 }, { rows: 1 }] });
  });
}, 60_000);

test('the rows of a table of an earlier version get the retention of their dataset', async () => {
  await withStore('old', async (store) => {
    await store.insert([row('dns', 30, 1), row('tls', 30, 2)]);
  });
  ask(
    'old',
    'ALTER TABLE records REMOVE TTL',
    'ALTER TABLE records DROP COLUMN `hinomi.retention` SETTINGS mutations_sync=1',
  );
  await withStore('old', async (store) => {
    ask('old', 'ALTER TABLE records MATERIALIZE TTL SETTINGS mutations_sync=1', 'OPTIMIZE TABLE records FINAL');
    const found = await store.search({ ...ALL, limit: 10 });
    expect(found.map((record) => [record['hinomi.seq'], record['hinomi.retention']])).toEqual([[2, 400]]);
  });
}, 60_000);

const definition = (place: string): string =>
  ask(place, "SELECT create_table_query FROM system.tables WHERE name = 'records'");

test('a clock that is far ahead of the newest record throws nothing away', async () => {
  await withStore('ahead', async (store) => {
    // Then they are those of a collector whose clock has jumped.
    await store.insert([row('tls', 60, 1)]);
    ask('ahead', 'ALTER TABLE records REMOVE TTL');
    await store.insert([row('dns', 60, 2)]);
  });
  for (const _ of [1, 2]) {
    await withStore('ahead', async (store) => {
      ask('ahead', 'OPTIMIZE TABLE records FINAL');
      expect(await store.count(ALL)).toBe(2);
      expect(definition('ahead')).not.toContain(' TTL ');
    });
  }
  // New ones say that the clock is right, from the next start on.
  await withStore('ahead', (store) => store.insert([row('dns', 0, 3)]));
  await withStore('ahead', async (store) => {
    expect(definition('ahead')).toContain(' TTL ');
    ask('ahead', 'OPTIMIZE TABLE records FINAL');
    const found = await store.search({ ...ALL, limit: 10 });
    expect(found.map((record) => record['hinomi.seq'])).toEqual([3, 1]);
  });
}, 60_000);
