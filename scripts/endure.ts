/**
 * What the sensor endures: every prefix of packets and of captures, changed packets, and packets that are as much work
 * as the limits allow. No crash, no hang, no packet slower than a millisecond, nothing that grows without end.
 *
 *   npx tsx scripts/endure.ts [--corpora DIR] [--seed 1] [--mutations 1000000] [--rounds 3]
 *
 * Sampling: of a capture at most 200 packets, evenly, are cut, at every length up to 512 bytes and at every 32nd behind
 * that; captures of up to 64 packets end after each of them, longer ones after 16 places that the seed says.
 * Times are taken in a warm process. A packet counts as slow when it is so in every round of the same packets, without
 * what the garbage collector took: what else runs on the machine is never at the same packet again.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import { Pipeline } from '../agent/sensor/pipeline.js';
import { PipelineConfig } from '../agent/sensor/pipeline-config.js';
import { LinkType } from '../agent/sensor/wire/link-types.js';
import { loadConfig } from '../protocol/base/config.js';
import { type Capture, captures, type Kept } from './endure/corpus.js';
import { heavyTraffic } from './endure/heavy.js';
import { Stopwatch, type Times } from './endure/stopwatch.js';
import { change, collectSeeds } from './fuzz-wire.js';
import { Random } from './traffic/random.js';

const CORPORA_DEFAULT = resolve(import.meta.dirname, '..', '..', 'shared', 'corpora');
const START_US = 1_700_000_000e6;
const CUT_PACKETS_MAX = 200;
const CUT_EACH_BYTES = 512;
const CUT_STEP_BYTES = 32;
const WHOLE_CAPTURE_PACKETS = 64;
const ENDS_MAX = 16;
const SLOW_MS = 1;
const SLOW_SHOWN = 8;
const CORPUS_SEEDS_MAX = 20_000;
const MIB = 2 ** 20;

interface Options {
  corpora: string;
  seed: number;
  mutations: number;
  rounds: number;
  heavy?: boolean;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const failures: string[] = [];
let records = 0;

await main(
  new Command('endure')
    .option('--corpora <dir>', 'where the corpora are', CORPORA_DEFAULT)
    .option('--seed <number>', 'which samples and changes', Number, 1)
    .option('--mutations <number>', 'changed packets', Number, 1_000_000)
    .option('--heavy', 'only the time of heavy packets')
    .option('--rounds <number>', 'times that the timed packets are played', Number, 3)
    .parse()
    .opts<Options>(),
);

async function main(options: Options): Promise<void> {
  if (options.heavy) {
    await timeRounds([['heavy packets', () => heavy()]], options.rounds);
    return;
  }
  const all: Capture[] = [];
  if (existsSync(options.corpora)) for await (const capture of captures(options.corpora)) all.push(capture);
  else print(`corpora: not present at ${options.corpora}, only what is generated`);
  endurePrefixes(all);
  endureEnds(all, new Random(options.seed));
  endureMutations(all, options);
  const kinds: readonly Kind[] = [
    ['captures as they are', () => whole(all)],
    ['changed packets', () => named('changed', changed(all, options.seed + 1, Math.ceil(options.mutations / 4)))],
    ['heavy packets', () => heavy()],
  ];
  await timeRounds(kinds, options.rounds);
  for (const failure of failures.slice(0, SLOW_SHOWN)) print(`FAILED ${failure}`);
  print(`${records} records; ${failures.length} packets threw`);
  if (failures.length > 0) process.exitCode = 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function makePipeline(seed: number): Pipeline {
  const datasets = ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset', 'arp', 'coverage'];
  const config = loadConfig(PipelineConfig, { overrides: { datasets, longFlowS: 30 } });
  return new Pipeline(config, {
    seed,
    emit: () => {
      records += 1;
    },
  });
}

function feed(pipeline: Pipeline, { bytes, wireBytes, timeUs, linkType }: Kept, end = bytes.length): void {
  try {
    pipeline.onPacket(bytes, 0, end, wireBytes, timeUs, linkType);
  } catch (error) {
    failures.push(`${bytes.subarray(0, end).toString('hex').slice(0, 400)}: ${String((error as Error).stack)}`);
  }
}

function endurePrefixes(all: readonly Capture[]): void {
  const pipeline = makePipeline(1);
  let packets = 0;
  for (const capture of all) {
    const step = Math.max(1, Math.floor(capture.packets.length / CUT_PACKETS_MAX));
    for (let index = 0; index < capture.packets.length; index += step) {
      const packet = capture.packets[index]!;
      for (let end = 0; end < packet.bytes.length; end += end < CUT_EACH_BYTES ? 1 : CUT_STEP_BYTES) {
        feed(pipeline, packet, end);
        packets += 1;
      }
    }
  }
  pipeline.finish();
  print(`Packets cut: ${packets} prefixes of the packets of ${all.length} captures`);
}

function endureEnds(all: readonly Capture[], random: Random): void {
  const pipeline = makePipeline(1);
  let ends = 0;
  for (const { packets } of all) {
    const isShort = packets.length <= WHOLE_CAPTURE_PACKETS;
    const places = isShort
      ? packets.map((_, index) => index + 1)
      : Array.from({ length: ENDS_MAX }, () => random.between(1, packets.length));
    for (const end of places) {
      for (let index = 0; index < end; index++) feed(pipeline, packets[index]!);
      pipeline.finish();
      ends += 1;
    }
  }
  print(`Captures cut: ${ends} prefixes of ${all.length} captures`);
}

/** Changed packets of the corpora and of our own kinds, at all link types; the heap is looked at four times. */
function endureMutations(all: readonly Capture[], { seed, mutations }: Options): void {
  const pipeline = makePipeline(seed);
  const heap: number[] = [];
  let done = 0;
  for (const packet of changed(all, seed, mutations)) {
    feed(pipeline, packet);
    done += 1;
    if (done % Math.ceil(mutations / 4) === 0) heap.push(heapMiB());
  }
  heap.push(heapMiB());
  print(
    `Packets changed: ${done}, seed ${seed}; heap at each quarter ${heap.map((mib) => mib.toFixed(1)).join(' ')} MiB`,
  );
}

