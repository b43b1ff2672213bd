/** A second of the rate may be saved up, but at least one batch. */
const SAVED_MS_MAX = 1_000;

/** How fast what has waited for long may be sent: a bucket that may go into debt by one batch. */
export class BacklogRate {
  #bytesPerS: number | undefined;
  #saved = 0;
  #atMs = 0;

  /** @param bytesPerS undefined: no limit */
  set(bytesPerS: number | undefined, nowMs: number): void {
    this.#fill(nowMs);
    if (this.#bytesPerS === undefined) this.#saved = 0;
    this.#bytesPerS = bytesPerS;
  }

  mayNow(nowMs: number): boolean {
    if (this.#bytesPerS === undefined) return true;
    this.#fill(nowMs);
    return this.#saved >= 0;
  }

  spend(bytes: number): void {
    if (this.#bytesPerS !== undefined) this.#saved -= bytes;
  }

  #fill(nowMs: number): void {
    if (this.#bytesPerS !== undefined) {
      const more = (this.#bytesPerS * (nowMs - this.#atMs)) / 1_000;
      this.#saved = Math.min(this.#saved + more, (this.#bytesPerS * SAVED_MS_MAX) / 1_000);
    }
    this.#atMs = nowMs;
  }
}
