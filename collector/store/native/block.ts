import { CodedError } from '../../../protocol/base/errors.js';
import type { AnyRecord } from '../../../protocol/records/records.js';
import { ALWAYS, COLUMNS, quoteName, REST_COLUMN } from '../columns.js';
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
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /**
   * @param more what is added to the record: the same object for a batch, its place in it, what is said of it
   * @throws STORE_ROWS_REFUSED when what every row needs is not what it should be
   */
  add(record: AnyRecord, more: AnyRecord = {}, place?: number, mark: object = {}): void {
    for (const key in record) this.#put(key, record[key]);
    for (const key in more) this.#put(key, more[key]);
    for (const key in mark) this.#put(key, (mark as AnyRecord)[key]);
    if (place !== undefined) this.#put('hinomi.row', place);
    this.#rows += 1;
    this.#finished = undefined;
  }

  /** What has no column of its own, or does not fit into it, goes to the rest column as JSON. */
  #put(key: string, value: unknown): void {
    const column = this.#columns.get(key) ?? this.#column(key);
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
    const columns = [...this.#columns.values(), ...(this.#rest === undefined ? [] : [this.#rest])];
    const to = new GrowingBytes(2 ** 20);
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
