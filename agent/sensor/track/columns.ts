const ALIGNMENT = 64;

/**
 * Typed arrays out of few large pieces of memory, all zero. One piece an array would make the engine collect garbage for
 * each of them, since it counts what is held outside of its heap. What is never touched takes no memory.
 */
export class Columns {
  readonly #pieceBytes: number;
  #piece: ArrayBuffer;
  #used = 0;

  /** @param pieceBytes about what all columns take together */
  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
    this.#piece = new ArrayBuffer(pieceBytes);
  }

  float64(count: number): Float64Array {
    return new Float64Array(...this.#take(count, Float64Array.BYTES_PER_ELEMENT));
  }

  int32(count: number): Int32Array {
    return new Int32Array(...this.#take(count, Int32Array.BYTES_PER_ELEMENT));
  }

  uint32(count: number): Uint32Array {
    return new Uint32Array(...this.#take(count, Uint32Array.BYTES_PER_ELEMENT));
  }

  uint16(count: number): Uint16Array {
    return new Uint16Array(...this.#take(count, Uint16Array.BYTES_PER_ELEMENT));
  }

  uint8(count: number): Uint8Array {
    return new Uint8Array(...this.#take(count, Uint8Array.BYTES_PER_ELEMENT));
  }

  #take(count: number, elementBytes: number): [ArrayBuffer, number, number] {
    const bytes = count * elementBytes;
    if (this.#used + bytes > this.#piece.byteLength) {
      this.#piece = new ArrayBuffer(Math.max(bytes, this.#pieceBytes));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return [this.#piece, start, count];
  }
}
