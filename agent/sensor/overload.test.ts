import { describe, expect, test } from 'vitest';
import { KEPT_ALL, Overload } from './overload.js';

const TICK_MS = 100;
const RING_PACKETS = 100_000;

/** A machine that handles so much in a second: a packet in depth costs 2.5, one without 1, one passed over 0.1. */
class Machine {
  readonly overload = new Overload();
  nowMs = 0;
  ring = 0;
  dropped = 0;
  behindMs = 0;

  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get cost(): number {
    const share = this.overload.kept / KEPT_ALL;
    return share * (this.overload.isDeep ? 2.5 : 1) + (1 - share) * 0.1;
  }

  run(seconds: number, packetsPerSecond: number): void {
    for (let tick = 0; tick < (seconds * 1_000) / TICK_MS; tick++) {
      this.nowMs += TICK_MS;
      const waiting = this.ring + (packetsPerSecond * TICK_MS) / 1_000;
      const handled = Math.min(waiting, (this.capacity * TICK_MS) / 1_000 / this.cost);
      const left = waiting - handled;
      const dropped = Math.max(0, left - RING_PACKETS);
      this.ring = left - dropped;
      this.dropped += dropped;
      this.behindMs = packetsPerSecond === 0 ? 0 : (this.ring / packetsPerSecond) * 1_000;
      const busyShare = (handled * this.cost) / ((this.capacity * TICK_MS) / 1_000);
      this.overload.onLoad({ nowMs: this.nowMs, behindMs: this.behindMs, dropped, busyShare });
    }
  }
}

describe('overload', () => {
  test('a machine that keeps up leaves nothing out', () => {
    const machine = new Machine(1_000_000);
    machine.run(60, 300_000);
    expect([machine.overload.kept, machine.overload.isDeep, machine.overload.takeKeptShare()]).toEqual([256, true, 1]);
  });

  test('depth goes before flows do', () => {
    const machine = new Machine(1_000_000);
    machine.run(30, 600_000);
    expect(machine.overload.isDeep).toBe(false);
    expect(machine.overload.takeKeptShare()).toBe(1);
    expect(machine.behindMs).toBeLessThan(500);
  });

  test('at twice what can be handled the packets are on time again within two seconds, and no more are lost', () => {
    const machine = new Machine(1_000_000);
    machine.run(3, 2_000_000);
    const { dropped } = machine;
    machine.run(57, 2_000_000);
    expect(machine.dropped - dropped).toBeLessThan(0.001 * 57 * 2_000_000);
    expect(machine.behindMs).toBeLessThan(500);
    const share = machine.overload.takeKeptShare();
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.6);
  });

  test('when the load falls all is followed again within two seconds', () => {
    const machine = new Machine(1_000_000);
    machine.run(60, 3_000_000);
    machine.run(2, 50_000);
    expect([machine.overload.kept, machine.overload.isDeep]).toEqual([KEPT_ALL, true]);
  });

  test('a clock that was set is no load', () => {
    const overload = new Overload();
    overload.onLoad({ nowMs: 1_000, behindMs: 3_600_000, dropped: 0, busyShare: 0.1 });
    expect([overload.kept, overload.isDeep]).toEqual([KEPT_ALL, true]);
  });
});
