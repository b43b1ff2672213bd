import { type FieldKind, isInstant, isPlainIp } from '../../protocol/records/field-types.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { ALWAYS, COLUMNS, FIELD_OF_COLUMN, REST_COLUMN } from './columns.js';

const MAPPED_V4 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** Half of a pair: the engine takes no text with one, JSON in the rest column has it escaped. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const isText = (value: unknown): boolean => typeof value === 'string' && !LONE_SURROGATE.test(value);
const isIp = (value: unknown): boolean => typeof value === 'string' && isPlainIp(value);
const isListOf = (check: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(check);

/** Whether a column gives the value back. Records of kinds that are not known yet may hold anything. */
const FITS: Readonly<Record<FieldKind, (value: unknown) => boolean>> = {
  keyword: isText,
  text: isText,
  ip: isIp,
  integer: Number.isSafeInteger,
  float: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string' && isInstant(value),
  'keyword[]': isListOf(isText),
  'ip[]': isListOf(isIp),
  'integer[]': isListOf(Number.isSafeInteger),
  object: (value) => value !== undefined,
};

/** A record as one line of JSONEachRow: objects as text; unknown keys, and what fits no column, in the rest column. */
export function toRow(record: AnyRecord): string {
  const row: AnyRecord = {};
  let rest: Record<string, string> | undefined;
  for (const key in record) {
    const column = COLUMNS.get(key);
    const value = record[key];
    if (column !== undefined && value === null) continue;
    if (column === undefined || !(ALWAYS.has(key) || FITS[column.kind](value))) {
      rest ??= {};
      rest[key] = JSON.stringify(value);
    } else {
      row[column.column] = column.kind === 'object' ? JSON.stringify(value) : value;
    }
  }
  if (rest !== undefined) row[REST_COLUMN] = rest;
  return JSON.stringify(row);
}

/** The record that was stored as this row: what is null or empty was not there. */
export function fromRow(row: AnyRecord): AnyRecord {
  const record: AnyRecord = {};
  for (const [name, value] of Object.entries(row)) {
    if (value === null || name === REST_COLUMN) continue;
    const column = FIELD_OF_COLUMN.get(name);
    const key = column?.name ?? name;
    const kind = column?.kind;
    if (Array.isArray(value) && value.length === 0) continue;
    if (kind === 'ip') record[key] = plainIp(value as string);
    else if (kind === 'ip[]') record[key] = (value as string[]).map(plainIp);
    else if (kind === 'object') record[key] = JSON.parse(value as string);
    else record[key] = value;
  }
  for (const [key, value] of Object.entries((row[REST_COLUMN] ?? {}) as Record<string, string>)) {
    record[key] = JSON.parse(value);
  }
  return record;
}

function plainIp(ip: string): string {
  return ip.replace(MAPPED_V4, '');
}
