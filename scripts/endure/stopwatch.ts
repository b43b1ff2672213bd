import { PerformanceObserver } from 'node:perf_hooks';
import type { OnPacket } from '../../agent/sensor/capture/source.js';

/** Packets that took longer than this are looked at one by one. */
const SLOW_MS = 0.25;
const SLOW_KEPT = 4_096;
/** Buckets of the histogram: 100 ns each, then one for the rest. */
const BUCKET_MS = 1e-4;
const BUCKETS = 100_000;

interface Slow {
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  /** What the process used of the processors meanwhile, the compiler and the collector too. */
  readonly cpuMs: number;
  readonly what: string;
}

export interface Times {
  readonly packets: number;
  readonly medianUs: number;
  readonly p9999Us: number;
  /** The longest, as the clock saw it, and without the garbage collector's runs that fell into it. */
  readonly maxMs: number;
  readonly maxWithoutGcMs: number;
  /** Milliseconds without the garbage collector of each slow packet, by its place. */
  readonly slow: ReadonlyMap<number, { readonly ms: number; readonly what: string }>;
}

/** Times each packet of a pipeline, and knows when the garbage collector ran. */
export class Stopwatch {
  /** What is fed now, for the list of slow ones. */
  what = '';
  readonly #buckets = new Float64Array(BUCKETS + 1);
  readonly #slow: Slow[] = [];
  readonly #collections: { startMs: number; endMs: number }[] = [];
  readonly #observer: PerformanceObserver;
  #packets = 0;
  #maxMs = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        this.#collections.push({ startMs: startTime, endMs: startTime + duration });
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** The same callback, timed. */
  timed(onPacket: OnPacket): OnPacket {
    return (b, start, end, wireBytes, timeUs, linkType) => {
      const before = process.cpuUsage();
      const startMs = performance.now();
      onPacket(b, start, end, wireBytes, timeUs, linkType);
      this.#note(startMs, performance.now(), before);
    };
  }

  /** Waits until the collector's runs so far are known. */
  async settle(): Promise<Times> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.#observer.disconnect();
    const slow = new Map<number, { ms: number; what: string }>();
    for (const packet of this.#slow) slow.set(packet.index, { ms: this.#withoutGc(packet), what: packet.what });
    const worst = Math.max(0, ...[...slow.values()].map(({ ms }) => ms));
    return {
      packets: this.#packets,
      medianUs: this.#quantileMs(0.5) * 1_000,
      p9999Us: this.#quantileMs(0.9999) * 1_000,
      maxMs: this.#maxMs,
      maxWithoutGcMs: slow.size === 0 ? this.#maxMs : worst,
      slow,
    };
  }

  #note(startMs: number, endMs: number, before: NodeJS.CpuUsage): void {
    const tookMs = endMs - startMs;
    const bucket = Math.min(BUCKETS, Math.floor(tookMs / BUCKET_MS));
    this.#buckets[bucket] = this.#buckets[bucket]! + 1;
    if (tookMs > this.#maxMs) this.#maxMs = tookMs;
    if (tookMs > SLOW_MS && this.#slow.length < SLOW_KEPT) {
      const { user, system } = process.cpuUsage(before);
      const cpuMs = (user + system) / 1_000;
      this.#slow.push({ index: this.#packets, startMs, endMs, cpuMs, what: this.what });
    }
    this.#packets += 1;
  }

  /** On a busy machine the clock goes on while others run: the processor's time is the bound then. */
  #withoutGc({ startMs, endMs, cpuMs }: Slow): number {
    let ms = endMs - startMs;
    for (const run of this.#collections) {
      const overlap = Math.min(endMs, run.endMs) - Math.max(startMs, run.startMs);
      if (overlap > 0) ms -= overlap;
    }
    return Math.min(ms, cpuMs);
  }

  #quantileMs(share: number): number {
    let left = Math.ceil(this.#packets * share);
    for (let bucket = 0; bucket <= BUCKETS; bucket++) {
      left -= this.#buckets[bucket]!;
      if (left <= 0) return (bucket + 1) * BUCKET_MS;
    }
    return this.#maxMs;
  }
}
