import type { Ack } from '../../protocol/envelope.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { BacklogRate } from './backlog-rate.js';
import { LaneGate } from './lane-gate.js';
import { LaneRun } from './lane-run.js';

export interface WindowConfig {
  readonly creditStart: number;
  readonly creditMax: number;
  readonly ackTimeoutMs: number;
  readonly laneRetryMs: number;
}

/** What waits, without its bytes. */
export interface Pending {
  /** Of what is live. */
  readonly epoch: string;
  /** Epochs of what has waited for long, the oldest first. */
  readonly backlog: readonly string[];
  /** The next pending batch of an epoch in a lane after a number. */
  next(lane: Lane, afterSeq: number, epoch: string): { readonly seq: number } | undefined;
}

export interface Pick {
  readonly epoch: string;
  readonly lane: Lane;
  readonly seq: number;
}

/**
 * p0 goes before everything, old or new. The others share in this proportion when all have something to send, so that
 * hours of one lane never keep another from being seen.
 */
const SHARE: Readonly<Record<'p1' | 'p2' | 'p3', number>> = { p1: 4, p2: 2, p3: 1 };
const SHARING = ['p1', 'p2', 'p3'] as const;
/** Of the credit: what is live finds room at once. */
const BACKLOG_SHARE = 0.5;

type Runs = Readonly<Record<Lane, LaneRun>>;

/** What may be sent next, and what has to be sent again. Pure: time comes in as an argument, in milliseconds. */
export class SendWindow {
  readonly #config: WindowConfig;
  readonly #pending: Pending;
  /** By epoch. */
  readonly #runs = new Map<string, Runs>();
  readonly #gate: LaneGate;
  readonly #rate = new BacklogRate();
  #credit: number;
  #pausedUntilMs = 0;
  #lastAckMs = 0;

  constructor(config: WindowConfig, pending: Pending) {
    this.#config = config;
    this.#pending = pending;
    this.#credit = config.creditStart;
    this.#gate = new LaneGate(config.laneRetryMs);
  }

  get credit(): number {
    return this.#credit;
  }
  get inFlight(): number {
    return this.#inFlightOf([...this.#runs.keys()]);
  }
  /** Lanes that the collector does not take now. */
  get held(): readonly Lane[] {
    return this.#gate.held;
  }

