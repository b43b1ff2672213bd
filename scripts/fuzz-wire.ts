/**
 * Changes packets where it hurts (lengths, counts, types, offsets, flags) and gives them to the sensor's pipeline: no
 * crash, no hang, no packet that takes long, no record that is none, no memory that grows without end.
 *
 *   npx tsx scripts/fuzz-wire.ts [--seconds 60] [--seed 1]
 *
 * What fails is written to `fuzz-failure-SEED-N.hex`; once mended its bytes belong into agent/sensor/testing/fuzz/.
 */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { Pipeline } from '../agent/sensor/pipeline.js';
import { PipelineConfig } from '../agent/sensor/pipeline-config.js';
import { LinkType } from '../agent/sensor/wire/link-types.js';
import { loadConfig } from '../protocol/base/config.js';
import { flawOfRecord } from '../protocol/records/records.js';
import { benchTraffic } from './traffic/bench.js';
import { CASES, type CaseName, caseTraffic } from './traffic/cases.js';
import { GOOGLE_QUIC_HEADS, googleQuicClientHello } from './traffic/gquic.js';
import { http2Conversation } from './traffic/http2.js';
import { officeTraffic } from './traffic/office.js';
import { openVpnHandshake } from './traffic/openvpn.js';
import { quicInitials } from './traffic/quic.js';
import { Random } from './traffic/random.js';
import { overTcp, overUdp } from './traffic/records.js';
import { serviceTraffic } from './traffic/service-seeds.js';
import { cldapMessages, windowsConversations } from './traffic/windows/conversations.js';

