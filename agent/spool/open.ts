import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Level } from 'level';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { doApart, mayBeDamage } from '../../protocol/base/leveldb.js';
import type { Logger } from '../../protocol/base/log.js';
import type { Database } from './database.js';
import { mend } from './mend.js';
import type { Noted } from './noted.js';
import { loadState, type SpoolState } from './state.js';
import { tidy } from './tidy.js';

export interface Opened {
  readonly db: Database;
  /** Undefined for a new, empty spool. */
  readonly state: SpoolState | undefined;
  /** `repaired`: some batches may be missing. `quarantined`: all of an earlier spool are. */
  readonly damage: 'none' | 'repaired' | 'quarantined';
  /** What was noted beside it at its last write. */
  readonly noted?: Noted | undefined;
}

/** Where the spool's database lies. */
export interface Medium {
  /** @throws SPOOL_OPEN_FAILED */
  open(folder: string, nowMs: number, log: Logger, first: Cure, isSuspect: boolean): Promise<Opened>;
  /** Whether it lies in the folder, and may be damaged. */
  readonly isOnDisk?: true;
}

/** Batches are compressed already; 4 MiB of write buffer is LevelDB's default and modest. */
const OPTIONS = { keyEncoding: 'utf8', valueEncoding: 'buffer', compression: false } as const;

/** What is tried with a damaged spool, one after the other. */
export const CURES = ['none', 'repair', 'quarantine'] as const;
export type Cure = (typeof CURES)[number];

/**
 * Opens the spool's database. A damaged one is repaired; where that does not help, its folder is put aside (one such
 * folder is kept) and a new one begun.
 * @param first where to begin, since some damage shows only at the first write
 * @param isSuspect it was not closed in order, and the process may end over it: it is looked at by one of its own first
 * @throws SPOOL_OPEN_FAILED when the folder is in use or cannot be written: nothing was changed
 */
export async function openDatabase(
  folder: string,
  nowMs: number,
  log: Logger,
  first: Cure,
  isSuspect: boolean,
): Promise<Opened> {
  for (const cure of CURES.slice(CURES.indexOf(first))) {
    try {
      return await openAfter(cure, folder, nowMs, isSuspect);
    } catch (error) {
      if (!(error instanceof Damage) || cure === 'quarantine') throw openFailed(folder, error);
      const facts = { folder, reason: describeError(error) };
      if (cure === 'none') log.error(facts, 'the spool is damaged and is being repaired');
      else log.error(facts, 'the spool could not be repaired and is put aside');
    }
  }
  throw openFailed(folder, undefined);
}

async function openAfter(cure: Cure, folder: string, nowMs: number, isSuspect: boolean): Promise<Opened> {
  if (cure === 'none') {
    makeFolder(folder);
    const flaw = tidy(folder) ?? (isHeadless(folder) ? 'there are data files without CURRENT' : undefined);
    if (flaw !== undefined) throw new Damage(flaw);
    if (isSuspect && existsSync(join(folder, 'CURRENT'))) await look(folder);
    return { ...(await openAndLoad(folder, true)), damage: 'none' };
  }
  if (cure === 'repair') {
    await repair(folder);
    return { ...(await openAndLoad(folder, false, mend)), damage: 'repaired' };
  }
  quarantine(folder, nowMs);
  return { ...(await openAndLoad(folder, true)), damage: 'quarantined' };
}

/** Both may end the process that does it. What comes out of a repair is looked at: it takes over what it cannot judge. */
async function repair(folder: string): Promise<void> {
  try {
    tidy(folder);
    await doApart('repair', folder);
    // What it could not use, as old as the first repair: nobody reads it, and it would fill the disk.
    rmSync(join(folder, 'lost'), { recursive: true, force: true });
    await doApart('look', folder);
  } catch (error) {
    throw new Damage(describeError(error));
  }
}

async function look(folder: string): Promise<void> {
  try {
    await doApart('look', folder);
  } catch (error) {
    throw isDamage(error) ? new Damage(describeError(error)) : error;
  }
}

/** Opens it again after a failed write, without repair: the disk is to blame, not the data. */
export async function reopenDatabase(folder: string): Promise<{ db: Database; state: SpoolState | undefined }> {
  return openAndLoad(folder, false);
}

class Damage extends Error {}

async function openAndLoad(
  folder: string,
  createIfMissing: boolean,
  prepare?: (db: Database) => Promise<void>,
): Promise<{ db: Database; state: SpoolState | undefined }> {
  const db: Database = new Level<string, Buffer>(folder, { ...OPTIONS, createIfMissing });
  try {
    await db.open();
  } catch (error) {
    throw isDamage(error) ? new Damage(describeError(error)) : error;
  }
  try {
    await prepare?.(db);
    return { db, state: await loadState(db) };
  } catch (error) {
    await db.close();
    throw isDamage(error) ? new Damage(describeError(error)) : error;
  }
}

/** A link to a folder on another disk is as good as a folder. */
function makeFolder(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined && !isFolder(folder))
    throw new Damage('there is something else in the place of the folder');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // A link to nowhere, or in a circle.
  }
}

/** LevelDB in a folder: what boxes have. */
export const disk: Medium = { open: openDatabase, isOnDisk: true };

/** LevelDB would begin anew in such a folder and delete what is there. */
function isHeadless(folder: string): boolean {
  if (!existsSync(folder) || existsSync(join(folder, 'CURRENT'))) return false;
  return readdirSync(folder).some((name) => /\.(ldb|sst|log)$/.test(name));
}

export const isDamage = (error: unknown): boolean => error instanceof Damage || mayBeDamage(error);

function openFailed(folder: string, cause: unknown): CodedError {
  const isLocked = /lock .*(already held|temporarily unavailable)/i.test(describeError(cause));
  const message = isLocked
    ? `the spool ${folder} is in use: is another agent running on it?`
    : `could not open the spool ${folder}`;
  return new CodedError('SPOOL_OPEN_FAILED', message, { folder }, isLocked ? {} : { cause });
}

/** Renames the folder to `…-damaged-{time}`. Only the newest is kept, so that damage cannot fill the disk. */
function quarantine(folder: string, nowMs: number): void {
  const prefix = `${basename(folder)}-damaged-`;
  const home = dirname(folder);
  const earlier = readdirSync(home).filter((name) => name.startsWith(prefix));
  // A clock without a battery says the same again.
  const isTaken = (at: number): boolean => earlier.includes(`${prefix}${at}`);
  let at = nowMs;
  while (isTaken(at)) at += 1;
  try {
    renameSync(folder, join(home, `${prefix}${at}`));
  } catch {
    empty(folder); // A disk of its own is mounted there.
  }
  for (const name of earlier) removeIfPossible(join(home, name));
}

/** Puts what is in the folder into one within it. */
function empty(folder: string): void {
  const aside = join(folder, 'damaged');
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });
  for (const name of readdirSync(folder)) if (name !== 'damaged') renameSync(join(folder, name), join(aside, name));
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It takes room, and does no other harm.
  }
}
