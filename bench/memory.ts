/**
 * What the sensor process holds: 100,000 open conversations, a scan from a million sources, a day of an office.
 *
 *   npm run build
 *   npx tsx bench/memory.ts [--flows 100000] [--scan 1000000] [--hours 24]
 *
 * The built sensor reads one recording without an end from a named pipe, as fast as it can, in simulated time, and says
 * what it holds after each step: the resident memory of the whole process, Node itself included. Its records are read
 * and thrown away.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { Command } from 'commander';
import type { SensorStats } from '../agent/watch/sensor-line.js';
import { SENSOR_EXEC_ARGS, SensorProcess } from '../agent/watch/sensor-process.js';
import { sleep } from '../protocol/base/time.js';
import { floodTraffic } from '../scripts/traffic/floods.js';
import { officeTraffic } from '../scripts/traffic/office.js';
import { openFlows } from '../scripts/traffic/open-flows.js';
import type { Packet } from '../scripts/traffic/packet.js';
import { recordingParts } from '../scripts/traffic/writers.js';
import { describeRun } from './machine.js';

const BUILT = 'dist/agent/sensor/main.js';
const START_US = Date.parse('2026-04-06T00:00:00Z') * 1_000;
const MINUTE_US = 60e6;
const SCAN_RATE = 20_000;
const SOAK_MINUTES = 10;
const SOAK_PCS = 12;
const MIB = 2 ** 20;
const CHUNK_BYTES = 256 * 1024;
/** A step that takes longer has gone wrong. */
const STEP_MS_MAX = 600_000;

/** The sensor at the other end of the pipe. */
class Subject {
  stats: SensorStats | undefined;
  readonly #process: SensorProcess;
  readonly #input: Writable;
  #sent = 0;
  #hasHeader = false;

  constructor(pipe: string, flowsMax: number) {
    const recording = { path: pipe, loop: false, speed: 0, rebase: false };
    const argument = JSON.stringify({ recording, pipeline: { flowsMax }, statsMs: 100 });
    const command = {
      executable: process.execPath,
      execArgs: SENSOR_EXEC_ARGS,
      program: BUILT,
      argument,
      hasRing: false,
    };
    this.#process = new SensorProcess(command, {
      onRecord: () => {},
      onStats: (stats) => {
        this.stats = stats;
      },
      onFailure: (failure) => process.stderr.write(`${failure.message}\n`),
      onState: () => {},
      onCapture: () => {},
      onCaptureBytes: () => {},
      onRingBytes: () => {},
      onRescan: () => {},
      onBadLine: () => process.stderr.write('a line that nobody understands\n'),
      isReady: () => true,
      onExit: () => {},
    });
    this.#input = createWriteStream(pipe);
  }

  /** Sends packets and waits until the sensor has had them all. */
  async send(packets: Iterable<Packet>): Promise<void> {
    let chunk: Buffer[] = [];
    let bytes = 0;
    let isFirst = true;
    for (const part of recordingParts(this.#counted(packets), 'pcap')) {
      // Each step begins with a file header; the sensor reads one file.
      const isHeader = isFirst;
      isFirst = false;
      if (isHeader && this.#hasHeader) continue;
      this.#hasHeader = true;
      chunk.push(part);
      bytes += part.length;
      if (bytes < CHUNK_BYTES) continue;
      await this.#write(Buffer.concat(chunk));
      chunk = [];
      bytes = 0;
    }
    await this.#write(Buffer.concat(chunk));
    const startMs = performance.now();
    while ((this.stats?.deliveredPackets ?? 0) < this.#sent) {
      if (performance.now() - startMs > STEP_MS_MAX) throw new Error('the sensor does not get on');
      await sleep(50);
    }
    await sleep(300); // One more look at what it holds.
  }

  *#counted(packets: Iterable<Packet>): Generator<Packet> {
    for (const packet of packets) {
      this.#sent += 1;
      yield packet;
    }
  }

  async #write(b: Buffer): Promise<void> {
    if (!this.#input.write(b)) await new Promise((resolve) => this.#input.once('drain', resolve));
  }

  row(step: string): void {
    const { deliveredPackets = 0, acceptedRecords = [], flowsLive = 0, memoryBytes = 0 } = this.stats ?? {};
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    const peakKib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    const records = acceptedRecords.reduce((sum, count) => sum + count, 0);
    const memory = `${Math.round(memoryBytes / MIB)} | ${Math.round(peakKib / 1_024)}`;
    process.stdout.write(`| ${step} | ${deliveredPackets} | ${records} | ${flowsLive} | ${memory} |\n`);
  }

  close(): void {
    this.#input.end();
    this.#process.kill();
  }
}

/** The same minutes of an office again and again, each later than the last. */
async function soak(subject: Subject, startUs: number, hours: number): Promise<void> {
  const office = [...officeTraffic({ seed: 3, startUs, minutes: SOAK_MINUTES, pcs: SOAK_PCS })];
  const rounds = Math.ceil((hours * 60) / SOAK_MINUTES);
  const shown = new Set([1, Math.ceil(rounds / 4), Math.ceil(rounds / 2), Math.ceil((rounds * 3) / 4), rounds]);
  for (let round = 1; round <= rounds; round += 1) {
    const laterUs = (round - 1) * SOAK_MINUTES * MINUTE_US;
    await subject.send(office.map(({ timeUs, bytes }) => ({ timeUs: timeUs + laterUs, bytes })));
    if (shown.has(round)) subject.row(`an office for ${((round * SOAK_MINUTES) / 60).toFixed(1)} h`);
  }
}

const program = new Command('memory')
  .option('--flows <number>', 'open at once', Number, 100_000)
  .option('--scan <number>', 'sources of a scan', Number, 1_000_000)
  .option('--hours <number>', 'of an office, in simulated time', Number, 24)
  .parse();
const { flows, scan, hours } = program.opts<{ flows: number; scan: number; hours: number }>();
const folder = mkdtempSync(join(tmpdir(), 'hinomi-bench-'));
const pipe = join(folder, 'packets');
if (spawnSync('mkfifo', [pipe]).status !== 0) throw new Error('mkfifo is missing');
process.stdout.write(`${describeRun()}\n\n`);
process.stdout.write('| step | packets so far | records so far | flows live | RSS MiB | largest so far |\n');
process.stdout.write('|---|--:|--:|--:|--:|--:|\n');
const subject = new Subject(pipe, flows);
try {
  await subject.send(floodTraffic('syn', { packets: 1, seed: 1, startUs: START_US, rate: 1 }));
  subject.row('start');
  await subject.send(openFlows({ flows, seed: 1, startUs: START_US }));
  subject.row(`${flows} conversations opened`);
  const scanStartUs = START_US + 2 * MINUTE_US;
  await subject.send(floodTraffic('syn', { packets: scan, seed: 2, startUs: scanStartUs, rate: SCAN_RATE }));
  subject.row(`a scan from ${scan} sources`);
  await soak(subject, scanStartUs + (scan / SCAN_RATE) * 1e6 + MINUTE_US, hours);
} finally {
  subject.close();
  rmSync(folder, { recursive: true });
}
