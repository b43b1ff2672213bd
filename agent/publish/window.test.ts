import { expect, test } from 'vitest';
import type { Ack } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { type Pending, SendWindow } from './window.js';

const CONFIG = { creditStart: 4, creditMax: 64, ackTimeoutMs: 1_000, laneRetryMs: 2_000 };
type Next = Pending['next'];
const ENDLESS: Next = (_lane, after) => ({ seq: after + 1 });
const only =
  (...lanes: Lane[]): Next =>
  (lane, after) =>
    lanes.includes(lane) ? { seq: after + 1 } : undefined;
const live = (next: Next): Pending => ({ epoch: 'e', backlog: [], next });
const BATCH_BYTES = 1_000;
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
    window.sent(next, BATCH_BYTES, nowMs);
    sent.push(`${next.epoch === 'e' ? '' : `${next.epoch} `}${next.lane} ${next.seq}`);
  }
  return sent;
}

test('what is on its way is not waited for by looking, what is held up is', () => {
  const one: Next = (_lane, after) => (after === 0 ? { seq: 1 } : undefined);
  const window = new SendWindow({ ...CONFIG, creditStart: 4 }, live(one));
  expect(window.hasUnsent).toBe(true);
  sendAll(window, 0);
  expect(window.hasUnsent).toBe(false);
  window.reset(0);
  expect(window.hasUnsent).toBe(true);
});

test('while all lanes have a backlog, p1, p2 and p3 share 4 to 2 to 1', () => {
  const window = new SendWindow(CONFIG, live(only('p1', 'p2', 'p3')));
  window.onAck(ack('p0', 0), 0);
  const sent = sendAll(window, 0);
  const share = (lane: Lane): number => sent.filter((batch) => batch.startsWith(lane)).length;
  expect(sent).toHaveLength(CONFIG.creditMax);
  expect(share('p1') / share('p3')).toBeCloseTo(4, 0);
  expect(share('p2') / share('p3')).toBeCloseTo(2, 0);
});

test('p0 goes before everything', () => {
  const window = new SendWindow(CONFIG, live(ENDLESS));
  expect(sendAll(window, 0)).toEqual(['p0 1', 'p0 2', 'p0 3', 'p0 4']);
});

test('no credit means nothing, until the word is old: then one batch asks', () => {
  const window = new SendWindow(CONFIG, live(only('p1')));
  window.onAck(ack('p1', 3, { credit: 0 }), 0);
  expect(sendAll(window, 999)).toEqual([]);
  expect(sendAll(window, 1_000)).toEqual(['p1 4']);
});

test('a pause does not count as waiting for an acknowledgement', () => {
  const window = new SendWindow(CONFIG, live(only('p1')));
  sendAll(window, 0);
  window.onAck(ack('p1', 1, { pauseMs: 5_000 }), 10);
  expect(window.expire(4_000)).toBe(0);
  expect(window.expire(5_500)).toBe(0);
  expect(window.expire(6_010)).toBe(3);
  expect(window.pick(6_010)).toMatchObject({ lane: 'p1', seq: 2 });
});

test('an older acknowledgement takes nothing back', () => {
  const window = new SendWindow(CONFIG, live(only('p1')));
  sendAll(window, 0);
  window.onAck(ack('p1', 3), 1);
  window.onAck(ack('p1', 2, { credit: 1 }), 2);
  expect(window.inFlight).toBe(1);
  window.reset(3);
  expect(window.pick(3)).toMatchObject({ lane: 'p1', seq: 4 });
});

/** Batches 1 to `counts` of a lane in each epoch. */
function stock(backlog: string[], counts: Record<string, Partial<Record<Lane, number>>>): Pending {
  return {
    epoch: 'e',
    backlog,
    next: (lane, after, epoch) => (after < (counts[epoch]?.[lane] ?? 0) ? { seq: after + 1 } : undefined),
  };
}

test('what is live goes before what has waited, but p0 of both before everything; the oldest backlog first', () => {
  const window = new SendWindow(
    { ...CONFIG, creditStart: 20 },
    stock(['old', 'newer'], { old: { p0: 1, p3: 2 }, newer: { p0: 1, p1: 1 }, e: { p0: 1, p1: 1, p3: 1 } }),
  );
  expect(sendAll(window, 0)).toEqual([
    'p0 1',
    'old p0 1',
    'newer p0 1',
    'p1 1',
    'p3 1',
    'old p3 1',
    'old p3 2',
    'newer p1 1',
  ]);
});

