import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import type { KeptContact, Presences } from './presence.js';

/** What a crash may cost of the knowledge of who was heard when. */
const KEEP_MS = 30_000;

export interface ContactBookDeps extends World {
  readonly presences: Presences;
  /** The boxes that are enrolled now. */
  agents(): Iterable<{ readonly agent: string }>;
  readonly contacts: {
    list(): Promise<Array<[string, KeptContact]>>;
    putMany(entries: ReadonlyArray<readonly [string, KeptContact]>): Promise<void>;
    delete(key: string): Promise<void>;
  };
}

/** Keeps on disk when each box was heard last, so that a restart of the collector does not forget it. */
export class ContactBook implements Component {
  readonly name = 'contact-book';
  readonly #deps: ContactBookDeps;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: ContactBookDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'contact-book' }) };
  }

  async start(): Promise<void> {
    const enrolled = new Set([...this.#deps.agents()].map(({ agent }) => agent));
    for (const [agent, kept] of await this.#deps.contacts.list()) {
      if (enrolled.has(agent)) this.#deps.presences.restore(agent, kept);
      else await this.#deps.contacts.delete(agent);
    }
    this.#timer = setInterval(() => this.#keep(false), KEEP_MS);
  }

  async close(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#keep(true);
    await this.#writing;
  }

  #keep(isEnd: boolean): void {
    const changed = this.#deps.presences.takeChanged(isEnd);
    if (changed.length === 0) return;
    this.#writing = this.#writing
      .then(() => this.#deps.contacts.putMany(changed))
      .catch((error: unknown) => {
        this.#deps.presences.takeBack(changed.map(([agent]) => agent));
        this.#deps.log.warn({ error: describeError(error) }, 'last contacts could not be kept; tried again');
      });
  }
}
