import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../protocol/base/errors.js';

/** What must stay free on the disk besides: the spool comes first. */
const FREE_BYTES_MIN = 64 * 2 ** 20;
const FOLDER = 'results';

export interface FinishedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Removes what an agent that was killed has left. */
export function clearResults(folder: string): void {
  rmSync(join(folder, FOLDER), { recursive: true, force: true });
}

/** A command's result on its way to the collector: on the box's disk, within a limit. */
export class ResultFile {
  readonly #path: string;
  readonly #bytesMax: number;
  readonly #hash = createHash('sha256');
  #fd: number | undefined;
  #bytes = 0;

  /** @throws DATA_FOLDER when there is no room */
  constructor(folder: string, id: string, bytesMax: number) {
    this.#bytesMax = bytesMax;
    mkdirSync(join(folder, FOLDER), { recursive: true, mode: 0o700 });
    const disk = statfsSync(folder);
    if (disk.bavail * disk.bsize < bytesMax + FREE_BYTES_MIN)
      throw new CodedError('DATA_FOLDER', `the disk of the box has no room for ${bytesMax} bytes`);
    this.#path = join(folder, FOLDER, id);
    this.#fd = openSync(this.#path, 'w', 0o600);
  }

  /** @throws REMOTE_FAILED beyond the limit, and what the disk says */
  write(piece: Buffer): void {
    if (this.#fd === undefined) return;
    if (this.#bytes + piece.length > this.#bytesMax)
      throw new CodedError('REMOTE_FAILED', `the result is longer than ${this.#bytesMax} bytes`);
    for (let at = 0; at < piece.length; ) at += writeSync(this.#fd, piece, at);
    this.#bytes += piece.length;
    this.#hash.update(piece);
  }

  finish(): FinishedFile {
    this.#close();
    return { path: this.#path, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  remove(): void {
    this.#close();
    rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
