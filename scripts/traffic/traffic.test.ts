import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchTraffic } from './bench.js';
import { CASES, type CaseName, caseTraffic } from './cases.js';
import { activityAt, officeTraffic } from './office.js';
import type { Packet } from './packet.js';
import { FORMATS, recordingParts, writeRecording } from './writers.js';

const START_US = Date.parse('2026-04-06T09:00:00+09:00') * 1_000;
const OFFICE = { minutes: 1, pcs: 6, seed: 3, startUs: START_US };
const BENCH = { packets: 6_000, flows: 300, seed: 3, startUs: START_US };
const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const FLAWED = '_ws.malformed || ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0';
const CHECKED = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => [
  '-o',
  `${name}:TRUE`,
]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-traffic-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function digest(packets: Iterable<Packet>): string {
  const hash = createHash('sha256');
  for (const part of recordingParts(packets, 'pcap')) hash.update(part);
  return hash.digest('hex');
}

function tshark(...args: string[]): string[] {
  return execFileSync('tshark', ['-n', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .split('\n')
    .filter((line) => line !== '');
}

const SCENARIOS: Readonly<Record<string, () => Iterable<Packet>>> = {
  office: () => officeTraffic(OFFICE),
  bench: () => benchTraffic(BENCH),
  ...Object.fromEntries(
    (Object.keys(CASES) as CaseName[]).map((name) => [`case ${name}`, () => caseTraffic(name, START_US)]),
  ),
};

describe.each(Object.entries(SCENARIOS))('%s', (name, make) => {
  it('is the same for the same seed', () => {
    expect(digest(make())).toBe(digest(make()));
  });

  it('is in order of time', () => {
    const times = Array.from(make(), (packet) => packet.timeUs);
    expect(times.length).toBeGreaterThan(0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it.skipIf(!hasTshark)('is read by tshark without malformed packets or wrong checksums', async () => {
    const file = join(folder, `${name.replace(' ', '-')}.pcap`);
    await writeRecording(file, make());
    expect(tshark('-r', file, ...CHECKED, '-Y', FLAWED)).toEqual([]);
    expect(tshark('-r', file, '-T', 'fields', '-e', 'frame.number')).toHaveLength([...make()].length);
  });
});

it('bench has exactly the packets that were asked for', () => {
  expect([...benchTraffic(BENCH)]).toHaveLength(BENCH.packets);
});

it.skipIf(!hasTshark)('bench has exactly the flows that were asked for', async () => {
  const file = join(folder, 'flows.pcap');
  await writeRecording(file, benchTraffic(BENCH));
  const conversations = tshark('-q', '-z', 'conv,tcp', '-z', 'conv,udp', '-r', file);
  expect(conversations.filter((line) => line.includes('<->'))).toHaveLength(BENCH.flows);
});

it('too few packets for the flows are refused', () => {
  expect(() => [...benchTraffic({ ...BENCH, packets: 300 })]).toThrow(RangeError);
});

it('another seed gives other packets', () => {
  expect(digest(officeTraffic(OFFICE))).not.toBe(digest(officeTraffic({ ...OFFICE, seed: 4 })));
});

it('the office rests at night and at noon', () => {
  const hour = 3_600e6;
  expect(activityAt(START_US + 3 * hour)).toBeLessThan(activityAt(START_US));
  expect(activityAt(START_US + 15 * hour)).toBeLessThan(activityAt(START_US + 3 * hour));
});

describe.each(FORMATS)('as %s', (format) => {
  it.skipIf(!hasTshark).each(['', '.gz'])('tshark reads the same times and bytes (%s)', async (suffix) => {
    const file = join(folder, `format-${format}${suffix}`);
    await writeRecording(file, caseTraffic('http', START_US), format);
    const rows = tshark('-r', file, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.len');
    const expected = Array.from(caseTraffic('http', START_US), ({ timeUs, bytes }) => [timeUs, bytes.length]);
    const read = rows
      .map((row) => row.split('\t'))
      .map(([time, bytes]) => [Math.round(Number(time) * 1e6), Number(bytes)]);
    expect(read).toEqual(expected);
    expect(readFileSync(file).length).toBeGreaterThan(0);
  });
});
