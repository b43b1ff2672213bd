import { createLogger } from '../protocol/base/log.js';
import { runUntilStopped } from '../protocol/base/run.js';
import { systemClock } from '../protocol/base/time.js';
import { startAgent } from './compose.js';
import type { AgentConfig } from './config.js';

/** Runs until a signal, then closes in order. */
export async function run(name: string, config: AgentConfig): Promise<void> {
  const log = createLogger(name, config.logLevel);
  await runUntilStopped(() => startAgent(config, { clock: systemClock, random: Math.random, log }), log);
  // Whatever a library may have left open must not keep a stopped agent alive.
  process.exit();
}
