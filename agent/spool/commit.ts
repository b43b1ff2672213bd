import { BATCH_BYTES_MAX } from '../../protocol/base/limits.js';
import { encodeBatch } from '../../protocol/codec.js';
import { ENVELOPE_VERSION } from '../../protocol/envelope.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import type { AckedUpTo } from './acks.js';
import type { SpoolConfig } from './config.js';
import { GapBook, gapLine, type Loss } from './gaps.js';
import { generationOf } from './generations.js';
import {
  batchKey,
  epochOf,
  gapKey,
  indexKey,
  indexOf,
  type LaneMeta,
  laneKey,
  META_KEY,
  type SpoolMeta,
} from './keys.js';
import type { BatchEntry } from './ledger.js';
import type { SpoolState } from './state.js';

export type Operation =
  | { type: 'put'; key: string; value: Buffer | string; valueEncoding: 'buffer' | 'utf8' }
  | { type: 'del'; key: string };

/** What one write is to do. */
export interface Work {
  /** At most one group of records a lane. */
  readonly groups: ReadonlyMap<Lane, readonly Buffer[]>;
  readonly acks: readonly AckedUpTo[];
  /** Batches that cannot be read any more. */
  readonly unreadable: readonly { lane: Lane; seq: number }[];
  /** Losses since the last write. */
  readonly losses: GapBook;
  /** From here on batches belong to a new generation. */
  readonly beginsGeneration: boolean;
}

export interface WriteContext {
  readonly config: SpoolConfig;
  readonly boot: string;
  readonly nowMs: number;
  readonly monotonicMs: number;
  /** Tells all losses, due or not: at the end. */
  readonly tellAll: boolean;
}

/** One atomic write and what memory has to become when it has succeeded. */
export interface Commit {
  readonly operations: Operation[];
  readonly sync: boolean;
  /** The number that tells whether a failed write arrived all the same. */
  readonly number: number;
  apply(state: SpoolState): void;
  /** Compressed bytes stored of a lane. */
  packedOf(lane: Lane): number;
}

/** How many sequence numbers are set aside by one synced write. */
const SEQ_LEASE = 1_024;

interface Draft {
  readonly state: SpoolState;
  readonly context: WriteContext;
  readonly operations: Operation[];
  readonly metas: Record<Lane, LaneMeta>;
  readonly added: { lane: Lane; entry: BatchEntry }[];
  readonly removed: { lane: Lane; entry: BatchEntry }[];
  /** Pending bytes and the oldest batch still there, per lane, as they will be. */
  readonly bytes: Record<Lane, number>;
  readonly oldest: Record<Lane, Iterator<BatchEntry>>;
  readonly gone: Record<Lane, Set<number>>;
  readonly gaps: GapBook;
  readonly generation: number;
  sync: boolean;
}

/** Plans one write. Changes nothing. */
export function planCommit(state: SpoolState, work: Work, context: WriteContext): Commit {
  const draft = beginDraft(state, work, context);
  for (const acked of work.acks) removeAcked(draft, acked);
  for (const { lane, seq } of work.unreadable) removeUnreadable(draft, lane, seq);
  const told = (): Buffer[] =>
    draft.gaps
      .takeDue(context.monotonicMs, context.tellAll ? 0 : context.config.gapMs)
      .map((entry) => gapLine(entry, epochOf(state.meta.epoch, draft.generation), context.nowMs));
  for (const lane of LANES.toReversed()) {
    // The highest lane comes last, so that what the others lost is told by the same write.
    const lines = work.groups.get(lane) ?? [];
    storeLines(draft, lane, lane === 'p0' ? [...lines, ...told()] : lines);
  }
  return finishDraft(draft);
}

