import { type Bytes, u32 } from '../wire/bytes.js';
import type { Frame } from '../wire/frame.js';

const ENTRIES = 4_096;
/** RFC 1122 3.3.2 and RFC 8200 4.5: a datagram is given up after 60 s. */
const LIFE_US = 60e6;

/**
 * The ports of first fragments, so that later ones are counted to the same flow. One place for each hash: a newer
 * datagram takes the place of an older one.
 */
export class Fragments {
  /** Later fragments whose first was not seen. */
  orphans = 0;
  readonly #keys = new Uint32Array(ENTRIES * 2);
  readonly #ports = new Uint16Array(ENTRIES * 2);
  readonly #timeUs = new Float64Array(ENTRIES);
  readonly #seed: number;
  #first = 0;
  #second = 0;

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Remembers the ports of a first fragment. */
  remember(frame: Frame, b: Bytes, timeUs: number): void {
    this.#hash(frame, b);
    const at = this.#first & (ENTRIES - 1);
    this.#keys[at * 2] = this.#first;
    this.#keys[at * 2 + 1] = this.#second;
    this.#ports[at * 2] = frame.sourcePort;
    this.#ports[at * 2 + 1] = frame.destinationPort;
    this.#timeUs[at] = timeUs;
  }

  /** Gives a later fragment the ports of its first one. @returns false when that was not seen */
  recall(frame: Frame, b: Bytes, timeUs: number): boolean {
    this.#hash(frame, b);
    const at = this.#first & (ENTRIES - 1);
    const isKnown =
      this.#keys[at * 2] === this.#first >>> 0 &&
      this.#keys[at * 2 + 1] === this.#second >>> 0 &&
      this.#timeUs[at]! > 0 &&
      timeUs - this.#timeUs[at]! < LIFE_US;
    if (!isKnown) {
      this.orphans += 1;
      return false;
    }
    frame.sourcePort = this.#ports[at * 2]!;
    frame.destinationPort = this.#ports[at * 2 + 1]!;
    return true;
  }

  #hash(frame: Frame, b: Bytes): void {
    const words = frame.ipVersion === 4 ? 1 : 4;
    let first = this.#seed ^ frame.fragmentId;
    let second = Math.imul(this.#seed, 0x9e3779b1) ^ (frame.protocol + (frame.fragmentId << 3));
    for (let word = 0; word < words; word++) {
      const source = u32(b, frame.sourceAddress + word * 4);
      const destination = u32(b, frame.destinationAddress + word * 4);
      first = stir(stir(first, source), destination);
      second = stir(stir(second, destination ^ 0x5bd1e995), source);
    }
    this.#first = stir(first, frame.protocol) >>> 0;
    this.#second = second >>> 0;
  }
}

function stir(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x85ebca6b);
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) ^ (h >>> 13);
}
