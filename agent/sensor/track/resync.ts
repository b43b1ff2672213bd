/** Segments that are passed over behind a hole until a message begins: a megabyte read from a share is about 700. */
const SEGMENTS_MAX = 4_096;

/** Finds where messages begin again behind bytes that are missing. */
export class Resync {
  readonly #begins: (b: Buffer, start: number, end: number) => number;
  /** By side: 0, or segments since the hole. */
  readonly #lost: [number, number] = [0, 0];

  /** @param begins where in [start, end) a message begins, or -1 */
  constructor(begins: (b: Buffer, start: number, end: number) => number) {
    this.#begins = begins;
  }

  onGap(side: number): void {
    this.#lost[side as 0 | 1] = 1;
  }

  /** @returns where to read on: `start` when nothing is missing, `end` when nothing begins there; -1 to give up */
  from(side: number, b: Buffer, start: number, end: number): number {
    const lost = this.#lost[side as 0 | 1];
    if (lost === 0) return start;
    const found = this.#begins(b, start, end);
    if (found < 0) {
      this.#lost[side as 0 | 1] = lost + 1;
      return lost > SEGMENTS_MAX ? -1 : end;
    }
    this.#lost[side as 0 | 1] = 0;
    return found;
  }
}
