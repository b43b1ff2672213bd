import { isoMillis } from '../../protocol/base/time.js';
import type { AnyRecord } from '../../protocol/records/records.js';

/** What a conversation says at its end may be half an hour old (long ones are told every 15 minutes). */
export const LATE_MS = 30 * 60_000;
/** Where every box asks a time server, nothing is so far ahead of us. */
export const FUTURE_MS = 60_000;

/** What the collector says of a record whose time is far from when it came. */
export interface ArrivalMark {
  readonly 'hinomi.arrival'?: 'late' | 'future';
  /** Seconds from what the record says to its arrival; below 0: it is from the future. */
  readonly 'hinomi.late_s'?: number;
}

const ON_TIME: ArrivalMark = {};

/**
 * Judges when records happened by when they came. Their own times stay as they are: what waited on the disk of a box is
 * late and right, what a box with a wrong clock says is wrong, and only a person can tell which it was.
 */
export function arrivalsAt(ingestedMs: number): (record: AnyRecord) => ArrivalMark {
  // Times of records are checked to be RFC 3339 in UTC, whose order is that of their text.
  const earliest = isoMillis(ingestedMs - LATE_MS);
  const latest = isoMillis(ingestedMs + FUTURE_MS);
  return (record) => {
    const happened = lastOf(record);
    if (happened >= earliest && happened <= latest) return ON_TIME;
    const lateS = Math.round((ingestedMs - Date.parse(happened)) / 1_000);
    return { 'hinomi.arrival': happened < earliest ? 'late' : 'future', 'hinomi.late_s': lateS };
  };
}

/** A conversation is told when it ends: it has happened then, however long ago it began. */
function lastOf(record: AnyRecord): string {
  const at = record['@timestamp'] as string;
  const end = record['event.end'];
  return typeof end === 'string' && end > at ? end : at;
}