test('backlog leaves half of the credit to what is live', () => {
  const counts = { old: { p3: 100 }, e: { p3: 0 } };
  const window = new SendWindow({ ...CONFIG, creditStart: 8 }, stock(['old'], counts));
  expect(sendAll(window, 0)).toHaveLength(4);
  counts.e.p3 = 100;
  expect(sendAll(window, 0)).toEqual(['p3 1', 'p3 2', 'p3 3', 'p3 4']);
});

test('backlog is sent at the rate that the collector says, p0 and what is live without a limit', () => {
  const counts = { old: { p0: 0, p2: 1_000 }, e: { p2: 0 } };
  const window = new SendWindow(CONFIG, stock(['old'], counts));
  const paced = { backlogBytesPerS: BATCH_BYTES * 2 };
  let seq = 0;
  let sent = 0;
  for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
    window.onAck(ack('p2', seq, { epoch: 'old', ...paced }), nowMs);
    const batches = sendAll(window, nowMs);
    sent += batches.length;
    seq += batches.length;
  }
  expect(sent).toBeGreaterThan(15);
  expect(sent).toBeLessThan(25);
  counts.old.p0 = 3;
  counts.e.p2 = 3;
  expect(sendAll(window, 10_000)).toEqual(expect.arrayContaining(['old p0 3', 'p2 3']));
});

test('an acknowledgement frees its own epoch alone', () => {
  const window = new SendWindow(CONFIG, stock(['old'], { old: { p2: 2 }, e: { p2: 2 } }));
  expect(sendAll(window, 0)).toEqual(['p2 1', 'p2 2', 'old p2 1', 'old p2 2']);
  window.onAck(ack('p2', 2, { epoch: 'old' }), 1);
  expect(window.inFlight).toBe(2);
  window.onAck(ack('p2', 9, { epoch: 'somebody' }), 2);
  expect(window.inFlight).toBe(2);
});

test('a lane that is not taken waits, holds no credit, and is asked about less and less often', () => {
  const window = new SendWindow(CONFIG, live(only('p1', 'p3')));
  sendAll(window, 0);
  const taken = { lanes: ['p0', 'p1', 'p2'] as Lane[] };
  window.onAck(ack('p1', 1, { ...taken, credit: 3 }), 0);
  expect(window.held).toEqual(['p3']);
  expect(sendAll(window, 1)).toEqual(['p1 4']);
  const asked: number[] = [];
  for (let nowMs = 1; nowMs < 60_000; nowMs += 100) {
    window.onAck(ack('p1', nowMs * 10, { ...taken, credit: 4 }), nowMs);
    if (!sendAll(window, nowMs).some((batch) => batch.startsWith('p3'))) continue;
    asked.push(Math.round(nowMs / 1_000));
    window.onAck(ack('p3', 0, { ...taken, again: true }), nowMs);
  }
  expect(asked).toEqual([2, 6, 14, 30]);
  window.onAck(ack('p3', 0), 60_000);
  expect(sendAll(window, 60_000).filter((batch) => batch.startsWith('p3')).length).toBeGreaterThan(1);
});

test('what was turned away is sent again at once, from there', () => {
  const window = new SendWindow(CONFIG, live(only('p1')));
  sendAll(window, 0);
  window.onAck(ack('p1', 2, { credit: 3, again: true, pauseMs: 100 }), 10);
  expect(sendAll(window, 50)).toEqual([]);
  expect(sendAll(window, 110)).toEqual(['p1 3', 'p1 4', 'p1 5']);
});

test('each word of the collector begins the wait for an acknowledgement anew, of every lane', () => {
  const window = new SendWindow(CONFIG, live(only('p1', 'p2')));
  sendAll(window, 0);
  for (let nowMs = 900; nowMs < 10_000; nowMs += 900) {
    window.onAck(ack('p1', 0, { credit: 1, lanes: ['p0'] }), nowMs);
    expect(window.expire(nowMs + 800)).toBe(0);
  }
  expect(window.expire(12_000)).toBe(4);
});
