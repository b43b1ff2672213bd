/** One stored batch, without its bytes. */
export interface BatchEntry {
  readonly seq: number;
  readonly count: number;
  readonly bytes: number;
  /** Counts up in a spool: older generations are backlog. */
  readonly generation: number;
}

const COMPACT_AT = 1_024;
const NOTHING = { batches: 0, bytes: 0 };

/** The pending batches of one lane in order of `seq`, oldest first, in memory: about 50 bytes for each. */
export class Ledger {
  #entries: BatchEntry[] = [];
  #head = 0;
  #bytes = 0;
  #records = 0;
  readonly #generations = new Map<number, { batches: number; bytes: number }>();

  get batches(): number {
    return this.#entries.length - this.#head;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get records(): number {
    return this.#records;
  }

  /** Those of which there is a batch. */
  get generations(): Iterable<number> {
    return this.#generations.keys();
  }

  sizeOf(generation: number): { readonly batches: number; readonly bytes: number } {
    return this.#generations.get(generation) ?? NOTHING;
  }

  /** @param entry with a higher `seq` than any before, and no lower `generation` */
  push(entry: BatchEntry): void {
    this.#entries.push(entry);
    this.#count(entry, 1);
  }

  oldest(): BatchEntry | undefined {
    return this.#entries[this.#head];
  }

  /** All, oldest first, none removed. */
  *fromOldest(): Generator<BatchEntry> {
    for (let index = this.#head; index < this.#entries.length; index++) yield this.#entries[index]!;
  }

  /** The first one after `seq`; of a generation, where one is given. */
  after(seq: number, generation?: number): BatchEntry | undefined {
    if (generation === undefined) return this.#entries[this.#firstAfter(seq)];
    const entry = this.#entries[this.#firstAfter(seq, generation)];
    return entry?.generation === generation ? entry : undefined;
  }

  has(seq: number): boolean {
    return this.#entries[this.#firstAfter(seq - 1)]?.seq === seq;
  }

  /** Removes and gives all up to and including `seq`. */
  takeUpTo(seq: number): BatchEntry[] {
    const end = this.#firstAfter(seq);
    const taken = this.#entries.slice(this.#head, end);
    for (const entry of taken) this.#count(entry, -1);
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
    this.#count(entry, -1);
  }

  #count(entry: BatchEntry, sign: 1 | -1): void {
    this.#bytes += sign * entry.bytes;
    this.#records += sign * entry.count;
    const { batches, bytes } = this.sizeOf(entry.generation);
    if (batches + sign === 0) this.#generations.delete(entry.generation);
    else this.#generations.set(entry.generation, { batches: batches + sign, bytes: bytes + sign * entry.bytes });
  }

  /** Binary search in [head, length]; the generation goes up with the number. */
  #firstAfter(seq: number, generation = 0): number {
    let low = this.#head;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle]!;
      if (entry.seq > seq && entry.generation >= generation) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
