import { CodedError } from '../../../protocol/base/errors.js';
import { isoMillis } from '../../../protocol/base/time.js';
import { arrivalsAt } from '../../ingest/arrival.js';
import type { Found, Packed } from '../../ingest/batches.js';
import { isNoted } from '../../ingest/noted.js';
import { fieldsOf, unpackBatch } from '../../ingest/unpack.js';
import { Block } from '../native/block.js';
import type { RetentionOf } from '../retention.js';

/** The group that is written, the one behind it, and one that was given up. */
const BLOCKS_MAX = 3;
/** One that was larger gives its memory back. */
const FREE_BYTES_MAX = 32 * 2 ** 20;

/** Turns batches into blocks of rows, beside the thread in which the engine writes the block before. */
export class Unpacker {
  readonly #write: (block: Block, name: string) => Promise<void>;
  readonly #retentionOf: RetentionOf;
  readonly #blocks = new Map<string, Block>();
  /** Written ones, for their memory. */
  readonly #free: Block[] = [];

  constructor(write: (block: Block, name: string) => Promise<void>, retentionOf: RetentionOf) {
    this.#write = write;
    this.#retentionOf = retentionOf;
  }

  unpack(name: string, group: readonly Packed[], ingestedMs: number): Found[] {
    const block = this.#free.pop() ?? new Block();
    block.clear();
    const ingested = isoMillis(ingestedMs);
    const arrivalOf = arrivalsAt(ingestedMs);
    const found = group.map((packed) => {
      const { records, rejected } = unpackBatch(packed);
      for (let row = 0; row < records.length; row++) {
        const record = records[row]!;
        block.add(record, row, this.#retentionOf(record['event.dataset']), arrivalOf(record));
      }
      block.addToLast(records.length, fieldsOf(packed, ingested));
      return { rows: records.length, rejected, noted: records.filter(isNoted) };
    });
    this.#keep(name, block);
    return found;
  }

  /** @throws STORE_WRITE_FAILED when it was not unpacked by this process */
  async write(name: string): Promise<void> {
    const block = this.#blocks.get(name);
    if (block === undefined) throw new CodedError('STORE_WRITE_FAILED', 'the engine was started anew in between');
    await this.#write(block, name);
    if (this.#blocks.get(name) === block) this.#forget(name, block);
  }

  #keep(name: string, block: Block): void {
    this.#blocks.delete(name);
    this.#blocks.set(name, block);
    for (const old of this.#blocks.keys()) {
      if (this.#blocks.size <= BLOCKS_MAX) return;
      this.#blocks.delete(old);
    }
  }

  #forget(name: string, block: Block): void {
    this.#blocks.delete(name);
    if (this.#free.length < BLOCKS_MAX && block.bytes < FREE_BYTES_MAX) this.#free.push(block);
  }
}
