import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 2 ** 20;

/** A file system of its own that can be filled. It is gone with the mount namespace, or by `remove`. */
export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  /** @param folder to be mounted over; empty */
  constructor(folder: string, mib: number) {
    this.folder = folder;
    this.#ballast = join(folder, 'ballast');
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=0700`, 'tmpfs', folder]);
  }

  /** To the last byte, though others write as well. */
  fill(): void {
    try {
      for (;;) writeFileSync(this.#ballast, Buffer.alloc(MIB / 4), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  relieve(): void {
    rmSync(this.#ballast, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.folder]);
  }
}
