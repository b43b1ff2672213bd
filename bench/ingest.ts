/**
 * Records a second from an agent's spool over MQTT to durable rows, through both real programs on this machine.
 *
 *   npm run build && npx tsx bench/ingest.ts [--flows 150000]
 *
 * While the collector is away the agent fills its spool from a generated recording; then both meet, and the
 * collector's own count of stored records is read until the spool is empty. A row counts once its insert has returned.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { benchTraffic } from '../scripts/traffic/bench.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from '../test/support/office.js';
import { readJson, until } from '../test/support/programs.js';
import { describeRun } from './machine.js';

const PACKETS_PER_FLOW = 8;
const SAMPLE_MS = 100;
const MIB = 2 ** 20;
/** Batches in flight: a fleet has some for each office. */
const CREDIT = 200;
const ONE_FOR_ALL = {
  ...{ agentBytesMax: 128 * MIB, companyBytesMax: 128 * MIB },
  ...{ backlogBytesPerS: 1_024 * MIB, credit: CREDIT },
};
const TICKS_PER_S = 100;

interface Sample {
  readonly atMs: number;
  readonly stored: number;
}

async function measure(office: Office, flows: number): Promise<void> {
  await writeRecording(
    office.programs.path('traffic.pcap'),
    benchTraffic({ packets: flows * PACKETS_PER_FLOW, flows, seed: 1, startUs: Date.now() * 1_000 }),
    'pcap',
  );
  const first = await office.startCollector();
  const { ports } = office;
  await office.enrol();
  await first.stop();
  const waiting = await fill(office);
  // One office stands for a fleet: the limits of one would be what is measured.
  const config = office.programs.path('collector.json');
  writeFileSync(config, JSON.stringify({ ingest: ONE_FOR_ALL }));
  const collector = await office.startCollector(ports, config);
  await writeRecording(office.programs.path('empty.pcap'), [], 'pcap');
  const agentConfig = office.programs.path('agent.json');
  writeFileSync(agentConfig, JSON.stringify({ publish: { creditMax: CREDIT } }));
  const agent = office.startAgent(['--replay', office.programs.path('empty.pcap'), '--config', agentConfig]);
  const engine = enginePid(office);
  const before = cpuSeconds(collector.child.pid) + cpuSeconds(engine);
  const samples = await watch(office.url, waiting);
  const [begin, end] = spanOf(samples);
  const seconds = (end.atMs - begin.atMs) / 1_000;
  const records = end.stored - begin.stored;
  const spent = [collector.child.pid, engine, agent.child.pid].map(cpuSeconds);
  const [main = 0, inEngine = 0, inAgent = 0] = spent;
  const perRecord = ((main + inEngine - before) / records) * 1e6;
  process.stdout.write(`${describeRun()}\n\n`);
  process.stdout.write(`${waiting} records waited; ${records} of them in ${seconds.toFixed(2)} s: `);
  process.stdout.write(`${Math.round(records / seconds)} records/s from MQTT to a durable row\n`);
  process.stdout.write(`CPU since their start: collector ${main.toFixed(1)} s, engine ${inEngine.toFixed(1)} s, `);
  process.stdout.write(`agent ${inAgent.toFixed(1)} s; ${perRecord.toFixed(1)} us of collector and engine a record\n`);
}

/** Replays the recording into the spool while nobody takes anything. @returns records that wait */
async function fill(office: Office): Promise<number> {
  const agent = office.startAgent(['--replay', office.programs.path('traffic.pcap')]);
  let before = -1;
  // Quiet for a second after the recording's end: all of it is on disk.
  await until(
    'the spool holds the recording',
    async () => {
      await sleep(1_000);
      const status = office.agentStatus();
      const records = status?.spool.records ?? 0;
      const isQuiet = status?.sensor?.isFinished === true && records === before;
      before = records;
      return isQuiet && records > 0;
    },
    agent,
  );
  await agent.stop();
  return (await office.stoppedAgentStatus()).spool.records;
}

async function watch(url: string, count: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let stored = 0; stored < count; ) {
    await sleep(SAMPLE_MS);
    const text = await (await fetch(`${url}/metrics`)).text();
    stored = Number(/^hinomi_ingest_records_total (\d+)/m.exec(text)?.[1] ?? 0);
    samples.push({ atMs: performance.now(), stored });
  }
  return samples;
}

/** From the last sample in which nothing had arrived to the one in which all had. */
function spanOf(samples: readonly Sample[]): [Sample, Sample] {
  const last = samples.at(-1);
  const first = samples.findLast(({ stored }) => stored === 0) ?? samples[0];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  return [first, last];
}

/** Of the process in which the table is. */
function enginePid(office: Office): number | undefined {
  return readJson<{ pid: number }>(join(office.collectorData, 'telemetry.engine'))?.pid;
}

/** User and system time, proc(5). */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

const options = new Command('ingest').option('--flows <number>', 'of the recording', Number, 150_000).parse();
const office = new Office([], 'built');
try {
  await measure(office, options.opts<{ flows: number }>().flows);
} finally {
  await office.close();
}
