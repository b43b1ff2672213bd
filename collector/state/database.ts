import type { AbstractLevel } from 'abstract-level';
import type { Change } from './journal-lines.js';
import { LAST_CHANGE_KEY } from './keys.js';

export type Database = AbstractLevel<string | Buffer | Uint8Array, string, string>;

/** Of classic-level; the interface of all levels does not name it. */
const SYNCED = { sync: true } as object;

/** All of them or none; on disk when it returns. */
export function write(database: Database, changes: readonly Change[]): Promise<void> {
  const writes = changes.map(([key, value]) =>
    value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
  );
  return database.batch(writes, SYNCED);
}

/** Every entry of every table, as it is at this moment, with keys as they are stored. */
export async function* dump(database: Database): AsyncGenerator<readonly [key: string, value: string]> {
  for await (const [key, value] of database.iterator()) if (key !== LAST_CHANGE_KEY) yield [key, value];
}
