import type { World } from '../../protocol/base/world.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { COLUMNS, quoteName } from './columns.js';
import { RETENTION_COLUMN } from './retention.js';
import { retentionSql, TABLE, TTL } from './table.js';
import type { SqlCondition } from './telemetry.js';

/** No collector was away for so long; one whose clock says so has a wrong clock. */
const AWAY_MS_MAX = 35 * 86_400_000;

export interface SchemaDeps extends Pick<World, 'clock' | 'log'> {
  /** @param limitS 0: none; that of a query when it is left out */
  ask(query: string, params: SqlCondition['params'], limitS?: number): Promise<AnyRecord[]>;
  command(query: string): Promise<void>;
}

/** Brings the table of an earlier version to what this one wants. */
export class Schema {
  readonly #deps: SchemaDeps;

  constructor(deps: SchemaDeps) {
    this.#deps = deps;
  }

  /** Fields that this version is the first to know. */
  async addColumns(retentionDays: Readonly<Record<string, number>>): Promise<void> {
    const query = 'SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {t:String}';
    const existing = new Set((await this.#deps.ask(query, { t: TABLE })).map((row) => String(row['name'])));
    for (const { name, column, type } of COLUMNS.values()) {
      if (existing.has(column)) continue;
      const value = name === RETENTION_COLUMN ? ` DEFAULT ${retentionSql(retentionDays)}` : '';
      await this.#deps.command(`ALTER TABLE ${TABLE} ADD COLUMN IF NOT EXISTS ${quoteName(column)} ${type}${value}`);
      this.#deps.log.info({ column }, 'column added');
    }
  }

  /** Each row says how long it is kept. A table of an earlier version is told so once; the engine does it in its own time. */
  async setRetention(): Promise<void> {
    const query =
      'SELECT create_table_query AS query FROM system.tables WHERE database = currentDatabase() AND name = {t:String}';
    const rows = await this.#deps.ask(query, { t: TABLE });
    if (String(rows[0]?.['query']).includes(' TTL ')) return;
    await this.#deps.command(`ALTER TABLE ${TABLE} MODIFY TTL ${TTL}`);
    this.#deps.log.info({}, 'records are thrown away at the end of their retention from now on');
  }

  /**
   * The engine throws away by its clock, and cannot take it back: a clock that jumped by years would cost everything. When
   * the newest record is much older than the clock says, nothing is thrown away in this run; new ones come meanwhile.
   */
  async allowRetention(): Promise<void> {
    const rows = await this.#deps.ask(
      `SELECT toUnixTimestamp64Milli(max(\`event.ingested\`)) AS newest FROM ${TABLE} HAVING count() > 0`,
      {},
      0,
    );
    const newestMs = Number(rows[0]?.['newest'] ?? Number.NaN);
    const awayMs = this.#deps.clock.now() - newestMs;
    if (awayMs > AWAY_MS_MAX) {
      const days = Math.round(awayMs / 86_400_000);
      this.#deps.log.error({ days }, 'the clock is far ahead of the newest record: nothing is thrown away for its age');
      return;
    }
    await this.#deps.command('SYSTEM START TTL MERGES');
  }
}
