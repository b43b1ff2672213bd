import type { Logger } from './log.js';
import type { Clock } from './time.js';

/** What is not ours: time, chance and the log. Passed to every component. */
export interface World {
  readonly clock: Clock;
  /** Uniform in [0, 1), like Math.random. */
  readonly random: () => number;
  readonly log: Logger;
}
