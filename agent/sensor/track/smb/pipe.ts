import { keepBytes } from '../../wire/bytes.js';
import type { Rpc } from '../rpc.js';

const HELD_BYTES_MAX = 65_536;
const NOTHING = Buffer.alloc(0);

/** Bytes of DCE-RPC as they are written to a named pipe and read from it: a message may come in several pieces. */
export class SmbPipe {
  readonly #rpc: Rpc;
  /** Shared by the pipes of a connection. */
  readonly #budget: { bytes: number };
  readonly #held: [Buffer, Buffer] = [NOTHING, NOTHING];
  readonly #unwanted: [number, number] = [0, 0];
  #isOther = false;

  constructor(rpc: Rpc, budget: { bytes: number }) {
    this.#rpc = rpc;
    this.#budget = budget;
  }

  /** @param side 0 written, 1 read */
  onData(side: 0 | 1, b: Buffer, start: number, end: number, timeUs: number): void {
    if (this.#isOther) return;
    const passed = Math.min(this.#unwanted[side], end - start);
    this.#unwanted[side] -= passed;
    if (start + passed >= end) return;
    const bytes = this.#take(side, b.subarray(start + passed, end));
    const used = this.#rpc.onBytes(bytes, 0, bytes.length, timeUs);
    if (used < 0) {
      this.#isOther = true;
      return;
    }
    this.#unwanted[side] = Math.max(0, used - bytes.length);
    if (used < bytes.length) this.#hold(side, bytes.subarray(used));
  }

  onEnd(timeUs: number): void {
    this.#take(0, NOTHING);
    this.#take(1, NOTHING);
    this.#rpc.onEnd(timeUs);
  }

  #take(side: 0 | 1, more: Buffer): Buffer {
    const held = this.#held[side];
    if (held.length === 0) return more;
    this.#budget.bytes -= held.length;
    this.#held[side] = NOTHING;
    return Buffer.concat([held, more]);
  }

  #hold(side: 0 | 1, bytes: Buffer): void {
    if (this.#budget.bytes + bytes.length > HELD_BYTES_MAX) {
      this.#isOther = true;
      return;
    }
    this.#budget.bytes += bytes.length;
    this.#held[side] = keepBytes(bytes, 0, bytes.length);
  }
}
