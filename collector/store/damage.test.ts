import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Value } from 'typebox/value';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { StoreConfig } from './config.js';
import { covers, findParts, partOf } from './damage.js';
import { Engine } from './engine/engine.js';
import { agedRow } from './testing/aged-row.js';

const TEST_MS = 120_000;
const ALL = {
  companies: undefined,
  where: { sql: '1', params: {} },
  fromMs: 0,
  toMs: Date.parse('2100-01-01'),
  limit: 9,
};
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const row = (seq: number) => agedRow('dns', 0, seq);

async function withEngine<T>(folder: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const config = Value.Default(StoreConfig, {}) as StoreConfig;
  const engine = new Engine(config, folder, { clock: systemClock, random: Math.random, log: silentLogger });
  try {
    await engine.start();
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** Two inserts, so two parts. */
async function twoParts(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'hinomi-damage-')), 'telemetry');
  folders.push(dirname(folder));
  await withEngine(folder, async (engine) => {
    await engine.insert([row(1)], 'one');
    await engine.insert([row(2), row(3)], 'two');
  });
  return folder;
}

const findFiles = (folder: string, isWanted: (name: string) => boolean): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isWanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const seqs = async (engine: Engine): Promise<unknown[]> =>
  (await engine.search(ALL)).map((record) => record['hinomi.seq']).sort();

test('a part is told by its name, and what it was merged from', () => {
  const part = (name: string) => partOf(`/x/${name}`, name)!;
  expect(part('broken-on-start_20261125_3_3_0')).toMatchObject({ name: '20261125_3_3_0', day: '20261125' });
  expect(partOf('/x/detached', 'detached')).toBeUndefined();
  expect(covers(part('20261125_1_7_2'), part('20261125_3_3_0'))).toBe(true);
  expect(covers(part('20261126_1_7_2'), part('20261125_3_3_0'))).toBe(false);
});

test.each([
  ['cut short', (file: string) => truncateSync(file, 100)],
  ['zero-filled', (file: string) => writeFileSync(file, Buffer.alloc(readFileSync(file).length))],
])(
  'a part whose data are %s is put aside and told; the others are there, and more can be written',
  async (_how, harm) => {
    const folder = await twoParts();
    const part = findParts(join(folder, 'store')).find(({ first }) => first === 2)!;
    harm(join(part.path, 'data.bin'));
    await withEngine(folder, async (engine) => {
      expect(await engine.marks()).toMatchObject([{ agent: 'a', seq: 1 }]);
      expect(await seqs(engine)).toEqual([1]);
      expect(await engine.damages()).toMatchObject([{ rows: 2 }]);
      await engine.insert([row(4)], 'three');
      expect(await seqs(engine)).toEqual([1, 4]);
    });
  },
  TEST_MS,
);

test(
  'a table whose description is garbled is made anew from its parts',
  async () => {
    const folder = await twoParts();
    const files = findFiles(folder, (name) => name === 'records.sql');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) writeFileSync(file, 'garbled');
    await withEngine(folder, async (engine) => {
      expect(engine.salvaged).toBeDefined();
      expect(await seqs(engine)).toEqual([1, 2, 3]);
      expect(await engine.marks()).toMatchObject([{ agent: 'a', seq: 3 }]);
    });
  },
  TEST_MS,
);
