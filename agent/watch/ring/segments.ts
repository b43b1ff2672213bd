import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the ring. */
export interface Segment {
  readonly path: string;
  readonly number: number;
  bytes: number;
  /** Of its last packet, in milliseconds since the epoch. */
  lastMs: number;
}

const NAME = /^(\d{12})\.pcap$/;
/** Restarts make many small ones; they are opened together to be read. */
const SEGMENTS_MAX = 256;

/** The ring's files, in the order in which they were begun. What lies in its folder is all that is known of them. */
export class Segments {
  readonly #folder: string;
  #list: Segment[] = [];
  #next = 1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes over what an earlier run left. @throws from the file system */
  open(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#list = readdirSync(this.#folder)
      .filter((name) => NAME.test(name))
      .sort()
      .map((name) => segmentOf(join(this.#folder, name), Number(NAME.exec(name)![1])));
    this.#next = (this.#list.at(-1)?.number ?? 0) + 1;
  }

  get list(): readonly Segment[] {
    return this.#list;
  }

  get bytes(): number {
    return this.#list.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** A new, empty one: the file is the caller's to make. @throws from the file system */
  begin(nowMs: number): Segment {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 }); // The disk may have been away at the start.
    const number = this.#next;
    this.#next += 1;
    const path = join(this.#folder, `${String(number).padStart(12, '0')}.pcap`);
    const segment = { path, number, bytes: 0, lastMs: nowMs };
    this.#list.push(segment);
    return segment;
  }

  /**
   * Deletes the oldest ones.
   * @param bytesMax what may be left @param oldestMs what ended before is too old
   * @param kept one that is being written
   */
  prune(bytesMax: number, oldestMs: number, kept?: Segment): void {
    let bytes = this.bytes;
    while (this.#list.length > 0) {
      const [first] = this.#list;
      const isTooMuch = bytes > bytesMax || this.#list.length > SEGMENTS_MAX;
      if (first === undefined || first === kept || (!isTooMuch && first.lastMs >= oldestMs)) return;
      rmSync(first.path, { force: true });
      bytes -= first.bytes;
      this.#list.shift();
    }
  }
}

function segmentOf(path: string, number: number): Segment {
  const { size, mtimeMs } = statSync(path);
  return { path, number, bytes: size, lastMs: mtimeMs };
}

/** Deletes all that was kept: the owner of the box does not want it any more. */
export function removeRing(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
