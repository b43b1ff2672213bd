/** Writes recordings of generated traffic: for the demo, the benchmarks and the tests. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { benchTraffic } from './traffic/bench.js';
import { CASES, type CaseName, caseTraffic } from './traffic/cases.js';
import { FLOODS, type FloodName, floodTraffic } from './traffic/floods.js';
import { officeTraffic, PCS_MAX } from './traffic/office.js';
import type { Packet } from './traffic/packet.js';
import { FORMATS, type Format, writeRecording } from './traffic/writers.js';

/** A Monday, nine o'clock in Japan. */
const START_DEFAULT = '2026-04-06T09:00:00+09:00';
const PROGRESS_PACKETS = 100_000;

interface Common {
  readonly out: string;
  readonly format: Format;
  readonly start: number;
  readonly seed: number;
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is needed.`);
  };
}

/** Microseconds since the Unix epoch. */
function time(text: string): number {
  const ms = Date.parse(text);
  if (ms >= 0) return ms * 1_000;
  throw new InvalidArgumentError(`a time like ${START_DEFAULT} is needed.`);
}

async function write(packets: Iterable<Packet>, { out, format }: Common): Promise<void> {
  const counts = { packets: 0, bytes: 0 };
  await writeRecording(out, counted(packets, counts), format);
  process.stderr.write(`${out}: ${counts.packets} packets, ${counts.bytes} bytes on the wire\n`);
}

function* counted(packets: Iterable<Packet>, counts: { packets: number; bytes: number }): Generator<Packet> {
  for (const packet of packets) {
    counts.packets += 1;
    counts.bytes += packet.bytes.length;
    if (counts.packets % PROGRESS_PACKETS === 0) process.stderr.write(`${counts.packets} packets\n`);
    yield packet;
  }
}

function scenario(program: Command, signature: string, description: string): Command {
  return program
    .command(signature)
    .description(description)
    .requiredOption('--out <file>', "the recording; gzip'd when it ends in .gz")
    .addOption(new Option('--format <format>', 'of the file').choices(FORMATS).default('pcap'))
    .option('--start <time>', 'of the first packet', time, time(START_DEFAULT))
    .option('--seed <number>', 'the same seed gives the same recording', whole(0, 2 ** 31 - 1), 1);
}

function build(): Command {
  const program = new Command('make-traffic').description('Writes recordings of generated traffic.');
  scenario(program, 'office', 'an office with PCs, a printer, a NAS and a gateway')
    .option('--minutes <number>', 'length', whole(1, 1_440), 10)
    .option('--pcs <number>', 'PCs', whole(1, PCS_MAX), 12)
    .action((options: Common & { minutes: number; pcs: number }) =>
      write(officeTraffic({ ...options, startUs: options.start }), options),
    );
  scenario(program, 'bench', 'exact counts of packets and flows, for benchmarks')
    .option('--packets <number>', 'exactly', whole(8, 1e9), 500_000)
    .option('--flows <number>', 'exactly', whole(1, 1e7), 20_000)
    .action((options: Common & { packets: number; flows: number }) =>
      write(benchTraffic({ ...options, startUs: options.start }), options),
    );
  scenario(program, 'flood <name>', `packets that want work and memory of their own: ${FLOODS.join(', ')}`)
    .option('--packets <number>', 'exactly', whole(1, 1e9), 500_000)
    .option('--rate <number>', 'packets a second', whole(1, 1e7), 100_000)
    .action((name: string, options: Common & { packets: number; rate: number }) => {
      if (!FLOODS.includes(name as FloodName)) program.error(`error: unknown flood ${JSON.stringify(name)}`);
      return write(floodTraffic(name as FloodName, { ...options, startUs: options.start }), options);
    });
  scenario(program, 'case <name>', `a small recording for tests: ${Object.keys(CASES).join(', ')}`).action(
    (name: string, options: Common) => {
      if (!Object.hasOwn(CASES, name)) program.error(`error: unknown case ${JSON.stringify(name)}`);
      return write(caseTraffic(name as CaseName, options.start), options);
    },
  );
  return program;
}

try {
  await build().parseAsync();
} catch (error) {
  process.stderr.write(`make-traffic: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
