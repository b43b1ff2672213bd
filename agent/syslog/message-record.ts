import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { FrameReason } from './framer.js';
import type { Source } from './source.js';

const REASONS: Readonly<Record<FrameReason, string>> = {
  cut: 'the frame was longer than is taken, its end was cut',
  half_frame: 'the connection ended within the message',
  lost_sync: 'where the message ends is not known',
  count_too_large: 'its octet count is larger than is taken',
};
/** When a record is too large even so: what a message of its length may be as JSON, escaped. */
const LAST_RESORT_CHARACTERS = 8_000;
const LONG = 1_024;

/** What the listener knows of a message beside its text. */
export function addSource(record: AnyRecord, source: Source, reason: FrameReason | undefined): void {
  record['log.source.address'] = source.address;
  record['hinomi.source.id'] = source.id;
  record['hinomi.source.transport'] = source.transport;
  record['hinomi.source.port'] = source.port;
  record['observer.ip'] ??= [source.address];
  if (reason !== undefined) addFlaw(record, REASONS[reason]);
}

function addFlaw(record: AnyRecord, reason: string): void {
  if (record['hinomi.parse.status'] === 'full') record['hinomi.parse.status'] = 'partial';
  const known = record['hinomi.parse.reason'];
  record['hinomi.parse.reason'] = known === undefined ? reason : `${String(known)}; ${reason}`;
}

/** The record as the spool takes it. The dialects keep to what a record may hold; what goes beyond it all the same is made to. */
export function lineOf(record: AnyRecord): Buffer {
  const line = Buffer.from(JSON.stringify(record));
  if (line.length <= RECORD_BYTES_MAX) return line;
  addFlaw(record, 'the record was too large, parts of it were left out');
  for (const key of Object.keys(record)) if (key.startsWith('vendor.') || isLong(key, record[key])) delete record[key];
  const smaller = Buffer.from(JSON.stringify(record));
  if (smaller.length <= RECORD_BYTES_MAX) return smaller;
  record['event.original'] = String(record['event.original']).slice(0, LAST_RESORT_CHARACTERS);
  return Buffer.from(JSON.stringify(record));
}

function isLong(key: string, value: unknown): boolean {
  if (key === 'event.original') return false;
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).length > LONG;
}