function beginDraft(state: SpoolState, work: Work, context: WriteContext): Draft {
  const gaps = new GapBook(state.gaps);
  for (const entry of work.losses.entries()) gaps.merge(entry);
  const { p0, p1, p2, p3 } = state.lanes;
  return {
    state,
    context,
    operations: [],
    metas: { p0: p0.meta, p1: p1.meta, p2: p2.meta, p3: p3.meta },
    added: [],
    removed: [],
    bytes: { p0: p0.ledger.bytes, p1: p1.ledger.bytes, p2: p2.ledger.bytes, p3: p3.ledger.bytes },
    oldest: {
      p0: p0.ledger.fromOldest(),
      p1: p1.ledger.fromOldest(),
      p2: p2.ledger.fromOldest(),
      p3: p3.ledger.fromOldest(),
    },
    gone: { p0: new Set(), p1: new Set(), p2: new Set(), p3: new Set() },
    gaps,
    generation: generationOf(state) + (work.beginsGeneration ? 1 : 0),
    sync: context.config.syncAll || work.beginsGeneration,
  };
}

function removeAcked(draft: Draft, { lane, generation, seq }: AckedUpTo): void {
  const { ledger } = draft.state.lanes[lane];
  for (let entry = ledger.after(0, generation); entry; entry = ledger.after(entry.seq, generation)) {
    if (entry.seq > seq) break;
    remove(draft, lane, entry);
    const meta = draft.metas[lane];
    draft.metas[lane] = { ...meta, acked: meta.acked + entry.count };
  }
}

function removeUnreadable(draft: Draft, lane: Lane, seq: number): void {
  const entry = draft.state.lanes[lane].ledger.after(seq - 1);
  if (entry?.seq !== seq || draft.gone[lane].has(seq)) return;
  evict(draft, lane, entry, 'spool_damaged');
}

function evict(draft: Draft, lane: Lane, entry: BatchEntry, reason: string): void {
  remove(draft, lane, entry);
  const meta = draft.metas[lane];
  draft.metas[lane] = { ...meta, evicted: meta.evicted + entry.count };
  noteLoss(draft, { lane, reason, count: entry.count, bytes: entry.bytes, seq: entry.seq });
}

function remove(draft: Draft, lane: Lane, entry: BatchEntry): void {
  draft.gone[lane].add(entry.seq);
  draft.removed.push({ lane, entry });
  draft.bytes[lane] -= entry.bytes;
  draft.operations.push(
    { type: 'del', key: indexKey(lane, entry.seq) },
    { type: 'del', key: batchKey(lane, entry.seq) },
  );
}

function noteLoss(draft: Draft, loss: Loss): void {
  draft.gaps.add(loss, draft.context.nowMs);
}

/** Packs the lines into one batch, or halves them until each fits. */
function storeLines(draft: Draft, lane: Lane, lines: readonly Buffer[]): void {
  if (lines.length === 0) return;
  const epoch = epochOf(draft.state.meta.epoch, draft.generation);
  const { boot, nowMs: clock } = draft.context;
  const seq = draft.metas[lane].nextSeq;
  const bytes = encodeBatch({ v: ENVELOPE_VERSION, epoch, lane, seq, count: lines.length, boot, clock }, lines);
  if (bytes.length <= BATCH_BYTES_MAX) {
    const { generation } = draft;
    storeBatch(draft, lane, { seq, count: lines.length, bytes: bytes.length, generation }, bytes);
  } else if (lines.length === 1) {
    noteLoss(draft, { lane, reason: 'record_too_large', count: 1, bytes: lines[0]!.length });
  } else {
    const middle = lines.length >> 1;
    storeLines(draft, lane, lines.slice(0, middle));
    storeLines(draft, lane, lines.slice(middle));
  }
}

function storeBatch(draft: Draft, lane: Lane, entry: BatchEntry, bytes: Buffer): void {
  if (!makeRoom(draft, lane, entry.bytes)) {
    noteLoss(draft, { lane, reason: 'spool_full', count: entry.count, bytes: entry.bytes });
    return;
  }
  const meta = draft.metas[lane];
  draft.metas[lane] = { ...meta, nextSeq: entry.seq + 1, accepted: meta.accepted + entry.count };
  draft.added.push({ lane, entry });
  draft.bytes[lane] += entry.bytes;
  draft.operations.push(
    { type: 'put', key: batchKey(lane, entry.seq), value: bytes, valueEncoding: 'buffer' },
    putJson(indexKey(lane, entry.seq), indexOf(entry)),
  );
  if (lane === 'p0') draft.sync = true;
}

