import { randomBytes } from 'node:crypto';
import { isoMillis } from '../../protocol/base/time.js';
import type { Lane } from '../../protocol/records/lanes.js';

/** One plausible record of a lane, as JSON. */
export function recordOf(lane: Lane, nowMs: number, index: number): Buffer {
  const record = { '@timestamp': isoMillis(nowMs), ...KINDS[lane](index, isoMillis(nowMs)) };
  return Buffer.from(JSON.stringify(record));
}

/** A byte for each record would cost the processes of simulated sites more than all else about it. */
const CHANCE = randomBytes(64 * 1_024);
const DIGEST_BYTES = 20;

/** As random as a real one: what cannot be compressed counts. */
function digest(index: number): string {
  const start = (index * 7_919 + CHANCE_OFFSET) % (CHANCE.length - DIGEST_BYTES);
  return CHANCE.toString('base64', start, start + DIGEST_BYTES);
}
const CHANCE_OFFSET = CHANCE.readUInt16BE(0);

const conversation = (index: number): object => ({
  'source.ip': `192.168.${(index >> 8) & 255}.${index & 255}`,
  'source.port': 1_024 + (index % 60_000),
  'destination.ip': `203.0.113.${index % 251}`,
  'destination.port': 443,
  'network.transport': 'tcp',
  'network.community_id': `1:${digest(index)}`,
});

const KINDS: Readonly<Record<Lane, (index: number, time: string) => object>> = {
  p0: (index) => ({
    'event.kind': 'alert',
    'event.dataset': 'alert',
    'event.severity': 47,
    message: `simulated alert ${index}`,
    'hinomi.message_ja': `模擬アラート ${index}`,
    'rule.id': 'simulated',
    'rule.name': 'simulated',
  }),
  p1: (index) => ({
    'event.kind': 'event',
    'event.dataset': 'utm',
    'event.original': `simulated message ${index}`,
    'hinomi.event_class': 'unknown',
    'hinomi.parse.status': 'unknown',
    message: `simulated message ${index}`,
  }),
  p2: (index) => ({
    'event.kind': 'event',
    'event.dataset': 'dns',
    ...conversation(index),
    'dns.question.name': `host-${index}.example.jp`,
    'dns.question.type': 'A',
    'dns.response_code': 'NOERROR',
  }),
  p3: (index, time) => ({
    'event.kind': 'event',
    'event.dataset': 'flow',
    ...conversation(index),
    'event.start': time,
    'event.end': time,
    'event.duration': 0,
    'source.packets': 4,
    'source.bytes': 400 + (index % 1_000),
    'destination.packets': 5,
    'destination.bytes': 4_000 + (index % 10_000),
    'network.bytes': 4_400,
    'network.packets': 9,
    'hinomi.flow.state': 'SF',
    'hinomi.flow.history': 'ShADadFf',
    'hinomi.flow.source_payload_bytes': 100,
    'hinomi.flow.destination_payload_bytes': 3_000,
    'hinomi.flow.source_ip_bytes': 300,
    'hinomi.flow.destination_ip_bytes': 3_600,
    'hinomi.flow.missed_bytes': 0,
  }),
};
