/**
 * Kills the three processes at random while a recording replays in a loop, and compares what the agent accepted with
 * what the collector has: none lost, none twice.
 *
 *   npx tsx scripts/chaos.ts [--kills 100] [--seed 1] [--keep]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@clickhouse/client';
import { Command } from 'commander';
import { TABLE } from '../collector/store/clickhouse.js';
import { Office } from '../test/support/office.js';
import { type Running, until } from '../test/support/programs.js';
import { benchTraffic } from './traffic/bench.js';
import { writeRecording } from './traffic/writers.js';

const TARGETS = ['sensor', 'agent', 'collector'] as const;
type Target = (typeof TARGETS)[number];
const SPEED = 20;
/** Programs need a second or two to start; most kills should find them at work. */
const PAUSE_MS = { min: 500, max: 4_000 };

export interface ChaosResult {
  readonly kills: Record<Target, number>;
  /** Records in batches on the agent's disk, all of them, since its spool was made. */
  readonly accepted: number;
  /** Rows in the table. */
  readonly stored: number;
  /** Rows that are there more than once: same spool, lane, batch and place. */
  readonly twice: number;
  /** Batches whose rows do not run from 0 to their count without a hole. */
  readonly torn: number;
  readonly evicted: number;
}

/** Runs the whole story. Everything it starts it ends. */
export async function chaos(options: {
  kills: number;
  seed: number;
  say: (text: string) => void;
}): Promise<ChaosResult> {
  const office = new Office();
  const random = generator(options.seed);
  const kills: Record<Target, number> = { sensor: 0, agent: 0, collector: 0 };
  try {
    const recording = office.programs.path('traffic.pcap');
    await writeRecording(
      recording,
      benchTraffic({ packets: 40_000, flows: 4_000, seed: options.seed, startUs: Date.now() * 1000 }),
      'pcap',
    );
    let collector = await office.startCollector();
    const { ports } = office;
    await office.enrol();
    const agentArgs = ['--config', configFor(office, recording)];
    let agent = office.startAgent(agentArgs);
    for (let i = 1; i <= options.kills; ) {
      await wait(PAUSE_MS.min + random() * (PAUSE_MS.max - PAUSE_MS.min));
      const target = TARGETS[Math.floor(random() * TARGETS.length)]!;
      const hasKilled = await kill(target, agent, collector);
      if (!hasKilled) continue;
      kills[target] += 1;
      options.say(`${i++}/${options.kills}: killed the ${target}`);
      if (target === 'agent') {
        await wait(random() * 500);
        agent = office.startAgent(agentArgs);
      } else if (target === 'collector') {
        await wait(random() * 500);
        collector = await office.startCollector(ports);
      }
    }
    await agent.stop();
    await drain(office, options.say);
    const status = (await office.stoppedAgentStatus()) as unknown as { spool: { accepted: Counts; evicted: Counts } };
    await collector.stop();
    const { accepted, evicted } = status.spool;
    return {
      kills,
      accepted: sum(accepted),
      evicted: sum(evicted),
      ...(await judge(join(office.collectorData, 'telemetry'))),
    };
  } finally {
    await office.close();
  }
}

/** Many times as fast as it was recorded, so that every kill hits work under way. */
function configFor(office: Office, recording: string): string {
  const file = office.programs.path('agent.json');
  writeFileSync(file, JSON.stringify({ sensor: { recording: { path: recording, loop: true, speed: SPEED } } }));
  return file;
}

type Counts = Record<string, number>;
const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0);

async function kill(target: Target, agent: Running, collector: Running): Promise<boolean> {
  if (target === 'collector') {
    await collector.kill();
    return true;
  }
  if (target === 'agent') {
    await agent.kill();
    return true;
  }
  const sensor = childrenOf(agent.child.pid ?? 0)[0];
  if (sensor === undefined) return false;
  process.kill(sensor, 'SIGKILL');
  return true;
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Runs the agent on an empty recording until its spool is empty: what it holds must arrive without new traffic. */
async function drain(office: Office, say: (text: string) => void): Promise<void> {
  const empty = office.programs.path('empty.pcap');
  await writeRecording(empty, [], 'pcap');
  for (let round = 0; round < 10; round++) {
    const agent = office.startAgent(['--replay', empty]);
    await until(
      'the spool is empty',
      () => {
        const status = office.agentStatus() as unknown as { pid: number; spool: { batches: number } } | undefined;
        return status?.pid === agent.child.pid && status?.spool.batches === 0;
      },
      agent,
    );
    await agent.stop();
    const { spool } = await office.stoppedAgentStatus();
    say(`spool holds ${spool.batches} batches`);
    if (spool.batches === 0) return;
  }
}

/** Asked of the table itself, past our own code. */
async function judge(folder: string): Promise<Pick<ChaosResult, 'stored' | 'twice' | 'torn'>> {
  const { createChdbConnection } = createRequire(import.meta.url)(
    'chdb/connection',
  ) as typeof import('chdb/connection');
  const connection = createChdbConnection({ path: folder });
  const client = createClient({ connection } as unknown as Parameters<typeof createClient>[0]);
  try {
    const batches =
      `SELECT count() AS records, uniqExact(hinomi.row) AS places, max(hinomi.row) AS last FROM ${TABLE} ` +
      'GROUP BY hinomi.agent, hinomi.epoch, hinomi.lane, hinomi.seq';
    const query = `SELECT sum(records) AS stored, sum(records - places) AS twice, countIf(last + 1 != places) AS torn FROM (${batches})`;
    const result = await client.query({ query: query.replaceAll(/hinomi\.\w+/g, '`$&`'), format: 'JSONEachRow' });
    const [row] = await result.json<Record<string, string>>();
    return { stored: Number(row?.['stored']), twice: Number(row?.['twice']), torn: Number(row?.['torn']) };
  } finally {
    await client.close();
  }
}

/** mulberry32: small, seeded, good enough to choose a victim. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (process.argv[1] === import.meta.filename) {
  const options = new Command('chaos')
    .option('--kills <count>', 'how many', '100')
    .option('--seed <number>', 'which', '1')
    .parse()
    .opts<{ kills: string; seed: string }>();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const result = await chaos({ kills: Number(options.kills), seed: Number(options.seed), say });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const isWhole = result.accepted === result.stored && result.twice === 0 && result.torn === 0 && result.evicted === 0;
  process.stdout.write(isWhole ? 'none lost, none twice\n' : 'NOT EQUAL\n');
  process.exit(isWhole ? 0 : 1);
}
