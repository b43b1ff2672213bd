import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Doorway } from './doorway.js';

let nowMs: number;
let entered: number[];
let doorway: Doorway;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  entered = [];
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  doorway = new Doorway({ atOnce: 3, slotMs: 500, waitMs: 5_000 }, clock, (socket) => {
    entered.push((socket as unknown as Guest).id);
  });
});
afterEach(() => {
  doorway.close();
  vi.useRealTimers();
});

interface Guest {
  id: number;
  destroyed: boolean;
  destroy(): void;
}
function arrive(id: number): Guest {
  const guest = {
    id,
    destroyed: false,
    destroy() {
      guest.destroyed = true;
    },
  };
  doorway.arrive(guest as unknown as Socket);
  return guest;
}
const pass = (ms: number): void => {
  for (let left = ms; left > 0; left -= 50) {
    nowMs += 50;
    vi.advanceTimersByTime(50);
  }
};

test('a few at a time, in the order in which they came, the next one when one is done', () => {
  for (let id = 0; id < 5; id++) arrive(id);
  expect(entered).toEqual([0, 1, 2]);
  doorway.leave();
  expect(entered).toEqual([0, 1, 2, 3]);
  doorway.leave();
  doorway.leave();
  expect(entered).toEqual([0, 1, 2, 3, 4]);
  expect(doorway.waiting).toBe(0);
});

test('whoever says nothing in its handshake keeps nobody out for long', () => {
  for (let id = 0; id < 9; id++) arrive(id);
  pass(500);
  expect(entered).toHaveLength(6);
  pass(500);
  expect(entered).toHaveLength(9);
});

test('whoever has waited too long is sent away, whoever has left is passed over', () => {
  const guests = Array.from({ length: 60 }, (_, id) => arrive(id));
  guests[3]!.destroyed = true;
  pass(6_000);
  expect(entered).not.toContain(3);
  expect(doorway.turnedAway).toBeGreaterThan(20);
  expect(entered.length + doorway.turnedAway).toBe(59);
  expect(guests.at(-1)!.destroyed).toBe(true);
});
