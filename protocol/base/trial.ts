import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * LevelDB ends the whole process over some damage (its assertions are compiled in), at once or when it brings its files
 * into order: nobody can catch that. So a file beside the database says that it is being opened, or was a short while ago;
 * whoever finds it there has it looked at by a process of its own first (`leveldb.ts`). That the machine stopped is not
 * its fault.
 */
export class Trial {
  readonly #path: string;
  readonly #machineBoot: string;

  /** @param machineBoot id of this run of the machine */
  constructor(path: string, machineBoot: string) {
    this.#path = path;
    this.#machineBoot = machineBoot;
  }

  /** Before it is opened. @returns whether the process ended over it, or soon after it was opened */
  begin(): boolean {
    const isSuspect = this.#read() === this.#machineBoot;
    try {
      writeFileSync(this.#path, this.#machineBoot, { mode: 0o600 });
    } catch {
      this.end(); // A disk that takes nothing is told by the first write to the spool itself.
    }
    return isSuspect;
  }

  /** It was closed in order, or was open long enough. */
  end(): void {
    try {
      rmSync(this.#path, { recursive: true, force: true });
    } catch {
      // A disk that became read-only: the next one looks first, in vain.
    }
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch {
      return undefined;
    }
  }
}
