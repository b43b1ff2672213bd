import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Registry } from 'prom-client';
import { Backoff } from '../../../protocol/base/backoff.js';
import { CodedError, describeError, hasCode } from '../../../protocol/base/errors.js';
import type { World } from '../../../protocol/base/world.js';
import type { AnyRecord } from '../../../protocol/records/records.js';
import type { Found, Packed } from '../../ingest/batches.js';
import type { Damage } from '../damage.js';
import type { LaneMark, SearchRequest, TelemetryStore, Usage } from '../telemetry.js';
import { Calls } from './calls.js';
import { type EngineExit, EngineProcess, isCrash, reasonOf } from './engine-process.js';
import { type EngineArgument, errorOf, type Failure, type Word } from './messages.js';
import { measureEngine } from './metrics.js';
import { endStaleEngine, forgetEngine, rememberEngine } from './stale.js';
import { Waiting } from './waiting.js';

export interface EngineDeps extends World {
  readonly metrics?: Registry;
  /** It is back after it ended by itself or had to be killed. @param awayMs since it ended */
  onRestarted?(reason: string, awayMs: number): void;
  /** For tests: another program in place of the engine. */
  readonly program?: string;
}

const CHECK_MS = 200;
/** A query has its own limit inside of the engine; past this it does not listen. */
const QUERY_GRACE_MS = 10_000;
/** How long a query waits for an engine that is being restarted. */
const AWAY_WAIT_MS = 20_000;
const CLOSE_WAIT_MS = 20_000;
const RESTART = { baseMs: 50, maxMs: 10_000 };
/** An engine that ran for this long is restarted without delay. */
const STEADY_MS = 30_000;
/** Marks are read over the whole table. */
const MARKS_MS = 3_600_000;
const MARKS_ATTEMPTS = 5;
/** Another engine, no room, no permission: the folder itself may be whole. */
const NOT_DAMAGE = /\block(?:ed)?\b|no space|permission|read-only|in time|memory|EACCES|ENOSPC|EROFS/i;
const OPEN_DEATHS_MAX = 3;
const BACKUP_MS = 24 * 3_600_000;
const INSERT_MS_MAX = 3_600_000;
const WRITES: ReadonlySet<string> = new Set(['insert', 'unpack', 'write']);

/**
 * The telemetry store in a process of its own. It is started anew when it crashes, does not answer in time, falls
 * silent or takes too much memory. What was asked of it then fails with a code: an insert is repeated by its owner
 * under its name and counts once, a query is for its asker to repeat.
 */
export class Engine implements TelemetryStore {
  readonly name = 'store';
  readonly #config: EngineArgument['config'];
  readonly #folder: string;
  readonly #deps: EngineDeps;
  readonly #calls: Calls;
  readonly #backoff: Backoff;
  #process: EngineProcess | undefined;
  #isReady = false;
  #isClosing = false;
  #isFull = false;
  #startedMs = 0;
  #heardMs = 0;
  #checkedMs = 0;
  #insertLateCount = 0;
  #queries = 0;
  #openDeaths = 0;
  #whyKilled: string | undefined;
  #unable: Failure | undefined;
  #restartReason: string | undefined;
  #endedMs = 0;
  #isStarved = false;
  readonly #waiting = new Waiting();
  #onExit: (() => void) | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  readonly counters = { restarts: 0, residentBytes: 0 };

