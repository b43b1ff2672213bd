import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { Rejected, Sender } from './batches.js';

/** What is kept of one. */
const CONTENT_BYTES_MAX = 8_192;
/** Kept in all; the oldest go first. */
const LETTERS_MAX = 10_000;

interface Letter {
  readonly at: string;
  readonly site: string;
  readonly agent: string;
  readonly lane?: Lane;
  readonly seq?: number;
  readonly reason: string;
  readonly bytes: number;
  readonly content: string;
}

interface Table {
  put(key: string, value: Letter): Promise<void>;
  delete(key: string): Promise<void>;
  list(options: { limit?: number; reverse?: boolean }): Promise<Array<[string, Letter]>>;
}

/** What could not be stored as a record: kept with its reason, bounded, and shown to people. */
export class DeadLetters {
  readonly #table: Table;
  readonly #clock: World['clock'];
  #count: number | undefined;
  #serial = 0;

  constructor(table: Table, world: World) {
    this.#table = table;
    this.#clock = world.clock;
  }

  async add(sender: Sender, rejected: Rejected): Promise<void> {
    const at = isoMillis(this.#clock.now());
    this.#count ??= (await this.#table.list({})).length;
    this.#serial = (this.#serial + 1) % 1_000_000;
    await this.#table.put(`${at}-${String(this.#serial).padStart(6, '0')}-${sender.agent}`, {
      at,
      site: sender.site,
      agent: sender.agent,
      ...(rejected.lane === undefined ? {} : { lane: rejected.lane }),
      ...(rejected.seq === undefined ? {} : { seq: rejected.seq }),
      reason: rejected.reason,
      bytes: rejected.content.length,
      content: Buffer.from(rejected.content.subarray(0, CONTENT_BYTES_MAX)).toString('base64'),
    });
    this.#count += 1;
    if (this.#count > LETTERS_MAX) await this.#forgetOldest();
  }

  async #forgetOldest(): Promise<void> {
    for (const [key] of await this.#table.list({ limit: (this.#count ?? 0) - LETTERS_MAX })) {
      await this.#table.delete(key);
      this.#count = (this.#count ?? 1) - 1;
    }
  }
}
