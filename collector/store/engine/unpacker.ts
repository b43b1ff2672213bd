import { randomUUID } from 'node:crypto';
import { CodedError } from '../../../protocol/base/errors.js';
import { isoMillis } from '../../../protocol/base/time.js';
import { arrivalsAt } from '../../ingest/arrival.js';
import type { Found, Packed } from '../../ingest/batches.js';
import { isNoted } from '../../ingest/noted.js';
import { fieldsOf, unpackBatch } from '../../ingest/unpack.js';
import { Block } from '../native/block.js';
import type { RetentionOf } from '../retention.js';
import type { BatchName } from '../telemetry.js';

/** The group that is written, the one behind it, and one that was given up. */
const BLOCKS_MAX = 3;
/** One that was larger gives its memory back. */
const FREE_BYTES_MAX = 32 * 2 ** 20;

export interface UnpackerStore {
  /** @param attempt above 1 when an earlier one has failed */
  insertBlock(block: Block, name: string, attempt: number): Promise<void>;
  /** Whether rows of a batch are in the table. */
  hasBatch(batch: BatchName): Promise<boolean>;
}

interface Kept {
  readonly block: Block;
  /** The first batch that has rows. */
  readonly first: BatchName | undefined;
}

/** Turns batches into blocks of rows, beside the thread in which the engine writes the block before. */
export class Unpacker {
  readonly #store: UnpackerStore;
  readonly #retentionOf: RetentionOf;
  /** A name is known in this run of the engine alone: a collector that starts reads from the table what is there. */
  readonly #run = randomUUID();
  readonly #blocks = new Map<string, Kept>();
  /** Written ones, for their memory. */
  readonly #free: Block[] = [];

  constructor(store: UnpackerStore, retentionOf: RetentionOf) {
    this.#store = store;
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
    const first = group[found.findIndex(({ rows }) => rows > 0)];
    this.#keep(name, { block, first: first && { agent: first.sender.agent, ...first.header, ingestedMs } });
    return found;
  }

  /**
   * The engine notes the name of an insert before its rows are in place, so that one which ended in between is taken for
   * stored by its name. Whoever writes again is asked of the table itself, and has a new name: rows come all or none, and
   * nothing is under way any more when the first attempt has failed.
   * @throws STORE_WRITE_FAILED when it was not unpacked by this process
   */
  async write(name: string, attempt: number): Promise<void> {
    const kept = this.#blocks.get(name);
    if (kept === undefined) throw new CodedError('STORE_WRITE_FAILED', 'the engine was started anew in between');
    const { block, first } = kept;
    const isThere = attempt > 1 && first !== undefined && (await this.#store.hasBatch(first));
    if (!isThere) await this.#store.insertBlock(block, `${this.#run}:${name}`, attempt);
    if (this.#blocks.get(name) === kept) this.#forget(name, block);
  }

  #keep(name: string, kept: Kept): void {
    this.#blocks.delete(name);
    this.#blocks.set(name, kept);
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
