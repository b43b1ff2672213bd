import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CodedError } from '../../protocol/base/errors.js';

/** One script at a time on a data folder. A lock whose process is gone is taken over. */
export class Lock {
  readonly #path: string;
  #isTaken = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws DATA_FOLDER when another one runs, or the folder is not writable. */
  take(): void {
    const holder = this.#holder();
    if (holder !== undefined) {
      throw new CodedError('DATA_FOLDER', `scripts/up is running already on this folder (process ${holder})`);
    }
    try {
      writeFileSync(this.#path, `${process.pid}\n`);
    } catch (error) {
      throw new CodedError('DATA_FOLDER', `could not write ${this.#path}`, {}, { cause: error });
    }
    this.#isTaken = true;
  }

  release(): void {
    if (this.#isTaken) rmSync(this.#path, { force: true });
    this.#isTaken = false;
  }

  #holder(): number | undefined {
    try {
      const pid = Number(readFileSync(this.#path, 'utf8'));
      process.kill(pid, 0);
      return pid === process.pid ? undefined : pid;
    } catch {
      return undefined;
    }
  }
}
