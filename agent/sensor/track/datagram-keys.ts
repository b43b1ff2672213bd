import { type Bytes, u32 } from '../wire/bytes.js';
import type { Frame } from '../wire/frame.js';

const NONE = -1;
const WORDS = 4;
const ADDRESS_BYTES = 16;

/** Whose fragments stand in which slot: found by addresses, number and, for IPv4, protocol (RFC 791 3.2, RFC 8200 4.5). */
export class DatagramKeys {
  /** Source and destination of each slot, 16 bytes each. */
  readonly addresses: Buffer;
  readonly versions: Uint8Array;
  readonly ids: Uint32Array;
  readonly #protocols: Uint8Array;
  readonly #seed: number;
  readonly #buckets: Int32Array;
  readonly #chain: Int32Array;
  readonly #bucketOf: Int32Array;
  /** Of the frame that was looked up last. */
  #bucket = 0;

  constructor(slots: number, seed: number) {
    this.addresses = Buffer.alloc(slots * 2 * ADDRESS_BYTES);
    this.versions = new Uint8Array(slots);
    this.ids = new Uint32Array(slots);
    this.#protocols = new Uint8Array(slots);
    this.#seed = seed | 0;
    this.#buckets = new Int32Array(2 ** Math.ceil(Math.log2(slots * 2))).fill(NONE);
    this.#chain = new Int32Array(slots);
    this.#bucketOf = new Int32Array(slots).fill(NONE);
  }

  /** @returns the slot, or -1 */
  find(frame: Frame, b: Bytes): number {
    this.#bucket = this.#hash(frame, b) & (this.#buckets.length - 1);
    let slot = this.#buckets[this.#bucket]!;
    while (slot !== NONE && !this.#isOf(slot, frame, b)) slot = this.#chain[slot]!;
    return slot;
  }

  /** Gives a free slot to the frame that `find` just missed. */
  add(slot: number, frame: Frame, b: Bytes): void {
    this.versions[slot] = frame.ipVersion;
    this.ids[slot] = frame.fragmentId;
    this.#protocols[slot] = protocolOf(frame);
    const bytes = frame.ipVersion === 4 ? 4 : ADDRESS_BYTES;
    const at = slot * 2 * ADDRESS_BYTES;
    b.copy(this.addresses, at, frame.sourceAddress, frame.sourceAddress + bytes);
    b.copy(this.addresses, at + ADDRESS_BYTES, frame.destinationAddress, frame.destinationAddress + bytes);
    this.#bucketOf[slot] = this.#bucket;
    this.#chain[slot] = this.#buckets[this.#bucket]!;
    this.#buckets[this.#bucket] = slot;
  }

  has(slot: number): boolean {
    return this.#bucketOf[slot] !== NONE;
  }

  remove(slot: number): void {
    const bucket = this.#bucketOf[slot]!;
    let previous = NONE;
    for (let at = this.#buckets[bucket]!; at !== slot; at = this.#chain[at]!) previous = at;
    if (previous === NONE) this.#buckets[bucket] = this.#chain[slot]!;
    else this.#chain[previous] = this.#chain[slot]!;
    this.#bucketOf[slot] = NONE;
  }

  /** Makes the frame one of the slot's addresses, which stand in `addresses`. */
  toFrame(slot: number, frame: Frame): void {
    frame.reset(0);
    frame.ipBytes = 0;
    frame.isFragment = true;
    frame.ipVersion = this.versions[slot]!;
    frame.sourceAddress = slot * 2 * ADDRESS_BYTES;
    frame.destinationAddress = frame.sourceAddress + ADDRESS_BYTES;
  }

  #isOf(slot: number, frame: Frame, b: Bytes): boolean {
    if (this.ids[slot] !== frame.fragmentId || this.versions[slot] !== frame.ipVersion) return false;
    if (this.#protocols[slot] !== protocolOf(frame)) return false;
    const words = frame.ipVersion === 4 ? 1 : WORDS;
    const at = slot * 2 * ADDRESS_BYTES;
    for (let word = 0; word < words * 4; word += 4) {
      if (u32(this.addresses, at + word) !== u32(b, frame.sourceAddress + word)) return false;
      if (u32(this.addresses, at + ADDRESS_BYTES + word) !== u32(b, frame.destinationAddress + word)) return false;
    }
    return true;
  }

  #hash(frame: Frame, b: Bytes): number {
    const words = frame.ipVersion === 4 ? 1 : WORDS;
    let hash = stir(this.#seed ^ frame.fragmentId, protocolOf(frame));
    for (let word = 0; word < words * 4; word += 4) {
      hash = stir(hash, u32(b, frame.sourceAddress + word));
      hash = stir(hash, u32(b, frame.destinationAddress + word));
    }
    return hash >>> 0;
  }
}

function protocolOf(frame: Frame): number {
  return frame.ipVersion === 4 ? frame.fragmentProtocol : 0;
}

function stir(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x85ebca6b);
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) ^ (h >>> 13);
}
