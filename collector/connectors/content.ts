import { createHash } from 'node:crypto';
import { type AnyRecord, flawOfRecord } from '../../protocol/records/records.js';
import { ORIGINAL_CHARACTERS_MAX } from '../../protocol/records/utm.js';
import type { Item } from './vendor.js';

const HASH_DIGITS = 32;
const ID_MAX = 200;

/** The same for the same content, in whatever order its keys came. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, HASH_DIGITS);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/**
 * What came, as what is stored. One that makes no whole record is one all the same, with its text and why.
 * @param hashed what decides whether it is the same as before
 */
export function itemOf(
  source: unknown,
  id: string | undefined,
  hashed: unknown,
  read: () => AnyRecord,
  nowIso: string,
): Item {
  const original = JSON.stringify(source).replaceAll(/\p{Surrogate}/gu, '\uFFFD');
  const hash = hashOf(hashed);
  const ownId = id === undefined || id.length > ID_MAX ? `hash:${hash}` : id;
  const common = {
    'event.dataset': 'edr',
    'event.id': ownId,
    'event.original': original.slice(0, ORIGINAL_CHARACTERS_MAX),
  };
  const record = { ...readOrNothing(read), ...common };
  const flaw = flawOfRecord(record);
  return { id: ownId, hash, record: flaw === undefined ? record : { ...common, ...poor(flaw, nowIso) } };
}

function readOrNothing(read: () => AnyRecord): AnyRecord {
  try {
    return read();
  } catch {
    return {};
  }
}

function poor(flaw: string, nowIso: string): AnyRecord {
  return {
    ...{ '@timestamp': nowIso, 'event.kind': 'event', 'hinomi.edr.kind': 'event', 'hinomi.event_class': 'unknown' },
    ...{ 'hinomi.parse.status': 'invalid', 'hinomi.parse.reason': flaw.slice(0, 200) },
  };
}
