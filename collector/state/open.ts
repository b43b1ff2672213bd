import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Level } from 'level';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { doApart, mayBeDamage } from '../../protocol/base/leveldb.js';
import { type Database, dump, write } from './database.js';
import type { Journal } from './journal.js';
import { type Account, compareKeys, type Entry } from './journal-account.js';
import type { Change } from './journal-lines.js';
import { LAST_CHANGE_KEY } from './keys.js';

export interface Mended {
  /**
   * Rebuilt: from the journal, all of it. Completed: some of it was missing or was not what had been written, and is now.
   * Repaired: some of it may be missing. Put aside: all of it is. Copied: nothing is, but the journal was damaged.
   */
  readonly how: 'rebuilt' | 'completed' | 'repaired' | 'put aside' | 'copied';
  readonly why: string;
  /** Where what was found lies. */
  readonly aside?: string;
}

export interface Opened {
  readonly database: Database;
  readonly mended: Mended | undefined;
}

/** Changes that may have been on their way into the database when the process ended: a few of each table. */
const UNDER_WAY_MAX = 64;
const WRITTEN_AT_ONCE = 1_000;
/** Folders of damaged databases that are kept. */
const ASIDES_MAX = 3;

/**
 * Opens the database and its journal so that both say the same. What is damaged in one comes back from the other; with
 * both damaged it is repaired, and put aside for an empty one when that does not help.
 * @param isSuspect it was not closed in order: it is looked at by another process first
 * @throws STATE_OPEN_FAILED when it is in use, or the disk refuses; nothing was changed
 */
export async function openState(place: string, journal: Journal, isSuspect: boolean): Promise<Opened> {
  const opening = new Opening(place, journal);
  try {
    return await opening.open(isSuspect);
  } catch (error) {
    await opening.giveUp();
    const isLocked = /\block\b/i.test(describeError(error));
    const why = isLocked ? 'another collector is using it' : 'could not open it';
    throw new CodedError('STATE_OPEN_FAILED', `state in ${place}: ${why}`, {}, { cause: error });
  }
}

/** The database is not to blame. */
class JournalFailed extends Error {}

async function inJournal(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new JournalFailed(`its journal: ${describeError(error)}`, { cause: error });
  }
}

class Opening {
  readonly #place: string;
  readonly #journal: Journal;
  #made: Database | undefined;
  #mended: Mended | undefined;

  constructor(place: string, journal: Journal) {
    this.#place = place;
    this.#journal = journal;
  }

