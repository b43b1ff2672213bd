import { GrowingBytes } from './bytes.js';
import { itemsOf, type ValueType } from './values.js';

/** One column of a block, filled from the first row on; rows that are passed over are missing values. */
export interface BlockColumn {
  readonly name: string;
  readonly type: string;
  /** @param row never lower than before @returns false when the value does not fit; then nothing was written */
  put(row: number, value: unknown): boolean;
  /** The same value for so many rows. @returns as `put` */
  putRun(row: number, value: unknown, count: number): boolean;
  /** Whether any row has a value. */
  readonly isUsed: boolean;
  /** Writes name, type and all rows. */
  finish(rows: number, to: GrowingBytes): void;
  /** Begins anew, in the same memory. */
  clear(): void;
}

/** @param isAlways every row has a value: no nulls are kept */
export function columnFor(name: string, type: ValueType, isAlways: boolean): BlockColumn {
  const items = itemsOf(type);
  return items === undefined
    ? new PlainColumn(name, type, type.isNullable && !isAlways)
    : new ListColumn(name, type.type, items);
}

function putHead(column: BlockColumn, to: GrowingBytes): void {
  to.text(column.name);
  to.text(column.type);
}

class PlainColumn implements BlockColumn {
  readonly name: string;
  readonly type: string;
  readonly #values = new GrowingBytes();
  /** A byte a row: 1 where there is no value. */
  readonly #nulls: GrowingBytes | undefined;
  readonly #of: ValueType;
  #rows = 0;

  constructor(name: string, of: ValueType, isNullable: boolean) {
    this.name = name;
    this.type = isNullable ? `Nullable(${of.type})` : of.type;
    this.#of = of;
    this.#nulls = isNullable ? new GrowingBytes() : undefined;
  }

  put(row: number, value: unknown): boolean {
    this.#skipTo(row);
    if (!this.#of.put(value, this.#values)) return false;
    this.#nulls?.byte(0);
    this.#rows += 1;
    return true;
  }

  putRun(row: number, value: unknown, count: number): boolean {
    this.#skipTo(row);
    const start = this.#values.length;
    if (!this.#of.put(value, this.#values)) return false;
    this.#values.repeatFrom(start, count - 1);
    this.#nulls?.repeat(0, count);
    this.#rows += count;
    return true;
  }

  get isUsed(): boolean {
    return this.#rows > 0;
  }

  clear(): void {
    this.#values.length = 0;
    if (this.#nulls !== undefined) this.#nulls.length = 0;
    this.#rows = 0;
  }

  finish(rows: number, to: GrowingBytes): void {
    this.#skipTo(rows);
    putHead(this, to);
    if (this.#nulls !== undefined) to.bytes(this.#nulls.written);
    to.bytes(this.#values.written);
  }

  #skipTo(row: number): void {
    const missing = row - this.#rows;
    if (missing === 0) return;
    this.#nulls?.repeat(1, missing);
    this.#values.zeros(missing * this.#of.emptyBytes);
    this.#rows = row;
  }
}

class ListColumn implements BlockColumn {
  readonly name: string;
  readonly type: string;
  readonly #items = new GrowingBytes();
  /** Eight bytes a row: how many items there are up to its end. */
  readonly #ends = new GrowingBytes();
  readonly #of: ValueType;
  #rows = 0;
  #count = 0;

  constructor(name: string, type: string, of: ValueType) {
    this.name = name;
    this.type = type;
    this.#of = of;
  }

  put(row: number, value: unknown): boolean {
    if (!Array.isArray(value)) return false;
    this.#skipTo(row);
    const { length } = this.#items;
    for (const item of value) {
      if (this.#of.put(item, this.#items)) continue;
      this.#items.length = length;
      return false;
    }
    this.#count += value.length;
    this.#ends.int64(this.#count);
    this.#rows += 1;
    return true;
  }

  putRun(row: number, value: unknown, count: number): boolean {
    for (let at = 0; at < count; at++) if (!this.put(row + at, value)) return false;
    return true;
  }

  get isUsed(): boolean {
    return this.#rows > 0;
  }

  clear(): void {
    this.#items.length = 0;
    this.#ends.length = 0;
    this.#rows = 0;
    this.#count = 0;
  }

  finish(rows: number, to: GrowingBytes): void {
    this.#skipTo(rows);
    putHead(this, to);
    to.bytes(this.#ends.written);
    to.bytes(this.#items.written);
  }

  #skipTo(row: number): void {
    for (; this.#rows < row; this.#rows++) this.#ends.int64(this.#count);
  }
}

/** Keys and values as text, any number a row. */
export class MapColumn {
  readonly name: string;
  readonly type = 'Map(String, String)';
  readonly #keys = new GrowingBytes();
  readonly #values = new GrowingBytes();
  readonly #ends = new GrowingBytes();
  #rows = 0;
  #count = 0;

  constructor(name: string) {
    this.name = name;
  }

  get isUsed(): boolean {
    return this.#count > 0;
  }

  clear(): void {
    for (const bytes of [this.#keys, this.#values, this.#ends]) bytes.length = 0;
    this.#rows = 0;
    this.#count = 0;
  }

  /** One more of this row. */
  add(row: number, key: string, value: string): void {
    this.#skipTo(row);
    this.#keys.text(key);
    this.#values.text(value);
    this.#count += 1;
  }

  finish(rows: number, to: GrowingBytes): void {
    this.#skipTo(rows);
    to.text(this.name);
    to.text(this.type);
    to.bytes(this.#ends.written);
    to.bytes(this.#keys.written);
    to.bytes(this.#values.written);
  }

  /** Rows before this one are complete. */
  #skipTo(row: number): void {
    for (; this.#rows < row; this.#rows++) this.#ends.int64(this.#count);
  }
}
