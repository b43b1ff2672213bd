import { expect, test } from 'vitest';
import type { Logger } from '../../protocol/base/log.js';
import { Complaints } from './complaints.js';

function stage() {
  const lines: Array<Record<string, unknown>> = [];
  let nowMs = 0;
  const log = { warn: (facts: object, message: string) => void lines.push({ ...facts, message }) } as unknown as Logger;
  const complaints = new Complaints(log, { now: () => nowMs, monotonic: () => nowMs });
  return { lines, complaints, pass: (ms: number) => (nowMs += ms) };
}

test('the same is said once in ten seconds, then with how often it was', () => {
  const { lines, complaints, pass } = stage();
  for (let i = 0; i < 5; i++) complaints.say('a', 'bad frame', { flaw: 'x' });
  complaints.say('b', 'bad frame');
  expect(lines).toEqual([
    { agent: 'a', flaw: 'x', message: 'bad frame' },
    { agent: 'b', message: 'bad frame' },
  ]);
  pass(10_000);
  complaints.say('a', 'bad frame');
  expect(lines[2]).toEqual({ agent: 'a', more: 4, message: 'bad frame' });
});

test('names that are invented share one line', () => {
  const { lines, complaints } = stage();
  for (let i = 0; i < 5_000; i++) complaints.say(`x${i}`, 'bad frame');
  expect(lines).toHaveLength(1_001);
});
