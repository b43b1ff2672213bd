import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { loadConfig } from '../protocol/base/config.js';
import { CodedError } from '../protocol/base/errors.js';
import { RECORD_KINDS } from '../protocol/records/records.js';
import { ARP_DATASET } from './sensor/arp-record.js';
import { openRecording } from './sensor/capture/recording.js';
import { Pipeline } from './sensor/pipeline.js';
import { PipelineConfig } from './sensor/pipeline-config.js';

/** Packets between two looks at the output. */
const SLICE_PACKETS = 4_096;
/** Lines that are gathered before they are written. */
const CHUNK_BYTES = 256 * 1024;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const UTF8_PER_UNIT = 3;
const LF = 0x0a;
const DATASETS_DEFAULT = ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset'];
const SEED_MAX = 2 ** 31;

export interface ReplayOptions {
  /** pcap or pcapng, gzip'd or not; `-` is standard input. */
  readonly file: string;
  readonly datasets?: readonly string[];
  readonly local?: readonly string[];
  readonly dropBadChecksums?: boolean;
}

/**
 * Prints the records of a recording as NDJSON, made by the same pipeline as live traffic. When the recording is
 * damaged, the records up to there are printed first.
 * @throws CAPTURE_*, CONFIG_INVALID
 */
export async function replay(options: ReplayOptions): Promise<void> {
  const output = new Output(process.stdout);
  const config = configOf(options);
  const recording = await openRecording(options.file);
  const pipeline = new Pipeline(
    config,
    { seed: randomInt(SEED_MAX), emit: (_dataset, json) => output.write(json) },
    basename(options.file),
  );
  try {
    while ((await recording.next(pipeline.onPacket, SLICE_PACKETS)) === 'more') await output.drain();
  } finally {
    while (pipeline.finishSome(SLICE_PACKETS)) await output.drain();
    await output.end();
    await recording.close();
  }
}

function configOf(options: ReplayOptions): PipelineConfig {
  const known = new Set<string>([...Object.keys(RECORD_KINDS), ARP_DATASET]);
  const wrong = options.datasets?.find((dataset) => !known.has(dataset));
  if (wrong !== undefined) {
    throw new CodedError('USAGE', `unknown dataset ${JSON.stringify(wrong)}, known are: ${[...known].join(', ')}`);
  }
  return loadConfig(PipelineConfig, {
    overrides: {
      datasets: [...(options.datasets ?? DATASETS_DEFAULT)],
      ...(options.local === undefined ? {} : { local: [...options.local] }),
      dropBadChecksums: options.dropBadChecksums ?? false,
      flowsMax: 262_144,
      // A recording is over: every flow is told once.
      longFlowS: 0,
      unansweredPerS: 0,
    },
  });
}

/**
 * Lines to a stream in large pieces, at the pace of its reader. A reader that went away ends the program quietly. Lines
 * become bytes at once: as text they would wait in thousands of pieces, and the collector of garbage with them.
 */
class Output {
  readonly #stream: Writable;
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #end = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }

  write(line: string): void {
    const bytesMax = line.length * UTF8_PER_UNIT + 1;
    if (this.#end + bytesMax > this.#chunk.length) this.#flush(bytesMax);
    this.#end += this.#chunk.write(line, this.#end, 'utf8');
    this.#chunk[this.#end] = LF;
    this.#end += 1;
  }

  /** Asks the stream itself: the event may have come while nobody waited. */
  async drain(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    this.#flush(0);
    await this.drain();
  }

  /** @param bytes that have to find room behind it */
  #flush(bytes: number): void {
    if (this.#end > 0) this.#stream.write(this.#chunk.subarray(0, this.#end));
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes));
    this.#end = 0;
  }
}
