import type { AbstractLevel } from 'abstract-level';
import { Level } from 'level';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { keyOf, plainKey, rangeOf, type TableName } from './keys.js';
import type { ListOptions, Table } from './table.js';
import type {
  Agent,
  Alarm,
  AuditEntry,
  Company,
  Contact,
  DeadLetter,
  DoneMark,
  Enrolment,
  Session,
  Site,
  Token,
  User,
} from './types.js';

type Database = AbstractLevel<string | Buffer | Uint8Array, string, string>;

export interface Tables {
  readonly companies: Table<Company>;
  readonly sites: Table<Site>;
  readonly agents: Table<Agent>;
  readonly enrolments: Table<Enrolment>;
  readonly users: Table<User>;
  readonly tokens: Table<Token>;
  readonly sessions: Table<Session>;
  readonly audit: Table<AuditEntry>;
  readonly deadLetters: Table<DeadLetter>;
  readonly doneMarks: Table<DoneMark>;
  readonly contacts: Table<Contact>;
  readonly alarms: Table<Alarm>;
}

/** What is read and changed by key: companies, sites, agents, people, and the audit log. */
export class State implements Component {
  readonly name = 'state';
  readonly tables: Tables;
  readonly #database: Database;
  readonly #place: string;

  /** @param place a folder, or an opened database (MemoryLevel in tests) */
  constructor(place: string | Database) {
    this.#place = typeof place === 'string' ? place : 'memory';
    this.#database = typeof place === 'string' ? (new Level(place) as unknown as Database) : place;
    const table = <T>(name: TableName): Table<T> => new LevelTable<T>(this.#database, name);
    this.tables = {
      companies: table('companies'),
      sites: table('sites'),
      agents: table('agents'),
      enrolments: table('enrolments'),
      users: table('users'),
      tokens: table('tokens'),
      sessions: table('sessions'),
      audit: table('audit'),
      deadLetters: table('deadLetters'),
      doneMarks: table('doneMarks'),
      contacts: table('contacts'),
      alarms: table('alarms'),
    };
  }

  /** @throws STATE_OPEN_FAILED */
  async start(): Promise<void> {
    try {
      await this.#database.open();
    } catch (error) {
      const why = describeError(error).includes('lock') ? 'another collector is using it' : 'could not open it';
      throw new CodedError('STATE_OPEN_FAILED', `state in ${this.#place}: ${why}`, {}, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** Every entry, as it is at this moment, with keys as they are stored. */
  async *dump(): AsyncGenerator<readonly [key: string, value: string]> {
    for await (const [key, value] of this.#database.iterator()) yield [key, value];
  }

  /** Takes what `dump` gave. */
  async load(entries: AsyncIterable<readonly [key: string, value: string]>): Promise<void> {
    let writes: Array<{ type: 'put'; key: string; value: string }> = [];
    for await (const [key, value] of entries) {
      writes.push({ type: 'put', key, value });
      if (writes.length < LOADED_AT_ONCE) continue;
      await this.#database.batch(writes);
      writes = [];
    }
    await this.#database.batch(writes, SYNCED);
  }
}

class LevelTable<T> implements Table<T> {
  readonly #database: Database;
  readonly #name: TableName;
  /** Changes queue up behind each other: a read and its write are one step. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(database: Database, name: TableName) {
    this.#database = database;
    this.#name = name;
  }

  async get(key: string): Promise<T | undefined> {
    const text = (await this.#database.get(keyOf(this.#name, key))) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  put(key: string, value: T): Promise<void> {
    return this.#inTurn(() => this.#write(key, value));
  }

  putMany(entries: ReadonlyArray<readonly [string, T]>): Promise<void> {
    const writes = entries.map(([key, value]) => ({
      type: 'put' as const,
      key: keyOf(this.#name, key),
      value: JSON.stringify(value),
    }));
    return this.#inTurn(() => this.#database.batch(writes, SYNCED));
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
    return this.#inTurn(() => this.#database.batch([{ type: 'del', key: keyOf(this.#name, key) }], SYNCED));
  }

  async keys(): Promise<string[]> {
    const keys = await this.#database.keys(rangeOf(this.#name)).all();
    return keys.map((key) => plainKey(this.#name, key));
  }

  async list(options: ListOptions = {}): Promise<Array<[string, T]>> {
    const found: Array<[string, T]> = [];
    const iterator = this.#database.iterator({
      ...boundsOf(this.#name, options),
      reverse: options.reverse ?? false,
      limit: options.limit ?? -1,
    });
    for await (const [key, text] of iterator) found.push([plainKey(this.#name, key), JSON.parse(text) as T]);
    return found;
  }

  clearBefore(key: string): Promise<void> {
    return this.#inTurn(() => this.#database.clear(boundsOf(this.#name, { before: key })));
  }

  #write(key: string, value: T): Promise<void> {
    const entry = { type: 'put' as const, key: keyOf(this.#name, key), value: JSON.stringify(value) };
    return this.#database.batch([entry], SYNCED);
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => {});
    return result;
  }
}

const LOADED_AT_ONCE = 1_000;

/** Of classic-level; the interface of all levels does not name it. */
const SYNCED = { sync: true } as object;

function boundsOf(name: TableName, { prefix, from, before }: ListOptions): { gte: string; lt: string } {
  const { gte, lt } = rangeOf(name, prefix);
  const [start, end] = [from, before].map((key) => (key === undefined ? undefined : keyOf(name, key)));
  return { gte: start !== undefined && start > gte ? start : gte, lt: end !== undefined && end < lt ? end : lt };
}
