import { describe, expect, it } from 'vitest';
import { Liveness } from './liveness.js';
import type { SensorStats } from './sensor-line.js';

const stats = (deliveredPackets: number, kernelReceived: number, kernelDropped = 0): SensorStats => ({
  source: 'live',
  place: 'eth0',
  deliveredPackets,
  kernelReceived,
  kernelDropped,
  interfaceDropped: 0,
  flowsLive: 0,
  acceptedRecords: [0, 0, 0, 0],
  droppedRecords: [0, 0, 0, 0],
  pendingBytes: 0,
  memoryBytes: 0,
  isFinished: false,
});
const link = (rxPackets: number, operstate = 'up', ifindex = 4) => ({ ifindex, operstate, rxPackets });
const CONFIG = { deafMs: 5_000, hungMs: 15_000, startMs: 60_000 };

describe('a sensor', () => {
  it('is hung when it says nothing', () => {
    const liveness = new Liveness(CONFIG, 0);
    liveness.onStats(stats(0, 0), 1_000);
    expect(liveness.check(16_000, undefined)).toBeUndefined();
    expect(liveness.check(16_001, undefined)).toBe('hung');
  });

  it('has more time for its first word', () => {
    const liveness = new Liveness(CONFIG, 0);
    expect(liveness.check(60_000, undefined)).toBeUndefined();
    expect(liveness.check(60_001, undefined)).toBe('hung');
  });

  it('is not hung while its output is not read', () => {
    const liveness = new Liveness(CONFIG, 0);
    liveness.onStats(stats(0, 0), 0);
    liveness.excuse(14_000);
    expect(liveness.check(16_001, undefined)).toBeUndefined();
  });

  it('is deaf when the kernel receives and nothing is delivered', () => {
    const liveness = new Liveness(CONFIG, 0);
    for (let second = 1; second <= 8; second++) {
      liveness.onStats(stats(Math.min(second, 2), second), second * 1_000);
      expect(liveness.check(second * 1_000, link(second))).toBeUndefined();
    }
    liveness.onStats(stats(2, 9), 9_000);
    expect(liveness.check(9_000, link(9))).toBe('deaf');
  });

  it('is well on a quiet link', () => {
    const liveness = new Liveness(CONFIG, 0);
    for (let second = 1; second <= 60; second++) {
      liveness.onStats(stats(2, 2), second * 1_000);
      expect(liveness.check(second * 1_000, link(2))).toBeUndefined();
    }
  });

  it('is well while the ring overflows and packets are still delivered', () => {
    const liveness = new Liveness(CONFIG, 0);
    for (let second = 1; second <= 60; second++) {
      liveness.onStats(stats(second, second * 1_000, second * 999), second * 1_000);
      expect(liveness.check(second * 1_000, undefined)).toBeUndefined();
    }
  });

  it('is deaf when its interface went down and up, receives, and not even the kernel tells', () => {
    const liveness = new Liveness(CONFIG, 0);
    const at = (second: number, state: string, rxPackets: number) => {
      liveness.onStats(stats(2, 2), second * 1_000);
      return liveness.check(second * 1_000, link(rxPackets, state));
    };
    expect(at(1, 'up', 2)).toBeUndefined();
    expect(at(2, 'down', 2)).toBeUndefined();
    expect(at(3, 'up', 2)).toBeUndefined();
    expect(at(4, 'up', 9)).toBeUndefined();
    expect(at(10, 'up', 20)).toBe('deaf');
  });

  it('is well when its interface went down and up and packets are delivered', () => {
    const liveness = new Liveness(CONFIG, 0);
    for (let second = 1; second <= 60; second++) {
      liveness.onStats(stats(second, second), second * 1_000);
      expect(liveness.check(second * 1_000, link(second, second === 5 ? 'down' : 'up'))).toBeUndefined();
    }
  });

  it('has moved when its interface was made anew', () => {
    const liveness = new Liveness(CONFIG, 0);
    expect(liveness.check(1, link(1))).toBeUndefined();
    expect(liveness.check(2, undefined)).toBeUndefined();
    expect(liveness.check(3, link(0, 'up', 5))).toBe('moved');
  });
});
