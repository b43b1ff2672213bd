import { createGunzip, type Gunzip } from 'node:zlib';
import { CodedError } from '../../../protocol/base/errors.js';
import type { ByteSource } from './bytes.js';

/** Fed in small pieces, so that what is in memory unpacked stays below about 16 MiB even for a gzip bomb. */
const PIECE_BYTES = 16 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** RFC 1952, section 2.3.1, and the only compression method there is. */
export function isGzipMagic(b: Buffer): boolean {
  return b[0] === 0x1f && b[1] === 0x8b && b[2] === 8;
}

/**
 * Unpacks gzip (several members too). What comes before a damage is handed out first: zlib throws away what it
 * unpacked in the call that met the damage, so the damaged piece is unpacked once more, byte by byte.
 */
export class GunzipBytes implements ByteSource {
  readonly #reopen: (() => ByteSource) | undefined;
  #packed: ByteSource;
  #gunzip: Gunzip;
  readonly #piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #ready: Buffer[] = [];
  #failure: Error | undefined;
  #packedBytes = 0;
  #unpackedBytes = 0;
  #isAtEnd = false;
  /** Where the piece with the damage begins, once there was one. */
  #carefulFrom = Number.POSITIVE_INFINITY;
  /** Bytes that were handed out before the second attempt. */
  #repeatedBytes = 0;

  /** @param reopen gives the packed bytes from the beginning once more, after damage; a pipe cannot */
  constructor(packed: ByteSource, reopen?: () => ByteSource) {
    this.#packed = packed;
    this.#reopen = reopen;
    this.#gunzip = this.#createGunzip();
  }

  /** @throws CAPTURE_TRUNCATED, CAPTURE_CORRUPT (offsets in the packed file), CAPTURE_UNREADABLE */
  async read(into: Buffer, start: number, end: number): Promise<number> {
    while (this.#ready.length === 0 && !this.#isAtEnd && this.#failure === undefined) await this.#feed();
    const chunk = this.#ready[0];
    if (chunk !== undefined) return this.#take(chunk, into, start, end);
    if (this.#failure !== undefined) throw this.#describe(this.#failure);
    return 0;
  }

  async close(): Promise<void> {
    this.#gunzip.destroy();
    this.#ready = [];
    await this.#packed.close();
  }

  #createGunzip(): Gunzip {
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    gunzip.on('data', (chunk: Buffer) => this.#keep(chunk));
    gunzip.on('error', (error) => {
      this.#failure = error;
    });
    return gunzip;
  }

  #keep(chunk: Buffer): void {
    const repeated = Math.min(this.#repeatedBytes, chunk.length);
    this.#repeatedBytes -= repeated;
    this.#unpackedBytes += chunk.length - repeated;
    if (repeated < chunk.length) this.#ready.push(chunk.subarray(repeated));
  }

  #take(chunk: Buffer, into: Buffer, start: number, end: number): number {
    const count = chunk.copy(into, start, 0, Math.min(chunk.length, end - start));
    if (count === chunk.length) this.#ready.shift();
    else this.#ready[0] = chunk.subarray(count);
    return count;
  }

  /** Unpacks one piece of the file, or ends. */
  async #feed(): Promise<void> {
    const before = this.#packedBytes;
    const isCareful = before >= this.#carefulFrom;
    const count = await this.#packed.read(this.#piece, 0, isCareful ? 1 : PIECE_BYTES);
    this.#packedBytes += count;
    await this.#unpack(count);
    if (count === 0) this.#isAtEnd = true;
    if (this.#failure !== undefined && count > 1 && this.#reopen !== undefined) {
      await this.#packed.close();
      this.#startAgain(this.#reopen(), before);
    }
  }

  #unpack(count: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#gunzip.off('close', done);
        resolve();
      };
      this.#gunzip.once('close', done); // After the end, and after an error: then no other callback comes.
      if (count > 0) this.#gunzip.write(this.#piece.subarray(0, count), done);
      else this.#gunzip.end();
    });
  }

  #startAgain(packed: ByteSource, damagedPiece: number): void {
    this.#packed = packed;
    this.#gunzip = this.#createGunzip();
    this.#failure = undefined;
    this.#packedBytes = 0;
    this.#carefulFrom = damagedPiece;
    this.#repeatedBytes = this.#unpackedBytes;
  }

  #describe(error: Error): CodedError {
    const at = this.#packedBytes;
    const isShort = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    if (isShort) return new CodedError('CAPTURE_TRUNCATED', `the gzip file ends at byte ${at}, before its end`);
    return new CodedError('CAPTURE_CORRUPT', `the gzip file is damaged before byte ${at}`, {}, { cause: error });
  }
}
