/** A minute each: a clock that was set back is believed after so many. */
const BUCKETS = 10;
const BUCKET_MS = 60_000;

/**
 * How far a box's clock is from ours. Each message says what its clock was when it was made; the way here, the wait in a
 * queue and the hours on a disk only make that older, never newer. So the best of the last minutes is nearest to the
 * truth, too low by the time of one way: half of the shortest round trip seen meanwhile (Cristian's method).
 *
 * Kept against a clock that is never set: when it is the collector's own clock that was wrong, all is right at once.
 */
export class SkewMeter {
  readonly #minutes = new Float64Array(BUCKETS).fill(-BUCKETS);
  readonly #best = new Float64Array(BUCKETS).fill(Number.NEGATIVE_INFINITY);
  readonly #roundTrip = new Float64Array(BUCKETS).fill(Number.POSITIVE_INFINITY);

  /** @param clockMs the box's clock, as a message says @param monotonicMs ours, that is never set */
  take(clockMs: number, monotonicMs: number): void {
    const at = this.#bucket(monotonicMs);
    this.#best[at] = Math.max(this.#best[at]!, clockMs - monotonicMs);
  }

  /** From a message to the box to its answer. */
  onRoundTrip(ms: number, monotonicMs: number): void {
    const at = this.#bucket(monotonicMs);
    this.#roundTrip[at] = Math.min(this.#roundTrip[at]!, ms);
  }

  /** The box's clock minus ours; the last that was known when nothing came lately, undefined when nothing ever did. */
  value(nowMs: number, monotonicMs: number): number | undefined {
    // Where nothing came lately, the minutes up to the last message count.
    const newest = this.#minutes.reduce((max, minute) => Math.max(max, minute));
    const oldest = Math.min(newest, Math.floor(monotonicMs / BUCKET_MS)) - BUCKETS;
    let best = Number.NEGATIVE_INFINITY;
    let roundTrip = Number.POSITIVE_INFINITY;
    for (let at = 0; at < BUCKETS; at++) {
      if (this.#minutes[at]! <= oldest) continue;
      best = Math.max(best, this.#best[at]!);
      roundTrip = Math.min(roundTrip, this.#roundTrip[at]!);
    }
    if (best === Number.NEGATIVE_INFINITY) return undefined;
    return best + (roundTrip < Number.POSITIVE_INFINITY ? roundTrip / 2 : 0) - (nowMs - monotonicMs);
  }

  #bucket(monotonicMs: number): number {
    const minute = Math.floor(monotonicMs / BUCKET_MS);
    const at = minute % BUCKETS;
    if (this.#minutes[at] !== minute) {
      this.#minutes[at] = minute;
      this.#best[at] = Number.NEGATIVE_INFINITY;
      this.#roundTrip[at] = Number.POSITIVE_INFINITY;
    }
    return at;
  }
}
