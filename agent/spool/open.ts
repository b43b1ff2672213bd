import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Level } from 'level';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { Logger } from '../../protocol/base/log.js';
import type { Database } from './database.js';
import { loadState, type SpoolState } from './state.js';

export interface Opened {
  readonly db: Database;
  /** Undefined for a new, empty spool. */
  readonly state: SpoolState | undefined;
  /** `repaired`: some batches may be missing. `quarantined`: all of an earlier spool are. */
  readonly damage: 'none' | 'repaired' | 'quarantined';
}

/** Batches are compressed already; 4 MiB of write buffer is LevelDB's default and modest. */
const OPTIONS = { keyEncoding: 'utf8', valueEncoding: 'buffer', compression: false } as const;

/**
 * Opens the spool's database. A damaged one is repaired; where that does not help, its folder is put aside (one such
 * folder is kept) and a new one begun.
 * @throws SPOOL_OPEN_FAILED when the folder is in use or cannot be written: nothing was changed
 */
export async function openDatabase(folder: string, nowMs: number, log: Logger): Promise<Opened> {
  try {
    if (isHeadless(folder)) throw new Damage('there are data files without CURRENT');
    return { ...(await openAndLoad(folder, true)), damage: 'none' };
  } catch (error) {
    if (!(error instanceof Damage)) throw openFailed(folder, error);
    log.error({ folder, reason: describeError(error) }, 'the spool is damaged and is being repaired');
  }
  try {
    await (Level as unknown as { repair(location: string): Promise<void> }).repair(folder);
    return { ...(await openAndLoad(folder, false)), damage: 'repaired' };
  } catch (error) {
    log.error({ folder, reason: describeError(error) }, 'the spool could not be repaired and is put aside');
  }
  try {
    quarantine(folder, nowMs);
    return { ...(await openAndLoad(folder, true)), damage: 'quarantined' };
  } catch (error) {
    throw openFailed(folder, error);
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
): Promise<{ db: Database; state: SpoolState | undefined }> {
  const db: Database = new Level<string, Buffer>(folder, { ...OPTIONS, createIfMissing });
  try {
    await db.open();
  } catch (error) {
    throw isDamage(error) ? new Damage(describeError(error)) : error;
  }
  try {
    return { db, state: await loadState(db) };
  } catch (error) {
    await db.close();
    throw isInputOutput(error) ? error : new Damage(describeError(error));
  }
}

/** LevelDB would begin anew in such a folder and delete what is there. */
function isHeadless(folder: string): boolean {
  if (!existsSync(folder) || existsSync(join(folder, 'CURRENT'))) return false;
  return readdirSync(folder).some((name) => /\.(ldb|sst|log)$/.test(name));
}

/** Corruption, or a file that the database names and that is not there. Not: no permission, no space, in use. */
function isDamage(error: unknown): boolean {
  const text = describeError(error);
  return (
    /corrupt|does not exist|no such file|missing files/i.test(text) && !/permission|read-only|no space/i.test(text)
  );
}

function isInputOutput(error: unknown): boolean {
  return (error as { code?: string }).code === 'LEVEL_IO_ERROR';
}

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
  const earlier = readdirSync(dirname(folder)).filter((name) => name.startsWith(prefix));
  renameSync(folder, join(dirname(folder), `${prefix}${nowMs}`));
  for (const name of earlier) rmSync(join(dirname(folder), name), { recursive: true, force: true });
}
