import { performance } from 'node:perf_hooks';
import { openRecording } from '../agent/sensor/capture/recording.js';
import type { OnPacket } from '../agent/sensor/capture/source.js';
import { Pipeline } from '../agent/sensor/pipeline.js';
import { PipelineConfig } from '../agent/sensor/pipeline-config.js';
import { decodeFrame } from '../agent/sensor/wire/decode.js';
import { Frame } from '../agent/sensor/wire/frame.js';
import { loadConfig } from '../protocol/base/config.js';
import { quantile } from './machine.js';

const SLICE_PACKETS = 4_096;
const RUNS = 5;

interface Stage {
  readonly name: string;
  create(): { onPacket: OnPacket; finish(): void };
}

interface Cost {
  readonly nsPerPacket: number;
  /** Growth of the heap between slices; what is collected within a slice is missed, so this is a lower bound. */
  readonly heapBytesPerPacket: number;
}

const STAGES: readonly Stage[] = [
  { name: 'read', create: () => ({ onPacket: () => {}, finish: () => {} }) },
  { name: 'read, decode', create: decodeOnly },
  { name: 'read, decode, checksums, track (no records)', create: () => pipelineFor([]) },
  { name: 'the same with flow records as JSON', create: () => pipelineFor(['flow']) },
  { name: 'the same with DNS records too', create: () => pipelineFor(['flow', 'dns']) },
  {
    name: 'the same with every application',
    create: () => pipelineFor(['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset']),
  },
];

/** Each stage adds to the one before, so that differences are costs. A Markdown table; the median of the runs. */
export async function measureStages(file: string): Promise<string> {
  const lines = ['| stages | ns/packet | heap bytes/packet, at least |', '|---|--:|--:|'];
  for (const stage of STAGES) {
    const costs: Cost[] = [];
    for (let run = 0; run < RUNS; run += 1) costs.push(await measureStage(stage, file));
    const median = (of: (cost: Cost) => number) => quantile(costs.map(of), 0.5);
    const heap = median((cost) => cost.heapBytesPerPacket).toFixed(1);
    lines.push(`| ${stage.name} | ${Math.round(median((cost) => cost.nsPerPacket))} | ${heap} |`);
  }
  return lines.join('\n');
}

async function measureStage(stage: Stage, file: string): Promise<Cost> {
  const { onPacket, finish } = stage.create();
  const recording = await openRecording(file);
  let packets = 0;
  let heapGrowth = 0;
  let heapBefore = process.memoryUsage().heapUsed;
  const counting: OnPacket = (b, start, end, wireBytes, timeUs, linkType) => {
    packets += 1;
    onPacket(b, start, end, wireBytes, timeUs, linkType);
  };
  const startMs = performance.now();
  while ((await recording.next(counting, SLICE_PACKETS)) === 'more') {
    const heapNow = process.memoryUsage().heapUsed;
    heapGrowth += Math.max(0, heapNow - heapBefore);
    heapBefore = heapNow;
  }
  finish();
  const elapsedMs = performance.now() - startMs;
  await recording.close();
  return { nsPerPacket: (elapsedMs * 1e6) / packets, heapBytesPerPacket: heapGrowth / packets };
}

function decodeOnly(): ReturnType<Stage['create']> {
  const frame = new Frame();
  return {
    onPacket: (b, start, end, wireBytes, _timeUs, linkType) => {
      decodeFrame(frame, b, start, end, wireBytes, linkType);
    },
    finish: () => {},
  };
}

function pipelineFor(datasets: string[]): ReturnType<Stage['create']> {
  const config = loadConfig(PipelineConfig, { overrides: { datasets, flowsMax: 262_144 } });
  const pipeline = new Pipeline(config, { seed: 1, emit: () => {} });
  return { onPacket: pipeline.onPacket, finish: () => pipeline.finish() };
}
