import { join } from 'node:path';
import { createAdjustableLogger } from '../protocol/base/log.js';
import { runUntilStopped } from '../protocol/base/run.js';
import { systemClock } from '../protocol/base/time.js';
import { startAgent } from './compose.js';
import { type AgentOptions, loadAgentConfig } from './config.js';
import { Generations } from './generations.js';
import { Desired } from './remote/remote.js';

/** EX_TEMPFAIL of sysexits: whoever supervises the agent is asked to start it again. */
export const RESTART_CODE = 75;

/** Runs until a signal, or until a restart is asked for from afar; then closes in order. */
export async function run(name: string, options: AgentOptions): Promise<void> {
  const own = loadAgentConfig(options);
  const adjustable = createAdjustableLogger(name, own.logLevel);
  const { log } = adjustable;
  let isRestart = false;
  let end: (word: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const generations = new Generations({
    log,
    desired: new Desired(join(own.data, 'remote'), log),
    load: (settings) => loadAgentConfig(options, settings),
    start: (config, control) => {
      adjustable.level = config.logLevel;
      return startAgent(config, { clock: systemClock, random: Math.random, log }, { ...control, adjustable });
    },
    restart: () => {
      isRestart = true;
      end('restart from afar');
    },
    onLost: () => end('the agent could not go on'),
  });
  await runUntilStopped(
    async () => {
      await generations.start();
      return generations;
    },
    log,
    ended,
  );
  // Whatever a library may have left open must not keep a stopped agent alive.
  process.exit(isRestart ? RESTART_CODE : generations.isLost ? 1 : 0);
}
