import { Segments } from './stream-segments.js';

export interface StreamConfig {
  /** Bytes held for one side: in order and not yet used, and ahead of a hole. */
  readonly sideBytesMax: number;
  /** Pieces held for one side ahead of holes. */
  readonly sidePiecesMax: number;
  /** Sides followed at once. */
  readonly sidesMax: number;
  /** Bytes held for all sides together. */
  readonly bytesMax: number;
}

/**
 * Why a side is not followed any more, or was never; `Hole`: it goes on behind a hole that was waited for long enough.
 * Counted by index in `Streams.ended`.
 */
export const StreamEnd = { SideBytes: 0, SidePieces: 1, Sides: 2, Bytes: 3, Ignored: 4, Hole: 5 } as const;
export type StreamEnd = (typeof StreamEnd)[keyof typeof StreamEnd];
const REASONS = 6;

const NAMES: readonly string[] = [
  'stream_side_bytes',
  'stream_side_pieces',
  'stream_sides',
  'stream_bytes',
  'stream_ignored',
  'stream_hole',
];

export function streamEndName(reason: number): string {
  return NAMES[reason] ?? 'unknown';
}

const READY_BYTES_MIN = 512;
const NOTHING = Buffer.alloc(0);

/** One direction of a connection. */
class Side {
  /** Relative sequence number of the byte behind the ready ones, modulo 2^32 as a signed number. */
  next: number;
  /** Ready bytes are [start, end) of this. */
  buffer: Buffer = NOTHING;
  start = 0;
  end = 0;
  readonly ahead = new Segments();
  /** Bytes that are passed over before any are ready again. */
  skip = 0;

  constructor(next: number) {
    this.next = next;
  }

  get bytes(): number {
    return this.end - this.start + this.ahead.bytes;
  }

  /** A hole in what is passed over anyway: nobody waits for it. */
  pass(bytes: number): void {
    this.skip -= bytes;
    this.next = (this.next + bytes) | 0;
  }

  /** Makes room by moving or doubling, so that many small segments cost no more than one large. */
  append(bytes: Buffer): void {
    const held = this.end - this.start;
    if (this.end + bytes.length > this.buffer.length) {
      const isRoomy = held + bytes.length <= this.buffer.length >> 1;
      const target = isRoomy ? this.buffer : Buffer.allocUnsafeSlow(sizeFor(held + bytes.length));
      this.buffer.copy(target, 0, this.start, this.end);
      this.buffer = target;
      this.start = 0;
      this.end = held;
    }
    bytes.copy(this.buffer, this.end);
    this.end += bytes.length;
    this.next = (this.next + bytes.length) | 0;
  }
}

function sizeFor(bytes: number): number {
  let size = READY_BYTES_MIN;
  while (size < bytes * 2) size *= 2;
  return size;
}

/**
 * Puts TCP payload in order for applications that want it, within limits. The first bytes that arrive for a place
 * win, so that nobody can change afterwards what was seen. A side that passes a limit is not followed any more,
 * and counted by its reason; a hole is waited for until it is settled, or until then.
 */
export class Streams {
  /** Sides by the reason why they are not followed. */
  readonly ended = new Float64Array(REASONS);
  /** Whether bytes are missing in front of what the last `push` gave. */
  hasGap = false;
  readonly #config: StreamConfig;
  readonly #sides = new Map<number, Side>();
  readonly #dead = new Set<number>();
  #bytes = 0;
  /** What `push` showed without keeping it, until `use` says what becomes of it. */
  #shown: Buffer | undefined;
  #shownOf: Side | undefined;
  #shownFrom = 0;
  #shownTo = 0;

  constructor(config: StreamConfig) {
    this.#config = config;
  }

  get limits(): StreamConfig {
    return this.#config;
  }

  /** Bytes held now. */
  get bytes(): number {
    this.#keepShown();
    return this.#bytes;
  }

  /** Sides followed now. */
  get sides(): number {
    return this.#sides.size;
  }

