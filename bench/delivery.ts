/**
 * The time from a packet on the wire to its record in a query's answer, through both real programs on this machine.
 * Needs root, for the capture on the loopback interface.
 *
 *   npx tsx bench/delivery.ts [--queries 100] [--sites 5000 --halls 2 --every 5000 --records 4]
 *
 * With `--sites` so many other boxes, simulated, send to the same collector meanwhile.
 * A DNS query and its answer cross `lo`; then GET /api/v1/events is asked every few milliseconds until the name is
 * there. The polling itself adds up to its own pause and the time of one answer.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { EventList } from '../protocol/api/events.js';
import { buildPrograms } from '../scripts/simulate/build.js';
import { Stage } from '../scripts/simulate/stage.js';
import { dnsQuery, dnsResponse } from '../scripts/traffic/dns.js';
import { describeRun, quantile } from './machine.js';

const POLL_MS = 10;
const WAIT_MS_MAX = 20_000;
const CONNECT_MS_MAX = 300_000;
/** Before the first measure under load. */
const SETTLE_MS = 10_000;

/** @throws Error after WAIT_MS_MAX */
async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  waitMs = WAIT_MS_MAX,
): Promise<T> {
  const endMs = performance.now() + waitMs;
  while (performance.now() < endMs) {
    const found = await probe();
    if (found !== undefined) return found;
    await sleep(POLL_MS);
  }
  throw new Error(`${what} did not come within ${waitMs} ms`);
}

class Asker {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async hasName(name: string): Promise<true | undefined> {
    const query = new URLSearchParams({ q: `dns.question.name:${name}`, from: 'now-15m', limit: '1' });
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`${this.#url}/api/v1/events?${query}`, { headers });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return ((await response.json()) as EventList).events.length > 0 ? true : undefined;
  }
}

/** Sends one question over `lo` and lets `server` answer it, so that the record is complete at once. */
async function exchange(client: Socket, server: Socket, name: string, id: number): Promise<void> {
  const question = { id, name, type: 'A' as const };
  const arrived = once(server, 'message');
  client.send(dnsQuery(question), server.address().port, '127.0.0.1');
  await arrived;
  const answers = [{ name, type: 'A' as const, data: '192.0.2.1' }];
  const received = once(client, 'message');
  server.send(dnsResponse({ ...question, answers }), client.address().port, '127.0.0.1');
  await received;
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function latencies(asker: Asker, count: number): Promise<number[]> {
  const [client, server] = [await bound(), await bound()];
  const run = process.pid.toString(36);
  const nameOf = (index: number) => `q${index}-${run}.example.test`;
  try {
    // The agent connects and begins to listen: asked again until the first name arrives.
    await until('the first record', async () => {
      await exchange(client, server, nameOf(0), 0);
      return asker.hasName(nameOf(0));
    });
    const list: number[] = [];
    for (let index = 1; index <= count; index += 1) {
      const startMs = performance.now();
      await exchange(client, server, nameOf(index), index);
      await until(nameOf(index), () => asker.hasName(nameOf(index)));
      list.push(performance.now() - startMs);
    }
    return list;
  } finally {
    client.close();
    server.close();
  }
}

/** Other boxes at the same collector, if any. @returns batches that they are to send in a second */
async function load(stage: Stage, { sites, every, records }: Options): Promise<number> {
  if (sites === 0) return 0;
  await stage.halls.all('connect', stage.mqttUrl, 0);
  const isConnected = async (): Promise<true | undefined> =>
    (await stage.halls.look()).connected === sites ? true : undefined;
  await until('the other boxes', isConnected, CONNECT_MS_MAX);
  await stage.halls.all('begin', every, { p3: records });
  await sleep(every + SETTLE_MS);
  return (sites / every) * 1_000;
}

async function run(stage: Stage, options: Options): Promise<void> {
  await stage.open();
  await stage.startCollector();
  await stage.admin('company', 'add', 'bench', '--id', 'bench');
  await stage.admin('site', 'add', 'bench', '--company', 'bench', '--id', 'bench-site');
  const { code } = await stage.admin<{ code: string }>('site', 'code', 'bench-site');
  const { token } = await stage.admin<{ token: string }>('token', 'add', 'bench', '--role', 'soc');
  const data = ['--data', stage.programs.makeFolder('agent')];
  const enrolled = await stage.programs.run('agent/main.ts', [
    'enrol',
    ...['--collector', stage.gateUrl, '--code', code, ...data],
  ]);
  if (enrolled.code !== 0) throw new Error(enrolled.stderr);
  const batches = await load(stage, options);
  const agent = stage.programs.start('agent/main.ts', ['run', ...data, '--interface', 'lo']);
  const before = await reading(stage);
  const list = await latencies(new Asker(stage.httpUrl, token), options.queries);
  const after = await reading(stage);
  await agent.stop();
  const figures = [0.5, 0.99, 1].map((share) => Math.round(quantile(list, share)));
  process.stdout.write(`${describeRun()}\n\n`);
  process.stdout.write(
    `${options.queries} queries, packet to answer: p50 ${figures[0]} ms, p99 ${figures[1]} ms, max ${figures[2]} ms\n`,
  );
  const rate = (pick: (at: Reading) => number): string =>
    (((pick(after) - pick(before)) * 1_000) / (after.atMs - before.atMs)).toFixed(0);
  process.stdout.write(
    `meanwhile ${rate((at) => at.batches)} batches/s (${batches} told by ${options.sites} other boxes), ` +
      `${rate((at) => at.records)} records/s stored\n`,
  );
}

interface Reading {
  readonly atMs: number;
  readonly batches: number;
  readonly records: number;
}

async function reading(stage: Stage): Promise<Reading> {
  const [batches, records] = [
    await stage.metric('hinomi_ingest_batches_total'),
    await stage.metric('hinomi_ingest_records_total'),
  ];
  return { atMs: performance.now(), batches, records };
}

interface Options {
  readonly queries: number;
  readonly sites: number;
  readonly halls: number;
  readonly every: number;
  readonly records: number;
}

const options = new Command('delivery')
  .option('--queries <number>', 'measured', Number, 100)
  .option('--sites <number>', 'other boxes', Number, 0)
  .option('--halls <number>', 'processes that hold them', Number, 2)
  .option('--every <ms>', 'one batch of each', Number, 5_000)
  .option('--records <number>', 'of a batch', Number, 4)
  .parse()
  .opts<Options>();
buildPrograms();
const { sites } = options;
const halls = sites === 0 ? 0 : options.halls;
const stage = new Stage({ sites, halls, companies: Math.max(1, sites >> 2), isOnDisk: false, form: 'built' });
try {
  await run(stage, options);
} finally {
  await stage.close();
}
