const WINDOW_S = 60;

/** How much came in the last minute, second by second. */
export class RateWindow {
  readonly #seconds = new Float64Array(WINDOW_S).fill(-WINDOW_S);
  readonly #records = new Float64Array(WINDOW_S);
  readonly #bytes = new Float64Array(WINDOW_S);

  add(records: number, bytes: number, monotonicMs: number): void {
    const second = Math.floor(monotonicMs / 1000);
    const at = second % WINDOW_S;
    if (this.#seconds[at] !== second) {
      this.#seconds[at] = second;
      this.#records[at] = 0;
      this.#bytes[at] = 0;
    }
    this.#records[at] = this.#records[at]! + records;
    this.#bytes[at] = this.#bytes[at]! + bytes;
  }

  perSecond(monotonicMs: number): { recordsPerSecond: number; bytesPerSecond: number } {
    const oldest = Math.floor(monotonicMs / 1000) - WINDOW_S;
    let records = 0;
    let bytes = 0;
    for (let at = 0; at < WINDOW_S; at++) {
      if (this.#seconds[at]! <= oldest) continue;
      records += this.#records[at]!;
      bytes += this.#bytes[at]!;
    }
    return { recordsPerSecond: records / WINDOW_S, bytesPerSecond: bytes / WINDOW_S };
  }
}
