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