function heapMiB(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MIB;
}

function* changed(all: readonly Capture[], seed: number, count: number): Generator<Kept> {
  const random = new Random(seed);
  const linkTypes = Object.values(LinkType);
  const own = collectSeeds(seed).map((bytes) => ({ bytes, linkType: LinkType.Ethernet as number }));
  const theirs = all
    .flatMap(({ packets }) => packets.slice(0, CUT_PACKETS_MAX))
    .filter(({ bytes }) => bytes.length > 0);
  const seeds = [...own, ...theirs.slice(0, CORPUS_SEEDS_MAX)];
  let timeUs = START_US;
  for (let n = 0; n < count; n++) {
    const from = random.pick(seeds);
    const bytes = change(random, from.bytes);
    const linkType = random.between(0, 9) === 0 ? random.pick(linkTypes) : from.linkType;
    timeUs += random.between(0, 20_000);
    yield { bytes, wireBytes: bytes.length, timeUs, linkType };
  }
}

/** Every packet of every round is the same one, in a pipeline of its own. The first round warms up. */
async function timeRounds(kinds: readonly Kind[], count: number): Promise<void> {
  for (const [name, packets] of kinds) {
    await timeOnce(packets());
    const rounds: Times[] = [];
    for (let round = 0; round < count; round++) rounds.push(await timeOnce(packets()));
    tellTimes(name, rounds);
  }
}

type Kind = readonly [name: string, packets: () => Iterable<Named>];
type Named = readonly [what: string, packet: Kept];

function* named(what: string, packets: Iterable<Kept>): Generator<Named> {
  for (const packet of packets) yield [what, packet];
}

function* whole(all: readonly Capture[]): Generator<Named> {
  for (const { path, packets } of all) yield* named(path.split('/').slice(-1).join('/'), packets);
}

function* heavy(): Generator<Named> {
  for (const { name, packets } of heavyTraffic(START_US)) {
    for (const { bytes, timeUs } of packets)
      yield [name, { bytes, wireBytes: bytes.length, timeUs, linkType: LinkType.Ethernet }];
  }
}

async function timeOnce(packets: Iterable<Named>): Promise<Times> {
  collect();
  const stopwatch = new Stopwatch();
  const pipeline = makePipeline(1);
  const onPacket = stopwatch.timed(pipeline.onPacket);
  for (const [what, { bytes, wireBytes, timeUs, linkType }] of packets) {
    stopwatch.what = what;
    onPacket(bytes, 0, bytes.length, wireBytes, timeUs, linkType);
  }
  const times = await stopwatch.settle();
  pipeline.finish();
  return times;
}

function tellTimes(name: string, rounds: readonly Times[]): void {
  const [first] = rounds;
  const always = [...(first?.slow ?? [])].map(([index, { what, ms }]) => {
    const each = rounds.map(({ slow }) => slow.get(index)?.ms ?? 0);
    return { what, ms: Math.min(ms, ...each) };
  });
  always.sort((a, b) => b.ms - a.ms);
  const least = (of: (times: Times) => number): string => Math.min(...rounds.map(of)).toFixed(2);
  print(
    `Time of ${name}: ${first?.packets} packets, median ${least((t) => t.medianUs)} us, p99.99 ${least((t) => t.p9999Us)} us, ` +
      `longest ${least((t) => t.maxMs)} ms, without collections ${least((t) => t.maxWithoutGcMs)} ms, ` +
      `in every round ${(always[0]?.ms ?? 0).toFixed(2)} ms; ${always.filter(({ ms }) => ms > SLOW_MS).length} slower than 1 ms`,
  );
  const seen = new Set<string>();
  for (const { what, ms } of always) {
    if (ms <= SLOW_MS / 4 || seen.has(what) || seen.size >= SLOW_SHOWN) continue;
    seen.add(what);
    print(`  ${ms.toFixed(2)} ms ${what}`);
  }
}
