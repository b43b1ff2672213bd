import { Backoff } from '../../protocol/base/backoff.js';
import { describeError, hasCode } from '../../protocol/base/errors.js';
import { isoMicros, sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { laneKeyOf, nameOf, type Rejected, refusedWhole, rowsOf, type Sender, type Waiting } from './batches.js';
import type { Counters } from './counters.js';

const RETRY = { baseMs: 200, maxMs: 10_000 };

export interface GroupCommitDeps extends World {
  readonly store: { insert(rows: readonly AnyRecord[], token: string): Promise<void> };
  /** Marks of batches of which the table holds nothing. On disk when `put` returns. */
  readonly doneMarks: { put(key: string, value: { seq: number }): Promise<void> };
  readonly deadLetters: { add(sender: Sender, rejected: Rejected): Promise<void> };
}

/**
 * Brings batches of many agents to disk together. Three steps, each tried until it holds and never again after that:
 * dead letters, so that no mark is without them; the rows; and marks for batches that left no row, which must not
 * come before the rows of the batches in front of them.
 */
export class GroupCommit {
  readonly #deps: GroupCommitDeps;
  readonly #counts: Counters;
  readonly #stop: AbortSignal;

  constructor(deps: GroupCommitDeps, counts: Counters, stop: AbortSignal) {
    this.#deps = deps;
    this.#counts = counts;
    this.#stop = stop;
  }

  /** @returns true when all is on disk; false when it was stopped before: then nothing may be acknowledged */
  async run(group: readonly Waiting[]): Promise<boolean> {
    return (
      (await this.#untilItHolds(() => this.#keepLetters(group))) &&
      (await this.#store(group)) &&
      (await this.#untilItHolds(() => this.#keepLetters(group))) &&
      (await this.#untilItHolds(() => this.#keepMarks(group)))
    );
  }

  async #keepLetters(group: readonly Waiting[]): Promise<void> {
    for (const { sender, rejected } of group) {
      for (let first = rejected[0]; first !== undefined; first = rejected[0]) {
        await this.#deps.deadLetters.add(sender, first);
        this.#counts.deadLetters.inc();
        rejected.shift();
      }
    }
  }

  /** One insert. What the engine refuses for its content is halved until the batch is found that it is for. */
  async #store(group: readonly Waiting[]): Promise<boolean> {
    const nowMs = this.#deps.clock.now();
    const rows = rowsOf(group, isoMicros(Math.floor(nowMs / 1_000), (nowMs % 1_000) * 1_000));
    if (rows.length === 0) return true;
    let refusal: unknown;
    // The same rows under the same name each time: an insert that failed and yet arrived is known by the engine.
    const insert = async (): Promise<void> => {
      try {
        await this.#deps.store.insert(rows, nameOf(group));
      } catch (error) {
        if (!hasCode(error, 'STORE_ROWS_REFUSED')) throw error;
        refusal = error;
      }
    };
    const end = this.#counts.insertSeconds.startTimer();
    if (!(await this.#untilItHolds(insert))) return false;
    end();
    if (refusal !== undefined) return this.#storeParts(group, refusal);
    this.#counts.records.inc(rows.length);
    return true;
  }

  async #storeParts(group: readonly Waiting[], refusal: unknown): Promise<boolean> {
    const [only, ...others] = group;
    if (only !== undefined && others.length === 0) {
      const reason = describeError(refusal).slice(0, 500);
      this.#deps.log.error({ agent: only.sender.agent, seq: only.header.seq, reason }, 'the engine refused a batch');
      only.rejected.push(refusedWhole(only, reason));
      only.records = [];
      return true;
    }
    const half = group.length >> 1;
    return (await this.#store(group.slice(0, half))) && (await this.#store(group.slice(half)));
  }

  async #keepMarks(group: readonly Waiting[]): Promise<void> {
    for (const batch of group) {
      if (batch.records.length === 0) await this.#deps.doneMarks.put(laneKeyOf(batch), { seq: batch.header.seq });
    }
  }

  /** @returns false when it was stopped before */
  async #untilItHolds(step: () => Promise<void>): Promise<boolean> {
    const backoff = new Backoff(RETRY, this.#deps.random);
    for (;;) {
      try {
        await step();
        return true;
      } catch (error) {
        this.#counts.failures.inc();
        this.#deps.log.error({ error: describeError(error), attempt: backoff.attempts + 1 }, 'could not write');
      }
      await sleep(backoff.next(), this.#stop).catch(() => {});
      if (this.#stop.aborted) return false;
    }
  }
}
