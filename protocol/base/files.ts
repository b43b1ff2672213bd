import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';

/** The whole file or the old one, also after a power cut. @throws when the disk refuses */
export function replaceFile(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode, flush: true });
  renameSync(`${path}.new`, path);
}

/** A new name is on disk only when its folder is. @throws when the disk refuses */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
