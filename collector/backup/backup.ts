import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackupStatus } from '../../protocol/api/backup.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { VERSION } from '../../protocol/base/place.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { describeFiles, syncTree, verifyBackup, writeManifest } from './manifest.js';

/** Names below a backup's folder. */
export const STATE_FILE = 'state.ndjson';
export const TABLE_FOLDER = 'telemetry';
export const AUTHORITY_FOLDER = 'authority';

/** A private key that lies open belongs in no copy. */
const OPEN_KEY = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----/;

export interface BackupDeps extends World {
  /** Of the collector. */
  readonly authorityFolder: string;
  /** Every entry of the state at one moment. */
  dumpState(): AsyncIterable<readonly [key: string, value: string]>;
  /** Writes the table, as it is at one moment, below a folder that is not there yet. */
  backupTable(folder: string): Promise<void>;
}

/** Copies everything that a collector cannot be made without, while it runs. One backup at a time. */
export class Backup {
  readonly #deps: BackupDeps;
  #status: BackupStatus = { state: 'none' };

  constructor(deps: BackupDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'backup' }) };
  }

  get status(): BackupStatus {
    return this.#status;
  }

  /**
   * Begins, and comes back when it has begun: `status` tells the rest.
   * @param folder absolute; not there yet, or empty
   * @throws BACKUP_TARGET, BACKUP_RUNNING
   */
  async begin(folder: string): Promise<BackupStatus> {
    if (this.#status.state === 'running') throw new CodedError('BACKUP_RUNNING', 'a backup is running');
    const made = isoMillis(this.#deps.clock.now());
    const before = this.#status;
    this.#status = { state: 'running', folder, made };
    try {
      await makeEmpty(folder);
    } catch (error) {
      this.#status = before;
      throw error;
    }
    void this.#run(folder, made);
    return this.#status;
  }

  async #run(folder: string, made: string): Promise<void> {
    try {
      const manifest = await this.#copy(folder, made);
      this.#status = { state: 'done', folder, made, rows: manifest.rows, bytes: manifest.bytes };
      this.#deps.log.info({ folder, rows: manifest.rows, bytes: manifest.bytes }, 'backup is complete and verified');
    } catch (error) {
      const reason = describeError(error);
      this.#status = { state: 'failed', folder, made, reason };
      this.#deps.log.error({ folder, reason }, 'backup failed');
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    }
  }

  /**
   * The state before the table: a mark in the state says that a batch left nothing to store, and that those before it are
   * in the table. The other way round it could stand for batches that are not in this copy.
   */
  async #copy(folder: string, made: string): Promise<Awaited<ReturnType<typeof verifyBackup>>> {
    await this.#copyAuthority(join(folder, AUTHORITY_FOLDER));
    const stateEntries = await this.#copyState(join(folder, STATE_FILE));
    await this.#deps.backupTable(join(folder, TABLE_FOLDER));
    await syncTree(folder);
    await writeManifest(folder, { v: 1, made, version: VERSION, stateEntries, ...(await describeFiles(folder)) });
    return verifyBackup(folder);
  }

  async #copyAuthority(to: string): Promise<void> {
    const from = this.#deps.authorityFolder;
    await mkdir(to, { mode: 0o700 });
    if (!existsSync(from)) return;
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(from, entry.name);
      if (OPEN_KEY.test(await readFile(file, 'latin1'))) {
        this.#deps.log.warn({ file }, 'a key that is not encrypted is left out of the backup');
      } else await copyFile(file, join(to, entry.name));
    }
  }

  async #copyState(file: string): Promise<number> {
    let count = 0;
    const { dumpState } = this.#deps;
    const lines = async function* (): AsyncGenerator<string> {
      for await (const entry of dumpState()) {
        count += 1;
        yield `${JSON.stringify(entry)}\n`;
      }
    };
    await pipeline(Readable.from(lines()), createWriteStream(file, { mode: 0o600, flags: 'wx' }));
    return count;
  }
}

/** @throws BACKUP_TARGET */
async function makeEmpty(folder: string): Promise<void> {
  if (!isAbsolute(folder)) throw new CodedError('BACKUP_TARGET', `${folder} is no absolute path`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [first] = await readdir(folder);
    if (first === undefined) return;
  } catch (error) {
    throw new CodedError('BACKUP_TARGET', `cannot write into ${folder}`, {}, { cause: error });
  }
  throw new CodedError('BACKUP_TARGET', `${folder} is not empty`);
}
