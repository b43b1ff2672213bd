import type { Database } from '../../agent/spool/spool.js';

interface Range {
  readonly gte?: string;
  readonly gt?: string;
  readonly lte?: string;
  readonly lt?: string;
  readonly limit?: number;
}
type Operation = { type: 'put'; key: string; value: Buffer | string } | { type: 'del'; key: string };

/** As much of LevelDB as a spool uses, in memory: a tree for each of ten thousand costs more than what is measured. */
export function memoryDatabase(): Database {
  const rows = new Map<string, Buffer | string>();
  const within = ({ gte, gt, lte, lt, limit = Number.POSITIVE_INFINITY }: Range): string[] =>
    [...rows.keys()]
      .filter(
        (key) => !(key < (gte ?? '') || key <= (gt ?? '')) && key <= (lte ?? key) && (lt === undefined || key < lt),
      )
      .sort()
      .slice(0, limit);
  const database = {
    status: 'open',
    open: async () => {},
    close: async () => {},
    get: async (key: string) => rows.get(key),
    batch: async (operations: readonly Operation[]) => {
      for (const operation of operations) {
        if (operation.type === 'put') rows.set(operation.key, keep(operation.value));
        else rows.delete(operation.key);
      }
    },
    async *keys(range: Range = {}) {
      yield* within(range);
    },
    async *values(range: Range = {}) {
      for (const key of within(range)) yield rows.get(key);
    },
    async *iterator(range: Range = {}) {
      for (const key of within(range)) yield [key, rows.get(key)];
    },
  };
  return database as never as Database;
}

/** What zlib gives lies at the beginning of 16 KiB, which would be kept for a batch of 300 bytes. */
function keep(value: Buffer | string): Buffer | string {
  return typeof value === 'string' ? value : Buffer.from(value);
}
