import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../protocol/base/files.js';
import { type Account, filesOf, headOf, journalFile, readAccount, snapshotFile, tailOf } from './journal-account.js';
import { type Change, lineOf } from './journal-lines.js';

/** A new snapshot is made when the changes behind it take as much room as it does, and at least this. */
const CHANGES_BYTES_MIN = 8 * 2 ** 20;
const PIECE_CHARS = 2 ** 18;
const KINDS = ['snapshot', 'journal'] as const;

interface Waiting {
  readonly number: number;
  readonly line: string;
  resolve(number: number): void;
  reject(error: unknown): void;
}

/**
 * The second account of the state, in a folder of its own: a snapshot, and every change since, each line with its check.
 * A change is on disk here before it is made in the database. So what one damaged file takes from either is in the other.
 */
export class Journal {
  readonly #folder: string;
  #file: FileHandle | undefined;
  #last = 0;
  /** Of the file that is written: what is whole, and what the snapshot before it has. */
  #bytes = 0;
  #snapshotBytes = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What it holds; writes nothing. @returns undefined when there is none, or none that can be read */
  async read(): Promise<Account | undefined> {
    try {
      return await readAccount(this.#folder);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EIO', 'EISDIR', 'ELOOP', 'ENXIO'].includes(codeOf(error))) return undefined;
      throw error;
    }
  }

  /** So much has changed since the snapshot that a new one is worth it. */
  get isLong(): boolean {
    return this.#bytes > Math.max(CHANGES_BYTES_MIN, this.#snapshotBytes);
  }

  /** Goes on where the account ends. */
  async goOn(account: Account): Promise<void> {
    this.#last = account.last;
    this.#file = await open(journalFile(this.#folder, account.number), 'a', 0o600);
    await this.#cutTo(account.endBytes);
    [this.#bytes, this.#snapshotBytes] = [account.endBytes, account.bytes - account.endBytes];
  }

  /**
   * Begins anew with a snapshot. Changes that come meanwhile go to the new journal.
   * @param last number of the last change, when it is known from elsewhere
   * @param dump everything, asked for once all changes numbered until now are in it
   */
  async begin(last: number, dump: () => Promise<AsyncIterable<readonly [string, string]>>): Promise<void> {
    this.#makeFolder();
    const number = this.#highest() + 1;
    const file = await open(journalFile(this.#folder, number), 'ax', 0o600);
    while (this.#writing !== undefined) await this.#writing;
    const former = this.#file;
    this.#last = Math.max(this.#last, last);
    const head = headOf(this.#last);
    [this.#file, this.#bytes] = [file, 0];
    await former?.close();
    // One name: what a full disk or a kill left of an attempt is not kept.
    const unfinished = join(this.#folder, 'snapshot.new');
    this.#snapshotBytes = await writeSnapshot(unfinished, head, await dump());
    renameSync(unfinished, snapshotFile(this.#folder, number));
    syncFolder(this.#folder);
    this.#forgetBefore(number);
  }

  /** @returns its number, once it is on disk @throws NodeJS.ErrnoException when it is not */
  append(changes: readonly Change[]): Promise<number> {
    this.#last += 1;
    const number = this.#last;
    const line = lineOf([number, changes]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ number, line, resolve, reject });
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Whatever has gathered meanwhile goes to the disk together. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      const text = batch.map(({ line }) => line).join('');
      try {
        await this.#append(text);
        for (const { number, resolve } of batch) resolve(number);
      } catch (error) {
        // None of them happened: their numbers are given again.
        this.#last -= batch.length + this.#waiting.length;
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(error);
      }
    }
  }

  async #append(text: string): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('the journal is not open');
    try {
      await file.appendFile(text);
      await file.datasync();
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      // Half a line would hide all that follow.
      await this.#cutTo(this.#bytes).catch(() => {});
      throw error;
    }
  }

  async #cutTo(bytes: number): Promise<void> {
    await this.#file?.truncate(bytes);
    await this.#file?.datasync();
  }

  #makeFolder(): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      if (!['EEXIST', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) throw error;
      renameSync(this.#folder, `${this.#folder}.damaged-${Date.now()}`);
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    }
  }

  #highest(): number {
    return Math.max(0, ...KINDS.flatMap((kind) => filesOf(this.#folder, kind).map(({ number }) => number)));
  }

  #forgetBefore(end: number): void {
    for (const kind of KINDS) {
      for (const { number } of filesOf(this.#folder, kind))
        if (number < end) rmSync(join(this.#folder, `${kind}-${number}`), { recursive: true, force: true });
    }
  }
}

/** @returns its size */
async function writeSnapshot(
  path: string,
  head: object,
  entries: AsyncIterable<readonly [string, string]>,
): Promise<number> {
  rmSync(path, { recursive: true, force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    let text = lineOf(head);
    let count = 0;
    for await (const entry of entries) {
      text += lineOf(entry);
      count += 1;
      if (text.length < PIECE_CHARS) continue;
      await file.appendFile(text);
      text = '';
    }
    await file.appendFile(text + lineOf(tailOf(count)));
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
