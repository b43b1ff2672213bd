import type { CanaryOutcome } from '../../protocol/api/fleet.js';
import { canaryIdOf } from '../../protocol/records/canary.js';
import type { AnyRecord } from '../../protocol/records/records.js';

/** Names that arrived before what was said of them: other lanes are faster or slower. */
const ARRIVED_MAX = 8;

export interface CanaryTimes {
  /** From what was said to what must have arrived. */
  readonly waitMs: number;
  /** From one canary to the next, and some. */
  readonly everyMs: number;
}

/** What is known of the canaries of one box. Time is an argument, and the collector's own. */
export class CanaryFate {
  outcome: CanaryOutcome | undefined;
  /** When the last one was said to be sent, or when it was clear that none was. */
  atMs = 0;
  #id: string | undefined;
  #saidMs: number | undefined;
  #said = '';
  readonly #arrived: string[] = [];

  /** A `canary` record: what the agent says. */
  onSaid(record: AnyRecord, nowMs: number): void {
    const state = record['hinomi.canary.state'];
    const id = record['hinomi.canary.id'];
    if (state === 'seen' || state === 'unseen') {
      // Of an earlier one it comes too late to matter.
      if (id === this.#id) this.#said = state;
      return;
    }
    this.#saidMs = nowMs;
    this.#said = String(state);
    this.#id = typeof id === 'string' ? id : undefined;
    this.outcome = state === 'off' ? 'off' : 'waiting';
    this.atMs = nowMs;
  }

  /** A `dns` record. */
  onName(name: unknown): void {
    const id = canaryIdOf(name);
    if (id === undefined || this.#arrived.includes(id)) return;
    this.#arrived.push(id);
    if (this.#arrived.length > ARRIVED_MAX) this.#arrived.shift();
  }

  /**
   * Judges what should have happened by now.
   * @param connectedMs since when the box is connected, and the collector runs; undefined when it is not
   */
  judge(nowMs: number, connectedMs: number | undefined, times: CanaryTimes): CanaryOutcome | undefined {
    if (this.#id !== undefined && this.#said !== 'failed' && this.#arrived.includes(this.#id)) this.outcome = 'arrived';
    // A box that is not connected is known by that.
    if (connectedMs === undefined) return this.outcome;
    const sinceMs = Math.max(connectedMs, this.#saidMs ?? 0);
    if (nowMs - sinceMs > times.everyMs && this.outcome !== 'not_sent') {
      this.atMs = nowMs;
      this.outcome = 'not_sent';
    } else if (this.outcome === 'waiting' && nowMs - sinceMs > times.waitMs) {
      if (this.#said === 'failed') this.outcome = 'not_sent';
      else this.outcome = this.#said === 'seen' ? 'not_delivered' : 'not_seen';
    }
    return this.outcome;
  }
}
