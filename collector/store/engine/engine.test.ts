import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../protocol/base/log.js';
import { systemClock } from '../../../protocol/base/time.js';
import { StoreConfig } from '../config.js';
import { Engine, type EngineDeps } from './engine.js';

const ODD = fileURLToPath(new URL('./testing/odd-engine.ts', import.meta.url));
const LIMITS = { queryS: 1, hungS: 3, insertS: 2, engineBytesMax: 2 ** 29 };
const TEST_MS = 60_000;

const folders: string[] = [];
const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function open(more: Partial<EngineDeps> = {}, config: Partial<StoreConfig> = {}) {
  const folder = join(mkdtempSync(join(tmpdir(), 'hinomi-engine-')), 'telemetry');
  folders.push(join(folder, '..'));
  const reasons: string[] = [];
  const engine = new Engine({ ...(Value.Default(StoreConfig, {}) as StoreConfig), ...LIMITS, ...config }, folder, {
    clock: systemClock,
    random: () => 0.5,
    log: silentLogger,
    program: ODD,
    onRestarted: (reason) => reasons.push(reason),
    ...more,
  });
  engines.push(engine);
  await engine.start();
  return {
    engine,
    reasons,
    once: (fault: string) => writeFileSync(`${folder}.once`, fault),
    stored: () => readFileSync(`${folder}.rows`, 'utf8').trim().split('\n'),
  };
}

const asking = (sql: string) => ({ companies: undefined, where: { sql, params: {} }, fromMs: 0, toMs: 1, limit: 1 });
const back = (engine: Engine): Promise<void> =>
  vi.waitUntil(() => engine.ping().then(() => true), { timeout: 20_000 }).then(() => {});

test(
  'an engine that dies in an insert is back, and the insert counts once when it is repeated',
  async () => {
    const { engine, once, stored, reasons } = await open();
    for (const fault of ['die before', 'die after']) {
      once(fault);
      await expect(engine.insert([{}], fault)).rejects.toMatchObject({ code: 'STORE_ENGINE_CRASHED' });
      await engine.insert([{}], fault);
    }
    expect(stored()).toEqual(['die before', 'die after']);
    expect(reasons).toEqual(['ended by itself: exit code 3', 'ended by itself: exit code 3']);
  },
  TEST_MS,
);

test(
  'an engine that ends while the marks are read is asked again',
  async () => {
    const { engine, once, reasons } = await open();
    once('die in marks');
    await engine.marks();
    expect(reasons).toEqual(['ended by itself: exit code 3']);
  },
  TEST_MS,
);

test(
  'an insert without an answer is given up after its time, and twice the time when it is repeated',
  async () => {
    const { engine, once, reasons } = await open();
    once('silent');
    await expect(engine.insert([{}], 'a')).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    await engine.insert([{}], 'a');
    expect(reasons).toEqual(['no answer in time: insert']);
  },
  TEST_MS,
);

test(
  'a search that kills, blocks or swells the engine fails with a code, and the next one is answered',
  async () => {
    const { engine, reasons } = await open();
    for (const fault of ['die', 'spin', 'eat']) {
      await expect(engine.search(asking(fault))).rejects.toMatchObject({ code: 'STORE_ENGINE_ENDED' });
      expect(await engine.search(asking('quick'))).toEqual([]);
    }
    expect(reasons[0]).toBe('ended by itself: exit code 3');
    expect(reasons[1]).toBe('hung');
    expect(reasons[2]).toMatch(/^memory: \d+ MiB$/);
  },
  TEST_MS,
);

test(
  'an engine that is stopped by a signal is killed and started again',
  async () => {
    const { engine, reasons } = await open();
    process.kill(engine.pid ?? 0, 'SIGSTOP');
    await vi.waitUntil(() => reasons.length > 0, { timeout: 20_000 });
    await back(engine);
    expect(reasons).toEqual(['hung']);
  },
  TEST_MS,
);

test(
  'more queries than may wait are turned away with a code',
  async () => {
    const { engine } = await open({}, { queriesMax: 2, queryS: 600, hungS: 600 });
    const waiting = [engine.search(asking('hang')), engine.search(asking('hang'))];
    await expect(engine.search(asking('quick'))).rejects.toMatchObject({ code: 'STORE_BUSY' });
    await engine.close();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'STORE_ENGINE_ENDED' });
  },
  TEST_MS,
);

test(
  'a table that cannot be opened is said at the start',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hinomi-engine-'));
    folders.push(folder);
    writeFileSync(join(folder, 'telemetry.once'), 'unable');
    const config = Value.Default(StoreConfig, {}) as StoreConfig;
    const world = { clock: systemClock, random: Math.random, log: silentLogger };
    const engine = new Engine(config, join(folder, 'telemetry'), { ...world, program: ODD });
    engines.push(engine);
    await expect(engine.start()).rejects.toMatchObject({ code: 'STORE_OPEN_FAILED' });
  },
  TEST_MS,
);

test.each([
  ['is killed from outside', 'SIGKILL', undefined],
  ['crashes', 'SIGABRT', 'STORE_OPEN_FAILED'],
])(
  'an engine that %s again and again while it opens its table',
  async (_what, signal, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'hinomi-engine-'));
    folders.push(folder);
    writeFileSync(join(folder, 'telemetry.ends'), `${signal} `.repeat(5));
    const world = { clock: systemClock, random: () => 0, log: silentLogger };
    const engine = new Engine(Value.Default(StoreConfig, {}) as StoreConfig, join(folder, 'telemetry'), {
      ...world,
      program: ODD,
    });
    engines.push(engine);
    if (code === undefined) await engine.start();
    else await expect(engine.start()).rejects.toMatchObject({ code });
  },
  TEST_MS,
);

test(
  'the frozen engine of a collector that was killed is ended by the next one',
  async () => {
    const first = await open();
    const pid = first.engine.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const second = await openBeside();
    await second.ping();
    await vi.waitUntil(() => first.reasons.length > 0 || first.engine.pid !== pid, { timeout: 20_000 });
  },
  TEST_MS,
);

/** Another collector on the same folder, as after a kill of the first. */
async function openBeside(): Promise<Engine> {
  const folder = join(folders.at(-1) ?? '', 'telemetry');
  const config = { ...(Value.Default(StoreConfig, {}) as StoreConfig), ...LIMITS };
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const engine = new Engine(config, folder, { ...world, program: ODD });
  engines.push(engine);
  await engine.start();
  return engine;
}
