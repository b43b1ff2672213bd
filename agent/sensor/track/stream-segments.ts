import { keepBytes } from '../wire/bytes.js';

/** A piece of a stream that arrived before what stands in front of it. */
interface Piece {
  /** Relative sequence number of its first byte, modulo 2^32 as a signed number. */
  at: number;
  bytes: Buffer;
}

/** Shared by all that hold none. */
const NONE: Piece[] = [];

/** Pieces ahead of a hole: in order, apart from each other; of bytes that came twice, the first are kept. */
export class Segments {
  bytes = 0;
  #pieces: Piece[] = NONE;

  get count(): number {
    return this.#pieces.length;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /**
   * Keeps a copy of what is new in `bytes`.
   * @param next where the ready bytes end; every place is compared by its distance from there
   * @param distance of the first byte from `next`, not negative
   */
  insert(next: number, distance: number, bytes: Buffer): void {
    let from = distance;
    const end = distance + bytes.length;
    let index = 0;
    while (from < end) {
      const piece = this.#pieces[index];
      const pieceStart = piece === undefined ? end : (piece.at - next) | 0;
      if (pieceStart > from) {
        const to = Math.min(end, pieceStart);
        this.#keep(index, (next + from) | 0, bytes.subarray(from - distance, to - distance));
        index += 1;
        from = to;
      }
      if (piece === undefined || from >= end) return;
      from = Math.max(from, pieceStart + piece.bytes.length);
      index += 1;
    }
  }

  /** Bytes from `next` to the first piece; infinite when there is none. */
  distance(next: number): number {
    const first = this.#pieces[0];
    return first === undefined ? Number.POSITIVE_INFINITY : (first.at - next) | 0;
  }

  /** Takes the piece that begins at `next`. */
  takeAt(next: number): Buffer | undefined {
    const first = this.#pieces[0];
    if (first === undefined || first.at !== next) return undefined;
    this.#pieces.shift();
    this.bytes -= first.bytes.length;
    return first.bytes;
  }

  #keep(index: number, at: number, bytes: Buffer): void {
    if (this.#pieces === NONE) this.#pieces = [];
    this.#pieces.splice(index, 0, { at, bytes: keepBytes(bytes, 0, bytes.length) });
    this.bytes += bytes.length;
  }
}
