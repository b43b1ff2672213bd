import type { Bytes } from '../wire/bytes.js';
import { i32 } from '../wire/bytes.js';
import type { Frame } from '../wire/frame.js';
import { Chains } from './chains.js';
import { FreeList } from './free-list.js';

const NONE = -1;
const WORDS = 8;

/**
 * Who talks to whom, in slots of fixed capacity. A slot is found by its tuple in either direction; slots stand in
 * queues by what they wait for, each ordered by the time of its last change, so that the oldest of a queue is its
 * head. Nothing here allocates after the constructor.
 */
export class FlowTable {
  readonly capacity: number;
  /** Side 0 (source) in words 0-3, side 1 (destination) in words 4-7, network order; IPv4 in the first word. */
  readonly addresses: Uint32Array;
  /** The same memory, as numbers that never need an object of their own. */
  readonly #signed: Int32Array;
  /** Two a slot: source, destination. */
  readonly ports: Uint16Array;
  /** Protocol, IP version and the one-way flag of ICMP. */
  readonly kinds: Uint16Array;
  /** When the queue's wait began: the last packet for most. */
  readonly sinceUs: Float64Array;
  readonly queueOf: Int8Array;
  used = 0;

  readonly #seed: number;
  readonly #mask: number;
  readonly #buckets: Int32Array;
  readonly #chain: Int32Array;
  readonly #bucketOf: Int32Array;
  /** Slots by what they wait for. */
  readonly #queues: Chains;
  readonly #free: FreeList;
  /** The tuple of the frame that was looked up last: hashed once, used by `add`. */
  readonly #words = new Int32Array(WORDS);
  #sourcePort = 0;
  #destinationPort = 0;
  #kind = 0;
  #bucket = 0;

  constructor(capacity: number, queues: number, seed: number) {
    this.capacity = capacity;
    this.addresses = new Uint32Array(capacity * WORDS);
    this.#signed = new Int32Array(this.addresses.buffer);
    this.ports = new Uint16Array(capacity * 2);
    this.kinds = new Uint16Array(capacity);
    this.sinceUs = new Float64Array(capacity);
    this.queueOf = new Int8Array(capacity).fill(NONE);
    const buckets = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#seed = seed | 0;
    this.#mask = buckets - 1;
    this.#buckets = new Int32Array(buckets).fill(NONE);
    this.#chain = new Int32Array(capacity);
    this.#free = new FreeList(this.#chain);
    this.#bucketOf = new Int32Array(capacity);
    this.#queues = new Chains(queues, capacity);
  }

