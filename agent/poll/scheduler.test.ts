import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Job, Scheduler } from './scheduler.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const MINUTE = 60_000;

function schedule(
  jobs: Job[],
  run: (job: Job, signal: AbortSignal) => Promise<boolean>,
  more: { concurrency?: number; random?: () => number } = {},
): Scheduler<Job> {
  const config = { concurrency: more.concurrency ?? 16, backoffMsMax: 10 * MINUTE };
  const scheduler = new Scheduler(jobs, config, { clock, random: more.random ?? (() => 0.5), run });
  scheduler.start();
  return scheduler;
}

const job = (everyMs = MINUTE, timeoutMs = 5_000): Job => ({ everyMs, timeoutMs });

test('a job is done once in its interval', async () => {
  const run = vi.fn(async () => false);
  const scheduler = schedule([job()], run);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(run.mock.calls.length).toBe(60);
  await scheduler.close();
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(run.mock.calls.length).toBe(60);
});

test('jobs that begin together are spread, and jitter stays within a tenth', async () => {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const jobs = Array.from({ length: 60 }, () => job());
  const times = new Map<Job, number[]>(jobs.map((one) => [one, []]));
  const scheduler = schedule(jobs, async (one) => void times.get(one)?.push(performance.now()) === null, { random });
  const startedMs = performance.now();
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  await scheduler.close();
  const firsts = [...times.values()].map((list) => Math.floor(((list[0] ?? 0) - startedMs) / 6_000));
  expect(new Set(firsts).size).toBeGreaterThan(6);
  for (const list of times.values())
    for (let index = 1; index < list.length; index++) {
      const gap = (list[index] ?? 0) - (list[index - 1] ?? 0);
      expect(gap).toBeGreaterThan(0.89 * MINUTE);
      expect(gap).toBeLessThan(1.11 * MINUTE);
    }
});

test('a job that fails is done less often, but within the bound, and as usual when it succeeds', async () => {
  let isFailing = true;
  const times: number[] = [];
  const scheduler = schedule([job()], async () => {
    times.push(performance.now());
    return isFailing;
  });
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  const gaps = times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / MINUTE));
  expect(gaps.slice(0, 6)).toEqual([2, 4, 8, 10, 10, 10]);
  isFailing = false;
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  const before = times.length;
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(times.length - before).toBe(10);
  await scheduler.close();
});

test('never more at once than allowed, and everybody has his turn', async () => {
  let most = 0;
  const done = new Set<Job>();
  const scheduler = schedule(
    Array.from({ length: 100 }, () => job()),
    async (one) => {
      most = Math.max(most, scheduler.running + 1);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      done.add(one);
      return false;
    },
    { concurrency: 4, random: () => 0 },
  );
  await vi.advanceTimersByTimeAsync(40_000);
  expect([most, done.size]).toEqual([4, 100]);
  await scheduler.close();
});

test('a job that does not heed its signal loses its place, and is counted', async () => {
  const signals: AbortSignal[] = [];
  const scheduler = schedule(
    [job(), job()],
    (_job, signal) => {
      signals.push(signal);
      return new Promise<boolean>(() => {});
    },
    { concurrency: 1, random: () => 0 },
  );
  await vi.advanceTimersByTimeAsync(5_001);
  expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  await vi.advanceTimersByTimeAsync(2_001);
  expect([signals.length, scheduler.counters.overtime]).toEqual([2, 1]);
  const closed = scheduler.close();
  await vi.advanceTimersByTimeAsync(2_001);
  await closed;
  expect(signals[1]?.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
