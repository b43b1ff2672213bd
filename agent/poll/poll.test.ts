import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { EndpointRecord } from '../../protocol/records/endpoint.js';
import { MetricRecord } from '../../protocol/records/metric.js';
import { flawOfRecord } from '../../protocol/records/records.js';
import type { ProbeKind } from './config.js';
import { checkTargets, Poll, PollConfig } from './poll.js';
import type { Probe, ProbeResult } from './result.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const checks = { endpoint: Compile(EndpointRecord), metric: Compile(MetricRecord) };

type Told = Record<string, unknown> & { lane: string };

function pollOf(targets: object[], probe: Probe, more: object = {}): { poll: Poll; told: Told[] } {
  const told: Told[] = [];
  const probes = Object.fromEntries(
    ['icmp', 'tcp', 'http', 'dns', 'snmp', 'smb', 'rdp'].map((kind) => [kind, probe]),
  ) as Record<ProbeKind, Probe>;
  const poll = new Poll(loadConfig(PollConfig, { overrides: { targets, ...more } }), {
    ...{ clock, random: () => 0.5, log: silentLogger, probes },
    secret: () => undefined,
    accept: (lane, line) => {
      const record = JSON.parse(line.toString());
      expect(flawOfRecord(record)).toBeUndefined();
      expect(checks[record['event.dataset'] as 'endpoint' | 'metric'].Check(record)).toBe(true);
      told.push({ ...record, lane });
    },
  });
  return { poll, told };
}

const NAS = { id: 'nas', name: 'NAS', tcp: { host: '192.0.2.1', port: 445 } };
const good: ProbeResult = { outcome: 'good', reason: 'ok', timesMs: [4], facts: { 'host.ip': ['192.0.2.1'] } };
const bad: ProbeResult = { outcome: 'bad', reason: 'refused' };

test('a target that stays as it is gives one record in five minutes', async () => {
  const { poll, told } = pollOf([NAS], async () => good);
  await poll.start();
  await vi.advanceTimersByTimeAsync(61 * MINUTE);
  await poll.close();
  expect(told[0]).toMatchObject({ 'event.kind': 'event', 'hinomi.endpoint.state': 'up', lane: 'p1' });
  expect(told.length).toBeLessThan(15);
  expect(told[1]).toMatchObject({
    ...{ 'event.kind': 'metric', 'hinomi.endpoint.probes': 6, 'hinomi.endpoint.failures': 0 },
    ...{ 'hinomi.endpoint.loss': 0, 'hinomi.endpoint.time_avg_ms': 4, 'host.ip': ['192.0.2.1'], lane: 'p1' },
  });
  const probes = told.reduce((sum, record) => sum + Number(record['hinomi.endpoint.probes']), 0);
  expect(probes).toBe(poll.stats().probes);
});

test('going down and coming back are alerts at once, in both languages', async () => {
  let result = good;
  const { poll, told } = pollOf([NAS], async () => result);
  await poll.start();
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  result = bad;
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(told.filter((record) => record['event.kind'] === 'alert')).toEqual([]);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told.at(-1)).toMatchObject({
    ...{ 'event.kind': 'alert', 'rule.id': 'endpoint-down', 'event.reason': 'refused', lane: 'p0' },
    ...{ 'hinomi.endpoint.state': 'down', 'hinomi.endpoint.previous': 'up', 'hinomi.endpoint.failures': 3 },
    message: 'NAS is down: the connection is refused. Check that it is switched on and its cable is plugged in.',
    'hinomi.message_ja': expect.stringContaining('「NAS」が止まっています(接続を断られました)'),
  });
  expect(poll.stats()).toMatchObject({ targets: 1, states: { down: 1 }, oldestSuccess: { id: 'nas' } });
  result = good;
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  const alerts = told.filter((record) => record['event.kind'] === 'alert');
  expect(alerts.map((record) => record['rule.id'])).toEqual(['endpoint-down', 'endpoint-back']);
  await poll.close();
});

test('what could not be asked is unknown, never down', async () => {
  const { poll, told } = pollOf([NAS], async () => ({ outcome: 'unable', reason: 'secret-missing' }));
  await poll.start();
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  await poll.close();
  expect(told.some((record) => record['event.kind'] === 'alert')).toBe(false);
  expect(poll.stats()).toMatchObject({ states: { unknown: 1 }, neverAnswered: 1 });
});

test('a slow answer is a trouble where the configuration says so', async () => {
  const { poll, told } = pollOf([{ ...NAS, slowMs: 3 }], async () => good);
  await poll.start();
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  await poll.close();
  expect(told[0]).toMatchObject({ 'event.reason': 'slow', 'hinomi.endpoint.state': 'degraded' });
});