  /**
   * Finds the slot of the frame's tuple.
   * @returns slot * 2, plus 1 when the frame runs from destination to source; -1 when there is none
   */
  find(frame: Frame, b: Bytes): number {
    this.#load(frame, b);
    const { ports, kinds } = this;
    const signed = this.#signed;
    const words = this.#words;
    for (let slot = this.#buckets[this.#bucket]!; slot !== NONE; slot = this.#chain[slot]!) {
      if (kinds[slot] !== this.#kind) continue;
      const at = slot * WORDS;
      const sourcePort = ports[slot * 2]!;
      const destinationPort = ports[slot * 2 + 1]!;
      if (
        sourcePort === this.#sourcePort &&
        destinationPort === this.#destinationPort &&
        equalWords(signed, at, words, 0) &&
        equalWords(signed, at + 4, words, 4)
      ) {
        return slot * 2;
      }
      if (
        sourcePort === this.#destinationPort &&
        destinationPort === this.#sourcePort &&
        equalWords(signed, at, words, 4) &&
        equalWords(signed, at + 4, words, 0)
      ) {
        return slot * 2 + 1;
      }
    }
    return NONE;
  }

  /** Takes a free slot for the tuple that `find` just missed. Requires `used < capacity`. */
  add(): number {
    const slot = this.#free.take();
    this.used += 1;
    this.#signed.set(this.#words, slot * WORDS);
    this.ports[slot * 2] = this.#sourcePort;
    this.ports[slot * 2 + 1] = this.#destinationPort;
    this.kinds[slot] = this.#kind;
    this.#bucketOf[slot] = this.#bucket;
    this.#chain[slot] = this.#buckets[this.#bucket]!;
    this.#buckets[this.#bucket] = slot;
    return slot;
  }

  remove(slot: number): void {
    this.#leaveQueue(slot);
    const bucket = this.#bucketOf[slot]!;
    let previous = NONE;
    for (let at = this.#buckets[bucket]!; at !== slot; at = this.#chain[at]!) previous = at;
    if (previous === NONE) this.#buckets[bucket] = this.#chain[slot]!;
    else this.#chain[previous] = this.#chain[slot]!;
    this.#free.giveBack(slot);
    this.used -= 1;
  }

  /** Turns source and destination round. */
  flip(slot: number): void {
    const { addresses, ports } = this;
    const at = slot * WORDS;
    for (let word = 0; word < 4; word++) {
      const source = addresses[at + word]!;
      addresses[at + word] = addresses[at + 4 + word]!;
      addresses[at + 4 + word] = source;
    }
    const port = ports[slot * 2]!;
    ports[slot * 2] = ports[slot * 2 + 1]!;
    ports[slot * 2 + 1] = port;
  }

  /** Puts the slot at the end of a queue. */
  wait(slot: number, queue: number, sinceUs: number): void {
    this.sinceUs[slot] = sinceUs;
    if (this.queueOf[slot] === queue && this.#queues.last(queue) === slot) return;
    this.#leaveQueue(slot);
    this.queueOf[slot] = queue;
    this.#queues.append(queue, slot);
  }

  /** The slot that waits longest in a queue, or -1. */
  oldest(queue: number): number {
    return this.#queues.first(queue);
  }

  #leaveQueue(slot: number): void {
    const queue = this.queueOf[slot]!;
    if (queue === NONE) return;
    this.#queues.remove(queue, slot);
    this.queueOf[slot] = NONE;
  }

  #load(frame: Frame, b: Bytes): void {
    const words = this.#words;
    const from = frame.sourceAddress;
    const to = frame.destinationAddress;
    words[0] = i32(b, from);
    words[4] = i32(b, to);
    if (frame.ipVersion === 6) {
      for (let word = 1; word < 4; word++) {
        words[word] = i32(b, from + word * 4);
        words[4 + word] = i32(b, to + word * 4);
      }
    } else {
      words[1] = words[2] = words[3] = words[5] = words[6] = words[7] = 0;
    }
    this.#sourcePort = frame.sourcePort;
    this.#destinationPort = frame.destinationPort;
    this.#kind = flowKind(frame.protocol, frame.ipVersion, frame.isOneWay);
    this.#bucket = this.#hash() & this.#mask;
  }

  /** The same for both directions: a sum of two seeded mixes, one an endpoint. */
  #hash(): number {
    const words = this.#words;
    const isV6 = (this.#kind & KIND_V6) !== 0;
    let source = mix(this.#seed ^ this.#sourcePort, words[0]!);
    let destination = mix(this.#seed ^ this.#destinationPort, words[4]!);
    if (isV6) {
      source = mix(mix(mix(source, words[1]!), words[2]!), words[3]!);
      destination = mix(mix(mix(destination, words[5]!), words[6]!), words[7]!);
    }
    return finish((finish(source) + finish(destination)) ^ this.#kind);
  }
}

const KIND_V6 = 0x100;
const KIND_ONE_WAY = 0x200;

export function flowKind(protocol: number, ipVersion: number, isOneWay: boolean): number {
  return protocol | (ipVersion === 6 ? KIND_V6 : 0) | (isOneWay ? KIND_ONE_WAY : 0);
}
export const kindProtocol = (kind: number): number => kind & 0xff;
export const isKindV6 = (kind: number): boolean => (kind & KIND_V6) !== 0;
export const isKindOneWay = (kind: number): boolean => (kind & KIND_ONE_WAY) !== 0;

function equalWords(a: Int32Array, at: number, words: Int32Array, from: number): boolean {
  return (
    a[at] === words[from] &&
    a[at + 1] === words[from + 1] &&
    a[at + 2] === words[from + 2] &&
    a[at + 3] === words[from + 3]
  );
}

/** One step of MurmurHash3 (public domain) over a 32-bit word. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
