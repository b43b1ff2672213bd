import { close, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { CodedError } from '../../../protocol/base/errors.js';

const readFd = promisify(read);
const closeFd = promisify(close);

/** Bytes in order, from a file or out of a decompressor. */
export interface ByteSource {
  /** Fills some of `into[start, end)` and returns how many bytes, 0 at the end. @throws CAPTURE_UNREADABLE */
  read(into: Buffer, start: number, end: number): Promise<number>;
  close(): Promise<void>;
}

/** An open recording that can be read several times, even after the process gave up the right to open it. */
export class RecordingFile {
  readonly path: string;
  /** False for a pipe. */
  readonly isSeekable: boolean;
  readonly #fd: number;
  #isClosed = false;

  private constructor(path: string, fd: number, isSeekable: boolean) {
    this.path = path;
    this.#fd = fd;
    this.isSeekable = isSeekable;
  }

  /** @param path `-` is standard input. @throws CAPTURE_UNREADABLE */
  static open(path: string): RecordingFile {
    if (path === '-') return new RecordingFile('standard input', 0, false);
    try {
      const fd = openSync(path, 'r');
      const stat = fstatSync(fd);
      if (stat.isDirectory()) throw new Error('it is a folder');
      return new RecordingFile(path, fd, stat.isFile());
    } catch (cause) {
      throw new CodedError('CAPTURE_UNREADABLE', `could not open ${path}`, { path }, { cause });
    }
  }

  /** The bytes from the beginning (from where it stands, if it is a pipe). Closing them leaves the file open. */
  bytes(): ByteSource {
    let position = 0;
    return {
      read: async (into, start, end) => {
        const count = await this.#readAt(into, start, end, this.isSeekable ? position : null);
        position += count;
        return count;
      },
      close: async () => {},
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed || this.#fd === 0) return;
    this.#isClosed = true;
    await closeFd(this.#fd);
  }

  async #readAt(into: Buffer, start: number, end: number, position: number | null): Promise<number> {
    try {
      return (await readFd(this.#fd, into, start, end - start, position)).bytesRead;
    } catch (cause) {
      throw new CodedError('CAPTURE_UNREADABLE', `could not read ${this.path}`, { path: this.path }, { cause });
    }
  }
}

/** Hands out bytes that were read ahead, then the rest. */
export function withBytesBefore(before: Buffer, rest: ByteSource): ByteSource {
  let used = 0;
  return {
    read: async (into, start, end) => {
      if (used === before.length) return rest.read(into, start, end);
      const count = before.copy(into, start, used, Math.min(before.length, used + end - start));
      used += count;
      return count;
    },
    close: () => rest.close(),
  };
}