  /**
   * Takes a segment's payload.
   * @param slot of the flow, @param side 0 or 1
   * @param relative sequence number of the first byte, modulo 2^32; the SYN is 0, so the stream begins at 1
   * @param settled below this relative number every byte has been seen, or will never be
   * @returns what is now in order and not used yet, when this segment added to it. Valid as long as `b` is: before
   * that ends, `use` must be called, if only with 0, or `ignore` or `free`.
   */
  push(
    slot: number,
    side: number,
    relative: number,
    b: Buffer,
    start: number,
    end: number,
    settled?: number,
  ): Buffer | undefined {
    this.#keepShown();
    this.hasGap = false;
    const key = slot * 2 + side;
    if (this.#dead.has(key)) return undefined;
    const stream = this.#sides.get(key) ?? this.#open(key, relative);
    if (stream === undefined) return undefined;
    // Signed distance: sequence numbers wrap every 4 GiB (RFC 9293 3.4).
    let ahead = (relative - stream.next) | 0;
    if (ahead + (end - start) <= 0) return undefined;
    if (ahead > 0 && ahead <= stream.skip && stream.ahead.isEmpty) {
      stream.pass(ahead);
      ahead = 0;
    }
    const from = ahead < 0 ? start - ahead : start;
    if (ahead <= 0 && stream.skip >= end - from && stream.ahead.isEmpty) {
      // The bulk of a transfer: nothing is copied.
      stream.skip -= end - from;
      stream.next = (stream.next + end - from) | 0;
      return undefined;
    }
    // Nothing waits: what came is shown where it stands, and only what is left over of it is kept.
    const isWithin = end - from <= this.#config.sideBytesMax && this.#bytes + end - from <= this.#config.bytesMax;
    if (ahead <= 0 && stream.start === stream.end && stream.ahead.isEmpty && isWithin) {
      stream.next = (stream.next + end - from) | 0;
      const skipped = stream.skip;
      stream.skip = 0;
      this.#shown = b;
      this.#shownOf = stream;
      this.#shownFrom = from + skipped;
      this.#shownTo = end;
      return b.subarray(from + skipped, end);
    }
    const before = stream.bytes;
    if (ahead <= 0 && stream.ahead.isEmpty) stream.append(b.subarray(from, end));
    else this.#addPiece(stream, Math.max(0, ahead), b.subarray(from, end));
    this.#bytes += stream.bytes - before;
    const reason = this.#limitPassed(stream);
    if (reason !== undefined && !this.#mayGoOn(stream, reason)) return this.#giveUp(key, reason);
    if (!this.hasGap && ahead > 0 && (settled === undefined || !this.#passGap(stream, settled))) return undefined;
    if (stream.skip > 0) this.#pass(stream, stream.skip);
    return stream.start < stream.end ? stream.buffer.subarray(stream.start, stream.end) : undefined;
  }

  /** The application has used this many bytes of what `push` gave, and wants none of those that follow beyond them. */
  use(slot: number, side: number, bytes: number): void {
    const stream = this.#sides.get(slot * 2 + side);
    if (stream === undefined) return;
    if (this.#shown === undefined || this.#shownOf !== stream) this.#pass(stream, bytes);
    else this.#keepShown(bytes);
  }

  /** Keeps what was shown and not used. Whoever did not say how much used none of it. */
  #keepShown(used = 0): void {
    const shown = this.#shown;
    const stream = this.#shownOf;
    if (shown === undefined || stream === undefined) return;
    this.#shown = undefined;
    const left = this.#shownTo - this.#shownFrom - used;
    if (left <= 0) {
      stream.skip = -left;
      return;
    }
    stream.next = (stream.next - left) | 0;
    stream.append(shown.subarray(this.#shownTo - left, this.#shownTo));
    this.#bytes += left;
  }

  /** Bytes that are still to be passed over. */
  unseen(slot: number, side: number): number {
    return this.#sides.get(slot * 2 + side)?.skip ?? 0;
  }

  /** What follows is of interest after all. */
  resume(slot: number, side: number): void {
    const stream = this.#sides.get(slot * 2 + side);
    if (stream !== undefined) stream.skip = 0;
  }

  #pass(stream: Side, bytes: number): void {
    const used = Math.min(bytes, stream.end - stream.start);
    stream.skip = bytes - used;
    stream.start += used;
    this.#bytes -= used;
    if (stream.start < stream.end) return;
    // Most applications use all at once: an idle side holds no memory.
    stream.buffer = NOTHING;
    stream.start = 0;
    stream.end = 0;
  }

  /** Stops following a side, because its bytes are not what the application reads. Until `free`. */
  ignore(slot: number, side: number): void {
    const key = slot * 2 + side;
    if (!this.#dead.has(key)) this.#giveUp(key, StreamEnd.Ignored);
  }

  /** What the side holds is of no use: it begins anew with the next bytes. */
  forget(slot: number, side: number): void {
    this.#drop(slot * 2 + side);
  }

  /** The flow's sides were turned round. */
  flip(slot: number): void {
    const [a, b] = [this.#sides.get(slot * 2), this.#sides.get(slot * 2 + 1)];
    const [isADead, isBDead] = [this.#dead.has(slot * 2), this.#dead.has(slot * 2 + 1)];
    this.#place(slot * 2, b, isBDead);
    this.#place(slot * 2 + 1, a, isADead);
  }

  /** The flow has ended. */
  free(slot: number): void {
    for (const key of [slot * 2, slot * 2 + 1]) {
      this.#drop(key);
      this.#dead.delete(key);
    }
  }

  /** A stream that is not seen from its beginning begins where we came in. */
  #open(key: number, relative: number): Side | undefined {
    if (this.#sides.size >= this.#config.sidesMax) return this.#giveUp(key, StreamEnd.Sides);
    const side = new Side(Math.max(relative, 1) | 0);
    this.#sides.set(key, side);
    return side;
  }

  /** @param distance of the piece from what is ready */
  #addPiece(stream: Side, distance: number, bytes: Buffer): void {
    stream.ahead.insert(stream.next, distance, bytes);
    for (let piece = stream.ahead.takeAt(stream.next); piece !== undefined; ) {
      stream.append(piece);
      piece = stream.ahead.takeAt(stream.next);
    }
  }

  /** Where nobody acknowledges (one direction is mirrored), a hole is waited for as long as there is room. */
  #mayGoOn(stream: Side, reason: StreamEnd): boolean {
    if (stream.ahead.isEmpty || (reason !== StreamEnd.SideBytes && reason !== StreamEnd.SidePieces)) return false;
    this.ended[StreamEnd.Hole] = this.ended[StreamEnd.Hole]! + 1;
    this.#passGap(stream, stream.next + stream.ahead.distance(stream.next));
    return this.#limitPassed(stream) === undefined;
  }

  /** Goes on behind a hole that will not be filled. What is left in front of it makes no sense any more. */
  #passGap(stream: Side, settled: number): boolean {
    const hole = stream.ahead.distance(stream.next);
    if (hole > ((settled - stream.next) | 0)) return false;
    const before = stream.bytes;
    stream.skip = 0;
    stream.start = 0;
    stream.end = 0;
    stream.next = (stream.next + hole) | 0;
    this.#addPiece(stream, 0, NOTHING);
    this.#bytes += stream.bytes - before;
    this.hasGap = true;
    return true;
  }

  #limitPassed(stream: Side): StreamEnd | undefined {
    if (stream.bytes > this.#config.sideBytesMax) return StreamEnd.SideBytes;
    if (stream.ahead.count > this.#config.sidePiecesMax) return StreamEnd.SidePieces;
    return this.#bytes > this.#config.bytesMax ? StreamEnd.Bytes : undefined;
  }

  #giveUp(key: number, reason: StreamEnd): undefined {
    this.ended[reason] = this.ended[reason]! + 1;
    this.#drop(key);
    this.#dead.add(key);
    return undefined;
  }

  #drop(key: number): void {
    const side = this.#sides.get(key);
    if (side === undefined) return;
    // Nobody wants what was shown of it.
    if (this.#shownOf === side) this.#shown = undefined;
    this.#bytes -= side.bytes;
    this.#sides.delete(key);
  }

  #place(key: number, side: Side | undefined, isDead: boolean): void {
    if (side === undefined) this.#sides.delete(key);
    else this.#sides.set(key, side);
    if (isDead) this.#dead.add(key);
    else this.#dead.delete(key);
  }
}
