import type { Clock } from '../../protocol/base/time.js';

/** Names or addresses that are remembered; beyond it the oldest is forgotten. */
const KEYS_MAX = 10_000;

/** Counts failures by key in a sliding minute. */
export class Attempts {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #failures = new Map<string, number[]>();

  constructor(config: { max: number; windowMs: number }, clock: Clock) {
    this.#max = config.max;
    this.#windowMs = config.windowMs;
    this.#clock = clock;
  }

  isBlocked(key: string): boolean {
    return this.#recent(key).length >= this.#max;
  }

  fail(key: string): void {
    const recent = this.#recent(key);
    recent.push(this.#clock.monotonic());
    this.#failures.delete(key);
    this.#failures.set(key, recent);
    if (this.#failures.size <= KEYS_MAX) return;
    const oldest = this.#failures.keys().next().value;
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  /** The last one was none. */
  takeBack(key: string): void {
    this.#failures.get(key)?.pop();
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string): number[] {
    const since = this.#clock.monotonic() - this.#windowMs;
    return (this.#failures.get(key) ?? []).filter((at) => at > since);
  }
}
