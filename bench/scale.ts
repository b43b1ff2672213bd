/**
 * Many connected boxes: their real spools (in memory) and publishers, with TLS 1.3 and a client certificate each,
 * against a real collector; then `kill -9` of the collector and its restart.
 *
 *   npx tsx bench/scale.ts [--sites 10000] [--halls 2] [--every 5000] [--records 4] [--seconds 30] [--no-restart]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { buildPrograms } from '../scripts/simulate/build.js';
import type { View } from '../scripts/simulate/hall.js';
import { Stage } from '../scripts/simulate/stage.js';
import { describeRun, quantile } from './machine.js';

interface Options {
  readonly sites: number;
  readonly halls: number;
  readonly every: number;
  readonly records: number;
  readonly seconds: number;
  readonly restart: boolean;
  readonly profile?: string;
  readonly collector: object;
}

type Cpu = ReturnType<Stage['cpuSeconds']>;

const IDLE_MS = 12_000;
const WAIT_S_MAX = 300;
/** Sites of a process that tell alerts. */
const ALERTING = 100;
const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function measure(stage: Stage, options: Options): Promise<void> {
  const { sites, every, records } = options;
  await stage.open();
  say(`collector listens after ${seconds(await stage.startCollector())}, ${mib(stage.rssBytes())}`);
  const startMs = performance.now();
  const before = stage.cpuSeconds();
  await stage.halls.all('connect', stage.mqttUrl, 0);
  await reach(stage, 'all are connected', startMs, (view) => view.connected === sites);
  const after = stage.cpuSeconds();
  const millis = (name: keyof Cpu): string => (((after[name] - before[name]) / sites) * 1e3).toFixed(2);
  say(`processor time of a connection: collector ${millis('collector')}, sites ${millis('sites')} ms`);
  await idle(stage);
  // One batch a site; a few sites tell alerts besides, for their latency.
  await stage.halls.all('begin', every, { p3: records });
  await stage.halls.all('begin', every, { p0: 1 }, 0, ALERTING);
  await settle(stage, options.seconds / 2);
  await settle(stage, options.seconds, true);
  if (!options.restart) return;
  await restart(stage, sites);
  await settle(stage, options.seconds, true);
}

/** Nothing is sent; what is done is pulses, keepalives and timers. */
async function idle(stage: Stage): Promise<void> {
  const before = stage.cpuSeconds();
  await wait(IDLE_MS);
  say(`idle: ${percents(before, stage.cpuSeconds(), IDLE_MS)}; collector ${mib(stage.rssBytes())}`);
}

function percents(from: Cpu, to: Cpu, ms: number): string {
  const names = ['collector', 'engine', 'sites'] as const;
  return names.map((name) => `${name} ${Math.round(((to[name] - from[name]) / ms) * 1e5)} % of a core`).join(', ');
}

async function restart(stage: Stage, sites: number): Promise<void> {
  await stage.killCollector();
  const killedMs = performance.now();
  const before = await stage.halls.look();
  const listenMs = await stage.startCollector();
  say(`killed; listens again after ${seconds(listenMs)}`);
  await reach(stage, 'all are back', killedMs, (view) => view.connections >= before.connections + sites);
}

async function reach(stage: Stage, what: string, startMs: number, isDone: (view: View) => boolean): Promise<void> {
  for (;;) {
    const view = await stage.halls.look();
    const elapsedMs = performance.now() - startMs;
    if (isDone(view)) return say(`${what} after ${seconds(elapsedMs)}; collector ${mib(stage.rssBytes())}`);
    if (elapsedMs > WAIT_S_MAX * 1_000)
      throw new Error(`not in ${WAIT_S_MAX} s: ${what}; ${JSON.stringify({ ...view, latenciesMs: 0 })}`);
    if (process.env['VERBOSE'])
      say(`  ${seconds(elapsedMs)} ${JSON.stringify({ ...view, latenciesMs: view.latenciesMs.length })}`);
    await wait(500);
  }
}

async function settle(stage: Stage, forS: number, isCounted = false): Promise<void> {
  await stage.halls.look();
  const before = isCounted ? await reading(stage) : undefined;
  await wait(forS * 1_000);
  if (before !== undefined) say(costs(before, await reading(stage)));
  const { latenciesMs, connected, pendingRecords, rssBytes } = await stage.halls.look();
  const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => Math.round(quantile(latenciesMs, share)));
  say(
    `${connected} connected; p0 told to acknowledged: p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms (${latenciesMs.length}); ` +
      `${pendingRecords} records wait; collector ${mib(stage.rssBytes())}, at most ${mib(stage.rssMaxBytes)}; sites ${mib(rssBytes)}`,
  );
}

interface Reading {
  readonly atMs: number;
  readonly batches: number;
  readonly records: number;
  readonly inserts: number;
  readonly cpu: Cpu;
}

async function reading(stage: Stage): Promise<Reading> {
  const of = (name: string): Promise<number> => stage.metric(`hinomi_ingest_${name}`);
  const [batches, records, inserts] = [
    await of('batches_total'),
    await of('records_total'),
    await of('insert_seconds_count'),
  ];
  return { atMs: performance.now(), batches, records, inserts, cpu: stage.cpuSeconds() };
}

/** Processor time says what it costs also where other programs slow it down. */
function costs(from: Reading, to: Reading): string {
  const seconds = (to.atMs - from.atMs) / 1_000;
  const batches = to.batches - from.batches;
  const each = (name: keyof Cpu): string => `${name} ${Math.round(((to.cpu[name] - from.cpu[name]) / batches) * 1e6)}`;
  const inserts = (to.inserts - from.inserts) / seconds;
  const records = Math.round((to.records - from.records) / seconds);
  const rate = `${Math.round(batches / seconds)} batches/s, ${records} records/s stored by ${inserts.toFixed(1)} inserts/s`;
  const micros = `${each('collector')}, ${each('engine')}, ${each('sites')} us`;
  return `${rate}; processor time of a batch: ${micros}; ${percents(from.cpu, to.cpu, to.atMs - from.atMs)}`;
}

const options = new Command('scale')
  .option('--sites <number>', 'boxes', Number, 10_000)
  .option('--halls <number>', 'processes that hold them', Number, 2)
  .option('--every <ms>', 'one batch a lane', Number, 5_000)
  .option('--records <number>', 'of a batch', Number, 4)
  .option('--seconds <number>', 'of each measurement', Number, 30)
  .option('--collector <json>', 'its configuration', (text) => JSON.parse(text) as object, {})
  .option('--profile <folder>', 'for processor profiles')
  .option('--no-restart', 'without the kill')
  .parse()
  .opts<Options>();
buildPrograms();
const stage = new Stage({
  sites: options.sites,
  companies: Math.max(1, options.sites >> 2),
  halls: options.halls,
  isOnDisk: false,
  form: 'built',
  profile: options.profile,
  collector: options.collector,
});
try {
  say(`${describeRun()}\n`);
  await measure(stage, options);
} finally {
  await stage.close();
}
