import { expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import type { CoverageRecord } from '../../protocol/records/coverage.js';
import { flawOfRecord } from '../../protocol/records/records.js';
import { officeTraffic } from '../../scripts/traffic/office.js';
import { ethernet, ipFrame, type Packet, udpFrame } from '../../scripts/traffic/packet.js';
import { Pipeline } from './pipeline.js';
import { PipelineConfig } from './pipeline-config.js';
import type { LinkFacts } from './sight/sight.js';
import { LinkType } from './wire/link-types.js';

const START_US = 1_700_000_040e6;
const BOX = { mac: '02:00:00:00:00:99', ip: '192.168.1.99' };
const A = { mac: '02:00:00:00:00:01', ip: '192.168.1.10' };
const B = { mac: '02:00:00:00:00:02', ip: '192.168.1.1' };
const LINK: LinkFacts = { mac: BOX.mac, mtuBytes: 1_500 };

/** All coverage of the packets together. */
function coverageOf(packets: Iterable<Packet>, datasets = ['coverage', 'dns', 'tls']): CoverageRecord[] {
  const records: CoverageRecord[] = [];
  const emit = (dataset: string, json: string): void => {
    if (dataset === 'coverage') records.push(JSON.parse(json));
  };
  const config = loadConfig(PipelineConfig, { overrides: { datasets } });
  const pipeline = new Pipeline(config, { seed: 3, emit }, 'eth1', LINK);
  for (const { bytes, timeUs } of packets)
    pipeline.onPacket(bytes, 0, bytes.length, bytes.length, timeUs, LinkType.Ethernet);
  pipeline.finish();
  expect(records.map((record) => flawOfRecord(record)).filter((flaw) => flaw !== undefined)).toEqual([]);
  return records;
}

const office = (): Packet[] => [...officeTraffic({ minutes: 1, pcs: 5, seed: 5, startUs: START_US })];
const isToMany = ({ bytes }: Packet): boolean => (bytes[0]! & 1) === 1;
const sum = (records: CoverageRecord[], name: keyof CoverageRecord): number =>
  records.reduce((total, record) => total + Number(record[name] ?? 0), 0);

test('a whole mirror shows others, both directions, and hosts', () => {
  const [first] = coverageOf(office());
  expect(first?.['hinomi.coverage.unicast_others_share']).toBeGreaterThan(0.5);
  expect(first?.['hinomi.coverage.tcp_half_seen_share'] ?? 0).toBeLessThan(0.05);
  expect(first?.['hinomi.coverage.missed_share'] ?? 0).toBe(0);
  expect(first?.['hinomi.coverage.hosts']).toBeGreaterThanOrEqual(5);
  expect(first?.['hinomi.coverage.stations']).toBeGreaterThanOrEqual(5);
});

test('a mirror of one direction is known by the conversations whose other half was never seen', () => {
  // What a switch sends when only what a port receives is mirrored: no answer of a server.
  const isAnswer = ({ bytes }: Packet): boolean => bytes[23] === 6 && bytes.readUInt16BE(34) < bytes.readUInt16BE(36);
  const records = coverageOf(office().filter((packet) => !isAnswer(packet)));
  expect(sum(records, 'hinomi.coverage.tcp_flows')).toBeGreaterThan(5);
  expect(sum(records, 'hinomi.coverage.tcp_half_seen') / sum(records, 'hinomi.coverage.tcp_flows')).toBeGreaterThan(
    0.7,
  );
});

test('a mirror port that does not mirror is known by its share of packets to others', () => {
  const own = { bytes: udpFrame(BOX, B, 40_000, 53, Buffer.alloc(30)), timeUs: START_US + 1 };
  const answer = { bytes: udpFrame(B, BOX, 53, 40_000, Buffer.alloc(30)), timeUs: START_US + 2 };
  const [record] = coverageOf([...office().filter(isToMany), own, answer]);
  expect(record?.['hinomi.coverage.multicast']).toBeGreaterThan(2);
  expect(record).toMatchObject({
    'hinomi.coverage.unicast': 2,
    'hinomi.coverage.unicast_others': 0,
    'hinomi.coverage.unicast_others_share': 0,
    'hinomi.coverage.own': 2,
  });
});

test('bytes that were acknowledged and not seen are a share of the TCP payload', () => {
  let count = 0;
  const isLost = ({ bytes }: Packet): boolean => bytes.length > 1_000 && bytes[23] === 6 && ++count % 5 === 0;
  const records = coverageOf(office().filter((packet) => !isLost(packet)));
  const missed = sum(records, 'hinomi.coverage.missed_bytes');
  expect(missed / (missed + sum(records, 'hinomi.coverage.tcp_bytes'))).toBeGreaterThan(0.05);
  expect(sum(records, 'hinomi.coverage.gaps')).toBeGreaterThan(5);
});

test('tags, giants and what is not decoded are told by number', () => {
  const giant = ipFrame(A, B, 17, Buffer.alloc(9_000));
  const esp = ipFrame(A, B, 50, Buffer.alloc(60));
  const tagged = (id: number): Buffer => ethernet(A, B, 0x88cc, Buffer.alloc(60), [id]);
  const frames = [giant, esp, tagged(20), tagged(20), tagged(30), ethernet(A, B, 0x88b5, Buffer.alloc(60))];
  const [record] = coverageOf(frames.map((bytes) => ({ bytes, timeUs: START_US })));
  expect(record).toMatchObject({
    'hinomi.coverage.giants': 1,
    'hinomi.coverage.giant_bytes_max': giant.length,
    'hinomi.coverage.vlans': [
      { id: 20, packets: 2 },
      { id: 30, packets: 1 },
    ],
    // ESP and the unknown EtherType may carry something; LLDP does not.
    'hinomi.coverage.undecoded': 2,
    'hinomi.coverage.undecoded_types': expect.arrayContaining([
      { kind: 'ip', number: '50', name: 'esp', packets: 1 },
      { kind: 'ethertype', number: '0x88b5', packets: 1 },
    ]),
  });
});

test('each minute counts for itself', () => {
  const at = (timeUs: number): Packet => ({ bytes: udpFrame(A, B, 1, 2, Buffer.alloc(9)), timeUs });
  const records = coverageOf([at(START_US), at(START_US + 1), at(START_US + 60e6)]);
  expect(records.map((record) => record['hinomi.coverage.packets'])).toEqual([2, 1]);
  expect(records.map((record) => record['hinomi.coverage.hosts'])).toEqual([1, 1]);
});

test('numbers without end fill no table', () => {
  const packets = Array.from({ length: 60_000 }, (_, n) => ({
    bytes: ethernet(A, B, 0x600 + n, Buffer.alloc(46)),
    timeUs: START_US,
  }));
  const [record] = coverageOf(packets);
  expect(record?.['hinomi.coverage.undecoded_types']?.length).toBeLessThanOrEqual(65);
  expect(record?.['hinomi.coverage.undecoded']).toBeGreaterThan(50_000);
});

/** Records of an office's minute, by a pipeline that was pressed so often before. */
function recordsOf(packets: readonly Packet[], pressed: number): Record<string, unknown>[] {
  const records: Record<string, unknown>[] = [];
  const emit = (_dataset: string, json: string): void => void records.push(JSON.parse(json));
  const config = loadConfig(PipelineConfig, { overrides: { datasets: ['coverage', 'flow', 'tls'] } });
  const pipeline = new Pipeline(config, { seed: 3, emit }, 'eth1', LINK);
  for (let tick = 1; tick <= pressed; tick++) {
    pipeline.onLoad({ nowMs: tick * 1_000, behindMs: 900, dropped: 1_000, busyShare: 1 });
  }
  for (const { bytes, timeUs } of packets)
    pipeline.onPacket(bytes, 0, bytes.length, bytes.length, timeUs, LinkType.Ethernet);
  pipeline.finish();
  return records;
}

test('under overload whole conversations are left out, and it is told how many packets and what share', () => {
  const packets = office();
  const records = recordsOf(packets, 3);
  const keyOf = (flow: Record<string, unknown>): string =>
    ['network.community_id', 'event.start', 'event.end', 'network.packets', 'network.bytes']
      .map((key) => flow[key])
      .join();
  const isFlow = (record: Record<string, unknown>): boolean => record['event.dataset'] === 'flow';
  const all = new Set(recordsOf(packets, 0).filter(isFlow).map(keyOf));
  const kept = records.filter(isFlow).map(keyOf);
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.length).toBeLessThan(all.size / 2);
  expect(kept.filter((key) => !all.has(key))).toEqual([]);
  const [coverage] = records.filter((record) => record['event.dataset'] === 'coverage');
  expect(coverage).toMatchObject({ 'hinomi.coverage.kept_share': 0.25, 'hinomi.coverage.missed_bytes': 0 });
  expect(coverage?.['hinomi.coverage.sampled']).toBeGreaterThan(packets.length / 2);
  expect(coverage?.['hinomi.coverage.shallow_flows']).toBeGreaterThan(0);
  expect(records.some((record) => record['event.dataset'] === 'tls')).toBe(false);
});
