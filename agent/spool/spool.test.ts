import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { decodeBatch } from '../../protocol/codec.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { readStoppedSpool, Spool, SpoolConfig } from './spool.js';

let folder: string;
const opened: Spool[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(overrides: object = {}, dataFolder = folder, machineBoot = 'machine'): Promise<Spool> {
  // Nothing is written but by `flush`: the tests do not race with a timer.
  const config = { ...loadConfig(SpoolConfig, { overrides: { ...overrides } }), flushMs: 3_600_000, ackMs: 5 };
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const spool = new Spool(config, { ...world, dataFolder, boot: 'boot', machineBoot });
  await spool.start();
  opened.push(spool);
  return spool;
}

const line = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

type Stored = { seq: number; records: unknown[] };

async function pendingOf(spool: Spool, lane: Lane): Promise<Stored[]> {
  const out: Stored[] = [];
  for (let entry = spool.next(lane, 0); entry; entry = spool.next(lane, entry.seq)) {
    const decoded = decodeBatch((await spool.read(lane, entry.seq))!);
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(decoded.value.header).toMatchObject({ epoch: spool.epoch, lane, seq: entry.seq, count: entry.count });
    out.push({ seq: entry.seq, records: decoded.value.records });
  }
  return out;
}

const recordsOf = async (spool: Spool, lane: Lane): Promise<unknown[]> =>
  (await pendingOf(spool, lane)).flatMap((batch) => batch.records);

type Gap = Record<string, unknown>;
async function gapsOf(spool: Spool): Promise<Gap[]> {
  return ((await recordsOf(spool, 'p0')) as Gap[]).filter((record) => record['event.dataset'] === 'gap');
}

/** What `kill -9` leaves: the files as they are, without a close. */
function copyAsAfterKill(home = folder): string {
  const copy = copyOfOneMoment(home);
  rmSync(join(copy, 'spool', 'LOCK'), { force: true });
  return copy;
}

/** The database compacts in a thread of its own: what it changed meanwhile is copied again. */
function copyOfOneMoment(home: string): string {
  for (let tries = 0; tries < 100; tries++) {
    const copy = mkdtempSync(join(tmpdir(), 'spool-killed-'));
    const before = listingOf(home);
    try {
      cpSync(home, copy, { recursive: true });
      if (listingOf(home) === before) return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    rmSync(copy, { recursive: true });
  }
  throw new Error(`the files in ${home} do not come to rest`);
}

function listingOf(home: string): string {
  const names = readdirSync(home, { recursive: true }) as string[];
  const files = names.sort().map((name) => ({ name, at: statSync(join(home, name), { throwIfNoEntry: false }) }));
  return files.map(({ name, at }) => `${name} ${at?.size} ${at?.mtimeMs}`).join('\n');
}

test('records come back in order, as batches of their lane', async () => {
  const spool = await open();
  for (let index = 0; index < 100; index++) expect(spool.append('p3', line({ index }))).toBe(true);
  spool.append('p0', line({ alert: 1 }));
  await spool.flush();
  expect(await recordsOf(spool, 'p3')).toEqual(Array.from({ length: 100 }, (_, index) => ({ index })));
  expect(await recordsOf(spool, 'p0')).toEqual([{ alert: 1 }]);
  expect(spool.stats()).toMatchObject({ batches: 2, records: 101, queuedRecords: 0 });
});

test('a reopened spool has what was stored, its epoch, and goes on counting', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  const { epoch } = first;
  await first.close();
  const second = await open();
  second.append('p2', line(2));
  await second.flush();
  expect(second.epoch).toBe(epoch);
  expect(await pendingOf(second, 'p2')).toEqual([
    { seq: 1, records: [1] },
    { seq: 2, records: [2] },
  ]);
});

test('a number is not used again when its batch was acknowledged and deleted', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  expect(first.ack(first.epoch, 'p2', 1)).toBe(true);
  await first.flush();
  await first.close();
  const second = await open();
  expect(second.stats()).toMatchObject({ batches: 0, accepted: { p2: 1 }, acked: { p2: 1 } });
  second.append('p2', line(2));
  await second.flush();
  expect((await pendingOf(second, 'p2')).map((batch) => batch.seq)).toEqual([2]);
});

test('numbers jump over those that a power cut may have made forget', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  const copy = copyAsAfterKill();
  const second = await open({}, copy, 'another run of the machine');
  second.append('p2', line(2));
  await second.flush();
  expect((await pendingOf(second, 'p2')).at(-1)!.seq).toBeGreaterThan(1_000);
  rmSync(copy, { recursive: true });
});

test('a power cut is told, since what was not synced may be missing; a killed process is not', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  const copy = copyAsAfterKill();
  const killed = await open({}, copy);
  await killed.flush();
  expect(await gapsOf(killed)).toEqual([]);
  const again = copyAsAfterKill();
  const cut = await open({}, again, 'another run of the machine');
  await cut.flush();
  expect(await gapsOf(cut)).toMatchObject([{ 'hinomi.gap.lane': 'p3', 'hinomi.gap.reason': 'power_cut' }]);
  for (const made of [copy, again]) rmSync(made, { recursive: true });
});

