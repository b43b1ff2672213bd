/**
 * The sensor on a real link: a veth pair in a namespace of its own, on which tcpreplay plays the generated mix. Needs
 * root, tcpreplay and `npm run build`.
 *
 *   npx tsx bench/live.ts [--seconds 30] [--mbps 1000] [--overload 60] [--share 0.3]
 *
 * First at a fixed rate: nothing may be dropped. Then, with the sensor held to a share of a core so that this machine
 * can send twice what it handles, until it cannot keep up: what it leaves out, how soon it answers, how soon all is
 * followed again when the load falls. The player has the first core, the sensor the second. On a machine with other
 * work start it with `nice -n -20`, or it is the player that does not keep up.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { Link, LiveSensor } from './live-sensor.js';
import { describeRun, quantile } from './machine.js';

const PROGRAM = 'dist/agent/sensor/main.js';
const PACKETS = 500_000;
const ASK_MS = 100;
const LOOPS_MAX = '1000000';
const CGROUP = '/sys/fs/cgroup/cpu';
const PERIOD_US = 20_000;

interface Options {
  readonly seconds: number;
  readonly mbps: number;
  readonly overload: number;
  /** Of a core, for the sensor under overload. */
  readonly share: number;
}

interface Phase {
  readonly seconds: number;
  readonly packets: number;
  readonly kernelDropped: number;
  readonly interfaceDropped: number;
  readonly cpuShare: number;
  readonly records: number;
  readonly answersMs: readonly number[];
  readonly keptMin: number;
}

function makeRecording(): string {
  const path = join(tmpdir(), 'hinomi-bench-live.pcap');
  if (existsSync(path)) return path;
  const args = ['--import', 'tsx', 'scripts/make-traffic.ts', 'bench', '--packets', String(PACKETS), '--out', path];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return path;
}

/** Loops with other addresses each time, so that flows are new. */
function play(link: Link, recording: string, rate: readonly string[]): ChildProcess {
  const args = ['-q', '-i', 'left', '-K', '--unique-ip', '--loop', LOOPS_MAX, ...rate, recording];
  return link.start('taskset', ['-c', '0', 'tcpreplay', ...args], ['ignore', 'ignore', 'ignore']);
}

async function stopPlaying(player: ChildProcess): Promise<void> {
  const ended = once(player, 'close');
  player.kill('SIGINT');
  await ended;
}

/** Plays for so many seconds and asks the sensor all the time how it is. */
async function measure(link: Link, sensor: LiveSensor, recording: string, seconds: number, rate: readonly string[]) {
  const before = await sensor.ask();
  sensor.answersMs.length = 0;
  const sentBefore = link.sent;
  const player = play(link, recording, rate);
  while (link.sent === sentBefore) await sleep(20);
  const [cpuS, records, startMs] = [sensor.cpuS, sensor.records, performance.now()];
  let keptMin = 1;
  while (performance.now() - startMs < seconds * 1_000) {
    keptMin = Math.min(keptMin, (await sensor.ask()).keptShare ?? 1);
    await sleep(ASK_MS);
  }
  const tookS = (performance.now() - startMs) / 1_000;
  const cpuShare = (sensor.cpuS - cpuS) / tookS;
  await stopPlaying(player);
  const phase = (after: typeof before): Phase => ({
    seconds: tookS,
    packets: link.sent - sentBefore,
    kernelDropped: after.kernelDropped - before.kernelDropped,
    interfaceDropped: after.interfaceDropped - before.interfaceDropped,
    cpuShare,
    records: sensor.records - records,
    answersMs: [...sensor.answersMs],
    keptMin,
  });
  return { phase, endedMs: performance.now() };
}

function say(name: string, phase: Phase): void {
  const { seconds, packets, kernelDropped, interfaceDropped, cpuShare, answersMs, keptMin, records } = phase;
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => Math.round(quantile(answersMs, share)));
  process.stdout.write(
    `| ${name} | ${Math.round(seconds)} | ${Math.round(packets / seconds)} | ${kernelDropped} | ${interfaceDropped} | ` +
      `${cpuShare.toFixed(2)} | ${Math.round(records / seconds)} | ${keptMin.toFixed(3)} | ${p50} / ${p99} / ${max} |\n`,
  );
}

