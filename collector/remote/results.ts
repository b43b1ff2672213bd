import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CodedError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';

export interface ResultsConfig {
  readonly resultBytesMax: number;
  readonly siteBytesMax: number;
  readonly bytesMax: number;
}

export interface ResultsDeps extends World {
  readonly folder: string;
}

export interface Piece {
  readonly offset: number;
  readonly total: number;
  readonly sha256: string;
  readonly content: Buffer;
}

interface Place {
  readonly site: string;
  readonly id: string;
}

const PART = '.part';
const ENDINGS: Readonly<Record<string, string>> = { capture: 'pcap', diagnostics: 'json.gz' };

/** Files that boxes bring, one a command: `SITE.ID` in one folder, within limits of one, of a site and of all. */
export class Results {
  readonly #config: ResultsConfig;
  readonly #folder: string;
  readonly #log: ResultsDeps['log'];
  /** Commands of which a piece is being written. */
  readonly #busy = new Set<string>();

  constructor(config: ResultsConfig, { folder, log }: ResultsDeps) {
    this.#config = config;
    this.#folder = folder;
    this.#log = log;
  }

  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** @returns how many bytes are here now: where the box shall go on @throws REMOTE_LIMIT, INPUT_INVALID */
  async take(place: Place & { readonly bytesMax: number }, piece: Piece): Promise<number> {
    const path = this.#pathOf(place);
    if (existsSync(path)) return statSync(path).size;
    this.#checkSize(place, piece);
    if (this.#busy.has(place.id)) throw new CodedError('AUTH_LIMITED', 'a piece of this result is being written');
    this.#busy.add(place.id);
    try {
      return await this.#append(place, path, piece);
    } finally {
      this.#busy.delete(place.id);
    }
  }

  /** For a person to save. */
  fileOf(command: Place & { readonly name: string }): { name: string; bytes: number } | undefined {
    const bytes = statSync(this.#pathOf(command), { throwIfNoEntry: false })?.size;
    const name = `${command.site}-${command.name}-${command.id}.${ENDINGS[command.name] ?? 'bin'}`;
    return bytes === undefined ? undefined : { name, bytes };
  }

  /** @throws REMOTE_NO_RESULT */
  async read(place: Place): Promise<FileHandle> {
    return open(this.#pathOf(place), 'r').catch(() => {
      throw new CodedError('REMOTE_NO_RESULT', 'this command has no file');
    });
  }

  remove(place: Place): void {
    rmSync(this.#pathOf(place), { force: true });
    rmSync(this.#pathOf(place) + PART, { force: true });
  }

  /** Begun and never brought to an end. @param before RFC 3339 */
  removeParts(before: string): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const isOld = (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < Date.parse(before);
      if (name.endsWith(PART) && isOld) rmSync(path, { force: true });
    }
  }

  #checkSize({ bytesMax }: { bytesMax: number }, { offset, total, content }: Piece): void {
    const most = Math.min(this.#config.resultBytesMax, this.#config.siteBytesMax, this.#config.bytesMax, bytesMax);
    if (total > most) throw new CodedError('REMOTE_LIMIT', `a result of ${total} bytes is too large; ${most} may come`);
    if (offset + content.length > total) throw new CodedError('INPUT_INVALID', 'the piece goes past the end');
  }

  async #append(place: Place, path: string, { offset, total, sha256, content }: Piece): Promise<number> {
    const part = path + PART;
    const have = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
    if (offset !== have) return have;
    this.#makeRoom(place.site, offset === 0 ? total : content.length);
    const file = await open(part, 'a', 0o600);
    try {
      await file.appendFile(content);
      if (have + content.length === total) await file.sync();
    } finally {
      await file.close();
    }
    if (have + content.length === total) await finish(part, path, sha256);
    return have + content.length;
  }

  /**
   * The oldest of the site go first where it has too much, then the oldest of all; what has not come whole yet counts and
   * stays. @throws REMOTE_LIMIT when that does not help
   */
  #makeRoom(site: string, bytes: number): void {
    const files = readdirSync(this.#folder)
      .flatMap((name) => {
        const path = join(this.#folder, name);
        const facts = statSync(path, { throwIfNoEntry: false });
        return facts === undefined ? [] : [{ path, name, bytes: facts.size, atMs: facts.mtimeMs }];
      })
      .sort((a, b) => a.atMs - b.atMs);
    const own = files.filter(({ name }) => name.startsWith(`${site}.`));
    const gone = this.#removeOldest(own, this.#config.siteBytesMax - bytes);
    this.#removeOldest(
      files.filter((file) => !gone.has(file)),
      this.#config.bytesMax - bytes,
    );
  }

  #removeOldest<F extends { path: string; name: string; bytes: number }>(files: readonly F[], most: number): Set<F> {
    let sum = files.reduce((total, file) => total + file.bytes, 0);
    const gone = new Set<F>();
    for (const file of files) {
      if (sum <= most) break;
      if (file.name.endsWith(PART)) continue;
      rmSync(file.path, { force: true });
      gone.add(file);
      sum -= file.bytes;
      this.#log.warn({ file: file.name, bytes: file.bytes }, 'a result made room for a newer one');
    }
    if (sum > most)
      throw new CodedError('REMOTE_LIMIT', 'results that are on their way take all the room; ask again later');
    return gone;
  }

  #pathOf({ site, id }: Place): string {
    return join(this.#folder, `${site}.${id}`);
  }
}

async function finish(part: string, path: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(part), hash);
  if (hash.digest('hex') === sha256) {
    renameSync(part, path);
    return;
  }
  rmSync(part, { force: true });
  throw new CodedError('INPUT_INVALID', 'the result was changed on its way');
}
