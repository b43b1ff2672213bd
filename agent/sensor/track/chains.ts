const NONE = -1;

/** Doubly linked lists of the places of a fixed table, in the order in which they were appended. */
export class Chains {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;

  constructor(chains: number, places: number) {
    this.#heads = new Int32Array(chains).fill(NONE);
    this.#tails = new Int32Array(chains).fill(NONE);
    this.#before = new Int32Array(places);
    this.#after = new Int32Array(places);
  }

  /** The place that was appended first, or -1. */
  first(chain: number): number {
    return this.#heads[chain]!;
  }

  /** The place that was appended last, or -1. */
  last(chain: number): number {
    return this.#tails[chain]!;
  }

  /** The one behind it, or -1. */
  next(place: number): number {
    return this.#after[place]!;
  }

  append(chain: number, place: number): void {
    const tail = this.#tails[chain]!;
    this.#before[place] = tail;
    this.#after[place] = NONE;
    this.#tails[chain] = place;
    if (tail === NONE) this.#heads[chain] = place;
    else this.#after[tail] = place;
  }

  remove(chain: number, place: number): void {
    const before = this.#before[place]!;
    const after = this.#after[place]!;
    if (before === NONE) this.#heads[chain] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#tails[chain] = before;
    else this.#before[after] = before;
  }
}
