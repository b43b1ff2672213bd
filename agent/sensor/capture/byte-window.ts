import type { ByteSource } from './bytes.js';

/** Larger than any packet (262,144 bytes) with its options; the whole memory that reading a recording takes. */
export const WINDOW_BYTES = 2 ** 20;

/** The part of a stream that is in memory: `buffer[start, end)`. Moves forward only. */
export class ByteWindow {
  readonly buffer = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  start = 0;
  end = 0;
  readonly #source: ByteSource;
  #offset = 0;
  #isAtEnd = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes in memory. */
  get available(): number {
    return this.end - this.start;
  }

  /** Where `start` is in the stream. */
  get offset(): number {
    return this.#offset + this.start;
  }

  /** Reads until `bytes` (at most WINDOW_BYTES) are in memory; false when the stream ends before. */
  async fill(bytes: number): Promise<boolean> {
    if (this.available >= bytes) return true;
    this.#moveToFront();
    while (this.available < bytes && !this.#isAtEnd) {
      const count = await this.#source.read(this.buffer, this.end, WINDOW_BYTES);
      if (count === 0) this.#isAtEnd = true;
      this.end += count;
    }
    return this.available >= bytes;
  }

  /** Passes over `bytes`, which may be more than fit in memory; false when the stream ends before. */
  async skip(bytes: number): Promise<boolean> {
    let left = bytes;
    while (left > this.available) {
      left -= this.available;
      this.start = this.end;
      if (!(await this.fill(1))) return false;
    }
    this.start += left;
    return true;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #moveToFront(): void {
    this.buffer.copyWithin(0, this.start, this.end);
    this.#offset += this.start;
    this.end -= this.start;
    this.start = 0;
  }
}
