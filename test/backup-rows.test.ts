import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeFiles } from '../collector/backup/manifest.js';
import { agedRow } from '../collector/store/testing/aged-row.js';
import { Tables } from '../collector/store/testing/tables.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-backup-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The engine keeps one of several files that are the same, and parts of as many rows have the same count. */
test('a backup tells all its rows, also of parts that have as many as others', async () => {
  await new Tables(folder).withStore('table', async (store) => {
    for (let seq = 1; seq <= 3; seq++) await store.insert([agedRow('dns', seq, seq, 0)]);
    await store.backup(join(folder, 'backup'));
  });
  expect((await describeFiles(join(folder, 'backup'))).rows).toBe(3);
});
