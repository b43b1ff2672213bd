import { describeError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { Access } from './identity.js';

/** The same look again within this time is the same look: a live page asks every second. */
const SAME_LOOK_MS = 5 * 60_000;
const LOOKS_MAX = 10_000;

interface Entry {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly company?: string;
  readonly detail?: string;
}

/** Who looked at or changed what. Append-only; keys are ordered by time. */
export class Audit {
  readonly #table: { put(key: string, value: Entry): Promise<void> };
  readonly #world: World;
  readonly #looks = new Map<string, number>();
  #serial = 0;

  constructor(table: { put(key: string, value: Entry): Promise<void> }, world: World) {
    this.#table = table;
    this.#world = world;
  }

  /** A change: on disk before it is answered. */
  async change(access: Access, what: string, facts: { company?: string; detail?: string } = {}): Promise<void> {
    const at = isoMillis(this.#world.clock.now());
    this.#serial = (this.#serial + 1) % 1_000_000;
    await this.#table.put(`${at}-${String(this.#serial).padStart(6, '0')}`, { at, who: access.who, what, ...facts });
  }

  /** A look: written beside the answer. */
  look(access: Access, what: string, detail: string): void {
    const now = this.#world.clock.monotonic();
    const key = `${access.who}\0${what}\0${detail}`;
    const before = this.#looks.get(key);
    if (before !== undefined && now - before < SAME_LOOK_MS) return;
    if (this.#looks.size >= LOOKS_MAX) this.#looks.clear();
    this.#looks.set(key, now);
    const companies = access.companies?.join(',');
    this.change(access, what, { detail, ...(companies === undefined ? {} : { company: companies }) }).catch(
      (error: unknown) => {
        this.#world.log.error({ error: describeError(error) }, 'audit entry could not be written');
      },
    );
  }
}
