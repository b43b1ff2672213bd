import { Session } from 'node:inspector/promises';
import { Pipeline } from '../agent/sensor/pipeline.js';
import { PipelineConfig } from '../agent/sensor/pipeline-config.js';
import { LinkType } from '../agent/sensor/wire/link-types.js';
import { loadConfig } from '../protocol/base/config.js';
import { benchTraffic } from '../scripts/traffic/bench.js';

/** Few conversations with many packets each: what is measured is the way of a packet, not the making of records. */
const TRAFFIC = { packets: 160_000, flows: 60, seed: 1, startUs: Date.parse('2026-04-06T00:00:00Z') * 1_000 };
/** Packets before the measurement begins, while the engine compiles and the conversations open. */
const WARM_PACKETS = 60_000;
/** Bytes between two samples of the profiler. */
const SAMPLING_BYTES = 1_024;
const ALLOCATORS_SHOWN = 8;

interface Packet {
  readonly start: number;
  readonly end: number;
  readonly timeUs: number;
}

/**
 * What the pipeline with every dataset allocates for packets of open conversations, by function: V8's sampling heap
 * profiler, what was collected meanwhile included. Text for a person.
 */
export async function profileAllocation(): Promise<string> {
  const { bytes, packets } = inOneBuffer();
  let records = 0;
  const pipeline = new Pipeline(loadConfig(PipelineConfig, {}), {
    seed: 1,
    emit: () => {
      records += 1;
    },
  });
  const play = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) {
      const { start, end, timeUs } = packets[index]!;
      pipeline.onPacket(bytes, start, end, end - start, timeUs, LinkType.Ethernet);
    }
  };
  play(0, WARM_PACKETS);
  records = 0;
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLING_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as never);
  play(WARM_PACKETS, packets.length);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  return report(profile.head, packets.length - WARM_PACKETS, records);
}

/** As a capture has them: one buffer that is never the reason for an object of its own. */
function inOneBuffer(): { bytes: Buffer; packets: Packet[] } {
  const parts: Buffer[] = [];
  const packets: Packet[] = [];
  let start = 0;
  for (const { timeUs, bytes } of benchTraffic(TRAFFIC)) {
    parts.push(bytes);
    packets.push({ start, end: start + bytes.length, timeUs });
    start += bytes.length;
  }
  return { bytes: Buffer.concat(parts), packets };
}

interface Node {
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly selfSize: number;
  readonly children: readonly Node[];
}

function report(head: Node, packets: number, records: number): string {
  const bytes = new Map<string, number>();
  const add = (node: Node): void => {
    const who = `${node.callFrame.functionName || '(anonymous)'} ${node.callFrame.url.split('/').pop() ?? ''}`;
    bytes.set(who, (bytes.get(who) ?? 0) + node.selfSize);
    node.children.forEach(add);
  };
  add(head);
  const total = [...bytes.values()].reduce((sum, count) => sum + count, 0);
  const most = [...bytes].sort((a, b) => b[1] - a[1]).slice(0, ALLOCATORS_SHOWN);
  const rows = most.map(([who, count]) => `| ${who} | ${(count / packets).toFixed(2)} |`);
  const sum = `${packets} packets, ${records} records, ${(total / packets).toFixed(2)} bytes a packet in all.`;
  return [`${sum}\n`, '| allocated by | bytes a packet |', '|---|--:|', ...rows].join('\n');
}
