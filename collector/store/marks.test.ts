import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agedRow as row } from './testing/aged-row.js';
import { Tables } from './testing/tables.js';

// A file of its own: the embedded engine opens one folder at a time in a process.
const folder = mkdtempSync(join(tmpdir(), 'hinomi-marks-'));
const tables = new Tables(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rowsOf = (seq: number, agoDays = 1) =>
  Array.from({ length: 500 }, (_, index) => row(index % 2 === 0 ? 'dns' : 'tls', agoDays, seq, index));
const PARTS =
  "SELECT count() FROM system.projection_parts WHERE active AND table = 'records' AND name = 'marks' AND rows = 1";

test('the marks are read from what is stored beside the rows, and are those of the rows', async () => {
  await tables.withStore('new', async (store) => {
    for (const seq of [1, 2, 3]) await store.insert(rowsOf(seq));
    expect(await store.marks()).toMatchObject([{ agent: 'a', epoch: 'e', lane: 'p2', seq: 3 }]);
    expect(Number(tables.ask('new', PARTS))).toBeGreaterThan(0);
    tables.ask('new', 'OPTIMIZE TABLE records FINAL');
    expect(await store.marks()).toMatchObject([{ agent: 'a', epoch: 'e', lane: 'p2', seq: 3 }]);
  });
}, 60_000);

test('a table of an earlier version has its marks in its rows, and with new ones beside them', async () => {
  await tables.withStore('old', async (store) => {
    tables.ask('old', 'ALTER TABLE records DROP PROJECTION marks');
    await store.insert(rowsOf(5));
  });
  expect(Number(tables.ask('old', PARTS))).toBe(0);
  await tables.withStore('old', async (store) => {
    expect(await store.marks()).toMatchObject([{ seq: 5 }]);
    await store.insert(rowsOf(6));
    expect(await store.marks()).toMatchObject([{ seq: 6 }]);
    tables.ask('old', 'OPTIMIZE TABLE records FINAL');
    expect(await store.marks()).toMatchObject([{ seq: 6 }]);
  });
}, 60_000);

test('rows that are thrown away for their age do not take the marks of others with them', async () => {
  await tables.withStore('aged', async (store) => {
    await store.insert(rowsOf(1, 30));
    await store.insert(rowsOf(2));
    tables.ask('aged', 'OPTIMIZE TABLE records FINAL');
    expect(await store.marks()).toMatchObject([{ seq: 2 }]);
  });
}, 60_000);

test('marks that are damaged are taken from the rows, or their part is told as damaged', async () => {
  await tables.withStore('damaged', async (store) => {
    await store.insert(rowsOf(1));
    await store.insert(rowsOf(2));
  });
  const names = readdirSync(join(folder, 'damaged'), { recursive: true }) as string[];
  const files = names.filter((name) => /marks\.proj\/.*\.(?:bin|cmrk\d?|mrk\d?)$/.test(name));
  expect(files).not.toEqual([]);
  for (const name of files) writeFileSync(join(folder, 'damaged', name), Buffer.alloc(40, 7));
  await tables.withStore('damaged', async (store) => {
    const marks = await store.marks();
    const damages = await store.damages();
    if (damages.length === 0) expect(marks).toMatchObject([{ seq: 2 }]);
    await store.insert(rowsOf(3));
    expect(await store.marks()).toMatchObject([{ seq: 3 }]);
  });
}, 60_000);
