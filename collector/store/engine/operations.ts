import { CodedError } from '../../../protocol/base/errors.js';
import type { AnyRecord } from '../../../protocol/records/records.js';
import type { Packed } from '../../ingest/batches.js';
import type { ClickHouseStore } from '../clickhouse.js';
import type { RetentionOf } from '../retention.js';
import type { SearchRequest } from '../telemetry.js';
import { Unpacker } from './unpacker.js';

/** What can be asked of the engine, by name, as it arrives from the collector. */
export function operationsOf(
  store: ClickHouseStore,
  retentionOf: RetentionOf,
): (name: string, args: readonly unknown[]) => Promise<unknown> {
  const unpacker = new Unpacker(store, retentionOf);
  const operations: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
    insert: (rows: AnyRecord[], token: string) => store.insert(rows, token),
    unpack: async (name: string, group: Packed[], ingestedMs: number) => unpacker.unpack(name, group, ingestedMs),
    write: (name: string, attempt: number) => unpacker.write(name, attempt),
    marks: () => store.marks(),
    // As text: the collector's own thread has to look at less.
    search: async (request: SearchRequest) => JSON.stringify(await store.search(request)),
    count: (request: Omit<SearchRequest, 'limit'>) => store.count(request),
    ping: () => store.ping(),
    usage: () => store.usage(),
    damages: () => store.damages(),
    salvage: (folder: string) => store.salvage(folder),
    backup: (folder: string) => store.backup(folder),
  };
  return async (name, args) => {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) throw new CodedError('STORE_QUERY_FAILED', `no such operation: ${name}`);
    return operation(...(args as never[]));
  };
}
