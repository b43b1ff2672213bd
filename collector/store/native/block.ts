import { CodedError } from '../../../protocol/base/errors.js';
import type { AnyRecord } from '../../../protocol/records/records.js';
import { ALWAYS, COLUMNS, quoteName, REST_COLUMN } from '../columns.js';
import { RETENTION_COLUMN } from '../retention.js';
import { GrowingBytes } from './bytes.js';
import { type BlockColumn, columnFor, MapColumn } from './column.js';
import { VALUE_TYPES } from './values.js';

/**
 * Rows for one insert, in ClickHouse's Native format: column by column, only those that a row of this block has. The
 * engine takes it without parsing text: bench/RESULTS.md has the figures.
 */
export class Block {
  readonly #columns = new Map<string, BlockColumn>();
  #rest: MapColumn | undefined;
  readonly #bytes = new GrowingBytes(2 ** 20);
  #rows = 0;

  /** Of the finished block. */
  get bytes(): number {
    return this.#bytes.length;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * One more row.
   * @param place of the record in its batch
   * @param mark what is said of the record, if anything
   * @throws STORE_ROWS_REFUSED when what every row needs is not what it should be
   */
  add(record: AnyRecord, place?: number, retentionDays?: number, mark?: object): void {
    for (const key in record) this.#put(key, record[key]);
    for (const key in mark) this.#put(key, (mark as AnyRecord)[key]);
    if (place !== undefined) this.#put('hinomi.row', place);
    if (retentionDays !== undefined) this.#put(RETENTION_COLUMN, retentionDays);
    this.#rows += 1;
    this.#finished = undefined;
  }

  /** Values that the last `count` rows share. Only for columns that every row has. */
  addToLast(count: number, fields: AnyRecord): void {
    if (count === 0) return;
    for (const key in fields) {
      const isThere = this.#column(key)?.putRun(this.#rows - count, fields[key], count);
      if (isThere !== true) throw new CodedError('STORE_ROWS_REFUSED', `${key} cannot hold what is in it`);
    }
    this.#finished = undefined;
  }

  /** Begins anew, in the same memory. */
  clear(): void {
    for (const column of this.#columns.values()) column.clear();
    this.#rest?.clear();
    this.#rows = 0;
    this.#finished = undefined;
  }

  /** What has no column of its own, or does not fit into it, goes to the rest column as JSON. */
  #put(key: string, value: unknown): void {
    const column = this.#column(key);
    if (column !== undefined) {
      if (value === null || column.put(this.#rows, value)) return;
      if (ALWAYS.has(key)) throw new CodedError('STORE_ROWS_REFUSED', `${key} cannot hold what is in it`);
    }
    const text = JSON.stringify(value);
    if (text === undefined) return;
    this.#rest ??= new MapColumn(REST_COLUMN);
    this.#rest.add(this.#rows, key, text);
  }

  #column(key: string): BlockColumn | undefined {
    const there = this.#columns.get(key);
    if (there !== undefined) return there;
    const known = COLUMNS.get(key);
    if (known === undefined) return undefined;
    const column = columnFor(known.column, VALUE_TYPES[known.kind], ALWAYS.has(key));
    this.#columns.set(key, column);
    return column;
  }

  /** For the engine. Made once, however often it is asked for. */
  finish(): FinishedBlock {
    this.#finished ??= this.#finish();
    return this.#finished;
  }
  #finished: FinishedBlock | undefined;

  #finish(): FinishedBlock {
    const all = [...this.#columns.values(), ...(this.#rest === undefined ? [] : [this.#rest])];
    const columns = all.filter(({ isUsed }) => isUsed);
    const to = this.#bytes;
    to.length = 0;
    to.varint(columns.length);
    to.varint(this.#rows);
    for (const column of columns) column.finish(this.#rows, to);
    return {
      names: columns.map(({ name }) => quoteName(name)).join(', '),
      structure: columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', '),
      bytes: to.written,
    };
  }
}

export interface FinishedBlock {
  /** Columns, as SQL. */
  readonly names: string;
  /** The same with their types. */
  readonly structure: string;
  readonly bytes: Buffer;
}
