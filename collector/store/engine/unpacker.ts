import { CodedError } from '../../../protocol/base/errors.js';
import { isoMillis } from '../../../protocol/base/time.js';
import { arrivalsAt } from '../../ingest/arrival.js';
import type { Found, Packed } from '../../ingest/batches.js';
import { isNoted } from '../../ingest/noted.js';
import { fieldsOf, unpackBatch } from '../../ingest/unpack.js';
import { Block } from '../native/block.js';

/** The group that is written, the one behind it, and one that was given up. */
const BLOCKS_MAX = 3;

/** Turns batches into blocks of rows, beside the thread in which the engine writes the block before. */
export class Unpacker {
  readonly #write: (block: Block, name: string) => Promise<void>;
  readonly #blocks = new Map<string, Block>();

  constructor(write: (block: Block, name: string) => Promise<void>) {
    this.#write = write;
  }

  unpack(name: string, group: readonly Packed[], ingestedMs: number): Found[] {
    const block = new Block();
    const ingested = isoMillis(ingestedMs);
    const arrivalOf = arrivalsAt(ingestedMs);
    const found = group.map((packed) => {
      const { records, rejected } = unpackBatch(packed);
      const fields = fieldsOf(packed, ingested);
      for (const [row, record] of records.entries()) {
        block.add(record, fields, row, arrivalOf(record));
      }
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
    this.#blocks.delete(name);
  }

  #keep(name: string, block: Block): void {
    this.#blocks.delete(name);
    this.#blocks.set(name, block);
    for (const old of this.#blocks.keys()) {
      if (this.#blocks.size <= BLOCKS_MAX) return;
      this.#blocks.delete(old);
    }
  }
}
