import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, BATCH_UNPACKED_BYTES_MAX } from '../../protocol/base/limits.js';

/** Records in memory that will make one batch, or several where they compress badly. */
export interface Group {
  readonly lines: Buffer[];
  bytes: number;
  /** Monotonic milliseconds. */
  readonly openedMs: number;
}

const TARGET_BYTES = BATCH_BYTES_MAX * 0.8; // Leaves room for an estimate that is a little wrong.
const UNPACKED_TARGET_BYTES = BATCH_UNPACKED_BYTES_MAX / 2;
const RATIO_START = 0.3;
const RATIO_WEIGHT = 0.25;
const LEARN_BYTES_MIN = 16 * 1024;

/** One lane's records between `append` and the disk: closed groups first in, first out, and one that is open. */
export class LaneQueue {
  readonly #closed: Group[] = [];
  #open: Group | undefined;
  #ratio = RATIO_START;
  #bytes = 0;
  #records = 0;

  get bytes(): number {
    return this.#bytes;
  }
  get records(): number {
    return this.#records;
  }
  get closedGroups(): number {
    return this.#closed.length;
  }
  get openedMs(): number | undefined {
    return this.#open?.openedMs;
  }

  /** @returns whether a group is full and can be written */
  push(line: Buffer, nowMs: number): boolean {
    this.#open ??= { lines: [], bytes: 0, openedMs: nowMs };
    this.#open.lines.push(line);
    this.#open.bytes += line.length + 1;
    this.#bytes += line.length + 1;
    this.#records += 1;
    if (!this.#isFull(this.#open)) return false;
    this.closeOpen();
    return true;
  }

  closeOpen(): void {
    if (this.#open === undefined) return;
    this.#closed.push(this.#open);
    this.#open = undefined;
  }

  /** The oldest closed group. It stays, and counts, until `shift`: a write may fail. */
  peek(): Group | undefined {
    return this.#closed[0];
  }

  shift(): void {
    const group = this.#closed.shift();
    if (group === undefined) return;
    this.#bytes -= group.bytes;
    this.#records -= group.lines.length;
  }

  /** Learns how well this lane's records compress; a few records tell too little. */
  learn(unpackedBytes: number, packedBytes: number): void {
    if (unpackedBytes < LEARN_BYTES_MIN || packedBytes === 0) return;
    this.#ratio += RATIO_WEIGHT * (packedBytes / unpackedBytes - this.#ratio);
  }

  #isFull(group: Group): boolean {
    return (
      group.bytes * this.#ratio >= TARGET_BYTES ||
      group.bytes >= UNPACKED_TARGET_BYTES ||
      group.lines.length >= BATCH_RECORDS_MAX
    );
  }
}
