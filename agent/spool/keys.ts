import { LANES, type Lane } from '../../protocol/records/lanes.js';
import type { BatchEntry } from './ledger.js';

/**
 * The layout of the spool's database, all of it. Keys are text, values as said; every write that changes several of
 * them is one level batch, so they always agree.
 *
 *   meta                       JSON SpoolMeta
 *   lane!{lane}                JSON LaneMeta
 *   index!{lane}!{seq}         JSON [count, bytes, generation (0 left out)]: what is pending, readable without the batches
 *   batch!{lane}!{seq}         the batch as sent (gzip)
 *   gap!{lane}!{reason}        JSON GapEntry: a loss that no record has told yet
 */
export const FORMAT = 1;

export interface SpoolMeta {
  readonly format: number;
  /** Random id, made with the spool. */
  readonly epoch: string;
  /** Counts writes, so that after a failed write one can tell whether it arrived all the same. */
  readonly commit: number;
  /** Id of the machine's run in which the spool was last opened: tells a power cut from a killed process. */
  readonly machineBoot: string;
  /** Closed in order. */
  readonly isClean: boolean;
  /** The one that is written now; absent is the first, 0. */
  readonly generation?: number;
}

export interface LaneMeta {
  readonly nextSeq: number;
  /** Numbers below this one may have been used. Written with sync, so that no power cut makes us use one twice. */
  readonly reservedSeq: number;
  /** Records ever stored, and what became of them. */
  readonly accepted: number;
  readonly acked: number;
  readonly evicted: number;
}

/** A loss, added up until it is told. Sequence numbers and times span what was lost. */
export interface GapEntry {
  readonly lane: Lane;
  readonly reason: string;
  readonly count: number;
  readonly bytes: number;
  readonly seqFrom?: number;
  readonly seqTo?: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
}

const SEQ_DIGITS = 14; // Number.MAX_SAFE_INTEGER in hex, so that keys sort as numbers do.
const seqText = (seq: number): string => seq.toString(16).padStart(SEQ_DIGITS, '0');

/** What a generation is called on the wire: each counts as a spool of its own, so that its numbers need no other's. */
export const epochOf = (epoch: string, generation: number): string =>
  generation === 0 ? epoch : `${epoch}-${generation}`;

/** The generation that an epoch on the wire names, where it is one of this spool's. */
export function generationIn(base: string, epoch: string): number | undefined {
  const generation = Number(epoch === base ? '0' : epoch.slice(base.length + 1));
  return Number.isSafeInteger(generation) && epochOf(base, generation) === epoch ? generation : undefined;
}

export const META_KEY = 'meta';
export const laneKey = (lane: Lane): string => `lane!${lane}`;
export const indexKey = (lane: Lane, seq: number): string => `index!${lane}!${seqText(seq)}`;
export const batchKey = (lane: Lane, seq: number): string => `batch!${lane}!${seqText(seq)}`;
export const gapKey = (lane: Lane, reason: string): string => `gap!${lane}!${reason}`;

/** The value of an index key. */
export const indexOf = ({ count, bytes, generation }: Omit<BatchEntry, 'seq'>): number[] =>
  generation === 0 ? [count, bytes] : [count, bytes, generation];

/** `"` follows `!` in ASCII: all keys with the prefix, nothing else. */
export const INDEX_RANGE = { gte: 'index!', lt: 'index"' } as const;
export const BATCH_RANGE = { gte: 'batch!', lt: 'batch"' } as const;
export const GAP_RANGE = { gte: 'gap!', lt: 'gap"' } as const;

export const parseIndexKey = (key: string): Place | undefined => parseKey('index', key);
export const parseBatchKey = (key: string): Place | undefined => parseKey('batch', key);

interface Place {
  readonly lane: Lane;
  readonly seq: number;
}

function parseKey(kind: string, key: string): Place | undefined {
  const [actual, name, digits = '', ...more] = key.split('!');
  const lane = LANES.find((candidate) => candidate === name);
  if (actual !== kind || lane === undefined || more.length > 0 || !/^[0-9a-f]{14}$/.test(digits)) return undefined;
  const seq = Number.parseInt(digits, 16);
  return Number.isSafeInteger(seq) ? { lane, seq } : undefined;
}
