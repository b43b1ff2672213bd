import {
  RECORD_BYTES_MAX,
  RECORD_DEPTH_MAX,
  RECORD_KEY_BYTES_MAX,
  RECORD_KEYS_MAX,
} from '../../protocol/base/limits.js';
import { COLLECTOR_FIELDS } from '../../protocol/records/common.js';
import {
  ARRAY_ITEMS_MAX,
  type FieldKind,
  isInstant,
  isPlainIp,
  KEYWORD_LENGTH_MAX,
  TEXT_LENGTH_MAX,
} from '../../protocol/records/field-types.js';
import { type AnyRecord, FIELDS } from '../../protocol/records/records.js';
import { ORIGINAL_CHARACTERS_MAX } from '../../protocol/records/utm.js';

const VENDOR = 'vendor.';
const ORIGINAL = 'event.original';
/** Room that every record needs beside its original, in bytes of JSON. */
const ORIGINAL_BYTES_MAX = 56 * 1024;
/** JSON takes at most six bytes of a UTF-16 unit, and a message is in its record five times at most. */
const CERTAINLY_FITS = RECORD_BYTES_MAX / 32;
/** For what is put in behind: status, reason, community id. */
const RESERVED_BYTES = 1_024;
const KEYS_MAX = RECORD_KEYS_MAX - 8;
const ESCAPED_BYTES_MAX = 6;
const LOST = Symbol('lost');
/** Half of a pair: no UTF-8 stands for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** As much of a message as a record can hold, in whole characters. */
export function keptText(text: string): string {
  if (text.length <= ORIGINAL_BYTES_MAX / ESCAPED_BYTES_MAX) return text;
  let end = Math.min(text.length, ORIGINAL_CHARACTERS_MAX);
  for (;;) {
    const bytes = jsonBytes(text.slice(0, end));
    if (bytes <= ORIGINAL_BYTES_MAX) break;
    end = Math.min(end - 1, Math.floor((end * ORIGINAL_BYTES_MAX) / bytes));
  }
  const last = text.charCodeAt(end - 1);
  return text.slice(0, end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end);
}

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * Makes a record what the collector takes: known fields hold what they are for, and what does not fit goes to
 * `vendor.*`; keys and bytes are within their limits. What had to be changed is told, the first of it.
 */
export function fitRecord(record: AnyRecord): string | undefined {
  let flaw: string | undefined;
  for (const key in record) {
    const value = record[key];
    const kind = FIELDS.get(key)?.kind;
    let found: string | undefined;
    if (kind === undefined) {
      if (!isPlain(value) || key.length > RECORD_KEY_BYTES_MAX || LONE_SURROGATE.test(key))
        found = fitUnknown(record, key, value);
    } else if (!fits(kind, value) || Object.hasOwn(COLLECTOR_FIELDS, key)) found = fitKnown(record, key, kind, value);
    flaw ??= found;
  }
  const sizeFlaw = fitSize(record);
  return flaw ?? sizeFlaw;
}