test('numbers that a damaged log has forgotten are not used again, not even at the second time', async () => {
  const first = await open();
  const empty = copyAsAfterKill();
  first.append('p2', line(1));
  await first.flush();
  const used = new Set((await pendingOf(first, 'p2')).map((batch) => batch.seq));
  for (const again of [1, 2]) {
    // Each time the disk leads back to the beginning.
    const copy = mkdtempSync(join(tmpdir(), 'spool-cut-'));
    cpSync(empty, copy, { recursive: true });
    const spool = await open({}, copy, `another run of the machine ${again}`);
    expect(spool.epoch).toBe(first.epoch);
    spool.append('p2', line(2));
    await spool.flush();
    const [seq = 0] = (await pendingOf(spool, 'p2')).map((batch) => batch.seq);
    expect(used.has(seq)).toBe(false);
    used.add(seq);
    await spool.close();
    rmSync(copy, { recursive: true });
  }
  rmSync(empty, { recursive: true });
});

test('an acknowledgement of another epoch or of a number never given frees nothing', async () => {
  const spool = await open();
  spool.append('p1', line(1));
  await spool.flush();
  expect(spool.ack('other', 'p1', 1)).toBe(false);
  expect(spool.ack(spool.epoch, 'p1', 2)).toBe(false);
  await spool.flush();
  expect(spool.stats().batches).toBe(1);
});

test('records that compress badly are split, and none is lost', async () => {
  const spool = await open();
  let seed = 1;
  const noise = (): string =>
    Array.from({ length: 1_000 }, () =>
      String.fromCharCode(0x100 + ((seed = (seed * 48271) % 2147483647) % 0x600)),
    ).join('');
  for (let index = 0; index < 300; index++) spool.append('p3', line({ index, noise: noise() }));
  await spool.flush();
  const records = (await recordsOf(spool, 'p3')) as { index: number }[];
  expect(records.map((record) => record.index)).toEqual(Array.from({ length: 300 }, (_, index) => index));
});

test('a full queue refuses, counts and tells; the higher lanes still find room', async () => {
  const spool = await open({ queueBytesMax: 256 * 1024 });
  const big = line('x'.repeat(10_000));
  let refused = 0;
  for (let index = 0; index < 40; index++) if (!spool.append('p3', big)) refused += 1;
  expect(refused).toBeGreaterThan(0);
  expect(spool.append('p0', line('alert'))).toBe(true);
  await spool.flush();
  expect(await gapsOf(spool)).toMatchObject([
    { 'hinomi.gap.lane': 'p3', 'hinomi.gap.reason': 'queue_full', 'hinomi.gap.count': refused },
  ]);
  expect(spool.stats()).toMatchObject({ refusedRecords: refused, accepted: { p3: 40 - refused } });
});

test('what is no record of one line is refused', async () => {
  const spool = await open();
  expect(spool.append('p3', Buffer.from('{}\n{}'))).toBe(false);
  expect(spool.append('p3', Buffer.alloc(0))).toBe(false);
  expect(spool.append('p3', Buffer.alloc(64 * 1024 + 1, 0x20))).toBe(false);
});

test('a full spool evicts the oldest of the lowest lane, and a gap tells which', async () => {
  const spool = await open({ bytesMax: 2 ** 20, gapMs: 0 });
  const noise = (): Buffer =>
    line(Buffer.from(Array.from({ length: 30_000 }, () => Math.random() * 256)).toString('base64'));
  spool.append('p1', noise());
  await spool.flush();
  for (let index = 0; index < 60; index++) {
    spool.append('p3', noise());
    await spool.flush();
  }
  const stats = spool.stats();
  expect(stats.bytes).toBeLessThanOrEqual(2 ** 20);
  expect(stats.pending.p1).toBe(1);
  expect(stats.evicted.p3).toBeGreaterThan(20);
  expect(stats.accepted.p3).toBe(60);
  expect(stats.pending.p3 + stats.evicted.p3).toBe(60);
  const gaps = await gapsOf(spool);
  expect(gaps[0]).toMatchObject({
    'hinomi.gap.lane': 'p3',
    'hinomi.gap.reason': 'spool_full',
    'hinomi.gap.seq_from': 1,
  });
  expect(gaps.reduce((sum, gap) => sum + Number(gap['hinomi.gap.count']), 0)).toBe(stats.evicted.p3);
});

test('a second agent on the same folder is told so', async () => {
  await open();
  await expect(open()).rejects.toMatchObject({
    code: 'SPOOL_OPEN_FAILED',
    message: expect.stringMatching(/another agent/),
  });
});

test('a table that is cut short is damage, not a reason to stay away', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  await first.close();
  await (await open()).close(); // Brings the log into a table.
  const spool = join(folder, 'spool');
  for (const name of readdirSync(spool)) if (name.endsWith('.ldb')) truncateSync(join(spool, name), 20);
  const second = await open();
  await second.flush();
  expect(await gapsOf(second)).toMatchObject([{ 'hinomi.gap.reason': 'spool_damaged' }]);
});

