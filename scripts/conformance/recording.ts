import { openRecording } from '../../agent/sensor/capture/recording.js';
import { Pipeline } from '../../agent/sensor/pipeline.js';
import { PipelineConfig } from '../../agent/sensor/pipeline-config.js';
import { loadConfig } from '../../protocol/base/config.js';
import { CodedError } from '../../protocol/base/errors.js';
import type { DnsRecord } from '../../protocol/records/dns.js';
import type { FlowRecord } from '../../protocol/records/flow.js';
import type { AnyRecord } from '../../protocol/records/records.js';

const DATASETS = ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset'];
const SLICE_PACKETS = 4_096;
/** Any number: the hash seed has no effect on records. */
const SEED = 1;

/** What the pipeline made of one recording. */
export interface Replayed {
  readonly flows: FlowRecord[];
  readonly dns: DnsRecord[];
  /** Records of every other kind. */
  readonly others: AnyRecord[];
  readonly packets: number;
  readonly tookMs: number;
  /** The clear error that ended it. Anything that is no CodedError is thrown: it is a bug. */
  readonly error?: CodedError;
}

/** Replays a recording through the real pipeline, in this process, and keeps its records. */
export async function replayRecording(path: string, dropBadChecksums: boolean): Promise<Replayed> {
  const flows: FlowRecord[] = [];
  const dns: DnsRecord[] = [];
  const others: AnyRecord[] = [];
  const startedAt = performance.now();
  const config = loadConfig(PipelineConfig, { overrides: { datasets: [...DATASETS], dropBadChecksums, longFlowS: 0 } });
  const pipeline = new Pipeline(config, {
    seed: SEED,
    emit: (dataset, json) => {
      if (dataset === 'flow') flows.push(JSON.parse(json));
      else if (dataset === 'dns') dns.push(JSON.parse(json));
      else others.push(JSON.parse(json));
    },
  });
  const error = await feed(path, pipeline);
  pipeline.finish();
  const tookMs = performance.now() - startedAt;
  return { flows, dns, others, packets: pipeline.packets, tookMs, ...(error === undefined ? {} : { error }) };
}

async function feed(path: string, pipeline: Pipeline): Promise<CodedError | undefined> {
  try {
    const recording = await openRecording(path);
    try {
      while ((await recording.next(pipeline.onPacket, SLICE_PACKETS)) === 'more');
    } finally {
      await recording.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** Replays each recording once, however often it is asked for. */
export class Recordings {
  readonly #known = new Map<string, Promise<Replayed>>();

  replay(path: string, dropBadChecksums: boolean): Promise<Replayed> {
    const key = `${dropBadChecksums} ${path}`;
    const known = this.#known.get(key) ?? replayRecording(path, dropBadChecksums);
    this.#known.set(key, known);
    return known;
  }
}
