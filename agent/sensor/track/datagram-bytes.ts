import type { Bytes } from '../wire/bytes.js';
import { Columns } from './columns.js';

/** Pieces of one datagram: 64 KiB over the smallest MTU of IPv4 (RFC 791: 576) come to 120. */
export const PIECES_MAX = 128;
const BLOCK_BYTES = 2_048;
/** IP's length fields end here. */
export const DATAGRAM_BYTES_MAX = 65_535;
const BLOCKS_OF_ONE = Math.ceil(DATAGRAM_BYTES_MAX / BLOCK_BYTES);

/** What became of a piece. */
export const Added = { New: 0, Duplicate: 1, Overlap: 2, TooMany: 3, NoRoom: 4 } as const;
export type Added = (typeof Added)[keyof typeof Added];

/**
 * The bytes of datagrams whose fragments are still coming, by slot, in blocks of one fixed pool. Pieces of a slot never
 * overlap: of what comes twice the first stays. Nothing here allocates after the constructor.
 */
export class DatagramBytes {
  /** Bytes that are there of each slot. */
  readonly covered: Int32Array;
  blocksUsed = 0;
  readonly blocks: number;
  readonly #memory: Buffer;
  /** Blocks that were given back. */
  readonly #free: Uint16Array;
  #freeCount = 0;
  /** Blocks that were ever used. */
  #touched = 0;
  /** Block and one; 0 is none. */
  readonly #blockOf: Uint16Array;
  readonly #count: Uint8Array;
  readonly #starts: Uint16Array;
  readonly #ends: Uint16Array;

  constructor(slots: number, blocks: number) {
    this.blocks = blocks;
    const columns = new Columns(slots * (BLOCKS_OF_ONE * 2 + PIECES_MAX * 4 + 8) + blocks * 2);
    this.covered = columns.int32(slots);
    this.#memory = Buffer.alloc(blocks * BLOCK_BYTES);
    this.#free = columns.uint16(blocks);
    this.#blockOf = columns.uint16(slots * BLOCKS_OF_ONE);
    this.#count = columns.uint8(slots);
    this.#starts = columns.uint16(slots * PIECES_MAX);
    this.#ends = columns.uint16(slots * PIECES_MAX);
  }

  /** Whether a piece of any size can be kept now. */
  get hasRoom(): boolean {
    return this.blocksUsed + BLOCKS_OF_ONE <= this.blocks;
  }

  clear(slot: number): void {
    if (this.#count[slot] === 0) return;
    this.covered[slot] = 0;
    this.#count[slot] = 0;
    const first = slot * BLOCKS_OF_ONE;
    for (let at = first; at < first + BLOCKS_OF_ONE; at++) {
      const block = this.#blockOf[at]!;
      if (block === 0) continue;
      this.#blockOf[at] = 0;
      this.blocksUsed -= 1;
      this.#free[this.#freeCount++] = block - 1;
    }
  }

  /** Keeps what is new of [from, to) of `b`, which begins at `start` of the datagram; `start + to - from` <= 65,535. */
  add(slot: number, start: number, b: Bytes, from: number, to: number): Added {
    if (!this.hasRoom) return Added.NoRoom;
    const end = start + to - from;
    let at = this.#find(slot, start);
    if (this.#isSame(slot, at, start, end)) return Added.Duplicate;
    let isOverlap = false;
    let next = start;
    while (next < end) {
      const first = slot * PIECES_MAX;
      const isLast = at >= this.#count[slot]!;
      const pieceStart = isLast ? end : this.#starts[first + at]!;
      if (pieceStart > next) {
        const until = Math.min(end, pieceStart);
        if (!this.#insert(slot, at, next, until)) return Added.TooMany;
        this.#write(slot, next, b, from + next - start, from + until - start);
        at += 1;
        next = until;
      } else {
        isOverlap = true;
        next = Math.max(next, this.#ends[first + at]!);
        at += 1;
      }
    }
    return isOverlap ? Added.Overlap : Added.New;
  }

  /** Bytes from the beginning on without a hole. */
  prefix(slot: number): number {
    const first = slot * PIECES_MAX;
    let end = 0;
    for (let at = 0; at < this.#count[slot]! && this.#starts[first + at] === end; at++) end = this.#ends[first + at]!;
    return end;
  }

  /** Where the last piece ends. */
  end(slot: number): number {
    const count = this.#count[slot]!;
    return count === 0 ? 0 : this.#ends[slot * PIECES_MAX + count - 1]!;
  }

  /** Copies the first `bytes`, all of which are there, to `target` at `at`. */
  copyTo(slot: number, target: Buffer, at: number, bytes: number): void {
    for (let done = 0; done < bytes; done += BLOCK_BYTES) {
      const block = this.#blockOf[slot * BLOCKS_OF_ONE + done / BLOCK_BYTES]! - 1;
      const size = Math.min(BLOCK_BYTES, bytes - done);
      this.#memory.copy(target, at + done, block * BLOCK_BYTES, block * BLOCK_BYTES + size);
    }
  }

  /** The first piece that ends behind `start`; from the back, since most come in order. */
  #find(slot: number, start: number): number {
    const first = slot * PIECES_MAX;
    let at = this.#count[slot]!;
    while (at > 0 && this.#ends[first + at - 1]! > start) at -= 1;
    return at;
  }

  #isSame(slot: number, at: number, start: number, end: number): boolean {
    const place = slot * PIECES_MAX + at;
    return at < this.#count[slot]! && this.#starts[place] === start && this.#ends[place] === end;
  }

  #insert(slot: number, at: number, start: number, end: number): boolean {
    const count = this.#count[slot]!;
    if (count === PIECES_MAX) return false;
    const first = slot * PIECES_MAX;
    if (at < count) {
      this.#starts.copyWithin(first + at + 1, first + at, first + count);
      this.#ends.copyWithin(first + at + 1, first + at, first + count);
    }
    this.#starts[first + at] = start;
    this.#ends[first + at] = end;
    this.#count[slot] = count + 1;
    this.covered[slot] = this.covered[slot]! + end - start;
    return true;
  }

  #write(slot: number, start: number, b: Bytes, from: number, to: number): void {
    let place = start;
    for (let at = from; at < to; ) {
      const inBlock = place % BLOCK_BYTES;
      const size = Math.min(BLOCK_BYTES - inBlock, to - at);
      const memoryAt = this.#blockFor(slot, (place - inBlock) / BLOCK_BYTES) * BLOCK_BYTES + inBlock;
      b.copy(this.#memory, memoryAt, at, at + size);
      at += size;
      place += size;
    }
  }

  #blockFor(slot: number, index: number): number {
    const at = slot * BLOCKS_OF_ONE + index;
    const known = this.#blockOf[at]!;
    if (known !== 0) return known - 1;
    const block = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#touched++;
    this.blocksUsed += 1;
    this.#blockOf[at] = block + 1;
    return block;
  }
}