/** What the console and the store take as it is. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string'
    ? value.length <= KEYWORD_LENGTH_MAX
    : typeof value === 'number' || typeof value === 'boolean';
}

function fitUnknown(record: AnyRecord, key: string, value: unknown): string | undefined {
  const name = key.replace(LONE_SURROGATES, '\ufffd').slice(0, RECORD_KEY_BYTES_MAX);
  const kept = plainValue(value);
  delete record[key];
  if (kept !== undefined) record[name] = kept;
  return name === key ? undefined : 'a key was too long';
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, KEYWORD_LENGTH_MAX);
  if (typeof value !== 'object') return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.slice(0, ARRAY_ITEMS_MAX).map(itemText);
  return isDeeper(value, RECORD_DEPTH_MAX) ? JSON.stringify(value).slice(0, KEYWORD_LENGTH_MAX) : value;
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

const itemText = (item: unknown): string =>
  (typeof item === 'string' ? item : (JSON.stringify(item) ?? '')).slice(0, KEYWORD_LENGTH_MAX);

function fits(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case 'keyword':
      return typeof value === 'string' && value.length <= KEYWORD_LENGTH_MAX;
    case 'text':
      return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX;
    case 'ip':
      return typeof value === 'string' && isPlainIp(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'date':
      return typeof value === 'string' && isInstant(value);
    case 'keyword[]':
      return isArrayOf(value, (item) => typeof item === 'string' && item.length <= KEYWORD_LENGTH_MAX);
    case 'ip[]':
      return isArrayOf(value, (item) => typeof item === 'string' && isPlainIp(item));
    case 'integer[]':
      return isArrayOf(value, Number.isSafeInteger);
    case 'float':
      return Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return typeof value === 'object' && value !== null;
  }
}

function isArrayOf(value: unknown, isFine: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= ARRAY_ITEMS_MAX && value.every(isFine);
}

function fitKnown(record: AnyRecord, key: string, kind: FieldKind, value: unknown): string | undefined {
  if (key === ORIGINAL && typeof value === 'string') return undefined;
  delete record[key];
  if (value === undefined || value === null) return undefined;
  const turned = Object.hasOwn(COLLECTOR_FIELDS, key) ? LOST : turn(kind, value);
  if (turned !== LOST) {
    record[key] = turned;
    return typeof value === 'string' && typeof turned === 'string' ? `${key} was cut` : undefined;
  }
  record[`${VENDOR}${key}`] = itemText(value);
  return `${key} is not of its kind`;
}

/** One of the kind, where that is plain; else LOST. */
function turn(kind: FieldKind, value: unknown): unknown {
  if ((kind === 'keyword' || kind === 'text') && typeof value !== 'object')
    return String(value).slice(0, kind === 'text' ? TEXT_LENGTH_MAX : KEYWORD_LENGTH_MAX);
  if (kind === 'keyword' && Array.isArray(value)) return value.map(itemText).join(', ').slice(0, KEYWORD_LENGTH_MAX);
  if (kind === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (kind === 'integer' && typeof value === 'number' && Number.isSafeInteger(Math.round(value)))
    return Math.round(value);
  if (kind === 'keyword[]') return (Array.isArray(value) ? value : [value]).slice(0, ARRAY_ITEMS_MAX).map(itemText);
  if (kind === 'ip[]') {
    const ips = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string' && isPlainIp(item));
    return ips.length > 0 ? ips.slice(0, ARRAY_ITEMS_MAX) : LOST;
  }
  return LOST;
}

/** The longest of the maker's own values go first, then whatever is longest; the original stays. */
function fitSize(record: AnyRecord): string | undefined {
  let flaw: string | undefined;
  const keys = Object.keys(record);
  if (keys.length > KEYS_MAX) {
    for (const key of keys.filter((name) => name.startsWith(VENDOR)).slice(KEYS_MAX - keys.length)) delete record[key];
    flaw = `more than ${RECORD_KEYS_MAX} keys`;
  }
  if ((record[ORIGINAL] as string).length <= CERTAINLY_FITS) return flaw;
  let over = jsonBytes(record) - (RECORD_BYTES_MAX - RESERVED_BYTES);
  if (over <= 0) return flaw;
  for (const key of byLength(record)) {
    over -= jsonBytes(record[key]) + key.length;
    delete record[key];
    if (over <= 0) break;
  }
  return flaw ?? 'longer than a record may be';
}

const NEEDED = new Set([
  '@timestamp',
  'event.kind',
  'event.dataset',
  'hinomi.event_class',
  'hinomi.parse.status',
  ORIGINAL,
]);

function byLength(record: AnyRecord): string[] {
  const sized = Object.entries(record)
    .filter(([key]) => !NEEDED.has(key))
    .map(([key, value]) => ({ key, isVendor: key.startsWith(VENDOR), bytes: jsonBytes(value) }));
  sized.sort((a, b) => Number(b.isVendor) - Number(a.isVendor) || b.bytes - a.bytes);
  return sized.map(({ key }) => key);
}
