import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { HealthRecord } from '../../protocol/records/health.js';
import { Health, HealthConfig } from './health.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('tells of itself soon after the start, then once a minute, until it is closed', async () => {
  const records: Record<string, unknown>[] = [];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const health = new Health(loadConfig(HealthConfig, {}), {
    clock,
    random: Math.random,
    log: silentLogger,
    version: '1.2.3',
    spool: () => ({ bytes: 10, batches: 2, accepted: { p0: 1, p1: 2, p2: 3, p3: 4 } }),
    sensorRestarts: () => 5,
    accept: (lane, line) => {
      expect(lane).toBe('p1');
      records.push(JSON.parse(line.toString()));
    },
  });
  await health.start();
  vi.advanceTimersByTime(5_000);
  expect(records).toHaveLength(1);
  expect(Compile(HealthRecord).Check(records[0])).toBe(true);
  expect(records[0]).toMatchObject({
    'hinomi.health.version': '1.2.3',
    'hinomi.health.uptime_s': 5,
    'hinomi.health.accepted_records': 10,
    'hinomi.health.sensor_restarts': 5,
  });
  vi.advanceTimersByTime(120_000);
  expect(records).toHaveLength(3);
  await health.close();
  vi.advanceTimersByTime(120_000);
  expect(records).toHaveLength(3);
});