test('figures are one record each, with their range; errors that never came are none', async () => {
  let load = 0;
  const { poll, told } = pollOf([NAS], async () => ({
    ...good,
    samples: [
      { name: 'cpu.usage', unit: 'percent', value: (load += 10) },
      { name: 'interface.in_errors', unit: '1/s', instance: 'ge0', value: 0 },
    ],
  }));
  await poll.start();
  await vi.advanceTimersByTimeAsync(6 * MINUTE + 31_000);
  const metrics = told.filter((record) => record['event.dataset'] === 'metric');
  expect(metrics).toHaveLength(2);
  expect(metrics[1]).toMatchObject({
    ...{ 'hinomi.metric.name': 'cpu.usage', 'hinomi.metric.min': 20, 'hinomi.metric.max': 70, lane: 'p3' },
    ...{ 'hinomi.metric.avg': 45, 'hinomi.metric.value': 70, 'hinomi.metric.count': 6, 'host.ip': ['192.0.2.1'] },
  });
  await poll.close();
});

test('series beyond the limit are counted and left out', async () => {
  const samples = Array.from({ length: 3_000 }, (_, index) => ({
    name: 'x',
    unit: 'u',
    instance: `${index}`,
    value: 1,
  }));
  const { poll, told } = pollOf([NAS], async () => ({ ...good, samples }));
  await poll.start();
  await vi.advanceTimersByTimeAsync(MINUTE);
  await poll.close();
  expect(told.filter((record) => record['event.dataset'] === 'metric').length).toBe(2_048);
  expect(poll.stats().seriesDropped).toBe(3_000 - 2_048);
});

test('a probe that throws is our fault, and keeps the others going', async () => {
  const targets = [NAS, { ...NAS, id: 'b' }];
  const { poll } = pollOf(targets, async ({ id }) => {
    if (id === 'b') throw new TypeError('himitsu');
    return good;
  });
  await poll.start();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(poll.stats().states).toMatchObject({ up: 1, unknown: 1 });
  await poll.close();
});

test('a probe that never ends is a failure of its target', async () => {
  const { poll, told } = pollOf([NAS], () => new Promise(() => {}));
  await poll.start();
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(told[0]).toMatchObject({ 'event.reason': 'timeout', 'hinomi.endpoint.state': 'down' });
  const closed = poll.close();
  await vi.advanceTimersByTimeAsync(5_000);
  await closed;
  expect(vi.getTimerCount()).toBe(0);
});

test('at the end what was measured is told, and nothing after it', async () => {
  const { poll, told } = pollOf([NAS], async () => good);
  await poll.start();
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  await poll.close();
  expect(told.at(-1)).toMatchObject({ 'event.kind': 'metric', 'hinomi.endpoint.probes': 2 });
  const count = told.length;
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  await poll.close();
  expect(told.length).toBe(count);
});

test.each([
  ['two probes', [{ ...NAS, rdp: { host: 'a' } }], 'exactly one of'],
  ['no probe', [{ id: 'a', name: 'A' }], 'exactly one of'],
  ['one id twice', [NAS, NAS], 'used twice'],
  ['no community', [{ id: 'a', name: 'A', snmp: { host: 'a', version: '2c' } }], 'communitySecret is missing'],
  ['no user', [{ id: 'a', name: 'A', snmp: { host: 'a' } }], 'user is missing'],
  [
    'encryption alone',
    [{ id: 'a', name: 'A', snmp: { host: 'a', user: 'u', privacySecret: 'p' } }],
    'needs snmp.authSecret',
  ],
  ['a timeout beyond the interval', [{ ...NAS, everyMs: 10_000, timeoutMs: 10_000 }], 'shorter'],
])('a configuration with %s is refused', (_name, targets, words) => {
  expect(() => checkTargets(loadConfig(PollConfig, { overrides: { targets } }).targets)).toThrow(words);
});

test.each([
  ['a host that is an option', [{ id: 'a', name: 'A', icmp: { host: '-f' } }]],
  ['a community in the open', [{ id: 'a', name: 'A', snmp: { host: 'a', version: '2c', community: 'public' } }]],
  ['a password in a URL', [{ id: 'a', name: 'A', http: { url: 'https://a:b@example.jp/' } }]],
  ['too many targets', Array.from({ length: 513 }, (_, index) => ({ ...NAS, id: `t${index}` }))],
])('%s is refused', (_name, targets) => {
  expect(() => loadConfig(PollConfig, { overrides: { targets } })).toThrow('targets');
});
