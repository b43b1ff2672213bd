import { Backoff } from '../../protocol/base/backoff.js';
import { describeError, hasCode } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { ArrivalClock } from './arrival-clock.js';
import {
  type Found,
  laneKeyOf,
  nameOf,
  type Packed,
  type Rejected,
  refusedWhole,
  type Sender,
  type Waiting,
} from './batches.js';
import type { Counters } from './counters.js';

const RETRY = { baseMs: 200, maxMs: 10_000 };

export interface GroupCommitDeps extends World {
  /** When records come. */
  readonly arrivals: ArrivalClock;
  readonly store: {
    /** Unpacks and checks batches for one insert, and keeps the rows for `write`. May be asked again. */
    unpack(name: string, group: readonly Packed[], ingestedMs: number): Promise<Found[]>;
    /**
     * Writes what was unpacked under the name, all or none; once, however often it is asked.
     * @param attempt 1 the first time, one more each time after; whoever may have written it before says at least 2
     */
    write(name: string, attempt: number): Promise<void>;
  };
  /** Marks of batches of which the table holds nothing. On disk when `put` returns. */
  readonly doneMarks: { put(key: string, value: { seq: number }): Promise<void> };
  readonly deadLetters: { add(sender: Sender, rejected: Rejected): Promise<void> };
  /**
   * Says that the engine crashes over a batch, by a row in the table.
   * @returns whether the row is on disk: then the engine can write, and it is the batch
   */
  tellPoison(sender: Sender, reason: string): Promise<boolean>;
}

/** So often alone with the engine when it crashed, and a group is halved, or a batch that is left is given up. */
const CRASHES_MAX = 2;

/** Batches of many agents that go to disk together. */
export interface Group {
  readonly batches: readonly Waiting[];
  readonly name: string;
  /** The same for each attempt: it decides the partition in which the engine knows the name. */
  readonly ingestedMs: number;
  /** How often the engine crashed while it had nothing else to do. */
  crashes: number;
  /** How often it was written, or may have been as part of a larger one. */
  attempts: number;
}

/**
 * Brings batches of many agents to disk together. Each step is tried until it holds and never again after that: they
 * are unpacked; dead letters, so that no mark is without them; the rows; and marks for batches that left no row, which
 * must not come before the rows of the batches in front of them.
 */
export class GroupCommit {
  readonly #deps: GroupCommitDeps;
  readonly #counts: Counters;
  readonly #stop: AbortSignal;
  /** After a crash one group at a time has the engine, until it is known which it was. */
  #isSuspicious = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: GroupCommitDeps, counts: Counters, stop: AbortSignal) {
    this.#deps = deps;
    this.#counts = counts;
    this.#stop = stop;
  }

  groupOf(batches: readonly Waiting[]): Group {
    return { batches, name: nameOf(batches), ingestedMs: this.#deps.arrivals.now(), crashes: 0, attempts: 0 };
  }

  /** May run while the group in front is written. @returns false when it was stopped before */
  unpack(group: Group): Promise<boolean> {
    return this.#untilItHolds(() => this.#attempt(group, () => this.#unpack(group)));
  }

  /** After `unpack`. @returns true when all is on disk; false when it was stopped before: then nothing may be acknowledged */
  async run(group: Group): Promise<boolean> {
    const keepLetters = (): Promise<void> => this.#keepLetters(group.batches);
    return (
      (await this.#untilItHolds(keepLetters)) &&
      (await this.#store(group)) &&
      (await this.#untilItHolds(keepLetters)) &&
      (await this.#untilItHolds(() => this.#keepMarks(group.batches)))
    );
  }

  async #unpack({ batches, name, ingestedMs }: Group): Promise<void> {
    const packed = batches.map(({ sender, header, payload }) => ({ sender, header, payload }));
    const found = await this.#deps.store.unpack(name, packed, ingestedMs);
    for (const [index, batch] of batches.entries()) {
      // Asked again after the engine was started anew: the letters of the first time are kept already.
      if (batch.rows === undefined) batch.rejected.push(...(found[index]?.rejected ?? []));
      batch.rows = found[index]?.rows ?? 0;
      batch.noted = found[index]?.noted ?? [];
    }
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

  /** One insert. What the engine refuses for its content, or crashes over, is halved until the batch is found that it is for. */
  async #store(group: Group): Promise<boolean> {
    if (isPoison(group)) return this.#storeParts(group, 'the engine crashes over it', true);
    const rows = group.batches.reduce((sum, batch) => sum + (batch.rows ?? 0), 0);
    if (rows === 0) return true;
    let refusal: unknown;
    let isUnpacked = true;
    const write = async (): Promise<void> => {
      try {
        group.attempts += 1;
        if (!isUnpacked) await this.#unpack(group);
        isUnpacked = false;
        await this.#deps.store.write(group.name, group.attempts);
      } catch (error) {
        if (!hasCode(error, 'STORE_ROWS_REFUSED')) throw error;
        refusal = error;
      }
    };
    const end = this.#counts.insertSeconds.startTimer();
    if (!(await this.#untilItHolds(() => this.#attempt(group, write)))) return false;
    end();
    if (isPoison(group)) return this.#storeParts(group, 'the engine crashes over it', true);
    this.#isSuspicious = false;
    if (refusal !== undefined) return this.#storeParts(group, describeError(refusal).slice(0, 500), false);
    this.#counts.records.inc(rows);
    return true;
  }

  /** Returns also when the group has become suspect too often. */
  async #attempt(group: Group, step: () => Promise<void>): Promise<void> {
    if (isPoison(group)) return;
    const isAlone = this.#isSuspicious;
    try {
      await (isAlone ? this.#inTurn(step) : step());
    } catch (error) {
      if (hasCode(error, 'STORE_ENGINE_CRASHED')) {
        this.#isSuspicious = true;
        if (isAlone) group.crashes += 1;
        if (isPoison(group)) return;
      }
      throw error;
    }
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #storeParts({ batches, ingestedMs }: Group, reason: string, isCrash: boolean): Promise<boolean> {
    const [only, ...others] = batches;
    if (only !== undefined && others.length === 0) return this.#giveUp(only, ingestedMs, reason, isCrash);
    const half = batches.length >> 1;
    for (const part of [batches.slice(0, half), batches.slice(half)]) {
      const group = { batches: part, name: nameOf(part), ingestedMs, crashes: 0, attempts: 1 };
      if (!(await this.unpack(group)) || !(await this.#store(group))) return false;
    }
    return true;
  }

  /** A batch that the engine does not take becomes a dead letter, unless it is the engine that takes nothing at all. */
  async #giveUp(batch: Waiting, ingestedMs: number, reason: string, isCrash: boolean): Promise<boolean> {
    if (isCrash && !(await this.#deps.tellPoison(batch.sender, reason))) {
      await sleep(RETRY.maxMs, this.#stop).catch(() => {});
      if (this.#stop.aborted) return false;
      const again = { batches: [batch], name: nameOf([batch]), ingestedMs, crashes: 0, attempts: 1 };
      return (await this.unpack(again)) && this.#store(again);
    }
    this.#deps.log.error({ agent: batch.sender.agent, seq: batch.header.seq, reason }, 'the engine refused a batch');
    batch.rejected.push(refusedWhole(batch, reason));
    batch.rows = 0;
    batch.noted = [];
    return true;
  }

  async #keepMarks(group: readonly Waiting[]): Promise<void> {
    for (const batch of group) {
      if (batch.rows === 0) await this.#deps.doneMarks.put(laneKeyOf(batch), { seq: batch.header.seq });
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

const isPoison = (group: Group): boolean => group.crashes >= CRASHES_MAX;
