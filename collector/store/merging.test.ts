import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { ClickHouseStore } from './clickhouse.js';
import { agedRow as row } from './testing/aged-row.js';

// A file of its own: the embedded engine has one limit of memory in a process.
const folder = mkdtempSync(join(tmpdir(), 'hinomi-merging-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PARTS = 16;
const ROWS = 5_000;
const MEMORY_BYTES = 2 ** 30;
const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');

test.each([
  ['all kept', 0, PARTS * ROWS],
  ['partly over', 30, (PARTS * ROWS) / 2],
])(
  'many parts are merged within little memory: %s',
  async (_what, agoDays, kept) => {
    const world = { clock: systemClock, random: Math.random, log: silentLogger };
    const config = {
      ...{ queryS: 15, queryBytesMax: 2 ** 28, retentionDays: { dns: 20, default: 400 } },
      ...{ engineBytesMax: MEMORY_BYTES },
    };
    const store = new ClickHouseStore(config, join(folder, String(agoDays)), world);
    try {
      await store.start();
      const rowsOf = (seq: number) =>
        Array.from({ length: ROWS }, (_, index) => row(seq % 2 === 0 ? 'dns' : 'tls', agoDays, seq, index));
      for (let seq = 1; seq <= PARTS; seq++) await store.insert(rowsOf(seq));
      const session = new Session(join(folder, String(agoDays)));
      session.query('OPTIMIZE TABLE records FINAL');
      session.close();
      const where = { sql: '1', params: {} };
      const all = { companies: undefined, where, fromMs: 0, toMs: Date.parse('2100-01-01') };
      expect(await store.count(all)).toBe(kept);
    } finally {
      await store.close();
    }
  },
  60_000,
);