/** A cgroup that holds the sensor to a share of a core, or undefined where that cannot be done. */
function hold(sensor: LiveSensor, share: number): (() => void) | undefined {
  const folder = join(CGROUP, `hinomi-bench-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(Math.round(PERIOD_US * share)));
    writeFileSync(join(folder, 'cgroup.procs'), String(sensor.pid));
    return () => rmdirSync(folder);
  } catch {
    return undefined;
  }
}

/** The highest rate at which nothing is left out, packets a second: found by going up in steps. */
async function findCapacity(link: Link, sensor: LiveSensor, recording: string): Promise<number> {
  let good = 0;
  for (let rate = 20_000; rate <= 1_000_000; rate = Math.round(rate * 1.4)) {
    const { phase } = await measure(link, sensor, recording, 4, ['--pps', String(rate)]);
    const after = await sensor.ask();
    const isOver = phase(after).kernelDropped > 0 || phase(after).keptMin < 1 || after.isDeep === false;
    if (isOver) break;
    good = Math.round(phase(after).packets / phase(after).seconds);
  }
  return good;
}

async function run(link: Link, options: Options): Promise<void> {
  const recording = makeRecording();
  process.stdout.write(`${describeRun()}\n\n`);
  process.stdout.write(
    '| phase | s | packets/s | kernel drops | interface drops | cores | records/s | least share kept | answer ms p50 / p99 / max |\n' +
      '|---|--:|--:|--:|--:|--:|--:|--:|--:|\n',
  );
  await steady(link, recording, options);
  await overload(link, recording, options);
}

async function steady(link: Link, recording: string, { seconds, mbps }: Options): Promise<void> {
  const sensor = new LiveSensor(link, PROGRAM, {});
  try {
    await sensor.ask();
    // Compiled code is what an office has after a minute.
    await measure(link, sensor, recording, 5, ['--mbps', String(mbps / 4)]);
    const { phase } = await measure(link, sensor, recording, seconds, ['--mbps', String(mbps)]);
    say(`${mbps} Mbit/s`, phase(await sensor.ask()));
    process.stderr.write(`memory ${Math.round(sensor.memoryMiB)} MiB\n`);
    process.stderr.write(`ended ${Math.round(await sensor.stop())} ms after it was asked to\n`);
  } finally {
    sensor.kill();
  }
}

async function overload(link: Link, recording: string, options: Options): Promise<void> {
  const sensor = new LiveSensor(link, PROGRAM, {});
  let release: (() => void) | undefined;
  try {
    await sensor.ask();
    await measure(link, sensor, recording, 5, ['--mbps', '200']);
    release = hold(sensor, options.share);
    const capacity = await findCapacity(link, sensor, recording);
    await settle(sensor);
    const rate = String(capacity * 2);
    const { phase, endedMs } = await measure(link, sensor, recording, options.overload, ['--pps', rate]);
    const quiet = play(link, recording, ['--pps', String(Math.round(capacity / 10))]);
    await settle(sensor);
    const recoveredMs = performance.now() - endedMs;
    await stopPlaying(quiet);
    say(
      `twice ${capacity}/s, ${release === undefined ? 'a whole core' : `${options.share} of a core`}`,
      phase(await sensor.ask()),
    );
    process.stderr.write(`all was followed again ${Math.round(recoveredMs)} ms after the load fell\n`);
    process.stderr.write(`ended ${Math.round(await sensor.stop())} ms after it was asked to\n`);
    const coverage = sensor.coverage.find((record) => (record['hinomi.coverage.sampled'] ?? 0) > 0);
    process.stderr.write(`coverage: ${JSON.stringify(coverage, pickSampling)}\n`);
  } finally {
    sensor.kill();
    await sleep(200);
    release?.();
  }
}

async function settle(sensor: LiveSensor): Promise<void> {
  for (let stats = await sensor.ask(); (stats.keptShare ?? 1) < 1 || !stats.isDeep; stats = await sensor.ask())
    await sleep(20);
}

function pickSampling(key: string, value: unknown): unknown {
  return key === '' || /packets|drops|sampled|kept|shallow|flows$|missed_share/.test(key) ? value : undefined;
}

const program = new Command('live')
  .option('--seconds <number>', 'at the fixed rate', Number, 30)
  .option('--mbps <number>', 'the fixed rate', Number, 1_000)
  .option('--overload <number>', 'seconds', Number, 60)
  .option('--share <number>', 'of a core that the sensor may use under overload', Number, 0.3)
  .parse();
const link = new Link();
link.make();
try {
  await run(link, program.opts<Options>());
} finally {
  link.remove();
}
