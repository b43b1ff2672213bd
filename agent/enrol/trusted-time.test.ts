import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { TrustedTime } from './trusted-time.js';

const DAY_MS = 86_400_000;
const TRUE_MS = Date.parse('2027-03-01T00:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'hinomi-time-'));
afterAll(() => rmSync(folder, { recursive: true }));

let clockMs: number;
let monotonic: number;
let file: string;
let count = 0;
const clock = { now: () => clockMs, monotonic: () => monotonic };
beforeEach(() => {
  clockMs = TRUE_MS;
  monotonic = 1_000;
  count += 1;
  file = join(folder, String(count), 'time-floor');
});

test('a clock that may be right is believed', () => {
  expect(new TrustedTime(clock, file).now()).toBe(TRUE_MS);
});

test('a clock from before the program was written is not', () => {
  clockMs = 0;
  expect(new TrustedTime(clock, file).now()).toBeGreaterThan(Date.parse('2026-01-01'));
});

test.each([0, Date.parse('2040-01-01')])('what the collector signed corrects a clock that says %i', (wrongMs) => {
  clockMs = wrongMs;
  const time = new TrustedTime(clock, file);
  time.learn(TRUE_MS);
  monotonic += 5_000;
  clockMs += 5_000;
  expect(time.now()).toBe(TRUE_MS + 5_000);
  expect(time.clockErrorMs).toBe(wrongMs - TRUE_MS);
  // The clock is set while we run: it is right now.
  clockMs = TRUE_MS + 5_010;
  expect(time.now()).toBe(TRUE_MS + 5_010);
});

test('a clock that is off by seconds is left alone', () => {
  const time = new TrustedTime(clock, file);
  time.learn(TRUE_MS - 30_000);
  expect(time.now()).toBe(TRUE_MS);
});

test('after a power cut it is never earlier than what was known for sure', () => {
  new TrustedTime(clock, file).learn(TRUE_MS);
  clockMs = 0;
  expect(new TrustedTime(clock, file).now()).toBe(TRUE_MS);
});

test('a clock in the future does not raise the floor', () => {
  clockMs = Date.parse('2040-01-01');
  const time = new TrustedTime(clock, file);
  expect(time.now()).toBe(clockMs);
  time.learn(TRUE_MS);
  clockMs = 0;
  expect(new TrustedTime(clock, file).now()).toBe(TRUE_MS);
});

test('the floor is written once a day, and a damaged one does no harm', () => {
  const time = new TrustedTime(clock, file);
  time.learn(TRUE_MS);
  time.learn(TRUE_MS + DAY_MS - 1);
  expect(readFileSync(file, 'utf8')).toBe('2027-03-01T00:00:00.000Z\n');
  time.learn(TRUE_MS + DAY_MS);
  expect(readFileSync(file, 'utf8')).toBe('2027-03-02T00:00:00.000Z\n');
  writeFileSync(file, '\0\0\0');
  clockMs = 0;
  expect(new TrustedTime(clock, file).now()).toBeGreaterThan(0);
});
