import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Lines that are gathered before they are written. */
const CHUNK_BYTES = 256 * 1024;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const UTF8_PER_UNIT = 3;
const LF = 0x0a;

/**
 * Lines to a stream in large pieces, at the pace of its reader. A reader that went away ends the program quietly. Lines
 * become bytes at once: as text they would wait in thousands of pieces, and the collector of garbage with them.
 */
export class NdjsonOutput {
  readonly #stream: Writable;
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #end = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }

  write(line: string): void {
    const bytesMax = line.length * UTF8_PER_UNIT + 1;
    if (this.#end + bytesMax > this.#chunk.length) this.#flush(bytesMax);
    this.#end += this.#chunk.write(line, this.#end, 'utf8');
    this.#chunk[this.#end] = LF;
    this.#end += 1;
  }

  /** Asks the stream itself: the event may have come while nobody waited. */
  async drain(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    this.#flush(0);
    await this.drain();
  }

  /** @param bytes that have to find room behind it */
  #flush(bytes: number): void {
    if (this.#end > 0) this.#stream.write(this.#chunk.subarray(0, this.#end));
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes));
    this.#end = 0;
  }
}
