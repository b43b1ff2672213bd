const MEASURE_MS = 30_000;

/**
 * Measures the way to a client and back by the PUBACKs of what is sent to it, which come in the order of sending
 * (MQTT 3.1.1 4.6). One message at a time is watched, so that nothing has to be kept for the others.
 */
export class RoundTrip {
  #measuredMs = Number.NEGATIVE_INFINITY;
  #outstanding = 0;
  #sentMs = 0;
  /** Answers still to come until that of the watched message; 0: none is watched. */
  #left = 0;

  /** One answer in so long is asked for: each is a TLS record of its own, and the way does not change so fast. */
  isDue(nowMs: number): boolean {
    return this.#left === 0 && nowMs - this.#measuredMs >= MEASURE_MS;
  }

  onSent(nowMs: number): void {
    this.#outstanding += 1;
    if (this.#left > 0) return;
    this.#left = this.#outstanding;
    this.#sentMs = nowMs;
  }

  /** @returns the time of the watched message, when this is its answer */
  onAnswer(nowMs: number): number | undefined {
    // Whoever answers what was not sent spoils its own measure alone.
    if (this.#outstanding === 0) return undefined;
    this.#outstanding -= 1;
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    if (this.#left > 0) return undefined;
    this.#measuredMs = nowMs;
    return nowMs - this.#sentMs;
  }
}
