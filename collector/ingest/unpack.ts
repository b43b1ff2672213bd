import { decodeBatch } from '../../protocol/codec.js';
import { type AnyRecord, flawOfRecord } from '../../protocol/records/records.js';
import type { Packed, Rejected } from './batches.js';

/** What is in a batch. */
export interface Contents {
  /** Good records, to be stored. */
  readonly records: readonly AnyRecord[];
  /** Each with its reason. */
  readonly rejected: readonly Rejected[];
}

/** Each is a synced write in front of everybody's records: a box gone mad must not hold up the others. */
const LETTERS_PER_BATCH_MAX = 16;

/**
 * Good records and, one by one, what is wrong with the others: one bad record does not take its batch with it. Past a
 * limit the bad ones share a letter. A batch that cannot be read is one letter.
 */
export function unpackBatch({ header, payload }: Packed): Contents {
  const { lane, seq } = header;
  const decoded = decodeBatch(payload);
  if (!decoded.ok) return { records: [], rejected: [{ lane, seq, reason: decoded.reason, content: payload }] };
  const records: AnyRecord[] = [];
  const rejected: Rejected[] = [];
  let more = 0;
  decoded.value.records.forEach((record, row) => {
    const flaw = flawOfRecord(record);
    if (flaw === undefined) records.push(record as AnyRecord);
    else if (rejected.length >= LETTERS_PER_BATCH_MAX) more += 1;
    else rejected.push({ lane, seq, row, reason: flaw, content: Buffer.from(JSON.stringify(record)) });
  });
  if (more > 0) rejected.push({ lane, seq, reason: `and ${more} more of this batch`, content: new Uint8Array() });
  return { records, rejected };
}

/** What only the collector knows of each record of a batch. */
export function fieldsOf({ sender, header }: Packed, ingested: string): AnyRecord {
  return {
    'hinomi.company': sender.company,
    'hinomi.site': sender.site,
    'hinomi.agent': sender.agent,
    'hinomi.epoch': header.epoch,
    'hinomi.lane': header.lane,
    'hinomi.seq': header.seq,
    'event.ingested': ingested,
  };
}
