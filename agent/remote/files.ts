import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile } from '../../protocol/base/files.js';

/** Whole or not at all, and on disk when it returns: what follows relies on it. @throws when the disk does not */
export function replaceSynced(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceFile(path, text, 0o600);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What is there, as JSON. `missing` and `broken` are two things: the second must not be taken for a beginning. */
export function readJsonFile(path: string): { state: 'missing' | 'broken' } | { state: 'read'; value: unknown } {
  try {
    return { state: 'read', value: JSON.parse(readFileSync(path, 'utf8')) };
  } catch (error) {
    return { state: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'broken' };
  }
}

/** Out of the way, where a person can look at it. Never throws. */
export function putAside(path: string): void {
  try {
    renameSync(path, `${path}.broken`);
  } catch {
    // It is read as broken again the next time.
  }
}
