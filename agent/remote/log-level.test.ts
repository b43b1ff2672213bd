import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAdjustableLogger } from '../../protocol/base/log.js';
import { PassingLogLevel } from './log-level.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE_MS = 60_000;
const make = () => {
  const log = createAdjustableLogger('test', 'error');
  return { log, passing: new PassingLogLevel(log, 'error') };
};

test('another level holds for its time, and then it is the usual one by itself', () => {
  const { log, passing } = make();
  passing.set('debug', 5);
  vi.advanceTimersByTime(5 * MINUTE_MS - 1);
  expect(log.level).toBe('debug');
  vi.advanceTimersByTime(1);
  expect(log.level).toBe('error');
});

test('a second one takes the place of the first, with its own time', () => {
  const { log, passing } = make();
  passing.set('debug', 5);
  vi.advanceTimersByTime(4 * MINUTE_MS);
  passing.set('warn', 5);
  vi.advanceTimersByTime(4 * MINUTE_MS);
  expect(log.level).toBe('warn');
  vi.advanceTimersByTime(MINUTE_MS);
  expect(log.level).toBe('error');
});

test('a run of the agent that ends takes it back, and the next one begins with the configured level', () => {
  const { log, passing } = make();
  passing.set('debug', 5);
  passing.end();
  expect(log.level).toBe('error');
  vi.advanceTimersByTime(60 * MINUTE_MS);
  expect([log.level, make().log.level]).toEqual(['error', 'error']);
});
