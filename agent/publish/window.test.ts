import { expect, test } from 'vitest';
import type { Ack } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { SendWindow } from './window.js';

const CONFIG = { creditStart: 4, creditMax: 64, ackTimeoutMs: 1_000 };
const ENDLESS = (_lane: Lane, after: number) => ({ seq: after + 1 });
const ack = (lane: Lane, seq: number, more: Partial<Ack> = {}): Ack => ({
  epoch: 'e',
  lane,
  seq,
  credit: 1_024,
  pauseMs: 0,
  ...more,
});

function sendAll(window: SendWindow, nowMs: number): string[] {
  const sent: string[] = [];
  for (let next = window.pick(nowMs); next !== undefined; next = window.pick(nowMs)) {
    window.sent(next.lane, next.seq, nowMs);
    sent.push(`${next.lane} ${next.seq}`);
  }
  return sent;
}

test('while all lanes have a backlog, p1, p2 and p3 share 4 to 2 to 1', () => {
  const window = new SendWindow(CONFIG, (lane, after) => (lane === 'p0' ? undefined : ENDLESS(lane, after)));
  window.onAck(ack('p0', 0), 0);
  const sent = sendAll(window, 0);
  const share = (lane: Lane): number => sent.filter((batch) => batch.startsWith(lane)).length;
  expect(sent).toHaveLength(CONFIG.creditMax);
  expect(share('p1') / share('p3')).toBeCloseTo(4, 0);
  expect(share('p2') / share('p3')).toBeCloseTo(2, 0);
});

test('p0 goes before everything', () => {
  const window = new SendWindow(CONFIG, ENDLESS);
  expect(sendAll(window, 0)).toEqual(['p0 1', 'p0 2', 'p0 3', 'p0 4']);
});

test('no credit means nothing, until the word is old: then one batch asks', () => {
  const window = new SendWindow(CONFIG, (lane, after) => (lane === 'p1' ? { seq: after + 1 } : undefined));
  window.onAck(ack('p1', 3, { credit: 0 }), 0);
  expect(sendAll(window, 999)).toEqual([]);
  expect(sendAll(window, 1_000)).toEqual(['p1 4']);
});

test('a pause does not count as waiting for an acknowledgement', () => {
  const window = new SendWindow(CONFIG, (lane, after) => (lane === 'p1' ? { seq: after + 1 } : undefined));
  sendAll(window, 0);
  window.onAck(ack('p1', 1, { pauseMs: 5_000 }), 10);
  expect(window.expire(4_000)).toBe(0);
  expect(window.expire(5_500)).toBe(0);
  expect(window.expire(6_010)).toBe(3);
  expect(window.pick(6_010)).toEqual({ lane: 'p1', seq: 2 });
});

test('an older acknowledgement takes nothing back', () => {
  const window = new SendWindow(CONFIG, (lane, after) => (lane === 'p1' ? { seq: after + 1 } : undefined));
  sendAll(window, 0);
  window.onAck(ack('p1', 3), 1);
  window.onAck(ack('p1', 2, { credit: 1 }), 2);
  expect(window.inFlight).toBe(1);
  window.reset(3);
  expect(window.pick(3)).toEqual({ lane: 'p1', seq: 4 });
});
