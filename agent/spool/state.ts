import { LANES, type Lane } from '../../protocol/records/lanes.js';
import type { Database } from './database.js';
import { GapBook } from './gaps.js';
import {
  FORMAT,
  GAP_RANGE,
  type GapEntry,
  INDEX_RANGE,
  type LaneMeta,
  laneKey,
  META_KEY,
  parseIndexKey,
  type SpoolMeta,
} from './keys.js';
import { type BatchEntry, Ledger } from './ledger.js';

/** What the disk holds, as far as it is kept in memory. Changed only after a write that succeeded. */
export interface SpoolState {
  meta: SpoolMeta;
  readonly lanes: Record<Lane, LaneState>;
  gaps: GapBook;
}

export interface LaneState {
  meta: LaneMeta;
  readonly ledger: Ledger;
}

/** Leaves room for a generation in what goes over the wire. */
const EPOCH = /^[A-Za-z0-9_]{1,48}$/;
/** No box gets there; from here on, numbers could not be told from one another. */
const SEQ_MAX = Number.MAX_SAFE_INTEGER / 2;

const TEXT = { keyEncoding: 'utf8', valueEncoding: 'utf8' } as const;
const NEW_LANE: LaneMeta = { nextSeq: 1, reservedSeq: 1, accepted: 0, acked: 0, evicted: 0 };

export function newState(epoch: string): SpoolState {
  const lane = (): LaneState => ({ meta: NEW_LANE, ledger: new Ledger() });
  return {
    meta: { format: FORMAT, epoch, commit: 0, machineBoot: '', isClean: true },
    lanes: { p0: lane(), p1: lane(), p2: lane(), p3: lane() },
    gaps: new GapBook(),
  };
}

/**
 * Reads what the database says.
 * @returns undefined when it is empty
 * @throws Error when it contradicts itself or cannot be understood: damage
 */
export async function loadState(db: Database): Promise<SpoolState | undefined> {
  const metaText = await db.get<string, string>(META_KEY, TEXT);
  if (metaText === undefined) {
    for await (const key of db.keys({ limit: 1 })) throw new Error(`${key} without ${META_KEY}`);
    return undefined;
  }
  const meta: unknown = JSON.parse(metaText);
  if (!isMeta(meta)) throw new Error('the spool has another format');
  const state = { ...newState(meta.epoch), meta };
  await loadLanes(db, state);
  await loadIndex(db, state);
  for await (const text of db.values<string, string>({ ...GAP_RANGE, ...TEXT })) {
    const entry: unknown = JSON.parse(text);
    if (!isGapEntry(entry)) throw new Error('a loss that cannot be understood');
    state.gaps.merge(entry);
  }
  return state;
}

async function loadLanes(db: Database, state: SpoolState): Promise<void> {
  for (const lane of LANES) {
    const text = await db.get<string, string>(laneKey(lane), TEXT);
    const meta: unknown = text === undefined ? NEW_LANE : JSON.parse(text);
    if (!isLaneMeta(meta)) throw new Error(`no next number for ${lane}`);
    state.lanes[lane].meta = meta;
  }
}

async function loadIndex(db: Database, state: SpoolState): Promise<void> {
  const newest: Partial<Record<Lane, number>> = {};
  for await (const [key, value] of db.iterator<string, string>({ ...INDEX_RANGE, ...TEXT })) {
    const at = parseIndexKey(key);
    const entry = at && entryOf(at.seq, JSON.parse(value));
    if (at === undefined || entry === undefined) throw new Error(`bad entry ${key}`);
    const { meta, ledger } = state.lanes[at.lane];
    if (at.seq >= meta.nextSeq) throw new Error(`${key} is beyond the next number ${meta.nextSeq}`);
    const { generation } = entry;
    if (generation < (newest[at.lane] ?? 0)) throw new Error(`${key} is of an older generation than the one before`);
    newest[at.lane] = generation;
    ledger.push(entry);
    // After a repair the newest word of the book may be missing, and its batches there.
    if (generation > (state.meta.generation ?? 0)) state.meta = { ...state.meta, generation };
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** What the value of an index key says of a batch; undefined when it cannot be understood. */
export function entryOf(seq: number, value: unknown): BatchEntry | undefined {
  const [count, bytes, generation = 0] = (Array.isArray(value) ? value : []) as unknown[];
  return isCount(count) && isCount(bytes) && isCount(generation) ? { seq, count, bytes, generation } : undefined;
}

const fieldsOf = (value: unknown): Record<string, unknown> => (value ?? {}) as Record<string, unknown>;

/** What is not here is never needed to be right. */
export function isMeta(value: unknown): value is SpoolMeta {
  const { format, epoch, commit, generation = 0 } = fieldsOf(value);
  return format === FORMAT && typeof epoch === 'string' && EPOCH.test(epoch) && isCount(commit) && isCount(generation);
}

export function isLaneMeta(value: unknown): value is LaneMeta {
  const { nextSeq, reservedSeq, accepted, acked, evicted } = fieldsOf(value);
  return [nextSeq, reservedSeq, accepted, acked, evicted].every(isCount) && Number(nextSeq) <= SEQ_MAX;
}

export function isGapEntry(value: unknown): value is GapEntry {
  const { lane, reason, count, bytes, startMs, endMs } = fieldsOf(value);
  const isNamed = LANES.some((known) => known === lane) && typeof reason === 'string';
  return isNamed && [count, bytes].every(isCount) && [startMs, endMs].every(isTime);
}

/** ECMA-262 21.4.1.1: what a date can say. */
const isTime = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) <= 8.64e15;
