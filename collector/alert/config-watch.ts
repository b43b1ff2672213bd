import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import type { Alarm, AlarmTable } from './alarm-book.js';
import { AlarmBook } from './alarm-book.js';
import { CONFIG_RULE, settledWords, subjectOf, wentBackWords } from './config-texts.js';
import type { About, Telling } from './teller.js';

/** What a box says about its configuration: at each connection, and when that changes. */
export interface SaidOfConfig {
  readonly state: 'local' | 'trial' | 'kept' | 'back' | 'refused';
  readonly running: number;
  readonly failed?: { readonly version: number; readonly code: string; readonly message: string };
}

export interface ConfigWatchDeps extends World {
  readonly alarms: AlarmTable;
  boxes(): Iterable<About>;
  siteName(site: string): Promise<string>;
  tell(about: About, telling: Telling): Promise<unknown>;
}

const PREFIX = 'config:';
const CHECK_MS = 10_000;
/** A box may say what it likes as often as it likes; of one, so often at the most. */
const PAUSE_MS = 60_000;
const TEXT_MAX = 500;

/** Tells when a box took a configuration back, or refused it, and when it has one again that it keeps. */
export class ConfigWatch implements Component {
  readonly name = 'config-watch';
  readonly #deps: ConfigWatchDeps;
  readonly #alarms: AlarmBook;
  /** The last word of each box that is not dealt with; of enrolled boxes alone, so bounded. */
  readonly #said = new Map<string, { readonly box: About; readonly said: SaidOfConfig }>();
  readonly #toldMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(deps: ConfigWatchDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'config-watch' }) };
    this.#alarms = new AlarmBook(deps.alarms);
  }

  async start(): Promise<void> {
    await this.#alarms.start();
    this.#timer = setInterval(() => void this.check(), CHECK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
  }

  onSaid(box: About, said: SaidOfConfig): void {
    this.#said.set(box.agent, { box, said });
    void this.check();
  }

  /** What was said and is not told: now, or later when it cannot be. */
  check(): Promise<void> {
    this.#checking = this.#checking.then(async () => {
      try {
        for (const [agent, word] of [...this.#said]) {
          const isDone = await this.#judge(word.box, word.said);
          if (isDone && this.#said.get(agent) === word) this.#said.delete(agent);
        }
        await this.#forget();
      } catch (error) {
        this.#deps.log.error({ error: describeError(error) }, 'configurations were not judged; tried again');
      }
    });
    return this.#checking;
  }

  /** @returns whether nothing is left to be told */
  async #judge(box: About, { state, running, failed }: SaidOfConfig): Promise<boolean> {
    const alarm = this.#alarms.get(PREFIX + box.agent);
    if (failed !== undefined && (state === 'back' || state === 'refused')) {
      const subject = subjectOf(failed.version, failed.code);
      return alarm?.subject === subject || this.#raise(box, subject, running, state === 'back', failed);
    }
    return alarm === undefined || state === 'trial' || this.#settle(box, alarm, running);
  }

  async #raise(
    box: About,
    subject: string,
    running: number,
    wasTried: boolean,
    { version, code, message }: NonNullable<SaidOfConfig['failed']>,
  ): Promise<boolean> {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - (this.#toldMs.get(box.agent) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return false;
    const site = await this.#deps.siteName(box.site);
    const facts = { site, version, running, wasTried, code, message: message.slice(0, TEXT_MAX) };
    if ((await this.#deps.tell(box, wentBackWords(facts))) === undefined) return false;
    this.#toldMs.set(box.agent, nowMs);
    const { agent, company } = box;
    const sinceMs = this.#deps.clock.now();
    const alarm = { agent, site: box.site, company, rule: CONFIG_RULE, subject, sinceMs };
    await this.#alarms.put(PREFIX + agent, alarm);
    return true;
  }

  async #settle(box: About, { subject, sinceMs }: Alarm, running: number): Promise<boolean> {
    const words = settledWords(await this.#deps.siteName(box.site), running);
    if ((await this.#deps.tell(box, { ...words, subject, since: sinceMs })) === undefined) return false;
    await this.#alarms.delete(PREFIX + box.agent);
    return true;
  }

  /** Boxes that are no more take what was said of them with them. */
  async #forget(): Promise<void> {
    const enrolled = new Set([...this.#deps.boxes()].map(({ agent }) => agent));
    for (const [key, { agent }] of this.#alarms.all(PREFIX)) if (!enrolled.has(agent)) await this.#alarms.delete(key);
    for (const map of [this.#said, this.#toldMs])
      for (const agent of map.keys()) if (!enrolled.has(agent)) map.delete(agent);
  }
}
