/**
 * What packets on request cost the sensor: CPU seconds of the whole sensor process over one recording, with nothing
 * asked, with a capture whose filter takes nothing, a hundredth and all, and with a ring.
 *
 *   npx tsx bench/capture.ts [--rounds 5] [--base DIR]
 *
 * `--base` is another checkout, whose sensor is measured in turn with this one's: before and after. GNU time counts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { benchTraffic } from '../scripts/traffic/bench.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { describeRun, quantile } from './machine.js';

const PACKETS = 500_000;
const RECORDING = { packets: PACKETS, flows: 20_000, seed: 1, startUs: Date.parse('2026-04-06T00:00:00Z') * 1_000 };
const HERE = resolve(import.meta.dirname, '..');
const RING = { fd: 5, filter: '', snapBytes: 65_535, bytesPerSMax: 2 ** 30 };
const ORDER = { id: 1, seconds: 3_600, bytesMax: 2 ** 30, snapBytes: 65_535 };

interface Variant {
  readonly name: string;
  readonly root: string;
  readonly taps?: object;
  readonly filter?: string;
}

function variants(base: string | undefined): Variant[] {
  const here = (name: string, rest: object): Variant => ({ name, root: HERE, ...rest });
  const taps = { captureFd: 4 };
  return [
    ...(base === undefined ? [] : [{ name: 'before', root: resolve(base) }]),
    here('nothing asked', { taps }),
    here('a capture that takes nothing', { taps, filter: 'host 192.0.2.99 and tcp port 12345' }),
    here('a capture of DNS', { taps, filter: 'udp port 53' }),
    here('a capture of everything', { taps, filter: '' }),
    here('a ring of everything', { taps: { ...taps, ring: RING } }),
  ];
}

/** CPU seconds, and bytes that came through the pipes for packets. */
async function measure(variant: Variant, file: string, folder: string): Promise<{ cpuS: number; bytes: number }> {
  const report = join(folder, 'time');
  const { root, taps, filter } = variant;
  const recording = { path: file, speed: 0, rebase: false };
  const argument = JSON.stringify({ recording, keepRoot: true, ...(taps === undefined ? {} : { taps }) });
  const program = ['--import', 'tsx', join(root, 'agent/sensor/main.ts'), argument];
  const child = spawn('/usr/bin/time', ['-o', report, '-f', '%U %S', process.execPath, ...program], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe', 'pipe', 'pipe'],
  });
  let bytes = 0;
  (child.stdio[3] as Readable).resume();
  for (const fd of [4, 5])
    (child.stdio[fd] as Readable).on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
  if (filter !== undefined) child.stdin?.write(`c${JSON.stringify({ ...ORDER, filter })}\n`);
  await once(child, 'close');
  const [user = 0, system = 0] = readFileSync(report, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
  return { cpuS: user + system, bytes };
}

const program = new Command('capture')
  .option('--rounds <number>', 'of all variants', Number, 5)
  .option('--base <folder>', 'another checkout')
  .parse();
const { rounds, base } = program.opts<{ rounds: number; base?: string }>();
const folder = mkdtempSync(join(tmpdir(), 'hinomi-bench-'));
try {
  const file = join(folder, 'bench.pcap');
  await writeRecording(file, benchTraffic(RECORDING));
  const list = variants(base);
  const samples = new Map(list.map((variant) => [variant, [] as { cpuS: number; bytes: number }[]]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const variant of round % 2 === 0 ? [...list].reverse() : list)
      samples.get(variant)!.push(await measure(variant, file, folder));
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  process.stdout.write(
    `${describeRun()}\n\n| the sensor with | CPU s, median | least | ns a packet more than the first | bytes |\n`,
  );
  process.stdout.write('|---|--:|--:|--:|--:|\n');
  const first = quantile(
    samples.get(list[0]!)!.map(({ cpuS }) => cpuS),
    0.5,
  );
  for (const [{ name }, all] of samples) {
    const median = quantile(
      all.map(({ cpuS }) => cpuS),
      0.5,
    );
    const least = Math.min(...all.map(({ cpuS }) => cpuS));
    const more = Math.round(((median - first) / PACKETS) * 1e9);
    process.stdout.write(`| ${name} | ${median.toFixed(2)} | ${least.toFixed(2)} | ${more} | ${all[0]!.bytes} |\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
