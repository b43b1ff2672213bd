import { createHash } from 'node:crypto';
import type { Batch } from '../../protocol/codec.js';
import type { BatchHeader } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { type AnyRecord, flawOfRecord } from '../../protocol/records/records.js';
import { arrivalsAt } from './arrival.js';

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

/** What is left of a batch to do. */
export interface Unpacked {
  /** Good ones, to be stored. */
  records: readonly AnyRecord[];
  /** Emptied as they reach the dead letters. */
  readonly rejected: Rejected[];
}

/** A batch that waits for the disk. */
export interface Waiting extends Unpacked {
  readonly sender: Sender;
  readonly header: BatchHeader;
  /** What it counts for in the queue. */
  readonly bytes: number;
}

/** Each is a synced write in front of everybody's records: a box gone mad must not hold up the others. */
const LETTERS_PER_BATCH_MAX = 16;

export function laneKey(agent: string, epoch: string, lane: Lane): string {
  return `${agent}:${epoch}:${lane}`;
}

export function laneKeyOf({ sender, header }: Waiting): string {
  return laneKey(sender.agent, header.epoch, header.lane);
}

/**
 * Good records and, one by one, what is wrong with the others: one bad record does not take its batch with it. Past a
 * limit the bad ones share a letter.
 */
export function splitBatch(batch: Batch): Unpacked {
  const { lane, seq } = batch.header;
  const records: AnyRecord[] = [];
  const rejected: Rejected[] = [];
  let more = 0;
  batch.records.forEach((record, row) => {
    const flaw = flawOfRecord(record);
    if (flaw === undefined) records.push(record as AnyRecord);
    else if (rejected.length >= LETTERS_PER_BATCH_MAX) more += 1;
    else rejected.push({ lane, seq, row, reason: flaw, content: jsonOf(record) });
  });
  if (more > 0) rejected.push({ lane, seq, reason: `and ${more} more of this batch`, content: new Uint8Array() });
  return { records, rejected };
}

/** A batch that the engine does not take, as one letter. */
export function refusedWhole({ header, records }: Waiting, reason: string): Rejected {
  return { lane: header.lane, seq: header.seq, reason, content: jsonOf(records.slice(0, LETTERS_PER_BATCH_MAX)) };
}

/** The rows of a group, with what only the collector knows. */
export function rowsOf(group: readonly Waiting[], ingested: string): AnyRecord[] {
  const arrivalOf = arrivalsAt(Date.parse(ingested));
  return group.flatMap(({ sender, header, records }) =>
    records.map((record, row) => ({
      ...record,
      ...arrivalOf(record),
      'hinomi.company': sender.company,
      'hinomi.site': sender.site,
      'hinomi.agent': sender.agent,
      'hinomi.epoch': header.epoch,
      'hinomi.lane': header.lane,
      'hinomi.seq': header.seq,
      'hinomi.row': row,
      'event.ingested': ingested,
    })),
  );
}

/** The same for the same batches, and for no others. */
export function nameOf(group: readonly Waiting[]): string {
  const hash = createHash('sha256');
  for (const batch of group) hash.update(`${laneKeyOf(batch)}:${batch.header.seq}\n`);
  return hash.digest('hex');
}

function jsonOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