/** Evicts until the batch fits. @returns false when that would cost a higher lane its batches */
function makeRoom(draft: Draft, lane: Lane, bytes: number): boolean {
  const { laneBytesMax, bytesMax } = draft.context.config;
  while (draft.bytes[lane] + bytes > laneBytesMax[lane]) if (!evictOldest(draft, lane)) break;
  while (totalOf(draft.bytes) + bytes > bytesMax) {
    const lowest = LANES.toReversed().find((candidate) => candidate === lane || draft.bytes[candidate] > 0) ?? lane;
    if (!evictOldest(draft, lowest)) return false;
  }
  return true;
}

function evictOldest(draft: Draft, lane: Lane): boolean {
  for (let next = draft.oldest[lane].next(); !next.done; next = draft.oldest[lane].next()) {
    if (draft.gone[lane].has(next.value.seq)) continue;
    evict(draft, lane, next.value, 'spool_full');
    return true;
  }
  return false;
}

const totalOf = (bytes: Record<Lane, number>): number => LANES.reduce((sum, lane) => sum + bytes[lane], 0);

function finishDraft(draft: Draft): Commit {
  const { state, operations } = draft;
  for (const lane of LANES) {
    const meta = draft.metas[lane];
    if (meta === state.lanes[lane].meta) continue;
    if (meta.nextSeq > meta.reservedSeq) {
      draft.metas[lane] = { ...meta, reservedSeq: meta.nextSeq + SEQ_LEASE };
      draft.sync = true;
    }
    operations.push(putJson(laneKey(lane), draft.metas[lane]));
  }
  operations.push(...gapOperations(state.gaps, draft.gaps));
  const { generation } = draft;
  const meta: SpoolMeta = {
    ...state.meta,
    commit: state.meta.commit + 1,
    ...(generation === 0 ? {} : { generation }),
  };
  if (operations.length > 0 || generation !== generationOf(state)) operations.push(putJson(META_KEY, meta));
  return {
    operations,
    sync: draft.sync,
    number: meta.commit,
    packedOf: (lane) => draft.added.reduce((sum, added) => sum + (added.lane === lane ? added.entry.bytes : 0), 0),
    apply: (target) => applyDraft(target, draft, meta),
  };
}

/** What changed in the book: entries are replaced, never changed, so identity tells. */
function gapOperations(before: GapBook, after: GapBook): Operation[] {
  const kept = new Set(after.entries().map((entry) => gapKey(entry.lane, entry.reason)));
  const old = new Set(before.entries());
  return [
    ...before
      .entries()
      .map((entry) => gapKey(entry.lane, entry.reason))
      .filter((key) => !kept.has(key))
      .map((key): Operation => ({ type: 'del', key })),
    ...after
      .entries()
      .filter((entry) => !old.has(entry))
      .map((entry) => putJson(gapKey(entry.lane, entry.reason), entry)),
  ];
}

function applyDraft(target: SpoolState, draft: Draft, meta: SpoolMeta): void {
  target.meta = meta;
  target.gaps = draft.gaps;
  for (const lane of LANES) target.lanes[lane].meta = draft.metas[lane];
  for (const { lane, entry } of draft.removed) {
    const { ledger } = target.lanes[lane];
    if (ledger.oldest()?.seq === entry.seq) ledger.takeUpTo(entry.seq);
    else ledger.remove(entry.seq);
  }
  for (const { lane, entry } of draft.added) target.lanes[lane].ledger.push(entry);
}

export function putJson(key: string, value: unknown): Operation {
  return { type: 'put', key, value: JSON.stringify(value), valueEncoding: 'utf8' };
}
