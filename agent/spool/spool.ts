import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Backoff } from '../../protocol/base/backoff.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import type { Component } from '../../protocol/base/scope.js';
import { sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { type Commit, planCommit, type Work } from './commit.js';
import type { SpoolConfig } from './config.js';
import type { Database } from './database.js';
import { GapBook } from './gaps.js';
import { batchKey, laneKey, META_KEY, type SpoolMeta } from './keys.js';
import type { BatchEntry } from './ledger.js';
import { CURES, type Cure, isDamage, type Opened, openDatabase } from './open.js';
import { LaneQueue } from './queue.js';
import { newState, type SpoolState } from './state.js';
import { type SpoolStats, statsOf } from './stats.js';

export { SpoolConfig } from './config.js';
export type { BatchEntry } from './ledger.js';
export { readStoppedSpool, type SpoolStats } from './stats.js';

export interface SpoolDeps extends World {
  /** The folder of the agent's data; the spool makes its own below. */
  readonly dataFolder: string;
  /** Random id of this run of the agent, for batch headers. */
  readonly boot: string;
  /** Id of this run of the machine, or an empty text: then every unclean end counts as a power cut. */
  readonly machineBoot: string;
}

const FOLDER = 'spool';
const LF = 0x0a;
/** The share of the queue's memory that records of a lane may fill: the lower ones leave room for the higher. */
const QUEUE_SHARE: Readonly<Record<Lane, number>> = { p0: 1, p1: 0.9, p2: 0.8, p3: 0.7 };
/** Far below any lane's share: what is on its way when a source is told to wait must still fit. */
const ROOM_SHARE = 0.35;
/**
 * After a repair or a power cut the newest numbers may be forgotten, and used ones must not come again: the collector
 * would take the new batches for old ones. No disk takes so many batches as are skipped; chance keeps a second damage
 * that leads back to the same place from leading on to the same numbers.
 */
const SEQ_SKIP = 1_000_000;
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
  readonly #queues: Record<Lane, LaneQueue> = {
    p0: new LaneQueue(),
    p1: new LaneQueue(),
    p2: new LaneQueue(),
    p3: new LaneQueue(),
  };
  readonly #acks = new Map<Lane, number>();
  readonly #listeners: (() => void)[] = [];
  readonly #backoff: Backoff;
  readonly #abort = new AbortController();
  #unreadable: { lane: Lane; seq: number }[] = [];
  /** Losses that no write has stored yet. */
  #losses = new GapBook();
  #state: SpoolState = newState('');
  #db: Database | undefined;
  #running: Promise<void> | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #tickTimer: NodeJS.Timeout | undefined;
  #refused = 0;
  #writeFailures = 0;
  #complainedMs = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #isClosing = false;
  #tellAll = false;

  constructor(config: SpoolConfig, deps: SpoolDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'spool' }) };
    this.#backoff = new Backoff({ baseMs: 200, maxMs: config.retryMsMax }, deps.random);
  }

  get epoch(): string {
    return this.#state.meta.epoch;
  }

  /** Whether a source that can wait, such as a recording, may go on. */
  get hasRoom(): boolean {
    return this.#queuedBytes < this.#config.queueBytesMax * ROOM_SHARE;
  }

  /** @throws SPOOL_OPEN_FAILED, SPOOL_WRITE_FAILED */
  async start(): Promise<void> {
    const folder = this.#folder;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new CodedError('SPOOL_OPEN_FAILED', `could not make the folder ${folder}`, { folder }, { cause: error });
    }
    await this.#openWritable('none');
    this.#tickTimer = setInterval(() => this.#kick(), TICK_MS);
    this.#tickTimer.unref();
    this.#kick();
  }

  /**
   * Takes one record, JSON without line feed; the buffer is the spool's from here on.
   * @returns false when it was refused, which is counted and told by a `gap` record
   */
  append(lane: Lane, line: Buffer): boolean {
    const queue = this.#queues[lane];
    const reason = this.#refusalOf(lane, line);
    if (reason !== undefined) {
      this.#refused += 1;
      this.noteLoss(lane, reason, 1, line.length);
      return false;
    }
    if (queue.push(line, this.#deps.clock.monotonic())) this.#kick();
    else this.#armFlush();
    return true;
  }

  /** For losses before the spool: the sensor died, a listener dropped. Told by a `gap` record. */
  noteLoss(lane: Lane, reason: string, count: number, bytes: number): void {
    this.#losses.add({ lane, reason, count, bytes }, this.#deps.clock.now());
    this.#armFlush();
  }

  /** The first pending batch of the lane after `seq`, without its bytes. */
  next(lane: Lane, afterSeq: number): BatchEntry | undefined {
    return this.#state.lanes[lane].ledger.after(afterSeq);
  }

  /** The batch as stored. Undefined when it is gone, or cannot be read now. */
  async read(lane: Lane, seq: number): Promise<Buffer | undefined> {
    const db = this.#db;
    if (db === undefined || db.status !== 'open' || !this.#state.lanes[lane].ledger.has(seq)) return undefined;
    try {
      const bytes = await db.get(batchKey(lane, seq));
      if (bytes === undefined) this.#dropUnreadable(lane, seq);
      return bytes;
    } catch (error) {
      if (/corrupt/i.test(describeError(error))) this.#dropUnreadable(lane, seq);
      return undefined;
    }
  }

  /** Frees all batches of the lane up to `seq`. @returns false for another spool's epoch or a number never given */
  ack(epoch: string, lane: Lane, seq: number): boolean {
    if (epoch !== this.epoch || seq >= this.#state.lanes[lane].meta.nextSeq) return false;
    const oldest = this.#state.lanes[lane].ledger.oldest();
    if (oldest === undefined || oldest.seq > seq) return true;
    this.#acks.set(lane, Math.max(seq, this.#acks.get(lane) ?? 0));
    this.#kick();
    return true;
  }

  /** Calls back whenever batches were stored. The callback must not throw. */
  onStored(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Writes what is in memory. Returns when it is stored, or when the disk refuses. */
  async flush(): Promise<void> {
    this.#closeOpenGroups();
    this.#kick();
    while (this.#running !== undefined && !this.#isFailing) await Promise.race([this.#running, sleep(20)]);
  }

  stats(): SpoolStats {
    const queuedRecords = LANES.reduce((sum, lane) => sum + this.#queues[lane].records, 0);
    return {
      ...statsOf(this.#state),
      queuedRecords,
      queuedBytes: this.#queuedBytes,
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
    this.#abort.abort();
    await this.#running;
    const queued = this.stats().queuedRecords;
    if (queued > 0) this.#deps.log.error({ records: queued }, 'records in memory could not be stored and are lost');
    if (this.#db.status !== 'open') return;
    if (!this.#isFailing) await this.#writeMeta(true).catch(() => {});
    await this.#db.close();
  }

  get #folder(): string {
    return join(this.#deps.dataFolder, FOLDER);
  }

  get #queuedBytes(): number {
    const { p0, p1, p2, p3 } = this.#queues;
    return p0.bytes + p1.bytes + p2.bytes + p3.bytes;
  }

  #isSameMachineRun(): boolean {
    return this.#deps.machineBoot !== '' && this.#deps.machineBoot === this.#state.meta.machineBoot;
  }

  /**
   * Opens it so that it can be written: damage may show only when LevelDB brings its files into order, at a write.
   * @throws SPOOL_OPEN_FAILED, SPOOL_WRITE_FAILED
   */
  async #openWritable(first: Cure): Promise<void> {
    const folder = this.#folder;
    for (const cure of CURES.slice(CURES.indexOf(first))) {
      const opened = await openDatabase(folder, this.#deps.clock.now(), this.#deps.log, cure);
      this.#begin(opened);
      try {
        return await this.#writeMeta(false);
      } catch (error) {
        await opened.db.close();
        if (cure === 'quarantine' || !isDamage(error))
          throw new CodedError('SPOOL_WRITE_FAILED', `could not write to ${folder}`, { folder }, { cause: error });
        this.#deps.log.error({ folder, reason: describeError(error) }, 'the first write shows damage in the spool');
      }
    }
  }

  /** Numbers never go back, not even those of a new spool: whoever sends remembers how far he is. */
  #begin({ db, state, damage }: Opened): void {
    const before = this.#state;
    this.#db = db;
    this.#state = state ?? newState(randomBytes(12).toString('hex'));
    const isPowerCut = !this.#state.meta.isClean && !this.#isSameMachineRun();
    if (damage === 'repaired' || isPowerCut) this.#skipNumbers();
    for (const lane of LANES) {
      const { meta } = this.#state.lanes[lane];
      const nextSeq = Math.max(meta.nextSeq, before.lanes[lane].meta.nextSeq);
      this.#state.lanes[lane].meta = { ...meta, nextSeq, reservedSeq: Math.max(meta.reservedSeq, nextSeq) };
    }
    const isGone = state === undefined && before.meta.commit > 0;
    if (damage !== 'none' || isGone) this.noteLoss('p0', 'spool_damaged', 0, 0);
    if (isPowerCut) this.#tellPowerCut();
  }

  /** What was not synced yet may be gone, and LevelDB does not say so: it takes a torn log for a shorter one. */
  #tellPowerCut(): void {
    this.#deps.log.warn({}, 'the machine stopped without warning; the last records may be missing');
    this.noteLoss('p3', 'power_cut', 0, 0);
  }

  #skipNumbers(): void {
    const more = SEQ_SKIP + Math.floor(this.#deps.random() * SEQ_SKIP);
    for (const lane of LANES) {
      const { meta } = this.#state.lanes[lane];
      const nextSeq = Math.max(meta.nextSeq, meta.reservedSeq) + more;
      this.#state.lanes[lane].meta = { ...meta, nextSeq, reservedSeq: nextSeq };
    }
  }

  /** Synced: from here on the spool counts as in use, or as left in order. */
  async #writeMeta(isClean: boolean): Promise<void> {
    const meta: SpoolMeta = { ...this.#state.meta, isClean, machineBoot: this.#deps.machineBoot };
    const lanes = LANES.map((lane) => ({ key: laneKey(lane), value: this.#state.lanes[lane].meta as object }));
    await this.#write(
      [{ key: META_KEY, value: meta as object }, ...lanes].map(({ key, value }) => ({
        type: 'put',
        key,
        value: JSON.stringify(value),
        valueEncoding: 'utf8',
      })),
      true,
    );
    this.#state.meta = meta;
  }

  #refusalOf(lane: Lane, line: Buffer): string | undefined {
    if (this.#isClosing) return 'agent_stopped';
    if (line.length > RECORD_BYTES_MAX) return 'record_too_large';
    if (line.length === 0 || line.includes(LF)) return 'record_invalid';
    return this.#queuedBytes + line.length > this.#config.queueBytesMax * QUEUE_SHARE[lane] ? 'queue_full' : undefined;
  }

  #armFlush(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      this.#closeOpenGroups();
      this.#kick();
    }, this.#config.flushMs);
  }

  #closeOpenGroups(): void {
    for (const lane of LANES) this.#queues[lane].closeOpen();
  }

  #dropUnreadable(lane: Lane, seq: number): void {
    if (this.#unreadable.some((known) => known.lane === lane && known.seq === seq)) return;
    this.#deps.log.error({ lane, seq }, 'a stored batch cannot be read and is dropped');
    this.#unreadable.push({ lane, seq });
    this.#kick();
  }

  #kick(): void {
    if (this.#running !== undefined || this.#db === undefined || !this.#hasWork()) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // Work may have come between the last look and here.
      if (!this.#abort.signal.aborted && this.#hasWork()) this.#kick();
    });
  }

  #hasWork(): boolean {
    return (
      this.#acks.size > 0 ||
      this.#unreadable.length > 0 ||
      this.#losses.size > 0 ||
      LANES.some((lane) => this.#queues[lane].closedGroups > 0) ||
      this.#state.gaps.hasDue(this.#deps.clock.monotonic(), this.#gapMs)
    );
  }

  get #gapMs(): number {
    return this.#tellAll ? 0 : this.#config.gapMs;
  }

  /** The only writer. Never rejects. */
  async #run(): Promise<void> {
    while (this.#hasWork() && !this.#abort.signal.aborted) await this.#writeOnce(this.#takeWork());
  }

  #takeWork(): Work {
    const groups = new Map<Lane, readonly Buffer[]>();
    for (const lane of LANES) {
      const group = this.#queues[lane].peek();
      if (group !== undefined) groups.set(lane, group.lines);
    }
    const work = { groups, acks: new Map(this.#acks), unreadable: this.#unreadable, losses: this.#losses };
    this.#losses = new GapBook();
    this.#acks.clear();
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
    } catch (error) {
      if (!(await this.#recover(commit, error))) return this.#giveBack(work);
    }
    this.#settle(work, commit);
  }

  async #write(operations: Commit['operations'], sync: boolean): Promise<void> {
    await this.#db!.batch<string, Buffer | string>(operations, { sync, keyEncoding: 'utf8' });
  }

  #settle(work: Work, commit: Commit): void {
    for (const lane of work.groups.keys()) {
      const queue = this.#queues[lane];
      queue.learn(queue.peek()?.bytes ?? 0, commit.packedOf(lane));
      queue.shift();
    }
    if (work.groups.size > 0) for (const listener of this.#listeners) listener();
  }

  #giveBack(work: Work): void {
    for (const entry of work.losses.entries()) this.#losses.merge(entry);
    for (const [lane, seq] of work.acks) this.#acks.set(lane, Math.max(seq, this.#acks.get(lane) ?? 0));
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
        await this.#openWritable('none');
        this.#isFailing = false;
        this.#backoff.reset();
        this.#deps.log.info({}, 'the spool can be written again');
        return this.epoch === epoch && this.#state.meta.commit === commit.number;
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
