import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';

/** LevelDB's own files (its doc/impl.md); all others it leaves alone. */
const OWN = /^(?:CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(?:log|ldb|sst|dbtmp))$/;
/** Without these it has lost nothing. */
const UNIMPORTANT = /^(?:LOCK|LOG.*|.*\.dbtmp)$/;
/** It counts files in 64 bits, and the next one would begin at 0. */
const DIGITS_MAX = 15;
/** Where what is not ours goes: one of each name, so that it cannot fill the disk. */
const STRANGE = 'strange';

const MIB = 2 ** 20;
/** Far above what they grow to: a log is begun anew at 4 MiB, a table at 2, a manifest at each start. */
const LOG_BYTES_MAX = 64 * MIB;
const MANIFEST_BYTES_MAX = 512 * MIB;
const CURRENT_BYTES_MAX = 4_096;

/**
 * Takes out of the folder what LevelDB would wait for, follow or read for ever: folders, links and pipes with the names
 * of its files, files that may not be read, and files of an impossible size, which are cut.
 * @returns why it has to be repaired, in words; undefined when nothing of it is missing now
 */
export function tidy(folder: string): string | undefined {
  let flaw: string | undefined;
  for (const name of readdirSync(folder).filter((name) => OWN.test(name))) {
    const what = tidyFile(folder, name);
    if (what !== undefined && !UNIMPORTANT.test(name)) flaw = `${name} ${what}`;
  }
  return flaw;
}

function tidyFile(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  const stat = lstatSync(path);
  if (!stat.isFile()) return putAway(folder, name, 'is no file');
  if (/\d/.test(name) && name.replace(/\D/g, '').length > DIGITS_MAX)
    return putAway(folder, name, 'has no number of ours');
  if (!makeReadable(path)) return putAway(folder, name, 'may not be read');
  const bytesMax = bytesMaxOf(name);
  if (stat.size <= bytesMax) return undefined;
  truncateSync(path, bytesMax);
  return 'was too large to be ours';
}

function bytesMaxOf(name: string): number {
  if (name === 'CURRENT') return CURRENT_BYTES_MAX;
  return name.startsWith('MANIFEST') ? MANIFEST_BYTES_MAX : LOG_BYTES_MAX;
}

/** A disk that is read-only is for the database to tell. */
function makeReadable(path: string): boolean {
  if (isReadable(path)) return true;
  try {
    chmodSync(path, 0o600);
  } catch {
    return false; // It is somebody else's.
  }
  return isReadable(path);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EACCES';
  }
}

function putAway(folder: string, name: string, what: string): string {
  const place = join(folder, STRANGE);
  if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(place, { force: true });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  rmSync(join(place, name), { recursive: true, force: true });
  renameSync(join(folder, name), join(place, name));
  return what;
}
