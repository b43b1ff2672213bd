import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { AbstractLevel } from 'abstract-level';
import { Level } from 'level';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { doApart, mayBeDamage } from '../../protocol/base/leveldb.js';
import type { Component } from '../../protocol/base/scope.js';
import { Trial } from '../../protocol/base/trial.js';
import { keyOf, plainKey, rangeOf, type TableName } from './keys.js';
import type { ListOptions, Table } from './table.js';
import type {
  Agent,
  Alarm,
  AuditEntry,
  BoxConfig,
  Command,
  Company,
  Contact,
  DeadLetter,
  DoneMark,
  Enrolment,
  Session,
  Site,
  SiteConfig,
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
  readonly commands: Table<Command>;
  readonly siteConfigs: Table<SiteConfig>;
  readonly boxConfigs: Table<BoxConfig>;
  readonly contacts: Table<Contact>;
  readonly alarms: Table<Alarm>;
}

export interface Mended {
  /** Repaired: some of it may be missing. Put aside: all of it is. */
  readonly how: 'repaired' | 'put aside';
  readonly why: string;
  /** Where the old one lies. */
  readonly aside?: string;
}

/** Who lived for so long with it does not end because of it. */
const PROVEN_MS = 60_000;

/** What is read and changed by key: companies, sites, agents, people, and the audit log. */
export class State implements Component {
  readonly name = 'state';
  readonly tables: Tables;
  /** Made when it is first asked for: it opens itself from then on. */
  #made: Database | undefined;
  readonly #place: string;
  readonly #trial: Trial | undefined;
  #timer: NodeJS.Timeout | undefined;
  #mended: Mended | undefined;

  /** @param place a folder, or an opened database (MemoryLevel in tests) */
  constructor(place: string | Database) {
    this.#place = typeof place === 'string' ? place : 'memory';
    this.#trial = typeof place === 'string' ? new Trial(`${place}.trial`, 'state') : undefined;
    this.#made = typeof place === 'string' ? undefined : place;
    const table = <T>(name: TableName): Table<T> => new LevelTable<T>(() => this.#database, name);
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
      commands: table('commands'),
      siteConfigs: table('siteConfigs'),
      boxConfigs: table('boxConfigs'),
      contacts: table('contacts'),
      alarms: table('alarms'),
    };
  }

  get #database(): Database {
    this.#made ??= new Level(this.#place) as unknown as Database;
    return this.#made;
  }

  /** What became of a database that was damaged; undefined when it was whole. */
  get mended(): Mended | undefined {
    return this.#mended;
  }

  /**
   * Opens it; repairs it when it is damaged, and puts it aside for an empty one when that does not help.
   * @throws STATE_OPEN_FAILED
   */
  async start(): Promise<void> {
    const isSuspect = this.#trial?.begin() ?? false;
    try {
      await this.#start(isSuspect);
    } catch (error) {
      this.#trial?.end(); // Whoever hears of it is alive.
      throw error;
    }
    this.#timer = setTimeout(() => this.#trial?.end(), PROVEN_MS);
    this.#timer.unref();
  }

  async #start(isSuspect: boolean): Promise<void> {
    try {
      if (this.#hasLostItsRoot()) throw new Error('Corruption: CURRENT is missing');
      if (isSuspect && existsSync(join(this.#place, 'CURRENT'))) await doApart('look', this.#place);
      await this.#openWhole();
    } catch (error) {
      const text = describeError(error);
      if (/\block\b/i.test(text)) throw this.#failed('another collector is using it', error);
      if (this.#place === 'memory' || !mayBeDamage(error)) throw this.#failed('could not open it', error);
      await this.#mend(error);
    }
  }

  /** LevelDB takes a folder without this file for a new database, and deletes what is in it. */
  #hasLostItsRoot(): boolean {
    if (this.#place === 'memory' || !existsSync(this.#place) || existsSync(join(this.#place, 'CURRENT'))) return false;
    return readdirSync(this.#place).some((name) => /^MANIFEST-|\.(?:ldb|sst)$/.test(name));
  }

  /** Damage shows when an entry is read: all of them are, once. @param mayDrop of a repaired one the rest is worth more */
  async #openWhole(mayDrop = false): Promise<void> {
    await this.#database.open();
    if (this.#place === 'memory') return;
    for await (const [key, value] of this.#database.iterator()) {
      if (isJson(value)) continue;
      if (!mayDrop) throw new Error(`Corruption: the value of ${key.slice(0, 40)} is no JSON`);
      await this.#database.del(key);
    }
  }

  async #mend(why: unknown): Promise<void> {
    await this.#made?.close().catch(() => {});
    try {
      await doApart('repair', this.#place);
      await doApart('look', this.#place);
      await this.#openWhole(true);
      this.#mended = { how: 'repaired', why: describeError(why) };
    } catch {
      await this.#made?.close().catch(() => {});
      const aside = `${this.#place}.damaged-${Date.now()}`;
      try {
        renameSync(this.#place, aside);
        await this.#database.open();
      } catch (error) {
        throw this.#failed('could not open it', error);
      }
      this.#mended = { how: 'put aside', why: describeError(why), aside };
    }
  }

  #failed(why: string, cause: unknown): CodedError {
    return new CodedError('STATE_OPEN_FAILED', `state in ${this.#place}: ${why}`, {}, { cause });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#database.close();
    this.#trial?.end();
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
  readonly #database: () => Database;
  readonly #name: TableName;
  /** Changes queue up behind each other: a read and its write are one step. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(database: () => Database, name: TableName) {
    this.#database = database;
    this.#name = name;
  }

  async get(key: string): Promise<T | undefined> {
    const text = (await this.#database().get(keyOf(this.#name, key))) as string | undefined;
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
    return this.#inTurn(() => this.#database().batch(writes, SYNCED));
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
    return this.#inTurn(() => this.#database().batch([{ type: 'del', key: keyOf(this.#name, key) }], SYNCED));
  }

  async keys(): Promise<string[]> {
    const keys = await this.#database().keys(rangeOf(this.#name)).all();
    return keys.map((key) => plainKey(this.#name, key));
  }

  async list(options: ListOptions = {}): Promise<Array<[string, T]>> {
    const found: Array<[string, T]> = [];
    const iterator = this.#database().iterator({
      ...boundsOf(this.#name, options),
      reverse: options.reverse ?? false,
      limit: options.limit ?? -1,
    });
    for await (const [key, text] of iterator) found.push([plainKey(this.#name, key), JSON.parse(text) as T]);
    return found;
  }

  clearBefore(key: string): Promise<void> {
    return this.#inTurn(() => this.#database().clear(boundsOf(this.#name, { before: key })));
  }

  #write(key: string, value: T): Promise<void> {
    const entry = { type: 'put' as const, key: keyOf(this.#name, key), value: JSON.stringify(value) };
    return this.#database().batch([entry], SYNCED);
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => {});
    return result;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
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