test('damage that shows only when files are brought into order is told, and the spool goes on', async () => {
  const first = await open();
  for (let index = 0; index < 50; index++) {
    first.append('p2', line({ index, text: 'x'.repeat(500) }));
    await first.flush();
  }
  await first.close();
  await (await open()).close();
  const spool = join(folder, 'spool');
  const garble = (name: string): void => {
    const bytes = readFileSync(join(spool, name));
    writeFileSync(join(spool, name), bytes.fill(0x55, 0, bytes.length >> 1));
  };
  readdirSync(spool)
    .filter((name) => name.endsWith('.ldb'))
    .forEach(garble);
  const second = await open();
  second.append('p2', line('new'));
  await second.flush();
  expect(await recordsOf(second, 'p2')).toContain('new');
  expect(await gapsOf(second)).not.toEqual([]);
  expect(existsSync(join(spool, 'lost'))).toBe(false);
});

test('a folder full of garbage is given up, said in a gap, and a new epoch begins', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  const { epoch } = first;
  await first.close();
  for (const name of readdirSync(join(folder, 'spool'))) writeFileSync(join(folder, 'spool', name), 'garbage');
  const second = await open();
  await second.flush();
  expect(second.epoch).not.toBe(epoch);
  expect(await gapsOf(second)).toMatchObject([{ 'hinomi.gap.reason': 'spool_damaged' }]);
});

test('a spool that lost its table of contents is repaired and keeps its records', async () => {
  const first = await open();
  first.append('p2', line(1));
  await first.flush();
  await first.close();
  for (const name of readdirSync(join(folder, 'spool')))
    if (/^(CURRENT|MANIFEST)/.test(name)) rmSync(join(folder, 'spool', name));
  const second = await open();
  expect(await recordsOf(second, 'p2')).toEqual([1]);
  second.append('p2', line(2));
  await second.flush();
  expect((await pendingOf(second, 'p2')).at(-1)!.seq).toBeGreaterThan(1_000_000);
});

type Step =
  | { kind: 'append'; lane: Lane; count: number }
  | { kind: 'flush' }
  | { kind: 'ack'; lane: Lane; back: number }
  | { kind: 'kill' };
const lanes = fc.constantFrom(...LANES);
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('append' as const), lane: lanes, count: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ kind: fc.constant('flush' as const) }),
    fc.record({ kind: fc.constant('ack' as const), lane: lanes, back: fc.nat(3) }),
    fc.record({ kind: fc.constant('kill' as const) }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 20 },
);

test('agrees with a simple model, killed at any moment', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      let home = mkdtempSync(join(tmpdir(), 'spool-model-'));
      let spool = await open({}, home);
      const stored: Record<Lane, number[]> = { p0: [], p1: [], p2: [], p3: [] };
      const waiting: Record<Lane, number[]> = { p0: [], p1: [], p2: [], p3: [] };
      const highest: Record<Lane, number> = { p0: 0, p1: 0, p2: 0, p3: 0 };
      let value = 0;
      for (const step of [...list, { kind: 'kill' } as const]) {
        if (step.kind === 'append') {
          for (let index = 0; index < step.count; index++) {
            waiting[step.lane].push(value);
            spool.append(step.lane, line(value++));
          }
        } else if (step.kind === 'flush') {
          await spool.flush();
          for (const lane of LANES) stored[lane].push(...waiting[lane].splice(0));
        } else if (step.kind === 'ack') {
          const batches = await pendingOf(spool, step.lane);
          const upTo = batches[batches.length - 1 - step.back];
          if (upTo === undefined) continue;
          spool.ack(spool.epoch, step.lane, upTo.seq);
          stored[step.lane].splice(0, batches.filter((b) => b.seq <= upTo.seq).flatMap((b) => b.records).length);
          // Frees on disk before the next kill, without storing what waits: acknowledgements close no group.
          await expect.poll(() => spool.next(step.lane, 0)?.seq ?? Number.POSITIVE_INFINITY).toBeGreaterThan(upTo.seq);
        } else {
          const copy = copyAsAfterKill(home);
          await opened.pop()!.close();
          rmSync(home, { recursive: true });
          home = copy;
          const exact = await readStoppedSpool(home);
          spool = await open({}, home);
          expect(exact?.accepted).toEqual(spool.stats().accepted);
          for (const lane of LANES) {
            waiting[lane] = [];
            expect(await recordsOf(spool, lane)).toEqual(stored[lane]);
            const { accepted, acked, pending } = spool.stats();
            expect(pending[lane] + acked[lane]).toBe(accepted[lane]);
            for (const { seq } of await pendingOf(spool, lane)) highest[lane] = Math.max(highest[lane], seq);
          }
        }
      }
      await opened.pop()!.close();
      rmSync(home, { recursive: true });
    }),
    { numRuns: 15 },
  );
});
