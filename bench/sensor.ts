/**
 * Packets a second through decode, track and NDJSON, next to other flow meters on the same file in the same run.
 *
 *   npm run build                          # for the row of the built program
 *   npx tsx bench/sensor.ts [--file FILE] [--rounds 5]
 *   npx tsx bench/sensor.ts --in-process      # what reading, decoding, tracking and writing cost, each
 *   npx tsx bench/sensor.ts --allocation      # what is allocated for packets of open conversations
 *   npx tsx bench/sensor.ts --walls           # what a packet of a flood costs, beside one of the usual mix
 *
 * Without `--file`, makes the recording of 500,000 packets and 20,000 flows. Whole processes, started in an order
 * that alternates, their output to /dev/null, measured by GNU time: median seconds, the largest peak of memory.
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { benchTraffic } from '../scripts/traffic/bench.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { describeRun, quantile } from './machine.js';
import { profileAllocation } from './sensor-allocation.js';
import { measureStages } from './sensor-stages.js';
import { measureWalls } from './sensor-walls.js';

const PACKETS = 500_000;
const RECORDING = { packets: PACKETS, flows: 20_000, seed: 1, startUs: Date.parse('2026-04-06T00:00:00Z') * 1_000 };
const BUILT = 'dist/agent/main.js';

interface Contender {
  readonly name: string;
  readonly does: string;
  /** Programs and files that have to be there. */
  readonly needs: readonly string[];
  /** For `sh -c`. */
  readonly command: string;
}

interface Sample {
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMib: number;
}

function contenders(file: string, folder: string, netflowPort: number): Contender[] {
  const pid = `${folder}/softflowd.pid`;
  return [
    {
      name: 'hinomi-agent (built)',
      does: 'every record kind as NDJSON: flows, DNS, TLS with fingerprints, QUIC decrypted, HTTP, logins',
      needs: ['node', BUILT],
      command: `exec node ${BUILT} replay '${file}'`,
    },
    {
      name: 'hinomi-agent, two kinds',
      does: 'flow and dns records as NDJSON',
      needs: ['node', BUILT],
      command: `exec node ${BUILT} replay '${file}' --datasets flow,dns`,
    },
    {
      name: 'hinomi-agent (tsx)',
      does: 'every record kind, from the sources',
      needs: ['node'],
      command: `exec node --import tsx agent/main.ts replay '${file}'`,
    },
    {
      name: 'argus + ra',
      does: 'flow records, printed as text; no DNS',
      needs: ['argus', 'ra'],
      command: `argus -X -r '${file}' -w - | ra -X -n -r -`,
    },
    {
      name: 'softflowd',
      does: 'NetFlow v5 to a socket; no payload, no text',
      needs: ['softflowd'],
      command: `exec softflowd -d -r '${file}' -m 1000000 -n 127.0.0.1:${netflowPort} -c none -p '${pid}'`,
    },
    {
      name: 'ndpiReader',
      does: 'flows with their application, as CSV; no DNS records',
      needs: ['ndpiReader'],
      command: `exec ndpiReader -q -i '${file}' -C '${folder}/ndpi.csv'`,
    },
    {
      name: 'tshark',
      does: 'full dissection, tables of TCP and UDP conversations',
      needs: ['tshark'],
      command: `exec tshark -n -q -z conv,tcp -z conv,udp -r '${file}'`,
    },
  ];
}

function isHere(need: string): boolean {
  return need.includes('/') ? existsSync(need) : spawnSync('sh', ['-c', `command -v ${need}`]).status === 0;
}

/** @throws Error when the program fails, with what it said */
function measure({ name, command }: Contender, folder: string): Sample {
  const report = join(folder, 'time');
  const args = ['-o', report, '-f', '%e %U %S %M', 'sh', '-c', command];
  const result = spawnSync('/usr/bin/time', args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${name} failed with ${result.status}: ${result.stderr}`);
  const [wall = 0, user = 0, system = 0, peakKib = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
  return { wallS: wall, cpuS: user + system, peakMib: peakKib / 1_024 };
}

function rounds(list: readonly Contender[], count: number, folder: string): Map<Contender, Sample[]> {
  const samples = new Map(list.map((contender): [Contender, Sample[]] => [contender, []]));
  for (let round = 1; round <= count; round += 1) {
    const order = round % 2 === 0 ? [...list].reverse() : list;
    for (const contender of order) samples.get(contender)!.push(measure(contender, folder));
    process.stderr.write(`round ${round} of ${count}\n`);
  }
  return samples;
}

function table(samples: ReadonlyMap<Contender, readonly Sample[]>): string {
  const rows = [...samples].map(([contender, list]) => {
    const median = (of: (sample: Sample) => number) => quantile(list.map(of), 0.5);
    const peakMib = Math.max(...list.map((sample) => sample.peakMib));
    return { contender, wallS: median((sample) => sample.wallS), cpuS: median((sample) => sample.cpuS), peakMib };
  });
  const ours = rows[0]!;
  const lines = rows.map(({ contender, wallS, cpuS, peakMib }) => {
    const ratios = `${(wallS / ours.wallS).toFixed(2)} | ${(cpuS / ours.cpuS).toFixed(2)}`;
    const rate = Math.round(PACKETS / wallS / 1_000) * 1_000;
    const figures = `${rate} | ${wallS.toFixed(2)} | ${cpuS.toFixed(2)} | ${Math.round(peakMib)}`;
    return `| ${contender.name} | ${figures} | ${ratios} | ${contender.does} |`;
  });
  const head =
    '| program | packets/s | wall s | CPU s | peak MiB | wall, first row = 1 | CPU, first row = 1 | what it does |';
  return [head, '|---|--:|--:|--:|--:|--:|--:|---|', ...lines].join('\n');
}

async function compare(file: string, count: number, folder: string): Promise<void> {
  const sink = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sink, 'listening');
  try {
    const all = contenders(file, folder, sink.address().port);
    const present = all.filter(({ needs }) => needs.every(isHere));
    const missing = all.filter((contender) => !present.includes(contender));
    for (const { name } of missing) process.stdout.write(`skipped, not here: ${name}\n`);
    const samples = rounds(present, count, folder);
    process.stdout.write(`${table(samples)}\n\nMedian of ${count} rounds, ${statSync(file).size} bytes.\n`);
  } finally {
    sink.close();
  }
}

const program = new Command('sensor')
  .option('--file <file>', `a recording of ${PACKETS} packets`)
  .option('--rounds <number>', 'of all programs', Number, 5)
  .option('--in-process', 'the stages of the pipeline, one by one')
  .option('--allocation', 'bytes allocated a packet, and by whom')
  .option('--walls', 'floods beside the usual mix')
  .parse();
const options = program.opts<{
  file?: string;
  rounds: number;
  inProcess?: boolean;
  walls?: boolean;
  allocation?: boolean;
}>();
const folder = mkdtempSync(join(tmpdir(), 'hinomi-bench-'));
try {
  const file = options.file ?? join(folder, 'bench.pcap');
  if (options.file === undefined && !options.allocation) await writeRecording(file, benchTraffic(RECORDING));
  process.stdout.write(`${describeRun()}\n\n`);
  if (options.allocation) process.stdout.write(`${await profileAllocation()}\n`);
  else if (options.inProcess) process.stdout.write(`${await measureStages(file)}\n`);
  else if (options.walls) process.stdout.write(`${await measureWalls(file, folder)}\n`);
  else await compare(file, options.rounds, folder);
} finally {
  rmSync(folder, { recursive: true });
}
