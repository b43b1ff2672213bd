import type { Clock } from '../../protocol/base/time.js';

/** At each connection a box tells some thirty replies again. */
const PER_MINUTE = 240;
const MINUTE_MS = 60_000;
const BOXES_MAX = 50_000;

/** How many replies of a box are looked at: each may cost a write. */
export class ReplyRate {
  readonly #clock: Clock;
  #sinceMs = 0;
  #counts = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(agent: string): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#sinceMs >= MINUTE_MS || this.#counts.size >= BOXES_MAX) {
      this.#sinceMs = now;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(agent) ?? 0) + 1;
    this.#counts.set(agent, count);
    return count <= PER_MINUTE;
  }
}
