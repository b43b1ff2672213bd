import { describeError } from './errors.js';
import type { Logger } from './log.js';

interface Closable {
  close(): Promise<void>;
}

/**
 * Keeps a program running until SIGINT or SIGTERM, then closes it. A second signal ends it at once. What nobody
 * caught is a bug: it is logged and ends the program, so that its supervisor starts it anew.
 * @param ended resolves with a word when the program wants to end by itself
 */
export async function runUntilStopped(
  start: () => Promise<Closable>,
  log: Logger,
  ended?: Promise<string>,
): Promise<void> {
  const stop = firstSignal();
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.error(
        { error: describeError(error), stack: error instanceof Error ? error.stack : null },
        'a bug: the program ends',
      );
      process.exit(70);
    });
  }
  const scope = await start();
  log.info({ pid: process.pid }, 'started');
  log.info({ signal: await (ended === undefined ? stop : Promise.race([stop, ended])) }, 'stopping');
  await scope.close();
  log.info({}, 'stopped');
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let hasCome = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (hasCome) process.exit(1);
        hasCome = true;
        resolve(signal);
      });
    }
  });
}
