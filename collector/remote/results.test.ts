import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { type Piece, Results, type ResultsConfig } from './results.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-results-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LIMITS: ResultsConfig = { resultBytesMax: 1_000, siteBytesMax: 2_000, bytesMax: 3_000 };

async function open(limits: Partial<ResultsConfig> = {}): Promise<Results> {
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const results = new Results({ ...LIMITS, ...limits }, { ...world, folder });
  await results.start();
  return results;
}

const placeOf = (site: string, id: string) => ({ site, id, bytesMax: 1_000 });
const pieceOf = (file: Buffer, offset: number, length: number): Piece => ({
  offset,
  total: file.length,
  sha256: createHash('sha256').update(file).digest('hex'),
  content: file.subarray(offset, offset + length),
});

async function bring(results: Results, site: string, id: string, file: Buffer): Promise<void> {
  for (let at = 0; at < file.length; ) at = await results.take(placeOf(site, id), pieceOf(file, at, 300));
}

const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('piece' as const, 'again' as const), length: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('elsewhere' as const), at: fc.nat(999), length: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('restart' as const) }),
  fc.record({ kind: fc.constant('cut' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

test('however pieces are cut, sent twice or out of order, the file that arrives is the one that was sent', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 1_000 }), async (steps, size) => {
      const file = randomBytes(size);
      const id = `c${(run += 1)}`;
      const place = placeOf('s', id);
      let results = await open({ siteBytesMax: 1e6, bytesMax: 1e6 });
      let received = 0;
      let before = 0;
      for (const each of steps) {
        if (each.kind === 'restart') results = await open({ siteBytesMax: 1e6, bytesMax: 1e6 });
        else if (each.kind === 'cut') {
          // As a power cut leaves it.
          if (received > 0 && received < size)
            truncateSync(join(folder, `s.${id}.part`), Math.floor(received * each.share));
        } else {
          const offset = 'at' in each ? each.at % size : each.kind === 'piece' ? received : before;
          if (offset >= size) continue;
          before = offset;
          received = await results.take(place, pieceOf(file, offset, each.length));
          expect(received).toBeLessThanOrEqual(size);
        }
      }
      for (let at = received; at < size; ) at = await results.take(place, pieceOf(file, at, 300));
      expect(readFileSync(join(folder, `s.${id}`)).equals(file)).toBe(true);
      results.remove(place);
    }),
    { numRuns: 60 },
  );
});

test('what is changed on its way is not kept', async () => {
  const results = await open();
  const file = randomBytes(500);
  await results.take(placeOf('s', 'a'), pieceOf(file, 0, 300));
  const other = { ...pieceOf(file, 300, 200), content: randomBytes(200) };
  await expect(results.take(placeOf('s', 'a'), other)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect(readdirSync(folder)).toEqual([]);
});

test('more than was promised, or than may come, is refused with the limit', async () => {
  const results = await open();
  const file = randomBytes(500);
  const long = { ...pieceOf(file, 0, 500), total: 400 };
  await expect(results.take(placeOf('s', 'a'), long)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  const large = pieceOf(randomBytes(1_001), 0, 300);
  await expect(results.take(placeOf('s', 'a'), large)).rejects.toMatchObject({
    code: 'REMOTE_LIMIT',
    message: expect.stringContaining('1000'),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('the oldest of a site make room for its newest, then the oldest of all', async () => {
  const results = await open();
  const age = (name: string, minutes: number): void => {
    const at = Date.now() / 1_000 - minutes * 60;
    utimesSync(join(folder, name), at, at);
  };
  await bring(results, 's', 'a', randomBytes(900));
  age('s.a', 30);
  await bring(results, 't', 'b', randomBytes(900));
  age('t.b', 20);
  await bring(results, 's', 'c', randomBytes(900));
  age('s.c', 10);
  await bring(results, 's', 'd', randomBytes(900));
  expect(readdirSync(folder).sort()).toEqual(['s.c', 's.d', 't.b']);
  await bring(results, 'u', 'e', randomBytes(900));
  expect(readdirSync(folder).sort()).toEqual(['s.c', 's.d', 'u.e']);
});

test('results that are not complete count: the folder never holds more than it may', async () => {
  const results = await open();
  const limits: unknown[] = [];
  for (const site of ['s', 't'])
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
      await results.take(placeOf(site, id), pieceOf(randomBytes(1_000), 0, 900)).catch((error) => limits.push(error));
  const sizes = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)).length }));
  const sum = (of: typeof sizes): number => of.reduce((total, { bytes }) => total + bytes, 0);
  expect(sum(sizes)).toBeLessThanOrEqual(LIMITS.bytesMax);
  expect(sum(sizes.filter(({ name }) => name.startsWith('s.')))).toBeLessThanOrEqual(LIMITS.siteBytesMax);
  expect(limits.length).toBeGreaterThan(0);
  for (const limit of limits) expect(limit).toMatchObject({ code: 'REMOTE_LIMIT' });
});
