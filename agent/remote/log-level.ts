import type { AdjustableLog, LogLevel } from '../../protocol/base/log.js';

const MINUTE_MS = 60_000;

/** Another log level for a time; afterwards, and with the next start, it is the configured one again. */
export class PassingLogLevel {
  readonly #log: AdjustableLog;
  readonly #usual: LogLevel;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: AdjustableLog, usual: LogLevel) {
    this.#log = log;
    this.#usual = usual;
  }

  set(level: LogLevel, minutes: number): void {
    clearTimeout(this.#timer);
    this.#log.level = level;
    this.#timer = setTimeout(() => this.end(), minutes * MINUTE_MS);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#log.level = this.#usual;
  }
}
