import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface HousekeepingDeps extends World {
  readonly users: { purge(): Promise<{ sessions: number; tokens: number }> };
  readonly audit: { clearBefore(key: string): Promise<void> };
}

/** Once an hour: forgets sessions and tokens that are over, and audit entries that have been kept for long enough. */
export class Housekeeping implements Component {
  readonly name = 'housekeeping';
  readonly #config: { readonly auditDays: number };
  readonly #deps: HousekeepingDeps;
  #timer: ReturnType<typeof setInterval> | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(config: { readonly auditDays: number }, deps: HousekeepingDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'housekeeping' }) };
  }

  async start(): Promise<void> {
    const work = (): void => {
      this.#work = this.#work.then(() => this.clean());
    };
    work();
    this.#timer = setInterval(work, EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }

  async clean(): Promise<void> {
    try {
      const { sessions, tokens } = await this.#deps.users.purge();
      await this.#deps.audit.clearBefore(isoMillis(this.#deps.clock.now() - this.#config.auditDays * DAY_MS));
      if (sessions + tokens > 0) this.#deps.log.info({ sessions, tokens }, 'what was over is forgotten');
    } catch (error) {
      this.#deps.log.error({ error: describeError(error) }, 'could not forget what is over; tried again in an hour');
    }
  }
}
