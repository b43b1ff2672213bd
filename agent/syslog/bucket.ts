/** A token bucket: so many a second, and so many at once. Time comes in as an argument. */
export class Bucket {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #atMs: number;

  constructor(perS: number, burst: number, nowMs: number) {
    this.#perMs = perS / 1_000;
    this.#most = Math.max(1, burst);
    this.#tokens = this.#most;
    this.#atMs = nowMs;
  }

  take(nowMs: number): boolean {
    if (nowMs > this.#atMs) {
      this.#tokens = Math.min(this.#most, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
      this.#atMs = nowMs;
    }
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
