/** One stored batch, without its bytes. */
export interface BatchEntry {
  readonly seq: number;
  readonly count: number;
  readonly bytes: number;
}

const COMPACT_AT = 1_024;

/** The pending batches of one lane in order of `seq`, oldest first, in memory: about 50 bytes for each. */
export class Ledger {
  #entries: BatchEntry[] = [];
  #head = 0;
  #bytes = 0;
  #records = 0;

  get batches(): number {
    return this.#entries.length - this.#head;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get records(): number {
    return this.#records;
  }

  /** @param entry with a higher `seq` than any before */
  push(entry: BatchEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    this.#records += entry.count;
  }

  oldest(): BatchEntry | undefined {
    return this.#entries[this.#head];
  }

  /** All, oldest first, none removed. */
  *fromOldest(): Generator<BatchEntry> {
    for (let index = this.#head; index < this.#entries.length; index++) yield this.#entries[index]!;
  }

  /** The first one after `seq`. */
  after(seq: number): BatchEntry | undefined {
    return this.#entries[this.#firstAfter(seq)];
  }

  has(seq: number): boolean {
    return this.#entries[this.#firstAfter(seq - 1)]?.seq === seq;
  }

  /** Removes and gives all up to and including `seq`. */
  takeUpTo(seq: number): BatchEntry[] {
    const end = this.#firstAfter(seq);
    const taken = this.#entries.slice(this.#head, end);
    for (const entry of taken) {
      this.#bytes -= entry.bytes;
      this.#records -= entry.count;
    }
    this.#head = end;
    if (this.#head > COMPACT_AT && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  /** Removes the one at `seq`, wherever it is. */
  remove(seq: number): void {
    const index = this.#firstAfter(seq - 1);
    const entry = this.#entries[index];
    if (entry?.seq !== seq) return;
    this.#entries.splice(index, 1);
    this.#bytes -= entry.bytes;
    this.#records -= entry.count;
  }

  /** Binary search in [head, length]. */
  #firstAfter(seq: number): number {
    let low = this.#head;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.seq > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
