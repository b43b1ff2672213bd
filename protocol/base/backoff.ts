/** Full jitter: each wait is random between zero and a bound that doubles up to `maxMs`. */
export class Backoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempts = 0;

  constructor(config: { baseMs: number; maxMs: number }, random: () => number) {
    this.#baseMs = config.baseMs;
    this.#maxMs = config.maxMs;
    this.#random = random;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** The next wait in milliseconds. */
  next(): number {
    const bound = Math.min(this.#maxMs, this.#baseMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return Math.round(bound * this.#random());
  }

  reset(): void {
    this.#attempts = 0;
  }
}
