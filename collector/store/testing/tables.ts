import { createRequire } from 'node:module';
import { join } from 'node:path';
import { silentLogger } from '../../../protocol/base/log.js';
import { systemClock } from '../../../protocol/base/time.js';
import { ClickHouseStore } from '../clickhouse.js';

const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');

/** Tables below one folder, for tests: the embedded engine opens one of them at a time in a process. */
export class Tables {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async withStore<T>(place: string, use: (store: ClickHouseStore) => Promise<T>): Promise<T> {
    const world = { clock: systemClock, random: Math.random, log: silentLogger };
    const config = { queryS: 15, queryBytesMax: 2 ** 28, retentionDays: { dns: 20, default: 400 } };
    const store = new ClickHouseStore(config, join(this.#folder, place), world);
    try {
      await store.start();
      return await use(store);
    } finally {
      await store.close();
    }
  }

  /** By SQL of the engine's own, as nobody else may. */
  ask(place: string, ...queries: string[]): string {
    const session = new Session(join(this.#folder, place));
    try {
      return queries.map((query) => session.query(query, 'TSV')).join('');
    } finally {
      session.close();
    }
  }
}