  async open(isSuspect: boolean): Promise<Opened> {
    const account = await this.#journal.read();
    try {
      if (this.#hasLostItsRoot()) throw new Error('Corruption: CURRENT is missing');
      if (isSuspect && existsSync(join(this.#place, 'CURRENT'))) await doApart('look', this.#place);
      await this.#openWhole();
      await this.#agree(account);
    } catch (error) {
      if (error instanceof JournalFailed || !mayBeDamage(error)) throw error;
      const why = describeError(error);
      if (account !== undefined && !account.isCut) await this.#rebuild(why, account);
      else await this.#repair(why, account);
    }
    return { database: this.#database, mended: this.#mended };
  }

  async giveUp(): Promise<void> {
    await this.#close();
    await this.#journal.close().catch(() => {});
  }

  get #database(): Database {
    if (this.#made === undefined) throw new Error('the database is not open');
    return this.#made;
  }

  /** One that exists opens itself at once. */
  async #openAny(): Promise<void> {
    this.#made = new Level<string, string>(this.#place) as unknown as Database;
    await this.#made.open();
  }

  async #close(): Promise<void> {
    await this.#made?.close().catch(() => {});
  }

  /** LevelDB takes a folder without this file for a new database, and deletes what is in it. */
  #hasLostItsRoot(): boolean {
    if (!existsSync(this.#place) || existsSync(join(this.#place, 'CURRENT'))) return false;
    return readdirSync(this.#place).some((name) => /^MANIFEST-|\.(?:ldb|sst)$/.test(name));
  }

  /** Damage shows when an entry is read: all of them are, once. @param mayDrop of a repaired one the rest is worth more */
  async #openWhole(mayDrop = false): Promise<void> {
    await this.#openAny();
    for await (const [key, value] of this.#database.iterator()) {
      if (isJson(value)) continue;
      if (!mayDrop) throw new Error(`Corruption: the value of ${key.slice(0, 40)} is no JSON`);
      await this.#database.del(key);
    }
  }

  async #rebuild(why: string, account: Account): Promise<void> {
    await this.#beginEmpty('rebuilt', why);
    await this.#agree(account);
  }

  /** Both are damaged. What is left of the database goes before what is left of the journal: it is one whole. */
  async #repair(why: string, account: Account | undefined): Promise<void> {
    try {
      await this.#close();
      await doApart('repair', this.#place);
      await doApart('look', this.#place);
      await this.#openWhole(true);
      this.#mended = { how: 'repaired', why };
    } catch {
      await this.#beginEmpty(account === undefined ? 'put aside' : 'repaired', why);
      if (account !== undefined) await this.#complete(account, 0);
    }
    await this.#beginJournal(account);
  }

  async #beginEmpty(how: Mended['how'], why: string): Promise<void> {
    await this.#close();
    const aside = this.#newAside();
    renameSync(this.#place, aside);
    await this.#openAny();
    this.#mended = { how, why, aside };
  }

  /** The database and the journal say the same from here on. */
  async #agree(account: Account | undefined): Promise<void> {
    const known = await this.#lastChange();
    const isBehind = account === undefined ? known > 0 : account.last < known;
    if (isBehind) this.#mended ??= { how: 'copied', why: `the journal ends at ${account?.last ?? 0} of ${known}` };
    else if (account !== undefined) {
      await this.#complete(account, known);
      if (!account.isCut) return inJournal(this.#journal.goOn(account));
    }
    await this.#beginJournal(account);
  }

  async #beginJournal(account: Account | undefined): Promise<void> {
    const last = Math.max(await this.#lastChange(), account?.last ?? 0);
    await inJournal(this.#journal.begin(last, async () => dump(this.#database)));
  }

  async #lastChange(): Promise<number> {
    return Number.parseInt((await this.#database.get(LAST_CHANGE_KEY)) ?? '', 10) || 0;
  }

  /** Whoever ended by a kill may lack the last changes; more than that is damage that LevelDB did not see. */
  async #complete(account: Account, known: number): Promise<void> {
    let differences = 0;
    let damaged = 0;
    for await (const [, , number] of this.#differences(account)) {
      differences += 1;
      if (number === 0 || Math.abs(number - known) > UNDER_WAY_MAX) damaged += 1;
    }
    if (damaged > 0 && this.#mended === undefined) {
      const aside = this.#newAside();
      cpSync(this.#place, aside, { recursive: true });
      this.#mended = { how: 'completed', why: `${damaged} entries were not as they had been written`, aside };
    }
    if (differences === 0) return;
    let changes: Change[] = [];
    for await (const [key, value] of this.#differences(account)) {
      changes.push(value === undefined ? [key] : [key, value]);
      if (changes.length < WRITTEN_AT_ONCE) continue;
      await write(this.#database, changes);
      changes = [];
    }
    await write(this.#database, [...changes, [LAST_CHANGE_KEY, String(account.last)]]);
  }

  /** What the journal says where the database says something else. Both are in the same order. */
  async *#differences(account: Account): AsyncGenerator<Entry> {
    const entries = account.entries();
    let wanted = (await entries.next()).value as Entry | undefined;
    for await (const [key, value] of dump(this.#database)) {
      for (; wanted !== undefined && compareKeys(wanted[0], key) < 0; wanted = (await entries.next()).value)
        if (wanted[1] !== undefined) yield wanted;
      if (wanted?.[0] !== key) yield [key, undefined, 0];
      else {
        if (wanted[1] !== value) yield wanted;
        wanted = (await entries.next()).value;
      }
    }
    for (; wanted !== undefined; wanted = (await entries.next()).value) if (wanted[1] !== undefined) yield wanted;
  }

  #newAside(): string {
    const prefix = `${basename(this.#place)}.damaged-`;
    const home = dirname(this.#place);
    const old = readdirSync(home).filter((name) => name.startsWith(prefix));
    for (const name of old.toSorted().slice(0, 1 - ASIDES_MAX))
      rmSync(join(home, name), { recursive: true, force: true });
    return join(home, `${prefix}${Date.now()}`);
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