  /** Something waits that was not sent on this connection. */
  get hasUnsent(): boolean {
    const { epoch: live, backlog } = this.#pending;
    return [live, ...backlog].some((epoch) =>
      LANES.some((lane) => this.#pending.next(lane, this.#cursorOf(epoch, lane), epoch) !== undefined),
    );
  }

  isPaused(nowMs: number): boolean {
    return nowMs < this.#pausedUntilMs;
  }

  /** A new connection: everything that is not acknowledged is sent again, and credit has to be earned again. */
  reset(nowMs: number): void {
    for (const runs of this.#runs.values()) for (const lane of LANES) runs[lane].rewind();
    this.#credit = this.#config.creditStart;
    this.#pausedUntilMs = 0;
    this.#lastAckMs = nowMs;
    this.#gate.reset();
    this.#rate.set(undefined, nowMs);
  }

  /** The batch to send now, or undefined when there is none or it may not be sent yet. */
  pick(nowMs: number): Pick | undefined {
    const credit = this.#creditNow(nowMs);
    if (this.isPaused(nowMs) || this.#inFlightTaken() >= credit) return undefined;
    const { epoch: live, backlog } = this.#pending;
    for (const epoch of [live, ...backlog]) {
      const seq = this.#nextOf(epoch, 'p0', nowMs);
      if (seq !== undefined) return { epoch, lane: 'p0', seq };
    }
    const fresh = this.#share(live, nowMs);
    if (fresh !== undefined) return fresh;
    this.#forgetAllBut([live, ...backlog]);
    const room = Math.max(1, Math.floor(credit * BACKLOG_SHARE));
    if (!this.#rate.mayNow(nowMs) || this.#inFlightOf(backlog) >= room) return undefined;
    for (const epoch of backlog) {
      const old = this.#share(epoch, nowMs);
      if (old !== undefined) return old;
    }
    return undefined;
  }

  sent({ epoch, lane, seq }: Pick, bytes: number, nowMs: number): void {
    this.#of(epoch)[lane].sent(seq, nowMs);
    this.#gate.sent(lane, nowMs);
    if (lane !== 'p0' && epoch !== this.#pending.epoch) this.#rate.spend(bytes);
  }

  /** The batch is gone from the spool. */
  skip({ epoch, lane, seq }: Pick): void {
    this.#of(epoch)[lane].skip(seq);
  }

  onAck(ack: Ack, nowMs: number): void {
    const run = this.#of(ack.epoch)[ack.lane];
    run.onAck(ack.seq);
    this.#credit = Math.min(ack.credit, this.#config.creditMax);
    this.#pausedUntilMs = nowMs + ack.pauseMs;
    this.#lastAckMs = nowMs;
    this.#rate.set(ack.backlogBytesPerS, nowMs);
    if (ack.again === true) run.rewind();
    this.#gate.onAck(ack, nowMs);
  }

  /** Takes back lanes whose oldest batch waits too long, to send them again in order. @returns batches taken back */
  expire(nowMs: number): number {
    if (this.isPaused(nowMs)) return 0;
    let count = 0;
    for (const runs of this.#runs.values()) {
      for (const lane of LANES) {
        const { oldestSentMs, inFlight } = runs[lane];
        if (oldestSentMs === undefined || this.#dueMs(oldestSentMs) > nowMs) continue;
        count += inFlight;
        runs[lane].rewind();
      }
    }
    return count;
  }

  /** Smooth weighted round robin over the lanes of an epoch that have something to send. */
  #share(epoch: string, nowMs: number): Pick | undefined {
    const ready = SHARING.filter((lane) => this.#nextOf(epoch, lane, nowMs) !== undefined);
    const runs = this.#of(epoch);
    const total = ready.reduce((sum, lane) => sum + SHARE[lane], 0);
    for (const lane of ready) runs[lane].turn += SHARE[lane];
    const lane = ready.toSorted((a, b) => runs[b].turn - runs[a].turn)[0];
    if (lane === undefined) return undefined;
    runs[lane].turn -= total;
    return { epoch, lane, seq: this.#nextOf(epoch, lane, nowMs)! };
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

  #nextOf(epoch: string, lane: Lane, nowMs: number): number | undefined {
    if (!this.#gate.isOpen(lane, nowMs)) return undefined;
    return this.#pending.next(lane, this.#cursorOf(epoch, lane), epoch)?.seq;
  }

  #cursorOf(epoch: string, lane: Lane): number {
    return this.#runs.get(epoch)?.[lane].cursor ?? 0;
  }

  /** What is on its way of lanes that are not taken holds none of the others' credit. */
  #inFlightTaken(): number {
    const { held } = this;
    let count = this.inFlight;
    if (held.length > 0) for (const runs of this.#runs.values()) for (const lane of held) count -= runs[lane].inFlight;
    return count;
  }

  #inFlightOf(epochs: readonly string[]): number {
    let count = 0;
    for (const epoch of epochs) {
      const runs = this.#runs.get(epoch);
      if (runs !== undefined) for (const lane of LANES) count += runs[lane].inFlight;
    }
    return count;
  }

  #of(epoch: string): Runs {
    let runs = this.#runs.get(epoch);
    if (runs === undefined) {
      runs = { p0: new LaneRun(), p1: new LaneRun(), p2: new LaneRun(), p3: new LaneRun() };
      this.#runs.set(epoch, runs);
    }
    return runs;
  }

  #forgetAllBut(epochs: readonly string[]): void {
    for (const epoch of this.#runs.keys()) if (!epochs.includes(epoch)) this.#runs.delete(epoch);
  }
}