  /** @param folder of the embedded engine; one process at a time */
  constructor(config: EngineArgument['config'], folder: string, deps: EngineDeps) {
    this.#config = config;
    this.#folder = folder;
    this.#deps = { ...deps, log: deps.log.child({ component: 'engine' }) };
    this.#calls = new Calls(deps.clock);
    this.#backoff = new Backoff(RESTART, deps.random);
    if (deps.metrics !== undefined) measureEngine(deps.metrics, this.counters);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** @throws STORE_OPEN_FAILED when the table cannot be opened */
  async start(): Promise<void> {
    const stale = await endStaleEngine(this.#pidFile);
    if (stale !== undefined) this.#deps.log.warn({ pid: stale }, 'ended the engine of an earlier collector');
    this.#checkTimer = setInterval(() => this.#check(), CHECK_MS);
    this.#launch();
    try {
      await this.#ready(this.#config.startS * 1_000, true);
    } catch (error) {
      await this.#startAnew(error);
    }
  }

  /** A folder that cannot be opened where an empty one can: its parts are brought into a new one. */
  async #startAnew(why: unknown): Promise<void> {
    const { url, restoreFrom } = this.#config;
    const isOurs = url === undefined && restoreFrom === undefined && this.#deps.program === undefined;
    if (!isOurs || !existsSync(this.#folder) || NOT_DAMAGE.test(describeError(why))) throw why;
    const damaged = `${this.#folder}.damaged-${this.#deps.clock.now()}`;
    await this.#stopRun();
    renameSync(this.#folder, damaged);
    this.#launch();
    try {
      await this.#ready(this.#config.startS * 1_000, true);
    } catch {
      // It is not for the folder.
      await this.#stopRun();
      rmSync(this.#folder, { recursive: true, force: true });
      renameSync(damaged, this.#folder);
      throw why;
    }
    const parts = await this.#query('salvage', MARKS_MS, damaged);
    this.#deps.log.error(
      { why: describeError(why), damaged, parts },
      'the table could not be opened; its parts were taken over into a new one, the rest was put aside',
    );
    this.#salvaged = damaged;
  }

  /** Until the next launch nothing runs. */
  async #stopRun(): Promise<void> {
    clearTimeout(this.#restartTimer);
    const running = this.#process;
    if (running !== undefined) {
      const over = this.#exit();
      this.#kill('its folder is looked at');
      running.kill();
      await over;
    }
    clearTimeout(this.#restartTimer);
    this.#restartReason = undefined;
  }

  /** Where the folder lies that could not be opened at the start; undefined when it could. */
  get salvaged(): string | undefined {
    return this.#salvaged;
  }
  #salvaged: string | undefined;

  /** What was found damaged since this was asked before. */
  async damages(): Promise<readonly Damage[]> {
    return (await this.#query('damages', this.#queryMs)) as Damage[];
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#restartTimer);
    clearInterval(this.#checkTimer);
    const running = this.#process;
    if (running !== undefined) await this.#end(running);
    this.#calls.failAll('closing');
    this.#waiting.wake();
    forgetEngine(this.#pidFile);
  }

  async insert(rows: readonly AnyRecord[], token = ''): Promise<void> {
    if (rows.length > 0) await this.#write('insert', rows, token);
  }

  async unpack(name: string, group: readonly Packed[], ingestedMs: number): Promise<Found[]> {
    return (await this.#write('unpack', name, group, ingestedMs)) as Found[];
  }

  async write(name: string, attempt: number): Promise<void> {
    await this.#write('write', name, attempt);
  }

  /** Asked again when the engine ends meanwhile: without the marks a collector cannot start. */
  async marks(): Promise<LaneMark[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#query('marks', MARKS_MS)) as LaneMark[];
      } catch (error) {
        if (!hasCode(error, 'STORE_ENGINE_ENDED') || attempt >= MARKS_ATTEMPTS) throw error;
      }
    }
  }

  async search(request: SearchRequest): Promise<AnyRecord[]> {
    return JSON.parse((await this.#query('search', this.#queryMs, request)) as string) as AnyRecord[];
  }

  async count(request: Omit<SearchRequest, 'limit'>): Promise<number> {
    return (await this.#query('count', this.#queryMs, request)) as number;
  }

  async usage(): Promise<Usage> {
    return (await this.#query('usage', this.#queryMs)) as Usage;
  }

  /** @param folder absolute, not there yet @throws BACKUP_FAILED, STORE_ENGINE_ENDED */
  async backup(folder: string): Promise<void> {
    await this.#query('backup', BACKUP_MS, folder);
  }

  /** While the disk is full nothing is written; what is asked to be waits or is turned away by its owner. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull;
  }

  async ping(): Promise<void> {
    await this.#query('ping', this.#queryMs);
  }

  get #pidFile(): string {
    return `${this.#folder}.engine`;
  }

  get #queryMs(): number {
    return this.#config.queryS * 1_000 + QUERY_GRACE_MS;
  }

  async #write(operation: string, ...args: unknown[]): Promise<unknown> {
    if (this.#isFull) throw new CodedError('STORE_WRITE_FAILED', 'the disk is full');
    if (!(await this.#ready(AWAY_WAIT_MS))) {
      throw new CodedError('STORE_WRITE_FAILED', 'the engine is away', { reason: this.#awayReason });
    }
    const limitMs = Math.min(this.#config.insertS * 1_000 * 2 ** this.#insertLateCount, INSERT_MS_MAX);
    const value = await this.#call(operation, false, limitMs, args);
    this.#insertLateCount = 0;
    return value;
  }

  async #query(operation: string, limitMs: number, ...args: unknown[]): Promise<unknown> {
    if (this.#queries >= this.#config.queriesMax) {
      throw new CodedError('STORE_BUSY', 'too many queries wait', { queriesMax: this.#config.queriesMax });
    }
    this.#queries += 1;
    try {
      if (!(await this.#ready(AWAY_WAIT_MS))) {
        throw new CodedError('STORE_ENGINE_ENDED', 'the engine is being restarted', { reason: this.#awayReason });
      }
      // They are answered in turn: each one in front has its time as well.
      return await this.#call(operation, true, limitMs * this.#queries, args);
    } finally {
      this.#queries -= 1;
    }
  }

  #call(operation: string, isQuery: boolean, limitMs: number, args: readonly unknown[]): Promise<unknown> {
    const { id, answer } = this.#calls.add(operation, isQuery, limitMs);
    this.#process?.send({ id, operation, args });
    return answer;
  }

  get #awayReason(): string {
    return this.#unable?.message ?? this.#restartReason ?? 'not open';
  }

  /** Waits until the engine answers. @returns false when it did not in time */
  async #ready(waitMs: number, isFirst = false): Promise<boolean> {
    const endMs = this.#deps.clock.monotonic() + waitMs;
    while (!this.#isReady) {
      const leftMs = endMs - this.#deps.clock.monotonic();
      if (isFirst && this.#unable !== undefined) throw errorOf(this.#unable);
      if (this.#isClosing || leftMs <= 0) {
        if (isFirst) throw new CodedError('STORE_OPEN_FAILED', 'the engine did not open the table in time');
        return false;
      }
      await this.#waiting.until(leftMs);
    }
    return true;
  }

  #launch(): void {
    const nowMs = this.#deps.clock.monotonic();
    this.#startedMs = nowMs;
    this.#heardMs = nowMs;
    this.#whyKilled = undefined;
    this.#unable = undefined;
    this.#isStarved = false;
    const argument: EngineArgument = { config: this.#config, folder: this.#folder };
    this.#process = new EngineProcess(
      argument,
      { onWord: (word) => this.#onWord(word), onExit: (exit) => this.#onExited(exit) },
      this.#deps.program,
    );
    rememberEngine(this.#pidFile, this.#process.pid);
  }

  #onWord(word: Word): void {
    this.#heardMs = this.#deps.clock.monotonic();
    if (word.kind === 'value') this.#calls.settle(word.id, (call) => call.resolve(word.value));
    else if (word.kind === 'failure') this.#onFailure(word.id, word.failure);
    else if (word.kind === 'log') this.#deps.log[word.level](word.facts, word.event);
    else if (word.kind === 'ready') this.#onReady();
    else if (word.kind === 'unable') this.#onUnable(word.failure);
  }

  /** One that has no memory left says so, and ends. */
  #onFailure(id: number, failure: Failure): void {
    this.#isStarved ||= failure.facts['starved'] === true;
    this.#calls.settle(id, (call) => call.reject(errorOf(failure)));
  }

  #onReady(): void {
    this.#openDeaths = 0;
    this.#isReady = true;
    this.#waiting.wake();
    const reason = this.#restartReason;
    this.#deps.log.info({ pid: this.pid, restarts: this.counters.restarts }, 'engine is open');
    if (reason === undefined) return;
    this.#restartReason = undefined;
    this.#deps.onRestarted?.(reason, this.#deps.clock.monotonic() - this.#endedMs);
  }

  #onUnable(failure: Failure): void {
    this.#unable = failure;
    this.#waiting.wake();
    this.#kill(`unable to open: ${failure.message}`);
  }

  /** Looks after its memory, its deadlines and its word. */
  #check(): void {
    const nowMs = this.#deps.clock.monotonic();
    // It was this process that slept.
    if (nowMs - this.#checkedMs > 5 * CHECK_MS) this.#heardMs = Math.max(this.#heardMs, nowMs - CHECK_MS);
    this.#checkedMs = nowMs;
    const running = this.#process;
    if (running === undefined || this.#whyKilled !== undefined) return;
    this.counters.residentBytes = running.residentBytes;
    const overdue = this.#calls.overdue();
    if (this.counters.residentBytes > this.#config.engineBytesMax) {
      this.#kill(`memory: ${Math.round(this.counters.residentBytes / 2 ** 20)} MiB`);
    } else if (overdue !== undefined) {
      if (WRITES.has(overdue)) this.#insertLateCount += 1;
      this.#kill(`no answer in time: ${overdue}`);
    } else if (this.#isReady ? nowMs - this.#heardMs > this.#config.hungS * 1_000 : this.#isLateToOpen(nowMs)) {
      this.#kill(this.#isReady ? 'hung' : 'did not open the table in time');
    }
  }

  /** It says nothing while it opens the table. */
  #isLateToOpen(nowMs: number): boolean {
    return nowMs - this.#startedMs > this.#config.startS * 1_000;
  }

  #kill(reason: string): void {
    if (this.#whyKilled !== undefined) return;
    this.#whyKilled = reason;
    this.#deps.log.error({ reason, pid: this.pid, running: this.#calls.operations }, 'engine is killed');
    this.#process?.kill();
  }

  #onExited({ said, ...exit }: EngineExit): void {
    const reason = this.#whyKilled ?? reasonOf(exit, this.#isStarved);
    const running = this.#calls.operations;
    this.#process = undefined;
    const isCrashed = this.#whyKilled === undefined && isCrash(exit);
    if (!this.#isReady && isCrashed) this.#onCrashedInOpening(reason);
    this.#isReady = false;
    if (this.#restartReason === undefined) this.#endedMs = this.#deps.clock.monotonic();
    this.#restartReason ??= reason;
    this.#calls.failAll(reason, isCrashed);
    this.#onExit?.();
    if (this.#isClosing) return;
    if (this.#deps.clock.monotonic() - this.#startedMs >= STEADY_MS) this.#backoff.reset();
    const waitMs = Math.round(this.#backoff.next());
    this.counters.restarts += 1;
    this.#deps.log.error({ reason, running, waitMs, ...(said === '' ? {} : { said }) }, 'engine is started again');
    this.#restartTimer = setTimeout(() => this.#launch(), waitMs);
  }

  /** Once may be chance. Who is killed from outside says nothing about the table. */
  #onCrashedInOpening(reason: string): void {
    this.#openDeaths += 1;
    if (this.#openDeaths < OPEN_DEATHS_MAX) return;
    this.#unable = {
      code: 'STORE_OPEN_FAILED',
      message: `the engine ends while it opens the table: ${reason}`,
      facts: {},
    };
    this.#waiting.wake();
  }

  /** Of the run that is there now. */
  #exit(): Promise<void> {
    return new Promise((resolve) => {
      this.#onExit = resolve;
    });
  }

  async #end(running: EngineProcess): Promise<void> {
    const over = this.#exit();
    running.send({ id: 0, operation: 'close', args: [] });
    const timer = setTimeout(() => running.kill(), this.#isReady ? CLOSE_WAIT_MS : 0);
    await over;
    clearTimeout(timer);
  }
}
