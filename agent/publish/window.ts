import type { Ack } from '../../protocol/envelope.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';

export interface WindowConfig {
  readonly creditStart: number;
  readonly creditMax: number;
  readonly ackTimeoutMs: number;
}

/** The next pending batch of a lane after a number. */
export type NextBatch = (lane: Lane, afterSeq: number) => { readonly seq: number } | undefined;

/**
 * p0 goes before everything. The others share in this proportion when all have something to send, so that hours of
 * backlog in one lane never keep another from being seen.
 */
const SHARE: Readonly<Record<'p1' | 'p2' | 'p3', number>> = { p1: 4, p2: 2, p3: 1 };
const SHARING = ['p1', 'p2', 'p3'] as const;

interface LaneWindow {
  acked: number;
  /** The last number sent on this connection. */
  cursor: number;
  inFlight: { seq: number; sentMs: number }[];
  /** Smooth weighted round robin. */
  turn: number;
}

/** What may be sent next, and what has to be sent again. Pure: time comes in as an argument, in milliseconds. */
export class SendWindow {
  readonly #config: WindowConfig;
  readonly #next: NextBatch;
  readonly #lanes: Record<Lane, LaneWindow>;
  #credit: number;
  #pausedUntilMs = 0;
  #lastAckMs = 0;

  constructor(config: WindowConfig, next: NextBatch) {
    const lane = (): LaneWindow => ({ acked: 0, cursor: 0, inFlight: [], turn: 0 });
    this.#config = config;
    this.#next = next;
    this.#lanes = { p0: lane(), p1: lane(), p2: lane(), p3: lane() };
    this.#credit = config.creditStart;
  }

  get credit(): number {
    return this.#credit;
  }
  get inFlight(): number {
    return LANES.reduce((sum, lane) => sum + this.#lanes[lane].inFlight.length, 0);
  }

  isPaused(nowMs: number): boolean {
    return nowMs < this.#pausedUntilMs;
  }

  /** A new connection: everything that is not acknowledged is sent again, and credit has to be earned again. */
  reset(nowMs: number): void {
    for (const lane of LANES) this.#rewind(lane);
    this.#credit = this.#config.creditStart;
    this.#pausedUntilMs = 0;
    this.#lastAckMs = nowMs;
  }

  /** The batch to send now, or undefined when there is none or it may not be sent yet. */
  pick(nowMs: number): { lane: Lane; seq: number } | undefined {
    if (this.isPaused(nowMs) || this.inFlight >= this.#creditNow(nowMs)) return undefined;
    const urgent = this.#nextOf('p0');
    if (urgent !== undefined) return { lane: 'p0', seq: urgent };
    const ready = SHARING.filter((lane) => this.#nextOf(lane) !== undefined);
    const total = ready.reduce((sum, lane) => sum + SHARE[lane], 0);
    for (const lane of ready) this.#lanes[lane].turn += SHARE[lane];
    const chosen = ready.toSorted((a, b) => this.#lanes[b].turn - this.#lanes[a].turn)[0];
    if (chosen === undefined) return undefined;
    this.#lanes[chosen].turn -= total;
    return { lane: chosen, seq: this.#nextOf(chosen)! };
  }

  sent(lane: Lane, seq: number, nowMs: number): void {
    this.#lanes[lane].cursor = seq;
    this.#lanes[lane].inFlight.push({ seq, sentMs: nowMs });
  }

  /** The batch is gone from the spool. */
  skip(lane: Lane, seq: number): void {
    this.#lanes[lane].cursor = seq;
  }

  onAck(ack: Ack, nowMs: number): void {
    const lane = this.#lanes[ack.lane];
    lane.acked = Math.max(lane.acked, ack.seq);
    lane.cursor = Math.max(lane.cursor, lane.acked);
    lane.inFlight = lane.inFlight.filter((batch) => batch.seq > lane.acked);
    this.#credit = Math.min(ack.credit, this.#config.creditMax);
    this.#pausedUntilMs = nowMs + ack.pauseMs;
    this.#lastAckMs = nowMs;
  }

  /** Takes back lanes whose oldest batch waits too long, to send them again in order. @returns batches taken back */
  expire(nowMs: number): number {
    if (this.isPaused(nowMs)) return 0;
    let count = 0;
    for (const lane of LANES) {
      const oldest = this.#lanes[lane].inFlight[0];
      if (oldest === undefined || this.#dueMs(oldest.sentMs) > nowMs) continue;
      count += this.#lanes[lane].inFlight.length;
      this.#rewind(lane);
    }
    return count;
  }

  /** No batch may be in flight by the last word of the collector, and that word is old: ask with one. */
  #creditNow(nowMs: number): number {
    if (this.#credit > 0) return this.#credit;
    return nowMs >= this.#dueMs(this.#lastAckMs) ? 1 : 0;
  }

  /** A pause that the collector asked for does not count as waiting. */
  #dueMs(sinceMs: number): number {
    return Math.max(sinceMs, this.#pausedUntilMs) + this.#config.ackTimeoutMs;
  }

  #nextOf(lane: Lane): number | undefined {
    return this.#next(lane, this.#lanes[lane].cursor)?.seq;
  }

  #rewind(lane: Lane): void {
    this.#lanes[lane].cursor = this.#lanes[lane].acked;
    this.#lanes[lane].inFlight = [];
    this.#lanes[lane].turn = 0;
  }
}
