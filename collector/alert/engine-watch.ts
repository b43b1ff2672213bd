import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import { AlarmBook, type AlarmTable } from './alarm-book.js';
import { causeOf, ENGINE_RULE, restartedWords, steadyWords } from './engine-texts.js';
import { type Telling, THE_COLLECTOR } from './teller.js';

export interface EngineWatchConfig {
  /** Without another end for so long: it is over. */
  readonly engineSteadyS: number;
}

export interface EngineWatchDeps extends World {
  readonly alarms: AlarmTable;
  /** @returns undefined when it could not be written: tried again */
  tell(telling: Telling): Promise<unknown>;
}

interface Restart {
  readonly reason: string;
  readonly awayMs: number;
  /** When the engine ended, in milliseconds since the epoch. */
  readonly endedMs: number;
}

const KEY = 'engine';
const CHECK_MS = 1_000;
/** After a try that could not be written. */
const RETRY_MS = 30_000;
/** While it goes on it is told again once in so long. */
const REPEAT_MS = 3_600_000;

/**
 * Tells that the telemetry engine ended and came back: once, however often it does so in a row, again after an hour
 * while that lasts, and its end. What is told lies in the engine, so it can be told only when it is back; what it was
 * is kept here until then.
 */
export class EngineWatch implements Component {
  readonly name = 'engine-watch';
  readonly #config: EngineWatchConfig;
  readonly #deps: EngineWatchDeps;
  readonly #alarms: AlarmBook;
  /** The newest that is not told. */
  #news: Restart | undefined;
  /** In this run of the collector and since it was raised. */
  #count = 0;
  #steadySinceMs: number;
  #toldMs = Number.NEGATIVE_INFINITY;
  #failedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(config: EngineWatchConfig, deps: EngineWatchDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'engine-watch' }) };
    this.#alarms = new AlarmBook(deps.alarms);
    this.#steadySinceMs = deps.clock.monotonic();
  }

  async start(): Promise<void> {
    await this.#alarms.start();
    this.#count += this.#alarms.get(KEY)?.told ?? 0;
    this.#timer = setInterval(() => this.#look(), CHECK_MS);
    // Of restarts while the collector itself was starting.
    this.#look();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
  }

  /** It answers again. @param reason of its end, in the supervisor's words */
  onRestarted(reason: string, awayMs: number): void {
    this.#count += 1;
    this.#steadySinceMs = this.#deps.clock.monotonic();
    this.#news = { reason, awayMs, endedMs: this.#deps.clock.now() - awayMs };
    if (this.#timer !== undefined) this.#look();
  }

  #look(): void {
    this.#checking ??= this.check()
      .catch((error: unknown) => this.#deps.log.error({ error: describeError(error) }, 'the engine was not judged'))
      .finally(() => {
        this.#checking = undefined;
      });
  }

  async check(): Promise<void> {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#failedMs < RETRY_MS) return;
    const alarm = this.#alarms.get(KEY);
    if (this.#news !== undefined && alarm === undefined) await this.#tellNews('raised', this.#news);
    else if (this.#news !== undefined && nowMs - this.#toldMs >= REPEAT_MS)
      await this.#tellNews('repeated', this.#news);
    else if (alarm !== undefined && nowMs - this.#steadySinceMs >= this.#config.engineSteadyS * 1_000)
      await this.#tellEnd(alarm.subject, alarm.sinceMs);
  }

  async #tellNews(state: 'raised' | 'repeated', news: Restart): Promise<void> {
    const cause = causeOf(news.reason);
    const since = this.#alarms.get(KEY)?.sinceMs ?? news.endedMs;
    const told = this.#count;
    const words = restartedWords(state, { ...news, cause, count: told });
    if (!(await this.#tell({ ...words, since }))) return;
    this.#toldMs = this.#deps.clock.monotonic();
    if (this.#news === news) this.#news = undefined;
    await this.#alarms.put(KEY, { ...THE_COLLECTOR, rule: ENGINE_RULE, subject: cause, sinceMs: since, told });
  }

  async #tellEnd(subject: string, since: number): Promise<void> {
    const count = Math.max(1, this.#count);
    const minutes = Math.max(1, Math.round(this.#config.engineSteadyS / 60));
    if (!(await this.#tell({ ...steadyWords(subject, count, minutes), since }))) return;
    this.#news = undefined;
    this.#count = 0;
    await this.#alarms.delete(KEY);
  }

  async #tell(telling: Telling): Promise<boolean> {
    const isTold = (await this.#deps.tell(telling)) !== undefined;
    if (!isTold) this.#failedMs = this.#deps.clock.monotonic();
    return isTold;
  }
}
