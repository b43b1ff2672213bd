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
    if (holder !== undefined) throw isHeld(holder);
    try {
      rmSync(this.#path, { force: true });
      // Of two at the same moment one makes the file.
      writeFileSync(this.#path, `${process.pid} ${startOf(process.pid) ?? ''}\n`, { flag: 'wx' });
    } catch (error) {
      const other = this.#holder();
      if (other !== undefined) throw isHeld(other);
      throw new CodedError('DATA_FOLDER', `could not write ${this.#path}`, {}, { cause: error });
    }
    this.#isTaken = true;
  }

  release(): void {
    if (this.#isTaken) rmSync(this.#path, { force: true });
    this.#isTaken = false;
  }

  #holder(): number | undefined {
    const [pid = 0, start] = this.#read();
    if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return undefined;
    // After a restart of the machine another process may have its number.
    return start === undefined || start === startOf(pid) ? pid : undefined;
  }

  /** Process and, from `/proc`, when it started. */
  #read(): number[] {
    try {
      return readFileSync(this.#path, 'utf8').trim().split(' ').map(Number);
    } catch {
      return [];
    }
  }
}

function isHeld(pid: number): CodedError {
  return new CodedError('DATA_FOLDER', `scripts/up is running already on this folder (process ${pid})`);
}

/** Whoever's it is: a process of somebody else answers EPERM. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of proc_pid_stat(5), ticks since the machine started; the second field may hold blanks. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return undefined;
  }
}
