/** An odd number: the middle one is the median. */
const SAMPLES = 31;
const EVERY_MS = 2_000;
/** What is further off is a wrong year or zone: its figure would be of no use, that it is so is. */
const MS_MAX = 10 * 366 * 86_400_000;

/** How far a device's clock is from ours: the median of some samples, since single messages wait on their way. */
export class Skew {
  readonly #samples: number[] = [];
  #at = 0;
  #nextMs = Number.NEGATIVE_INFINITY;

  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  add(skewMs: number, nowMs: number): void {
    this.#nextMs = nowMs + EVERY_MS;
    if (!Number.isFinite(skewMs) || Math.abs(skewMs) > MS_MAX) return;
    this.#samples[this.#at] = skewMs;
    this.#at = (this.#at + 1) % SAMPLES;
  }

  /** Device minus receipt, milliseconds; undefined when no message had a time. */
  get medianMs(): number | undefined {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
