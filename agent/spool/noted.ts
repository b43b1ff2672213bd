import { createHash } from 'node:crypto';
import { constants, lstatSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { LANES, type Lane } from '../../protocol/records/lanes.js';

/**
 * How far the spool was at its last write, in a small file beside it. LevelDB takes a log that is cut or zero-filled for
 * a shorter one, and a folder that was emptied for a new one: this says that there was more. It is never synced, so it
 * costs the disk a block now and then; after a power cut it may be older than the spool, and then it says nothing.
 */
export interface Noted {
  readonly epoch: string;
  readonly commit: number;
  readonly next: Readonly<Record<Lane, number>>;
}

/** Written over itself in place: always as long, and no block has to be found for it on a full disk. */
const BYTES = 256;
const CHECK_DIGITS = 16;

const checkOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, CHECK_DIGITS);

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/** What lies there and is no such file is taken away. */
function readNoted(path: string): Noted | undefined {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile() || stat.size !== BYTES) {
      rmSync(path, { recursive: true });
      return undefined;
    }
    const text = readFileSync(path, 'latin1').trimEnd();
    const body = text.slice(CHECK_DIGITS);
    if (checkOf(body) !== text.slice(0, CHECK_DIGITS)) return undefined;
    const [epoch, commit, ...next] = JSON.parse(body) as [string, number, ...number[]];
    return {
      epoch,
      commit,
      next: Object.fromEntries(LANES.map((lane, index) => [lane, next[index]])) as Noted['next'],
    };
  } catch {
    return undefined;
  }
}

/** Writes what is noted. What fails is left: the spool does without. */
export class Note {
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined when there is none, or it is damaged. */
  read(): Noted | undefined {
    return readNoted(this.#path);
  }

  async write({ epoch, commit, next }: Noted): Promise<void> {
    const body = JSON.stringify([epoch, commit, ...LANES.map((lane) => next[lane])]);
    const bytes = Buffer.alloc(BYTES, 0x20);
    bytes.write(`${checkOf(body)}${body}`, 'latin1');
    try {
      this.#file ??= await open(this.#path, FLAGS, 0o600);
      await this.#file.write(bytes, 0, BYTES, 0);
    } catch {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
  }
}
