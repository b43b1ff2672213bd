import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CodedError } from '../../protocol/base/errors.js';
import { AUTHORITY_FOLDER, STATE_FILE, TABLE_FOLDER } from './backup.js';
import { type Manifest, verifyBackup } from './manifest.js';

export interface RestoreDeps {
  /** Writes every entry into a new state below a folder. */
  loadState(folder: string, entries: AsyncIterable<readonly [string, string]>): Promise<void>;
  /** Makes a new table below a folder from what `backupTable` wrote. @returns its rows */
  restoreTable(folder: string, from: string): Promise<number>;
}

/**
 * Makes a data folder from a backup. What is there already is never touched: the folder appears whole, or not at all.
 * @param data not there yet, or empty
 * @throws RESTORE_TARGET, BACKUP_DAMAGED
 */
export async function restore(backup: string, data: string, deps: RestoreDeps): Promise<Manifest> {
  await refuseTarget(data);
  const manifest = await verifyBackup(backup);
  const unfinished = `${data}.restoring`;
  // Of an attempt that was interrupted.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await mkdir(dirname(data), { recursive: true });
  try {
    await copyAuthority(join(backup, AUTHORITY_FOLDER), join(unfinished, 'authority'));
    await deps.loadState(join(unfinished, 'state'), entriesOf(join(backup, STATE_FILE)));
    const rows = await deps.restoreTable(join(unfinished, 'telemetry'), join(backup, TABLE_FOLDER));
    // Backups of earlier versions told too few; that nothing was added, the digests say.
    if (rows < manifest.rows) {
      throw new CodedError('BACKUP_DAMAGED', `${rows} records came out of the backup, it says ${manifest.rows}`);
    }
    await refuseTarget(data);
    await rm(data, { recursive: true, force: true });
    await rename(unfinished, data);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  return manifest;
}

async function refuseTarget(data: string): Promise<void> {
  if (!existsSync(data)) return;
  const [first] = await readdir(data).catch((error: unknown) => {
    throw new CodedError('RESTORE_TARGET', `${data} is no folder that can be read`, {}, { cause: error });
  });
  if (first !== undefined) throw new CodedError('RESTORE_TARGET', `${data} is not empty; nothing in it was touched`);
}

async function copyAuthority(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const name of await readdir(from)) await copyFile(join(from, name), join(to, name));
}

async function* entriesOf(file: string): AsyncGenerator<readonly [string, string]> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as [string, string];
  }
}
