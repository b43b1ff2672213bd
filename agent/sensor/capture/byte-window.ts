import type { ByteSource } from './bytes.js';

/** Larger than any packet (262,144 bytes) with its options. */
export const WINDOW_BYTES = 2 ** 20;

/**
 * The part of a stream that is in memory: `buffer[start, end)`. Moves forward only. While it is used, the next part is
 * read into a second buffer, behind room for what will be left over of this one; the two change places.
 */
export class ByteWindow {
  buffer = Buffer.allocUnsafeSlow(2 * WINDOW_BYTES);
  start = 0;
  end = 0;
  readonly #source: ByteSource;
  readonly #readsAhead: boolean;
  #offset = 0;
  #isAtEnd = false;
  #next = Buffer.allocUnsafeSlow(2 * WINDOW_BYTES);
  /** Bytes that come into `#next` at WINDOW_BYTES. */
  #coming: Promise<number> | undefined;

  /** @param readsAhead not from a pipe: nobody could end a wait for bytes that are not wanted any more */
  constructor(source: ByteSource, readsAhead: boolean) {
    this.#source = source;
    this.#readsAhead = readsAhead;
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
    while (this.available < bytes && !this.#isAtEnd) await this.#readOn();
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

  async close(): Promise<void> {
    await this.#coming?.catch(() => {});
    await this.#source.close();
  }

  async #readOn(): Promise<void> {
    const count = await (this.#coming ?? this.#read());
    this.#coming = undefined;
    if (count === 0) {
      this.#isAtEnd = true;
      return;
    }
    this.#change(count);
    if (!this.#readsAhead) return;
    this.#coming = this.#read();
    // Whoever asks for these bytes hears of it; nobody may.
    this.#coming.catch(() => {});
  }

  #read(): Promise<number> {
    return this.#source.read(this.#next, WINDOW_BYTES, 2 * WINDOW_BYTES);
  }

  /** Puts what is left in front of what came. What is left is less than was asked for, so it fits. */
  #change(count: number): void {
    const left = this.available;
    this.buffer.copy(this.#next, WINDOW_BYTES - left, this.start, this.end);
    this.#offset += this.end - WINDOW_BYTES;
    [this.buffer, this.#next] = [this.#next, this.buffer];
    this.start = WINDOW_BYTES - left;
    this.end = WINDOW_BYTES + count;
  }
}