const START_US = 1_700_000_000e6;
const LINK_TYPES = Object.values(LinkType);
const SEEDS_MAX = 4_000;
/** Values that lie best: nothing, one, the edges of signs and sizes. */
const EDGES = [0, 1, 2, 4, 5, 0x0f, 0x10, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
/** The slowest packet is not judged by one run of the garbage collector. */
const SLOW_PACKETS_SHOWN = 3;
const RECORDS_CHECKED_ONE_OF = 17;

export interface FuzzResult {
  readonly packets: number;
  readonly records: number;
  readonly failures: readonly { readonly bytes: string; readonly message: string }[];
  /** Milliseconds of the slowest packets, longest first. */
  readonly slowestMs: readonly number[];
  readonly heapGrowthBytes: number;
}

/** Runs until `isOver` says so, asked after each round of packets. */
export function fuzz(options: { seed: number; isOver: (packets: number) => boolean }): FuzzResult {
  const random = new Random(options.seed);
  const seeds = collectSeeds(options.seed);
  const failures: { bytes: string; message: string }[] = [];
  const slowestMs: number[] = [];
  let packets = 0;
  let records = 0;
  let timeUs = START_US;
  let current: Buffer = Buffer.alloc(0);
  const check = (json: string): void => {
    records += 1;
    const flaw = records % RECORDS_CHECKED_ONE_OF === 0 ? flawOfRecord(JSON.parse(json)) : undefined;
    if (flaw !== undefined)
      failures.push({ bytes: current.toString('hex'), message: `${flaw}: ${json.slice(0, 300)}` });
  };
  let pipeline = makePipeline(options.seed, check);
  const before = process.memoryUsage().heapUsed;
  while (!options.isOver(packets)) {
    current = change(random, random.pick(seeds));
    const linkType = random.between(0, 9) === 0 ? random.pick(LINK_TYPES) : 1;
    timeUs += random.between(0, 20_000);
    const startMs = performance.now();
    try {
      pipeline.onPacket(current, 0, current.length, current.length, timeUs, linkType);
    } catch (error) {
      failures.push({ bytes: current.toString('hex'), message: String((error as Error).stack ?? error) });
      pipeline = makePipeline(options.seed, check);
    }
    keepSlowest(slowestMs, performance.now() - startMs);
    packets += 1;
    if (failures.length >= 20) break;
  }
  pipeline.finish();
  return { packets, records, failures, slowestMs, heapGrowthBytes: process.memoryUsage().heapUsed - before };
}

function makePipeline(seed: number, check: (json: string) => void): Pipeline {
  const datasets = ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset', 'arp', 'coverage'];
  const config = loadConfig(PipelineConfig, { overrides: { datasets, flowsMax: 4_096, longFlowS: 30 } });
  return new Pipeline(config, { seed, emit: (_dataset, json) => check(json) });
}

/** Frames of every kind that the project generates. */
export function collectSeeds(seed: number): Buffer[] {
  const list: Buffer[] = [];
  const take = (traffic: Iterable<{ bytes: Buffer }>, most: number): void => {
    let count = 0;
    for (const { bytes } of traffic) {
      if (count++ >= most) return;
      list.push(bytes);
    }
  };
  for (const name of Object.keys(CASES) as CaseName[]) take(caseTraffic(name, START_US), 200);
  const { client, server } = quicInitials('quic.example.jp', new Random(seed));
  take(
    overUdp([
      ['client', client],
      ['server', server],
    ]),
    2,
  );
  take(overTcp(http2Conversation('http2.example.jp')), 100);
  take(overUdp(openVpnHandshake('vpn.example.jp', new Random(seed), 20), { serverPort: 1_194 }), 40);
  const chlo = googleQuicClientHello(GOOGLE_QUIC_HEADS.Q043, { 'SNI\0': 'old.example.jp' });
  take(overUdp([['client', chlo]]), 1);
  take(serviceTraffic(), SEEDS_MAX);
  for (const { steps, serverPort } of windowsConversations()) take(overTcp(steps, { serverPort }), 200);
  take(overUdp([['client', cldapMessages()[0]]], { serverPort: 389 }), 1);
  take(officeTraffic({ minutes: 2, pcs: 3, seed, startUs: START_US }), SEEDS_MAX / 2);
  take(benchTraffic({ packets: 3_000, flows: 200, seed, startUs: START_US }), SEEDS_MAX / 2);
  return list;
}

/** Some bytes to edges, a two-byte field to a lie, a piece cut out, doubled, or the end cut off. */
export function change(random: Random, seed: Buffer): Buffer {
  let bytes = Buffer.from(seed);
  for (let count = random.between(0, 4); count > 0 && bytes.length > 4; count--) {
    const at = placeIn(random, bytes.length);
    switch (random.between(0, 5)) {
      case 0:
        bytes[at] = random.pick(EDGES);
        break;
      case 1:
        bytes[at] = bytes[at]! ^ (1 << random.between(0, 7));
        break;
      case 2:
        bytes.writeUInt16BE(
          random.between(0, 1) === 0 ? bytes.length + random.between(0, 8) - 4 : 0xffff,
          Math.min(at, bytes.length - 2),
        );
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(Math.min(bytes.length, at + random.between(1, 20))),
        ]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 20), at), bytes.subarray(at)]);
    }
  }
  return Buffer.from(bytes);
}

/** Headers more often than what they carry. */
function placeIn(random: Random, length: number): number {
  const within = random.between(0, 2) === 0 ? length : Math.min(length, 100);
  return random.between(0, within - 1);
}

function keepSlowest(slowestMs: number[], tookMs: number): void {
  if (slowestMs.length === SLOW_PACKETS_SHOWN && tookMs <= slowestMs.at(-1)!) return;
  slowestMs.push(tookMs);
  slowestMs.sort((a, b) => b - a);
  slowestMs.length = Math.min(slowestMs.length, SLOW_PACKETS_SHOWN);
}

if (process.argv[1] === import.meta.filename) {
  const options = new Command('fuzz-wire')
    .option('--seconds <number>', 'how long', Number, 60)
    .option('--seed <number>', 'which packets', Number, 1)
    .parse()
    .opts<{ seconds: number; seed: number }>();
  const endMs = performance.now() + options.seconds * 1_000;
  const result = fuzz({ seed: options.seed, isOver: () => performance.now() > endMs });
  result.failures.forEach(({ bytes, message }, index) => {
    const file = `fuzz-failure-${options.seed}-${index}.hex`;
    writeFileSync(file, `${bytes}\n`);
    process.stdout.write(`${file}: ${message}\n`);
  });
  const { failures, ...figures } = result;
  process.stdout.write(`${JSON.stringify({ ...figures, failures: failures.length })}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
