/**
 * Many connected boxes: their real spools (in memory) and publishers, with TLS 1.3 and a client certificate each,
 * against a real collector; then `kill -9` of the collector and its restart.
 *
 *   npx tsx bench/scale.ts [--sites 10000] [--halls 2] [--every 5000] [--records 4] [--seconds 30]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import type { View } from '../scripts/simulate/hall.js';
import { Stage } from '../scripts/simulate/stage.js';
import { describeRun, quantile } from './machine.js';

interface Options {
  readonly sites: number;
  readonly halls: number;
  readonly every: number;
  readonly records: number;
  readonly seconds: number;
}

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
  await stage.halls.all('connect', stage.mqttUrl, 0);
  await reach(stage, 'all are connected', startMs, (view) => view.connected === sites);
  say(`idle: collector ${mib(stage.rssBytes())}`);
  // One batch a site; a few sites tell alerts besides, for their latency.
  await stage.halls.all('begin', every, { p3: records });
  await stage.halls.all('begin', every, { p0: 1 }, 0, ALERTING);
  await settle(stage, options.seconds / 2);
  const before = await stage.metric('hinomi_ingest_records_total');
  const beginMs = performance.now();
  await settle(stage, options.seconds);
  const rate = (await stage.metric('hinomi_ingest_records_total')) - before;
  say(`${Math.round(rate / ((performance.now() - beginMs) / 1_000))} records/s stored`);
  await restart(stage, sites);
  await settle(stage, options.seconds);
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

async function settle(stage: Stage, forS: number): Promise<void> {
  await stage.halls.look();
  await wait(forS * 1_000);
  const { latenciesMs, connected, pendingRecords, rssBytes } = await stage.halls.look();
  const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => Math.round(quantile(latenciesMs, share)));
  say(
    `${connected} connected; p0 told to acknowledged: p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms (${latenciesMs.length}); ` +
      `${pendingRecords} records wait; collector ${mib(stage.rssBytes())}, at most ${mib(stage.rssMaxBytes)}; sites ${mib(rssBytes)}`,
  );
}

const options = new Command('scale')
  .option('--sites <number>', 'boxes', Number, 10_000)
  .option('--halls <number>', 'processes that hold them', Number, 2)
  .option('--every <ms>', 'one batch a lane', Number, 5_000)
  .option('--records <number>', 'of a batch', Number, 4)
  .option('--seconds <number>', 'of each measurement', Number, 30)
  .parse()
  .opts<Options>();
const stage = new Stage({
  sites: options.sites,
  companies: Math.max(1, options.sites >> 2),
  halls: options.halls,
  isOnDisk: false,
});
try {
  say(`${describeRun()}\n`);
  await measure(stage, options);
} finally {
  await stage.close();
}
