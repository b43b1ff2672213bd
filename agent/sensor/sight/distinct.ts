const PROBES = 4;

/**
 * Counts different keys of 64 bits since the last turn, in a table of fixed size. When the table has no place for a
 * key it is not counted: the count is a lower bound.
 */
export class Distinct {
  count = 0;
  readonly #high: Int32Array;
  readonly #low: Int32Array;
  /** The turn in which a place was taken. */
  readonly #turns: Uint32Array;
  readonly #mask: number;
  readonly #seed: number;
  #turn = 1;

  /** @param capacity a power of two */
  constructor(capacity: number, seed: number) {
    this.#high = new Int32Array(capacity);
    this.#low = new Int32Array(capacity);
    this.#turns = new Uint32Array(capacity);
    this.#mask = capacity - 1;
    this.#seed = seed | 0;
  }

  /** @returns whether the key is new in this turn and has a place now; `count` is the caller's to raise */
  add(high: number, low: number): boolean {
    let at = this.#hash(high, low);
    for (let probe = 0; probe < PROBES; probe++) {
      at = (at + probe) & this.#mask;
      if (this.#turns[at] !== this.#turn) {
        this.#high[at] = high;
        this.#low[at] = low;
        this.#turns[at] = this.#turn;
        return true;
      }
      if (this.#low[at] === (low | 0) && this.#high[at] === (high | 0)) return false;
    }
    return false;
  }

  /** Begins anew. */
  turn(): void {
    this.count = 0;
    this.#turn += 1;
  }

  #hash(high: number, low: number): number {
    const mixed = Math.imul(low ^ this.#seed, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
    return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 12;
  }
}
