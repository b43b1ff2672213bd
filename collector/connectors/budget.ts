import { type Clock, sleep } from '../../protocol/base/time.js';

/** Parts of a window that are counted by themselves. */
const SLOTS = 10;
/** What looks leave to jobs. */
const RESERVED_SHARE = 0.1;
const WAIT_MS_MAX = 1_000;

/** At most so many in any span of this length: parts of it that have only just begun to leave count whole. */
export class SlidingLimit {
  readonly #max: number;
  readonly #slotMs: number;
  readonly #counts = new Array<number>(SLOTS + 1).fill(0);
  #newest = 0;

  constructor(max: number, windowMs: number) {
    this.#max = max;
    this.#slotMs = windowMs / SLOTS;
  }

  /** Milliseconds until there is room; 0: now. @param kept what has to be left over */
  waitMs(nowMs: number, kept = 0): number {
    this.#advance(nowMs);
    const isFree = this.#counts.reduce((sum, count) => sum + count, 0) < Math.max(1, this.#max - kept);
    return isFree ? 0 : this.#slotMs - (nowMs % this.#slotMs);
  }

  take(nowMs: number): void {
    this.#advance(nowMs);
    this.#counts[0] = (this.#counts[0] ?? 0) + 1;
  }

  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs);
    for (let steps = Math.min(slot - this.#newest, SLOTS + 1); steps > 0; steps--) {
      this.#counts.pop();
      this.#counts.unshift(0);
    }
    this.#newest = Math.max(slot, this.#newest);
  }

  get reserved(): number {
    return Math.floor(this.#max * RESERVED_SHARE);
  }
}

export interface BudgetConfig {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly perDay: number;
}

/** What one credential may ask of a cloud, shared by all that ask by it. */
export class Budget {
  readonly #clock: Clock;
  readonly #limits: readonly SlidingLimit[];
  #pausedUntil = 0;

  constructor({ perSecond, perMinute, perHour, perDay }: BudgetConfig, clock: Clock) {
    this.#clock = clock;
    this.#limits = [
      new SlidingLimit(perSecond, 1_000),
      new SlidingLimit(perMinute, 60_000),
      new SlidingLimit(perHour, 3_600_000),
      new SlidingLimit(perDay, 86_400_000),
    ];
  }

  /** The cloud wants to be left alone for so long. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
  }

  /** Milliseconds until something may be asked; 0: now. */
  waitMs(isUrgent = false): number {
    const now = this.#clock.monotonic();
    const waits = this.#limits.map((limit) => limit.waitMs(now, isUrgent ? 0 : limit.reserved));
    return Math.max(0, this.#pausedUntil - now, ...waits);
  }

  /** Waits for its turn. */
  async take(signal: AbortSignal, isUrgent = false): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const waitMs = this.waitMs(isUrgent);
      if (waitMs <= 0) break;
      await sleep(Math.min(waitMs, WAIT_MS_MAX), signal);
    }
    const now = this.#clock.monotonic();
    for (const limit of this.#limits) limit.take(now);
  }
}
