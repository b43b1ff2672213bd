import type { Database } from './database.js';
import type { Change } from './journal-lines.js';
import { keyOf, plainKey, rangeOf, type TableName } from './keys.js';
import type { ListOptions, Table } from './table.js';

export interface LevelTableDeps {
  database(): Database;
  /** All of them or none; on disk when it returns. */
  write(changes: readonly Change[]): Promise<void>;
}

/** Deleted at once. */
const CLEARED_AT_ONCE = 1_000;

/** A table of the state database. */
export class LevelTable<T> implements Table<T> {
  readonly #deps: LevelTableDeps;
  readonly #name: TableName;
  /** Changes queue up behind each other: a read and its write are one step. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(name: TableName, deps: LevelTableDeps) {
    this.#name = name;
    this.#deps = deps;
  }

  async get(key: string): Promise<T | undefined> {
    const text = (await this.#deps.database().get(keyOf(this.#name, key))) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  put(key: string, value: T): Promise<void> {
    return this.#inTurn(() => this.#write(key, value));
  }

  putMany(entries: ReadonlyArray<readonly [string, T]>): Promise<void> {
    const changes = entries.map(([key, value]): Change => [keyOf(this.#name, key), JSON.stringify(value)]);
    return this.#inTurn(() => this.#deps.write(changes));
  }

  putIfAbsent(key: string, value: T): Promise<boolean> {
    return this.#inTurn(async () => {
      if ((await this.get(key)) !== undefined) return false;
      await this.#write(key, value);
      return true;
    });
  }

  update(key: string, change: (value: T) => T | undefined): Promise<T | undefined> {
    return this.#inTurn(async () => {
      const value = await this.get(key);
      const changed = value === undefined ? undefined : change(value);
      if (changed !== undefined) await this.#write(key, changed);
      return changed;
    });
  }

  delete(key: string): Promise<void> {
    return this.#inTurn(() => this.#deps.write([[keyOf(this.#name, key)]]));
  }

  async keys(): Promise<string[]> {
    const keys = await this.#deps.database().keys(rangeOf(this.#name)).all();
    return keys.map((key) => plainKey(this.#name, key));
  }

  async list(options: ListOptions = {}): Promise<Array<[string, T]>> {
    const found: Array<[string, T]> = [];
    const iterator = this.#deps.database().iterator({
      ...boundsOf(this.#name, options),
      reverse: options.reverse ?? false,
      limit: options.limit ?? -1,
    });
    for await (const [key, text] of iterator) found.push([plainKey(this.#name, key), JSON.parse(text) as T]);
    return found;
  }

  clearBefore(key: string): Promise<void> {
    return this.#inTurn(async () => {
      const bounds = { ...boundsOf(this.#name, { before: key }), limit: CLEARED_AT_ONCE };
      for (;;) {
        const keys = await this.#deps.database().keys(bounds).all();
        if (keys.length === 0) return;
        await this.#deps.write(keys.map((each): Change => [each]));
      }
    });
  }

  #write(key: string, value: T): Promise<void> {
    return this.#deps.write([[keyOf(this.#name, key), JSON.stringify(value)]]);
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => {});
    return result;
  }
}

function boundsOf(name: TableName, { prefix, from, before }: ListOptions): { gte: string; lt: string } {
  const { gte, lt } = rangeOf(name, prefix);
  const [start, end] = [from, before].map((key) => (key === undefined ? undefined : keyOf(name, key)));
  return { gte: start !== undefined && start > gte ? start : gte, lt: end !== undefined && end < lt ? end : lt };
}
