import { createHash } from 'node:crypto';
import type { BatchHeader } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';

/** Who sent a batch, from its certificate. */
export interface Sender {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

/** What could not be stored as a record. */
export interface Rejected {
  readonly lane?: Lane;
  readonly seq?: number;
  readonly row?: number;
  readonly reason: string;
  readonly content: Uint8Array;
}

/** A batch as it came: it is unpacked by the store's engine, in another process. */
export interface Packed {
  readonly sender: Sender;
  readonly header: BatchHeader;
  readonly payload: Uint8Array;
}

/** What the engine found in a batch. */
export interface Found {
  /** Records that it will write. */
  readonly rows: number;
  readonly rejected: readonly Rejected[];
  /** Records that somebody in the collector looks at. */
  readonly noted: readonly AnyRecord[];
}

/** A batch that waits for the disk. */
export interface Waiting extends Packed {
  /** What it counts for in the queue. */
  readonly bytes: number;
  /** Undefined until it was unpacked. */
  rows: number | undefined;
  /** Emptied as they reach the dead letters. */
  rejected: Rejected[];
  noted: readonly AnyRecord[];
}

export function laneKey(agent: string, epoch: string, lane: Lane): string {
  return `${agent}:${epoch}:${lane}`;
}

export function laneKeyOf({ sender, header }: Packed): string {
  return laneKey(sender.agent, header.epoch, header.lane);
}

/** A batch that the engine does not take, as one letter. */
export function refusedWhole({ header, payload }: Waiting, reason: string): Rejected {
  return { lane: header.lane, seq: header.seq, reason, content: payload };
}

/** The same for the same batches, and for no others. */
export function nameOf(group: readonly Packed[]): string {
  const hash = createHash('sha256');
  for (const batch of group) hash.update(`${laneKeyOf(batch)}:${batch.header.seq}\n`);
  return hash.digest('hex');
}
