import type { Logger } from '../../protocol/base/log.js';
import type { Clock } from '../../protocol/base/time.js';

/** The same about the same, once in so long. */
const QUIET_MS = 10_000;
/** Whoever invents names does not fill the memory: beyond this, all that are new share one line. */
const SUBJECTS_MAX = 1_000;

interface Said {
  atMs: number;
  more: number;
}

/** Says what is wrong with a connection in one line, and not again and again: a hostile client must not fill the log. */
export class Complaints {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #said = new Map<string, Said>();

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** @param subject an agent's id; '' for strangers, whose addresses are many */
  say(subject: string, message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    const nowMs = this.#clock.monotonic();
    const said = this.#find(`${subject}\n${message}`, nowMs);
    if (said.more >= 0 && nowMs - said.atMs < QUIET_MS) {
      said.more += 1;
      return;
    }
    const more = Math.max(0, said.more);
    this.#log.warn({ ...(subject === '' ? {} : { agent: subject }), ...facts, ...(more > 0 ? { more } : {}) }, message);
    said.atMs = nowMs;
    said.more = 0;
  }

  #find(key: string, nowMs: number): Said {
    if (!this.#said.has(key) && this.#said.size >= SUBJECTS_MAX) this.#forget(nowMs);
    const name = this.#said.has(key) || this.#said.size < SUBJECTS_MAX ? key : '';
    let said = this.#said.get(name);
    if (said === undefined) {
      // Not said yet.
      said = { atMs: nowMs, more: -1 };
      this.#said.set(name, said);
    }
    return said;
  }

  #forget(nowMs: number): void {
    for (const [key, { atMs }] of this.#said) if (nowMs - atMs >= QUIET_MS) this.#said.delete(key);
  }
}
