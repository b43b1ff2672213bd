const NONE = -1;

/**
 * Free places of a fixed table: those that were given back, the last one first, then those that were never taken. They
 * are linked in a column of the table itself, which nobody uses of a free place.
 */
export class FreeList {
  readonly #next: Int32Array;
  #head = NONE;
  #fresh = 0;

  /** @param next one element a place */
  constructor(next: Int32Array) {
    this.#next = next;
  }

  /** @returns a free place, or -1 */
  take(): number {
    const place = this.#head;
    if (place === NONE) return this.#fresh < this.#next.length ? this.#fresh++ : NONE;
    this.#head = this.#next[place]!;
    return place;
  }

  giveBack(place: number): void {
    this.#next[place] = this.#head;
    this.#head = place;
  }
}
