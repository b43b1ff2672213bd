import { join } from 'node:path';
import { Backoff } from '../../protocol/base/backoff.js';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { AckBook } from './acks.js';
import { beginWith } from './begin.js';
import { type Commit, planCommit, putJson, type Work } from './commit.js';
import type { SpoolConfig } from './config.js';
import type { Database } from './database.js';
import { GapBook } from './gaps.js';
import { backlogOf, generationNamed, generationOf, isBacklog } from './generations.js';
import { Intake } from './intake.js';
import { batchKey, epochOf, gapKey, laneKey, META_KEY, type SpoolMeta } from './keys.js';
import type { BatchEntry } from './ledger.js';
import { disk, type Medium, type Opened } from './open.js';
import { Opener } from './opener.js';
import { newState, type SpoolState } from './state.js';
import { type SpoolStats, statsOf } from './stats.js';
import { isBatch } from './whole.js';

export { SpoolConfig } from './config.js';
export type { Database } from './database.js';
export type { BatchEntry } from './ledger.js';
export { mediumOf } from './medium.js';
export type { Medium } from './open.js';
export { readStoppedSpool, type SpoolStats } from './stats.js';

export interface SpoolDeps extends World {
  /** The folder of the agent's data; the spool makes its own below. */
  readonly dataFolder: string;
  /** Random id of this run of the agent, for batch headers. */
  readonly boot: string;
  /** Id of this run of the machine, or an empty text: then every unclean end counts as a power cut. */
  readonly machineBoot: string;
  /** The disk, unless it is said otherwise: thousands of simulated spools live in memory. */
  readonly medium?: Medium;
}

const FOLDER = 'spool';
const TICK_MS = 1_000;
const COMPLAIN_MS = 60_000;
const CLOSE_MS_MAX = 5_000;

/**
 * Where the agent changes gait: `append` is synchronous and bounded, everything behind it is asynchronous and retried.
 * A record is accepted when the batch that holds it is stored; the count of accepted records is part of the same
 * atomic write. Batches leave by `ack`, or by eviction, which a `gap` record tells.
 */
export class Spool implements Component {
  readonly name = 'spool';
  readonly #config: SpoolConfig;
  readonly #deps: SpoolDeps;
  readonly #intake: Intake;
  readonly #opener: Opener;
  readonly #acks = new AckBook();
  readonly #listeners: (() => void)[] = [];
  readonly #backoff: Backoff;
  readonly #abort = new AbortController();
  #unreadable: { lane: Lane; seq: number }[] = [];
  /** Losses that no write has stored yet. */
  #losses = new GapBook();
  #state: SpoolState = newState('');
  #db: Database | undefined;
  /** From these numbers on batches were stored since it was opened. */
  readonly #ownFrom: Record<Lane, number> = { p0: 0, p1: 0, p2: 0, p3: 0 };
  #running: Promise<void> | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #beginsGeneration = false;
  #tickTimer: NodeJS.Timeout | undefined;
  #refused = 0;
  #writeFailures = 0;
  #complainedMs = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #isClosing = false;
  #tellAll = false;

  constructor(config: SpoolConfig, deps: SpoolDeps) {
    this.#config = config;
    this.#intake = new Intake(config.queueBytesMax);
    this.#deps = { ...deps, log: deps.log.child({ component: 'spool' }) };
    this.#opener = new Opener(join(deps.dataFolder, FOLDER), deps.machineBoot, deps.medium ?? disk, this.#deps);
    this.#backoff = new Backoff({ baseMs: 200, maxMs: config.retryMsMax }, deps.random);
  }

