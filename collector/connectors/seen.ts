import { SEEN_MAX } from './config.js';

export interface Known {
  readonly hash: string;
  readonly revision: number;
}

/** What is stored of one account, as the table says. */
export interface StoredItem extends Known {
  readonly tenant: string;
  readonly stream: string;
  readonly id: string;
}

const keyOf = (tenant: string, stream: string, id: string): string => `${tenant}/${stream}/${id}`;

/**
 * What is stored already, by the maker's id and its content. The table itself is the book: it is read back at the start
 * and whenever it is not known whether something arrived, so that nothing else has to agree with it.
 */
export class Seen {
  readonly #max: number;
  readonly #known = new Map<string, Known>();
  #isComplete = true;

  constructor(max = SEEN_MAX) {
    this.#max = max;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Whether nothing had to be forgotten: otherwise what is far back must not be looked at again. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get(tenant: string, stream: string, id: string): Known | undefined {
    return this.#known.get(keyOf(tenant, stream, id));
  }

  /** The highest revision counts, whatever the order. */
  add({ tenant, stream, id, hash, revision }: StoredItem): void {
    const key = keyOf(tenant, stream, id);
    const before = this.#known.get(key);
    if (before !== undefined && before.revision > revision) return;
    this.#known.delete(key);
    this.#known.set(key, { hash, revision });
    if (this.#known.size <= this.#max) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#isComplete = false;
  }
}
