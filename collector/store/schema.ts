import type { World } from '../../protocol/base/world.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { COLUMNS, quoteName } from './columns.js';
import { RETENTION_COLUMN } from './retention.js';
import { MARKS, retentionSql, TABLE, TTL } from './table.js';
import type { SqlCondition } from './telemetry.js';

export interface SchemaDeps extends Pick<World, 'log'> {
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

  /** Parts of an earlier version are read row by row until they are merged with newer ones, or thrown away. */
  async addMarks(): Promise<void> {
    await this.#deps.command(`ALTER TABLE ${TABLE} ADD PROJECTION IF NOT EXISTS ${MARKS}`);
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
}
