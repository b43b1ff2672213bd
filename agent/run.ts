import { describeError } from '../protocol/base/errors.js';
import { createLogger } from '../protocol/base/log.js';
import type { Scope } from '../protocol/base/scope.js';
import { systemClock } from '../protocol/base/time.js';
import { startAgent } from './compose.js';
import type { AgentConfig } from './config.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const SECOND_SIGNAL_EXIT = 130;

/** Runs until a signal, then closes in order. A second signal ends at once. */
export async function run(name: string, config: AgentConfig): Promise<void> {
  const log = createLogger(name, config.logLevel);
  const world = { clock: systemClock, random: Math.random, log };
  const onBug = (error: unknown): never => {
    // State is unknown after a bug of ours: the supervisor starts a new process, and the spool stands a kill.
    log.error({ reason: describeError(error), stack: error instanceof Error ? error.stack : '' }, 'unexpected error');
    process.exit(1);
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);
  const stopped = new Promise<void>((resolve) => {
    let signals = 0;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        signals += 1;
        if (signals > 1) process.exit(SECOND_SIGNAL_EXIT);
        log.info({ signal }, 'stopping');
        resolve();
      });
    }
  });
  const scope: Scope = await startAgent(config, world);
  log.info({ data: config.data }, 'agent started');
  await stopped;
  await scope.close();
  log.info({}, 'agent stopped');
  // Whatever a library may have left open must not keep a stopped agent alive.
  process.exit(0);
}
