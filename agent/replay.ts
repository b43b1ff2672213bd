import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { loadConfig } from '../protocol/base/config.js';
import { CodedError } from '../protocol/base/errors.js';
import { RECORD_KINDS } from '../protocol/records/records.js';
import { ARP_DATASET } from './sensor/arp-record.js';
import { openRecording } from './sensor/capture/recording.js';
import { Pipeline, PipelineConfig } from './sensor/pipeline.js';

/** Packets between two looks at the output. */
const SLICE_PACKETS = 4_096;
/** Text that is gathered before it is written. */
const FLUSH_CHARACTERS = 64 * 1024;
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
    pipeline.finish();
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
    },
  });
}

/** Lines to a stream in large pieces, at the pace of its reader. A reader that went away ends the program quietly. */
class Output {
  readonly #stream: Writable;
  #text = '';

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }

  write(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= FLUSH_CHARACTERS) this.#flush();
  }

  /** Asks the stream itself: the event may have come while nobody waited. */
  async drain(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    this.#flush();
    await this.drain();
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#stream.write(this.#text);
    this.#text = '';
  }
}
