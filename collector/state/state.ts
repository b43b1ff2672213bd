import type { Component } from '../../protocol/base/scope.js';
import { Trial } from '../../protocol/base/trial.js';
import { type Database, dump, write } from './database.js';
import { Journal } from './journal.js';
import type { Change } from './journal-lines.js';
import { LAST_CHANGE_KEY, type TableName } from './keys.js';
import { LevelTable } from './level-table.js';
import { type Mended, openState } from './open.js';
import type { Table } from './table.js';
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
  EdrAccount,
  EdrCursor,
  EdrJob,
  Enrolment,
  Session,
  Site,
  SiteConfig,
  Token,
  User,
} from './types.js';

export type { Mended } from './open.js';

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
  readonly edrAccounts: Table<EdrAccount>;
  readonly edrCursors: Table<EdrCursor>;
  readonly edrJobs: Table<EdrJob>;
}

/** Who lived for so long with it does not end because of it. */
const PROVEN_MS = 60_000;
/** A snapshot that could not be made is not tried again before this. */
const SNAPSHOT_RETRY_MS = 30_000;
const LOADED_AT_ONCE = 1_000;

/** What is read and changed by key: companies, sites, agents, people, and the audit log. */
export class State implements Component {
  readonly name = 'state';
  readonly tables: Tables;
  readonly #place: string;
  readonly #trial: Trial;
  #database: Database | undefined;
  /** A database in memory has none. */
  #journal: Journal | undefined;
  #mended: Mended | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #snapshot: Promise<void> | undefined;
  #wantsSnapshot = false;
  #snapshotTriedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param place a folder, or an opened database (MemoryLevel in tests)
   * @param machineBoot id of this run of the machine
   */
  constructor(place: string | Database, machineBoot = '') {
    this.#place = typeof place === 'string' ? place : '';
    this.#trial = new Trial(`${this.#place}.trial`, machineBoot);
    if (typeof place !== 'string') this.#database = place;
    const deps = { database: () => this.#opened, write: (changes: readonly Change[]) => this.#write(changes) };
    const table = <T>(name: TableName): Table<T> => new LevelTable<T>(name, deps);
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
      edrAccounts: table('edrAccounts'),
      edrCursors: table('edrCursors'),
      edrJobs: table('edrJobs'),
    };
  }

  get #opened(): Database {
    if (this.#database === undefined) throw new Error('the state is not open');
    return this.#database;
  }

  /** What became of what was damaged; undefined when everything was whole. */
  get mended(): Mended | undefined {
    return this.#mended;
  }

  /** @throws STATE_OPEN_FAILED */
  async start(): Promise<void> {
    if (this.#database !== undefined) return this.#database.open();
    const journal = new Journal(`${this.#place}.journal`);
    const isSuspect = this.#trial.begin();
    try {
      const { database, mended } = await openState(this.#place, journal, isSuspect);
      [this.#database, this.#mended, this.#journal] = [database, mended, journal];
    } catch (error) {
      this.#trial.giveUp();
      throw error;
    }
    this.#timer = setTimeout(() => this.#trial.prove(), PROVEN_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.allSettled([...this.#underWay]);
    await this.#snapshot;
    await this.#database?.close();
    await this.#journal?.close();
    if (this.#journal !== undefined) this.#trial.end();
  }

  /** Every entry, as it is at this moment, with keys as they are stored. */
  dump(): AsyncGenerator<readonly [key: string, value: string]> {
    return dump(this.#opened);
  }

  /** Takes what `dump` gave. */
  async load(entries: AsyncIterable<readonly [key: string, value: string]>): Promise<void> {
    let changes: Change[] = [];
    for await (const entry of entries) {
      changes.push(entry);
      if (changes.length < LOADED_AT_ONCE) continue;
      await this.#write(changes);
      changes = [];
    }
    await this.#write(changes);
  }

  #write(changes: readonly Change[]): Promise<void> {
    const work = this.#commit(changes);
    const settled = work.catch(() => {}).finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return work;
  }

  /** First in the journal, then in the database. */
  async #commit(changes: readonly Change[]): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return write(this.#opened, changes);
    if (this.#wantsSnapshot || journal.isLong) this.#beginSnapshot(journal);
    const number = await journal.append(changes);
    try {
      await write(this.#opened, [...changes, [LAST_CHANGE_KEY, String(number)]]);
    } catch (error) {
      this.#wantsSnapshot = true; // The journal has what was not done.
      throw error;
    }
  }

  /** Changes go on meanwhile. */
  #beginSnapshot(journal: Journal): void {
    const now = performance.now();
    if (this.#snapshot !== undefined || now - this.#snapshotTriedMs < SNAPSHOT_RETRY_MS) return;
    this.#snapshotTriedMs = now;
    this.#wantsSnapshot = false;
    this.#snapshot = journal
      .begin(0, () => this.#settled())
      .catch(() => {
        this.#wantsSnapshot = true;
      })
      .finally(() => {
        this.#snapshot = undefined;
      });
  }

  /** Everything, once what is under way has arrived. */
  async #settled(): Promise<AsyncIterable<readonly [string, string]>> {
    await Promise.allSettled([...this.#underWay]);
    return this.dump();
  }
}
