import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openRecording } from '../agent/sensor/capture/recording.js';
import { Pipeline } from '../agent/sensor/pipeline.js';
import { PipelineConfig } from '../agent/sensor/pipeline-config.js';
import { loadConfig } from '../protocol/base/config.js';
import { FLOODS, floodTraffic } from '../scripts/traffic/floods.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { quantile } from './machine.js';

const ROUNDS = 5;
const SLICE_PACKETS = 4_096;
const FLOOD = { packets: 500_000, seed: 1, startUs: Date.parse('2026-04-06T00:00:00Z') * 1_000, rate: 100_000 };
const NS_PER_MS = 1e6;

interface Cost {
  readonly nsPerPacket: number;
  readonly records: number;
  readonly longestMs: number;
}

/**
 * What a packet costs in a live sensor with every dataset, of the usual mix and of floods. Each round plays all of them
 * in one process, after one round that does not count. A Markdown table; the median of the rounds.
 * @param mix the recording of the usual mix
 */
export async function measureWalls(mix: string, folder: string): Promise<string> {
  const files = new Map([['the usual mix', mix]]);
  for (const name of FLOODS) {
    const path = join(folder, `${name}.pcap`);
    await writeRecording(path, floodTraffic(name, FLOOD));
    files.set(`a flood of ${name}`, path);
  }
  const costs = new Map([...files.keys()].map((name): [string, Cost[]] => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, path] of files) {
      const cost = await measure(path);
      if (round > 0) costs.get(name)!.push(cost);
    }
  }
  return table(costs);
}

async function measure(path: string): Promise<Cost> {
  let records = 0;
  const pipeline = new Pipeline(loadConfig(PipelineConfig, {}), {
    seed: 1,
    emit: () => {
      records += 1;
    },
  });
  const recording = await openRecording(path);
  let longestMs = 0;
  const startMs = performance.now();
  for (let more = 'more', sliceMs = startMs; more === 'more'; ) {
    more = await recording.next(pipeline.onPacket, SLICE_PACKETS);
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - sliceMs);
    sliceMs = nowMs;
  }
  const tookMs = performance.now() - startMs;
  await recording.close();
  return { nsPerPacket: (tookMs * NS_PER_MS) / pipeline.packets, records, longestMs };
}

function table(costs: ReadonlyMap<string, readonly Cost[]>): string {
  const median = (list: readonly Cost[], of: (cost: Cost) => number) => quantile(list.map(of), 0.5);
  const usual = median([...costs.values()][0]!, (cost) => cost.nsPerPacket);
  const rows = [...costs].map(([name, list]) => {
    const ns = median(list, (cost) => cost.nsPerPacket);
    const longest = median(list, (cost) => cost.longestMs).toFixed(1);
    return `| ${name} | ${Math.round(ns)} | ${(ns / usual).toFixed(2)} | ${list[0]!.records} | ${longest} |`;
  });
  const head = `| traffic | ns/packet | the usual mix = 1 | records | longest ms for ${SLICE_PACKETS} packets |`;
  return [head, '|---|--:|--:|--:|--:|', ...rows].join('\n');
}
