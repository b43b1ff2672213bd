import { randomInt } from 'node:crypto';
import { basename } from 'node:path';
import { loadConfig } from '../protocol/base/config.js';
import { CodedError } from '../protocol/base/errors.js';
import { RECORD_KINDS } from '../protocol/records/records.js';
import { NdjsonOutput } from './ndjson-output.js';
import { ARP_DATASET } from './sensor/arp-record.js';
import { openRecording } from './sensor/capture/recording.js';
import { Pipeline } from './sensor/pipeline.js';
import { PipelineConfig } from './sensor/pipeline-config.js';

/** Packets between two looks at the output. */
const SLICE_PACKETS = 4_096;
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
  const output = new NdjsonOutput(process.stdout);
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
