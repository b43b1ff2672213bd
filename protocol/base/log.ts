import { pino } from 'pino';

/** Structured: facts first, then the event in lower case. Secrets and payload stay out. */
export interface Logger {
  debug(facts: object, event: string): void;
  info(facts: object, event: string): void;
  warn(facts: object, event: string): void;
  error(facts: object, event: string): void;
  child(bindings: object): Logger;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes NDJSON to standard error, synchronously, so that the last line before a crash is there. */
export function createLogger(name: string, level: LogLevel): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  // Nobody reads it any more (EPIPE), or its disk is full: no reason to end.
  destination.on('error', () => {});
  return pino({ name, level, base: { name } }, destination);
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};

/** A log whose level can be changed while it is used, also of loggers that were made from it before. */
export interface AdjustableLog {
  readonly log: Logger;
  level: LogLevel;
  /** The last lines that were written, oldest first. */
  lastLines(): string[];
}

const LAST_LINES_MAX = 500;
const LINE_CHARACTERS_MAX = 2_000;

/** As `createLogger`. */
export function createAdjustableLogger(name: string, level: LogLevel): AdjustableLog {
  const lines: string[] = [];
  const out = pino.destination({ dest: 2, sync: true });
  const sink = {
    write(line: string): void {
      out.write(line);
      lines.push(line.trimEnd().slice(0, LINE_CHARACTERS_MAX));
      if (lines.length > LAST_LINES_MAX) lines.shift();
    },
  };
  const state = { level, lastLines: () => [...lines] };
  const all = pino({ name, level: 'debug', base: { name } }, sink);
  return Object.assign(state, { log: new LeveledLogger(all, state) });
}

type Severity = 'debug' | 'info' | 'warn' | 'error';

class LeveledLogger implements Logger {
  readonly #inner: Logger;
  readonly #state: { readonly level: LogLevel };

  constructor(inner: Logger, state: { readonly level: LogLevel }) {
    this.#inner = inner;
    this.#state = state;
  }

  debug(facts: object, event: string): void {
    if (this.#isWanted('debug')) this.#inner.debug(facts, event);
  }

  info(facts: object, event: string): void {
    if (this.#isWanted('info')) this.#inner.info(facts, event);
  }

  warn(facts: object, event: string): void {
    if (this.#isWanted('warn')) this.#inner.warn(facts, event);
  }

  error(facts: object, event: string): void {
    if (this.#isWanted('error')) this.#inner.error(facts, event);
  }

  child(bindings: object): Logger {
    return new LeveledLogger(this.#inner.child(bindings), this.#state);
  }

  #isWanted(severity: Severity): boolean {
    return LOG_LEVELS.indexOf(severity) >= LOG_LEVELS.indexOf(this.#state.level);
  }
}
