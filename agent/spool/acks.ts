import type { Lane } from '../../protocol/records/lanes.js';

/** The highest acknowledged number of a generation in a lane. */
export interface AckedUpTo {
  readonly lane: Lane;
  readonly generation: number;
  readonly seq: number;
}

/** Acknowledgements that no write has carried out yet. */
export class AckBook {
  readonly #entries = new Map<string, AckedUpTo>();

  get size(): number {
    return this.#entries.size;
  }

  add(acked: AckedUpTo): void {
    const key = `${acked.lane}!${acked.generation}`;
    const before = this.#entries.get(key);
    if (before === undefined || before.seq < acked.seq) this.#entries.set(key, acked);
  }

  /** Takes them all. */
  take(): AckedUpTo[] {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    return entries;
  }
}
