import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { LaneQueue } from './queue.js';

const LF = 0x0a;
/** The share of the memory that records of a lane may fill: the lower ones leave room for the higher. */
const SHARE: Readonly<Record<Lane, number>> = { p0: 1, p1: 0.9, p2: 0.8, p3: 0.7 };
/** Far below any lane's share: what is on its way when a source is told to wait must still fit. */
const ROOM_SHARE = 0.35;

/** The records of all lanes between `append` and the disk. */
export class Intake {
  readonly #bytesMax: number;
  readonly #queues: Record<Lane, LaneQueue> = {
    p0: new LaneQueue(),
    p1: new LaneQueue(),
    p2: new LaneQueue(),
    p3: new LaneQueue(),
  };

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    const { p0, p1, p2, p3 } = this.#queues;
    return p0.bytes + p1.bytes + p2.bytes + p3.bytes;
  }
  get records(): number {
    return LANES.reduce((sum, lane) => sum + this.#queues[lane].records, 0);
  }
  get hasRoom(): boolean {
    return this.bytes < this.#bytesMax * ROOM_SHARE;
  }
  /** Whether a group waits to be written. */
  get hasClosed(): boolean {
    return LANES.some((lane) => this.#queues[lane].closedGroups > 0);
  }

  /** Why a record is not taken. */
  refusalOf(lane: Lane, line: Buffer): string | undefined {
    if (line.length > RECORD_BYTES_MAX) return 'record_too_large';
    if (line.length === 0 || line.includes(LF)) return 'record_invalid';
    return this.bytes + line.length > this.#bytesMax * SHARE[lane] ? 'queue_full' : undefined;
  }

  /** @returns whether a group is full and can be written */
  push(lane: Lane, line: Buffer, nowMs: number): boolean {
    return this.#queues[lane].push(line, nowMs);
  }

  closeOpen(): void {
    for (const lane of LANES) this.#queues[lane].closeOpen();
  }

  /** The oldest closed group of each lane. They stay, and count, until `shift`: a write may fail. */
  peek(): Map<Lane, readonly Buffer[]> {
    const groups = new Map<Lane, readonly Buffer[]>();
    for (const lane of LANES) {
      const group = this.#queues[lane].peek();
      if (group !== undefined) groups.set(lane, group.lines);
    }
    return groups;
  }

  /** The lane's oldest group is stored. @param packedBytes that it took */
  shift(lane: Lane, packedBytes: number): void {
    const queue = this.#queues[lane];
    queue.learn(queue.peek()?.bytes ?? 0, packedBytes);
    queue.shift();
  }
}
