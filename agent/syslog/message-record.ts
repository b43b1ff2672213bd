import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import { RECORD_KEYS_MAX } from '../../protocol/base/limits.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { FrameReason } from './framer.js';
import type { Source } from './source.js';

/** Longest text that a record may have; what is longer was cut here. */
const TEXT_CHARACTERS_MAX = 32_766;
/** When a record is too large even so: of the message, so many characters stay, whatever they are as JSON. */
const LAST_RESORT_CHARACTERS = 8_000;

const REASONS: Readonly<Record<FrameReason, string>> = {
  cut: 'frame_cut',
  half_frame: 'half_frame',
  lost_sync: 'lost_sync',
  count_too_large: 'count_too_large',
};

/** What the listener knows of a message beside its text. */
export function addSource(record: AnyRecord, source: Source, reason: FrameReason | undefined): void {
  record['log.source.address'] = source.address;
  record['hinomi.source.id'] = source.id;
  record['hinomi.source.transport'] = source.transport;
  record['hinomi.source.port'] = source.port;
  record['observer.ip'] ??= [source.address];
  if (reason !== undefined) markFlaw(record, REASONS[reason]);
}

function markFlaw(record: AnyRecord, reason: string): void {
  if (record['hinomi.parse.status'] === 'full') record['hinomi.parse.status'] = 'partial';
  record['hinomi.parse.reason'] = reason;
}

/** The record as the spool takes it. What makes it too large goes: first what is doubled, then the vendor's own, then text. */
export function lineOf(record: AnyRecord): Buffer {
  const original = record['event.original'];
  if (typeof original === 'string' && original.length > TEXT_CHARACTERS_MAX) {
    record['event.original'] = original.slice(0, TEXT_CHARACTERS_MAX);
    markFlaw(record, 'text_cut');
  }
  const line = Buffer.from(JSON.stringify(record));
  if (line.length <= RECORD_BYTES_MAX && !mayHaveManyKeys(line, record)) return line;
  markFlaw(record, 'record_too_large');
  for (const key of Object.keys(record)) if (key.startsWith('vendor.') || isLong(key, record[key])) delete record[key];
  const smaller = Buffer.from(JSON.stringify(record));
  if (smaller.length <= RECORD_BYTES_MAX) return smaller;
  record['event.original'] = String(original).slice(0, LAST_RESORT_CHARACTERS);
  return Buffer.from(JSON.stringify(record));
}

/** A key needs some bytes: short lines need not be counted. */
const KEY_BYTES_MIN = 8;
const mayHaveManyKeys = (line: Buffer, record: AnyRecord): boolean =>
  line.length > RECORD_KEYS_MAX * KEY_BYTES_MIN && Object.keys(record).length > RECORD_KEYS_MAX;

const LONG = 1_024;
function isLong(key: string, value: unknown): boolean {
  if (key === 'event.original') return false;
  return typeof value === 'object' ? JSON.stringify(value).length > LONG : String(value).length > LONG;
}
