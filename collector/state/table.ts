/** A set of values by key, in the state database. Writes are on disk when they return. */
export interface Table<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  /** @returns false when there was one already */
  putIfAbsent(key: string, value: T): Promise<boolean>;
  /**
   * Changes a value, one change at a time for the whole table. Nothing is written when `change` returns undefined.
   * @returns the value after it, or undefined when there was none or nothing changed
   */
  update(key: string, change: (value: T) => T | undefined): Promise<T | undefined>;
  /** All of them or none. */
  putMany(entries: ReadonlyArray<readonly [key: string, value: T]>): Promise<void>;
  delete(key: string): Promise<void>;
  /** All keys, in order. */
  keys(): Promise<string[]>;
  /** In the order of keys. */
  list(options?: ListOptions): Promise<Array<[key: string, value: T]>>;
  /** Deletes every value whose key comes before this one. */
  clearBefore(key: string): Promise<void>;
}

export interface ListOptions {
  readonly prefix?: string;
  /** The first key, inclusive. */
  readonly from?: string;
  /** The end, exclusive. */
  readonly before?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}
