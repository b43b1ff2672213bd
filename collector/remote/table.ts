/** What is kept by key; writes are on disk when they return. */
export interface Table<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  putIfAbsent(key: string, value: T): Promise<boolean>;
  update(key: string, change: (value: T) => T | undefined): Promise<T | undefined>;
  delete(key: string): Promise<void>;
  list(options?: { prefix?: string; reverse?: boolean; limit?: number }): Promise<Array<[key: string, value: T]>>;
}
