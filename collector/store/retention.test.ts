import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agedRow as row } from './testing/aged-row.js';
import { Tables } from './testing/tables.js';

// A file of its own: the embedded engine opens one folder at a time in a process.
const folder = mkdtempSync(join(tmpdir(), 'hinomi-retention-'));
const ALL = { companies: undefined, where: { sql: '1', params: {} }, fromMs: 0, toMs: Date.parse('2100-01-01') };
const tables = new Tables(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a record says how long it is kept, and is gone after that; others of its day stay', async () => {
  await tables.withStore('new', async (store) => {
    await store.insert([row('dns', 30, 1), row('tls', 30, 2)]);
    await store.insert([row('dns', 3, 3)]);
    tables.ask('new', 'OPTIMIZE TABLE records FINAL');
    const found = await store.search({ ...ALL, limit: 10 });
    expect(found.map((record) => [record['hinomi.seq'], record['hinomi.retention']])).toEqual([
      [3, 20],
      [2, 400],
    ]);
    expect(await store.usage()).toMatchObject({ days: [{ rows: 1 }, { rows: 1 }] });
  });
}, 60_000);

test('the rows of a table of an earlier version get the retention of their dataset', async () => {
  await tables.withStore('old', async (store) => {
    await store.insert([row('dns', 30, 1), row('tls', 30, 2)]);
  });
  tables.ask(
    'old',
    'ALTER TABLE records REMOVE TTL',
    'ALTER TABLE records DROP COLUMN `hinomi.retention` SETTINGS mutations_sync=1',
  );
  await tables.withStore('old', async (store) => {
    tables.ask('old', 'ALTER TABLE records MATERIALIZE TTL SETTINGS mutations_sync=1', 'OPTIMIZE TABLE records FINAL');
    const found = await store.search({ ...ALL, limit: 10 });
    expect(found.map((record) => [record['hinomi.seq'], record['hinomi.retention']])).toEqual([[2, 400]]);
  });
}, 60_000);

const definition = (place: string): string =>
  tables.ask(place, "SELECT create_table_query FROM system.tables WHERE name = 'records'");

test('a clock that is far ahead of the newest record throws nothing away', async () => {
  await tables.withStore('ahead', async (store) => {
    // Then they are those of a collector whose clock has jumped.
    await store.insert([row('tls', 60, 1)]);
    tables.ask('ahead', 'ALTER TABLE records REMOVE TTL');
    await store.insert([row('dns', 60, 2)]);
  });
  for (const _ of [1, 2]) {
    await tables.withStore('ahead', async (store) => {
      tables.ask('ahead', 'OPTIMIZE TABLE records FINAL');
      expect(await store.count(ALL)).toBe(2);
      expect(definition('ahead')).not.toContain(' TTL ');
    });
  }
  // New ones say that the clock is right, from the next start on.
  await tables.withStore('ahead', (store) => store.insert([row('dns', 0, 3)]));
  await tables.withStore('ahead', async (store) => {
    expect(definition('ahead')).toContain(' TTL ');
    tables.ask('ahead', 'OPTIMIZE TABLE records FINAL');
    const found = await store.search({ ...ALL, limit: 10 });
    expect(found.map((record) => record['hinomi.seq'])).toEqual([3, 1]);
  });
}, 60_000);
