/**
 * Kills the three processes at random while a recording replays in a loop, and compares what the agent accepted with
 * what the collector has: none lost, none twice.
 *
 *   npx tsx scripts/chaos.ts [--kills 100] [--seed 1] [--keep]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { ClickHouseStore } from '../collector/store/clickhouse.js';
import { silentLogger } from '../protocol/base/log.js';
import { systemClock } from '../protocol/base/time.js';
import type { AnyRecord } from '../protocol/records/records.js';
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
    const rows = await readRows(join(office.collectorData, 'telemetry'));
    return { kills, accepted: sum(status.spool.accepted), evicted: sum(status.spool.evicted), ...judge(rows) };
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

/** Every row's place, read from the table itself. */
async function readRows(folder: string): Promise<AnyRecord[]> {
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const store = new ClickHouseStore({ queryS: 120, queryBytesMax: 2 ** 31 }, folder, world);
  await store.start();
  try {
    return await store.search({
      companies: undefined,
      where: { sql: '1', params: {} },
      fromMs: 0,
      toMs: Date.now() * 2,
      limit: 4_000_000,
    });
  } finally {
    await store.close();
  }
}

function judge(rows: readonly AnyRecord[]): Pick<ChaosResult, 'stored' | 'twice' | 'torn'> {
  const batches = new Map<string, Set<number>>();
  let twice = 0;
  for (const row of rows) {
    const key = ['hinomi.agent', 'hinomi.epoch', 'hinomi.lane', 'hinomi.seq'].map((name) => row[name]).join(':');
    const places = batches.get(key) ?? new Set<number>();
    const place = Number(row['hinomi.row']);
    if (places.has(place)) twice += 1;
    places.add(place);
    batches.set(key, places);
  }
  const torn = [...batches.values()].filter((places) => Math.max(...places) !== places.size - 1).length;
  return { stored: rows.length, twice, torn };
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
