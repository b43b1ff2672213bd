import { isoMillis } from '../../protocol/base/time.js';
import type { GapRecord } from '../../protocol/records/gap.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { GapEntry } from './keys.js';

export interface Loss {
  readonly lane: Lane;
  readonly reason: string;
  /** Records and bytes, zero where unknown. */
  readonly count: number;
  readonly bytes: number;
  readonly seq?: number;
}

/**
 * Adds up losses of a kind (lane and reason) until it is time to tell them, so that a full disk does not fill itself
 * with reports. Reasons are constants of the program, never input: their number is small.
 */
export class GapBook {
  readonly #entries: Map<string, GapEntry>;
  readonly #toldMs: Map<string, number>;

  constructor(other?: GapBook) {
    this.#entries = new Map(other === undefined ? [] : other.#entries);
    this.#toldMs = new Map(other === undefined ? [] : other.#toldMs);
  }

  get size(): number {
    return this.#entries.size;
  }

  add(loss: Loss, nowMs: number): void {
    this.#entries.set(kindOf(loss), addLoss(this.#entries.get(kindOf(loss)), loss, nowMs));
  }

  /** Takes over an entry of an earlier run, or of another book. */
  merge(entry: GapEntry): void {
    const before = this.#entries.get(kindOf(entry));
    this.#entries.set(kindOf(entry), before === undefined ? entry : mergeEntries(before, entry));
  }

  entries(): GapEntry[] {
    return [...this.#entries.values()];
  }

  /** Whether something is to be told now: a kind at once when it is new, then at most every `gapMs`. */
  hasDue(monotonicMs: number, gapMs: number): boolean {
    return this.entries().some((entry) => this.#isDue(entry, monotonicMs, gapMs));
  }

  /** Removes and gives what is to be told now. */
  takeDue(monotonicMs: number, gapMs: number): GapEntry[] {
    const due = this.entries().filter((entry) => this.#isDue(entry, monotonicMs, gapMs));
    for (const entry of due) {
      this.#entries.delete(kindOf(entry));
      this.#toldMs.set(kindOf(entry), monotonicMs);
    }
    return due;
  }

  #isDue(entry: GapEntry, monotonicMs: number, gapMs: number): boolean {
    const told = this.#toldMs.get(kindOf(entry));
    return told === undefined || monotonicMs - told >= gapMs;
  }
}

export function gapLine(entry: GapEntry, epoch: string, nowMs: number): Buffer {
  const record: GapRecord = {
    '@timestamp': isoMillis(nowMs),
    'event.kind': 'event',
    'event.dataset': 'gap',
    'hinomi.gap.lane': entry.lane,
    'hinomi.gap.reason': entry.reason,
    ...(entry.count === 0 ? {} : { 'hinomi.gap.count': entry.count }),
    ...(entry.bytes === 0 ? {} : { 'hinomi.gap.bytes': entry.bytes }),
    'hinomi.gap.epoch': epoch,
    ...(entry.seqFrom === undefined ? {} : { 'hinomi.gap.seq_from': entry.seqFrom }),
    ...(entry.seqTo === undefined ? {} : { 'hinomi.gap.seq_to': entry.seqTo }),
    'event.start': isoMillis(entry.startMs),
    'event.end': isoMillis(entry.endMs),
  };
  return Buffer.from(JSON.stringify(record));
}

const kindOf = (of: { lane: Lane; reason: string }): string => `${of.lane}!${of.reason}`;

function addLoss(before: GapEntry | undefined, loss: Loss, nowMs: number): GapEntry {
  const seq = loss.seq === undefined ? {} : { seqFrom: loss.seq, seqTo: loss.seq };
  const entry = { lane: loss.lane, reason: loss.reason, count: loss.count, bytes: loss.bytes, ...seq };
  const dated = { ...entry, startMs: nowMs, endMs: nowMs };
  return before === undefined ? dated : mergeEntries(before, dated);
}

function mergeEntries(one: GapEntry, other: GapEntry): GapEntry {
  const seqs = [one.seqFrom, one.seqTo, other.seqFrom, other.seqTo].filter((seq) => seq !== undefined);
  return {
    lane: one.lane,
    reason: one.reason,
    count: one.count + other.count,
    bytes: one.bytes + other.bytes,
    ...(seqs.length === 0 ? {} : { seqFrom: Math.min(...seqs), seqTo: Math.max(...seqs) }),
    startMs: Math.min(one.startMs, other.startMs),
    endMs: Math.max(one.endMs, other.endMs),
  };
}
