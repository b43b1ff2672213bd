import { readFileSync, rmSync } from 'node:fs';
import { replaceFile } from './files.js';

/**
 * LevelDB ends the whole process over some damage (its assertions are compiled in), at once or when it brings its files
 * into order: nobody can catch that. So a file beside the database says how far whoever opens it has come with it. Who
 * finds there that it was not closed in order, and did not live with it for long in this run of the machine, has it
 * looked at by a process of its own first (`leveldb.ts`): over a database that only a kill interrupted there is no need.
 */
export class Trial {
  readonly #path: string;
  readonly #machineBoot: string;
  #found: string | undefined;

  /** @param machineBoot id of this run of the machine: another one means that the power was cut */
  constructor(path: string, machineBoot: string) {
    this.#path = path;
    this.#machineBoot = machineBoot;
  }

  /** Before it is opened. @returns whether it may be damaged */
  begin(): boolean {
    this.#found = this.#read();
    const isSuspect = this.#found !== undefined && this.#found !== `proven ${this.#machineBoot}`;
    // A disk that takes nothing is told by the first write to the database itself.
    if (!this.#write(`opened ${this.#machineBoot}`)) this.end();
    return isSuspect;
  }

  /** It was open for long enough. */
  prove(): void {
    this.#write(`proven ${this.#machineBoot}`);
  }

  /** It could not be opened, and what was suspected of it still is. */
  giveUp(): void {
    if (this.#found === undefined || !this.#write(this.#found)) this.end();
  }

  /** It was closed in order. */
  end(): void {
    try {
      rmSync(this.#path, { recursive: true, force: true });
    } catch {
      // A disk that became read-only: the next one looks first, in vain.
    }
  }

  #write(text: string): boolean {
    try {
      replaceFile(this.#path, text, 0o600);
      return true;
    } catch {
      return false;
    }
  }

  /** What cannot be read was not closed in order. */
  #read(): string | undefined {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
    }
  }
}
