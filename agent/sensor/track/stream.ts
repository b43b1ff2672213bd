export interface StreamConfig {
  /** Bytes held for one side: in order and not yet used, or ahead of a hole. */
  readonly sideBytesMax: number;
  /** Sides followed at once. */
  readonly sidesMax: number;
}

interface Side {
  /** Relative sequence number of the byte behind `ready`. */
  next: number;
  /** In order, not used yet. */
  ready: Buffer;
  /** Ahead of a hole, by relative start. */
  ahead: Map<number, Buffer>;
  aheadBytes: number;
}

/**
 * Puts TCP payload in order for applications that want it, within limits: the first bytes that arrive for a place
 * win, what does not fit ends the following of that side. Everything that ended it is counted.
 */
export class Streams {
  overflows = 0;
  refused = 0;
  readonly #config: StreamConfig;
  readonly #sides = new Map<number, Side>();
  readonly #dead = new Set<number>();

  constructor(config: StreamConfig) {
    this.#config = config;
  }

  /**
   * Takes a segment's payload.
   * @param relative of its first byte; the SYN is 0, so the stream begins at 1
   * @returns what is now in order and not used yet, or undefined when nothing new is. Valid until the next call.
   */
  push(slot: number, side: number, relative: number, b: Buffer, start: number, end: number): Buffer | undefined {
    const key = slot * 2 + side;
    if (this.#dead.has(key)) return undefined;
    const stream = this.#sides.get(key) ?? this.#open(key, relative);
    if (stream === undefined) return undefined;
    const skip = stream.next - relative;
    if (skip >= end - start) return undefined;
    const held = stream.ready.length + stream.aheadBytes + (end - start);
    if (held > this.#config.sideBytesMax) return this.#giveUp(key);
    if (skip < 0) {
      if (!stream.ahead.has(relative)) {
        stream.ahead.set(relative, Buffer.from(b.subarray(start, end)));
        stream.aheadBytes += end - start;
      }
      return undefined;
    }
    append(stream, b.subarray(start + skip, end));
    this.#closeHoles(stream);
    return stream.ready;
  }

  /** The application has used this many bytes of what `push` gave. */
  use(slot: number, side: number, bytes: number): void {
    const stream = this.#sides.get(slot * 2 + side);
    if (stream !== undefined) stream.ready = stream.ready.subarray(bytes);
  }

  /** Stops following both sides. Later segments are ignored until `free`. */
  ignore(slot: number): void {
    for (const key of [slot * 2, slot * 2 + 1]) {
      this.#sides.delete(key);
      this.#dead.add(key);
    }
  }

  /** The flow has ended. */
  free(slot: number): void {
    for (const key of [slot * 2, slot * 2 + 1]) {
      this.#sides.delete(key);
      this.#dead.delete(key);
    }
  }

  #open(key: number, relative: number): Side | undefined {
    if (this.#sides.size >= this.#config.sidesMax) {
      this.refused += 1;
      return undefined;
    }
    // Without the SYN the stream begins where we came in.
    const side: Side = { next: Math.max(relative, 1), ready: Buffer.alloc(0), ahead: new Map(), aheadBytes: 0 };
    this.#sides.set(key, side);
    return side;
  }

  #closeHoles(stream: Side): void {
    let hasMoved = stream.ahead.size > 0;
    while (hasMoved) {
      hasMoved = false;
      for (const [relative, bytes] of stream.ahead) {
        const skip = stream.next - relative;
        if (skip < 0) continue;
        stream.ahead.delete(relative);
        stream.aheadBytes -= bytes.length;
        if (skip < bytes.length) append(stream, bytes.subarray(skip));
        hasMoved = true;
      }
    }
  }

  #giveUp(key: number): undefined {
    this.overflows += 1;
    this.#sides.delete(key);
    this.#dead.add(key);
    return undefined;
  }
}

function append(stream: Side, bytes: Buffer): void {
  stream.ready = stream.ready.length === 0 ? Buffer.from(bytes) : Buffer.concat([stream.ready, bytes]);
  stream.next += bytes.length;
}
