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
import { Ledger } from './ledger.js';

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
  const meta = JSON.parse(metaText) as SpoolMeta;
  if (meta.format !== FORMAT || typeof meta.epoch !== 'string') throw new Error('the spool has another format');
  const state = { ...newState(meta.epoch), meta };
  await loadLanes(db, state);
  await loadIndex(db, state);
  for await (const text of db.values<string, string>({ ...GAP_RANGE, ...TEXT }))
    state.gaps.merge(JSON.parse(text) as GapEntry);
  return state;
}

async function loadLanes(db: Database, state: SpoolState): Promise<void> {
  for (const lane of LANES) {
    const text = await db.get<string, string>(laneKey(lane), TEXT);
    if (text !== undefined) state.lanes[lane].meta = JSON.parse(text) as LaneMeta;
    if (!Number.isSafeInteger(state.lanes[lane].meta.nextSeq)) throw new Error(`no next number for ${lane}`);
  }
}

async function loadIndex(db: Database, state: SpoolState): Promise<void> {
  for await (const [key, value] of db.iterator<string, string>({ ...INDEX_RANGE, ...TEXT })) {
    const at = parseIndexKey(key);
    const [count, bytes, generation = 0] = JSON.parse(value) as unknown[];
    if (at === undefined || typeof count !== 'number' || typeof bytes !== 'number' || typeof generation !== 'number')
      throw new Error(`bad entry ${key}`);
    const { meta, ledger } = state.lanes[at.lane];
    if (at.seq >= meta.nextSeq) throw new Error(`${key} is beyond the next number ${meta.nextSeq}`);
    ledger.push({ seq: at.seq, count, bytes, generation });
    // After a repair the newest word of the book may be missing, and its batches there.
    if (generation > (state.meta.generation ?? 0)) state.meta = { ...state.meta, generation };
  }
}
