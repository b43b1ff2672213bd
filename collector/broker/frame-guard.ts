/** MQTT 3.1.1 2.2.3: the remaining length has four bytes at most. */
const LENGTH_BYTES_MAX = 4;
const CONNECT = 1;

export interface FrameLimits {
  /** Of the first frame, which comes from a stranger. */
  readonly connectBytesMax: number;
  /** Of every other one. */
  readonly frameBytesMax: number;
}

/**
 * Watches the lengths of MQTT frames in a stream, before anything is buffered for them. It keeps no bytes.
 * (OASIS MQTT 3.1.1 section 2.2.)
 */
export class FrameGuard {
  readonly #limits: FrameLimits;
  /** Whose header has come. */
  frames = 0;
  #isFirst = true;
  #type = 0;
  #length = 0;
  #lengthBytes = 0;
  #isInHeader = false;
  #left = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** @returns why the connection must end, or undefined */
  check(chunk: Uint8Array): string | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, chunk.length - at);
        this.#left -= step;
        at += step;
        continue;
      }
      const flaw = this.#onHeaderByte(chunk[at]!);
      if (flaw !== undefined) return flaw;
      at += 1;
    }
    return undefined;
  }

  #onHeaderByte(byte: number): string | undefined {
    if (!this.#isInHeader) {
      this.#isInHeader = true;
      this.#type = byte >> 4;
      this.#length = 0;
      this.#lengthBytes = 0;
      return this.#isFirst && this.#type !== CONNECT ? 'the first packet is not CONNECT' : undefined;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if ((byte & 0x80) !== 0) return this.#lengthBytes >= LENGTH_BYTES_MAX ? 'bad remaining length' : undefined;
    const max = this.#isFirst ? this.#limits.connectBytesMax : this.#limits.frameBytesMax;
    if (this.#length > max) return `a frame of ${this.#length} bytes, ${max} are allowed`;
    this.#isInHeader = false;
    this.#isFirst = false;
    this.frames += 1;
    this.#left = this.#length;
    return undefined;
  }
}