  /** Of what is stored from now on. */
  get epoch(): string {
    return epochOf(this.#state.meta.epoch, generationOf(this.#state));
  }

  /** Epochs of what has waited for long, the oldest first. */
  get backlog(): readonly string[] {
    return backlogOf(this.#state).map((generation) => epochOf(this.#state.meta.epoch, generation));
  }

  /**
   * A connection begins: what waits now becomes backlog where it is much, so that it does not stand in front of what
   * happens from now on. Each generation is acknowledged by itself.
   */
  beginGeneration(): void {
    if (!isBacklog(this.#state, this.#config)) return;
    this.#beginsGeneration = true;
    this.#kick();
  }

  /** Whether a source that can wait, such as a recording, may go on. */
  get hasRoom(): boolean {
    return this.#intake.hasRoom;
  }

  /** @throws SPOOL_OPEN_FAILED, SPOOL_WRITE_FAILED */
  async start(): Promise<void> {
    await this.#openWritable();
    this.#tickTimer = setInterval(() => {
      this.#opener.settle();
      this.#kick();
    }, TICK_MS);
    this.#tickTimer.unref();
    this.#kick();
  }

  /**
   * Takes one record, JSON without line feed; the buffer is the spool's from here on.
   * @returns false when it was refused, which is counted and told by a `gap` record
   */
  append(lane: Lane, line: Buffer): boolean {
    const reason = this.#isClosing ? 'agent_stopped' : this.#intake.refusalOf(lane, line);
    if (reason !== undefined) {
      this.#refused += 1;
      this.noteLoss(lane, reason, 1, line.length);
      return false;
    }
    if (this.#intake.push(lane, line, this.#deps.clock.monotonic())) this.#kick();
    else this.#armFlush();
    return true;
  }

  /** For losses before the spool: the sensor died, a listener dropped. Told by a `gap` record. */
  noteLoss(lane: Lane, reason: string, count: number, bytes: number): void {
    this.#losses.add({ lane, reason, count, bytes }, this.#deps.clock.now());
    this.#armFlush();
  }

  /** The first pending batch of the lane after `seq`, without its bytes; of all epochs, unless one is given. */
  next(lane: Lane, afterSeq: number, epoch?: string): BatchEntry | undefined {
    const generation = epoch === undefined ? undefined : generationNamed(this.#state, epoch);
    if (epoch !== undefined && generation === undefined) return undefined;
    return this.#state.lanes[lane].ledger.after(afterSeq, generation);
  }

  /** The batch as stored. Undefined when it is gone, or cannot be read now. */
  async read(lane: Lane, seq: number): Promise<Buffer | undefined> {
    const db = this.#db;
    if (db === undefined || db.status !== 'open' || !this.#state.lanes[lane].ledger.has(seq)) return undefined;
    try {
      const bytes = await db.get(batchKey(lane, seq));
      if (bytes !== undefined && this.#isThatBatch(bytes, lane, seq)) return bytes;
      this.#dropUnreadable(lane, seq);
      return undefined;
    } catch (error) {
      if (/corrupt/i.test(describeError(error))) this.#dropUnreadable(lane, seq);
      return undefined;
    }
  }

  /** Nobody could acknowledge one without a header; what has lain on the disk is looked at as a whole. */
  #isThatBatch(bytes: Buffer, lane: Lane, seq: number): boolean {
    const generation = this.#state.lanes[lane].ledger.after(seq - 1)?.generation ?? 0;
    const name = { epoch: epochOf(this.#state.meta.epoch, generation), lane, seq };
    return isBatch(bytes, name, seq < this.#ownFrom[lane]);
  }

  /**
   * Frees all batches of the epoch in the lane up to `seq`, with the next write or soon.
   * @returns false for another spool's epoch or a number never given
   */
  ack(epoch: string, lane: Lane, seq: number): boolean {
    const generation = generationNamed(this.#state, epoch);
    if (generation === undefined || seq >= this.#state.lanes[lane].meta.nextSeq) return false;
    const oldest = this.#state.lanes[lane].ledger.after(0, generation);
    if (oldest === undefined || oldest.seq > seq) return true;
    this.#acks.add({ lane, generation, seq });
    this.#armAcks();
    return true;
  }

  /** Calls back whenever batches were stored. The callback must not throw. */
  onStored(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Writes what is in memory. Returns when it is stored, or when the disk refuses. */
  async flush(): Promise<void> {
    this.#intake.closeOpen();
    this.#kick(true);
    while (this.#running !== undefined && !this.#isFailing) await Promise.race([this.#running, sleep(20)]);
  }

  stats(): SpoolStats {
    return {
      ...statsOf(this.#state),
      queuedRecords: this.#intake.records,
      queuedBytes: this.#intake.bytes,
      refusedRecords: this.#refused,
      writeFailures: this.#writeFailures,
      isFailing: this.#isFailing,
    };
  }

  /** Stores what is in memory, within a few seconds, and marks the end as orderly. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearInterval(this.#tickTimer);
    if (this.#db === undefined) return;
    this.#tellAll = true;
    await Promise.race([this.flush(), sleep(CLOSE_MS_MAX)]);
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#ackTimer);
    this.#abort.abort();
    await this.#running;
    const { records } = this.#intake;
    if (records > 0) this.#deps.log.error({ records }, 'records in memory could not be stored and are lost');
    if (this.#db.status !== 'open') return;
    if (!this.#isFailing) await this.#writeMeta(true).catch(() => {});
    await this.#db.close();
    await this.#opener.close();
  }

  /** Most acknowledgements are written together with the next batches: a write of their own would wear the disk. */
  #armAcks(): void {
    this.#ackTimer ??= setTimeout(() => {
      this.#ackTimer = undefined;
      this.#kick(true);
    }, this.#config.ackMs);
  }

  /** @throws SPOOL_OPEN_FAILED, SPOOL_WRITE_FAILED */
  #openWritable(): Promise<void> {
    return this.#opener.open((opened) => {
      this.#begin(opened);
      return this.#writeMeta(false);
    });
  }

  #begin(opened: Opened): void {
    const { machineBoot, random, log, clock } = this.#deps;
    const { state, isPowerCut, isDamaged } = beginWith(opened, this.#state, machineBoot, random);
    this.#db = opened.db;
    this.#state = state;
    for (const lane of LANES) this.#ownFrom[lane] = state.lanes[lane].meta.nextSeq;
    const tell = (lane: Lane, reason: string): void =>
      state.gaps.add({ lane, reason, count: 0, bytes: 0 }, clock.now());
    if (isDamaged) tell('p0', 'spool_damaged');
    if (!isPowerCut) return;
    // What was not synced yet may be gone, and LevelDB does not say so: it takes a torn log for a shorter one.
    log.warn({}, 'the machine stopped without warning; the last records may be missing');
    tell('p3', 'power_cut');
  }

  /** Synced: from here on the spool counts as in use, or as left in order; what opening it has cost is not forgotten. */
  async #writeMeta(isClean: boolean): Promise<void> {
    const meta: SpoolMeta = { ...this.#state.meta, isClean, machineBoot: this.#deps.machineBoot };
    const lanes = LANES.map((lane) => putJson(laneKey(lane), this.#state.lanes[lane].meta));
    const gaps = this.#state.gaps.entries().map((entry) => putJson(gapKey(entry.lane, entry.reason), entry));
    await this.#write([putJson(META_KEY, meta), ...lanes, ...gaps], true);
    this.#state.meta = meta;
    await this.#opener.note(this.#state);
  }

  #armFlush(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      this.#intake.closeOpen();
      this.#kick();
    }, this.#config.flushMs);
  }

  #dropUnreadable(lane: Lane, seq: number): void {
    if (this.#unreadable.some((known) => known.lane === lane && known.seq === seq)) return;
    this.#deps.log.error({ lane, seq }, 'a stored batch cannot be read and is dropped');
    this.#unreadable.push({ lane, seq });
    this.#kick();
  }

  /** @param evenAcks begins a write for acknowledgements alone */
  #kick(evenAcks = false): void {
    if (
      this.#running !== undefined ||
      this.#db === undefined ||
      !(this.#hasWork() || (evenAcks && this.#acks.size > 0))
    )
      return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // Work may have come between the last look and here.
      if (!this.#abort.signal.aborted && this.#hasWork()) this.#kick();
    });
  }

  #hasWork(): boolean {
    return (
      this.#beginsGeneration ||
      this.#unreadable.length > 0 ||
      this.#losses.size > 0 ||
      this.#intake.hasClosed ||
      this.#state.gaps.hasDue(this.#deps.clock.monotonic(), this.#tellAll ? 0 : this.#config.gapMs)
    );
  }

  /** The only writer. Never rejects. */
  async #run(): Promise<void> {
    do await this.#writeOnce(this.#takeWork());
    while (this.#hasWork() && !this.#abort.signal.aborted);
  }

  #takeWork(): Work {
    const work = {
      groups: this.#intake.peek(),
      acks: this.#acks.take(),
      unreadable: this.#unreadable,
      losses: this.#losses,
      beginsGeneration: this.#beginsGeneration,
    };
    this.#beginsGeneration = false;
    this.#losses = new GapBook();
    this.#unreadable = [];
    return work;
  }

  async #writeOnce(work: Work): Promise<void> {
    const { clock, boot } = this.#deps;
    const context = { boot, nowMs: clock.now(), monotonicMs: clock.monotonic(), tellAll: this.#tellAll };
    const commit = planCommit(this.#state, work, { config: this.#config, ...context });
    try {
      if (commit.operations.length > 0) await this.#write(commit.operations, commit.sync);
      commit.apply(this.#state);
      await this.#opener.note(this.#state);
    } catch (error) {
      if (!(await this.#recover(commit, error))) return this.#giveBack(work);
    }
    this.#settle(work, commit);
  }

  async #write(operations: Commit['operations'], sync: boolean): Promise<void> {
    await this.#db!.batch<string, Buffer | string>(operations, { sync, keyEncoding: 'utf8' });
  }

  #settle(work: Work, commit: Commit): void {
    for (const lane of work.groups.keys()) this.#intake.shift(lane, commit.packedOf(lane));
    if (work.groups.size > 0) for (const listener of this.#listeners) listener();
  }

  #giveBack(work: Work): void {
    for (const entry of work.losses.entries()) this.#losses.merge(entry);
    for (const acked of work.acks) this.#acks.add(acked);
    this.#beginsGeneration ||= work.beginsGeneration;
    this.#unreadable = [...work.unreadable, ...this.#unreadable];
  }

  /**
   * After a failed write LevelDB's log may end in half a record, and what is appended behind it would be unreadable
   * after a crash: so the database is opened anew, which begins a new log, before anything else is written.
   * @returns whether the write had arrived all the same
   */
  async #recover(commit: Commit, error: unknown): Promise<boolean> {
    const { epoch } = this.#state.meta;
    this.#complain(error);
    for (;;) {
      try {
        await this.#db?.close();
        await sleep(this.#backoff.next(), this.#abort.signal);
        await this.#openWritable();
        this.#isFailing = false;
        this.#backoff.reset();
        this.#deps.log.info({}, 'the spool can be written again');
        return this.#state.meta.epoch === epoch && this.#state.meta.commit === commit.number;
      } catch (failure) {
        if (this.#abort.signal.aborted) return false;
        this.#complain(failure);
      }
    }
  }

  /** Says a failure aloud, then at most once a minute. */
  #complain(cause: unknown): void {
    this.#isFailing = true;
    this.#writeFailures += 1;
    const now = this.#deps.clock.monotonic();
    if (now - this.#complainedMs < COMPLAIN_MS) return;
    this.#complainedMs = now;
    const facts = { code: 'SPOOL_WRITE_FAILED', reason: describeError(cause), failures: this.#writeFailures };
    this.#deps.log.error(facts, 'the spool cannot be written; records wait in memory');
  }
}
