/** A tick that comes later than this means that the collector itself stood still. */
const FROZEN_MS = 30_000;

/**
 * Time during which the collector was able to listen. While it is down, stopped or frozen nobody can be heard, and that
 * is not the boxes' fault: such time does not count, and after it they get a while to come back.
 */
export class Attention {
  readonly #checkMs: number;
  readonly #graceMs: number;
  #lastMs: number | undefined;
  #atMs = 0;
  #graceUntilMs: number;

  constructor(config: { readonly checkMs: number; readonly graceMs: number }) {
    this.#checkMs = config.checkMs;
    this.#graceMs = config.graceMs;
    this.#graceUntilMs = config.graceMs;
  }

  /** @param monotonicMs of a clock that is never set @returns the time attended so far */
  tick(monotonicMs: number): number {
    const passedMs = this.#lastMs === undefined ? 0 : monotonicMs - this.#lastMs;
    this.#lastMs = monotonicMs;
    this.#atMs += Math.min(passedMs, 2 * this.#checkMs);
    if (passedMs > Math.max(FROZEN_MS, 4 * this.#checkMs)) this.#graceUntilMs = this.#atMs + this.#graceMs;
    return this.#atMs;
  }

  /** Whether nobody is to be judged yet. */
  get isGrace(): boolean {
    return this.#atMs < this.#graceUntilMs;
  }
}
