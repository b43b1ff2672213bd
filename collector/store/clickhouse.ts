import { mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { CodedError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { quoteName } from './columns.js';
import type { StoreConfig } from './config.js';
import { attachedParts, covers, type Damage, findParts, type Part, setAside } from './damage.js';
import { isDamage, isRefusal, isStarved } from './engine-errors.js';
import { holdRetention } from './hold-retention.js';
import { markOf, marksSql } from './marks.js';
import { Block } from './native/block.js';
import { RETENTION_COLUMN, type RetentionOf, retentionBy } from './retention.js';
import { fromRow } from './rows.js';
import { Schema } from './schema.js';
import { countSql, searchSql } from './search-sql.js';
import { CREATE_TABLE, SETTINGS, sqlText, TABLE } from './table.js';
import type { BatchName, LaneMark, SearchRequest, SqlCondition, TelemetryStore, Usage } from './telemetry.js';

const REQUIRE = createRequire(import.meta.url);

/** Every setting that a query sets is set here too: in the embedded engine they stay for whatever comes next. */
const INSERT_SETTINGS = {
  max_insert_block_size: '1000000',
  max_execution_time: 0,
  max_memory_usage: '0',
} as const;

/** One block of the file is one block of the insert, so one part. */
const FILE_SETTINGS = { max_threads: 1, max_insert_threads: '1', max_block_size: '1000000' } as const;

/** Nobody's SQL reaches the engine: whoever asks for a backup says where it goes. */
const BACKUPS_ANYWHERE = '--backups.allowed_path=/';

/** Rows that came in the last minutes before a start are read one by one. */
const LOOKED_AT_MS = 600_000;
/** Days from which the growth is taken. */
const USAGE_DAYS = 8;

/** What of the configuration the table itself needs. */
export type TableConfig = Pick<StoreConfig, 'url' | 'queryS' | 'queryBytesMax'> &
  Partial<StoreConfig> & {
    /** What `backup` wrote: the table is made of it. */
    readonly restoreFrom?: string;
  };

/** The share of the engine's memory at which it refuses a query, before it is killed for it. */
const SERVER_MEMORY_SHARE = 0.75;

/**
 * The telemetry table in ClickHouse: in this process (chdb, on a folder) or on a server, through the same client.
 * Partitioned by the day of arrival, so that one group commit is one atomic part. Inserts have a session of their own:
 * the embedded engine does one thing after the other in a session, and an insert must not wait for a query.
 */
export class ClickHouseStore implements TelemetryStore {
  readonly name = 'store';
  readonly #config: TableConfig;
  readonly #folder: string;
  readonly #log: World['log'];
  readonly #clock: World['clock'];
  readonly #retentionOf: RetentionOf | undefined;
  #reader: ClickHouseClient | undefined;
  #writer: ClickHouseClient | undefined;
  /** The insert before. */
  #turn: Promise<void> = Promise.resolve();
  readonly #damages: Damage[] = [];
  #isChecking = false;
  /** Keeps the embedded engine open: its arguments are those of the first session. */
  #engine: { close(): void } | undefined;

  /** @param folder of the embedded engine; one process at a time */
  constructor(config: TableConfig, folder: string, world: World) {
    this.#config = config;
    this.#folder = folder;
    this.#retentionOf = config.retentionDays === undefined ? undefined : retentionBy(config.retentionDays);
    this.#log = world.log.child({ component: 'store' });
    this.#clock = world.clock;
  }

  /** @throws STORE_OPEN_FAILED */
  async start(): Promise<void> {
    try {
      const awayDays = this.#config.url === undefined ? holdRetention(this.#folder, this.#clock.now()) : undefined;
      this.#openEngine();
      this.#reader = this.#connect();
      this.#writer = this.#connect();
      if (this.#config.restoreFrom !== undefined) await this.#restore(this.#config.restoreFrom);
      await this.#writer.command({ query: CREATE_TABLE });
      await this.#writer.command({ query: `ALTER TABLE ${TABLE} MODIFY SETTING ${SETTINGS}` });
      const schema = new Schema({
        log: this.#log,
        ask: (query, params, limitS) => this.#select(query, params, limitS),
        command: async (query) => void (await this.#open(this.#writer).command({ query })),
      });
      await schema.addColumns(this.#config.retentionDays ?? {});
      await schema.addMarks();

      if (awayDays === undefined) await schema.setRetention();
      else
        this.#log.error(
          { days: awayDays },
          'the clock is far ahead of the newest record: nothing is thrown away for its age',
        );
      await this.#collectDetached();
    } catch (error) {
      throw new CodedError(
        'STORE_OPEN_FAILED',
        `could not open ${this.#config.url ?? this.#folder}`,
        {},
        { cause: error },
      );
    }
    this.#log.info({ at: this.#config.url ?? this.#folder }, 'store opened');
  }

  async close(): Promise<void> {
    const clients = [this.#reader, this.#writer];
    this.#reader = undefined;
    this.#writer = undefined;
    for (const client of clients) await client?.close();
    this.#engine?.close();
    this.#engine = undefined;
  }

  async insert(rows: readonly AnyRecord[], token = ''): Promise<void> {
    if (rows.length === 0) return;
    const block = new Block();
    const retentionOf = this.#retentionOf;
    for (const row of rows) block.add(row, undefined, retentionOf?.(row['event.dataset']));
    await this.insertBlock(block, token);
  }

  /**
   * As `insert`. They wait for each other: the file that they are read from is one for all.
   * @param attempt above 1 when an earlier one has failed, and the table has been asked whether it arrived all the same
   */
  insertBlock(block: Block, name: string, attempt = 1): Promise<void> {
    const result = this.#turn.then(() => this.#insertBlock(block, name, attempt));
    this.#turn = result.catch(() => {});
    return result;
  }

  async #insertBlock(block: Block, name: string, attempt: number): Promise<void> {
    // On a server an earlier one may be under way yet: there the name has to stay the same.
    const token = attempt > 1 && this.#config.url === undefined ? `${name}:${attempt}` : name;
    try {
      const { names, structure, bytes } = block.finish();
      if (this.#config.url === undefined) await this.#insertFile(names, structure, bytes, token);
      else await this.#insertStream(names, bytes, token);
    } catch (error) {
      throw new CodedError(
        isRefusal(error) ? 'STORE_ROWS_REFUSED' : 'STORE_WRITE_FAILED',
        'the engine refused an insert',
        { rows: block.rows, starved: isStarved(error) },
        { cause: error },
      );
    }
  }

  /** The embedded engine takes inline data as text only; a file that is never synced stays in the page cache. */
  async #insertFile(names: string, structure: string, bytes: Buffer, token: string): Promise<void> {
    const file = `${this.#folder}.insert`;
    writeFileSync(file, bytes, { mode: 0o600 });
    const from = [file, 'Native', structure].map(sqlText).join(', ');
    await this.#open(this.#writer).command({
      query: `INSERT INTO ${TABLE} (${names}) SELECT ${names} FROM file(${from})`,
      clickhouse_settings: { ...INSERT_SETTINGS, ...FILE_SETTINGS, insert_deduplication_token: token },
    });
    truncateSync(file);
  }

  async #insertStream(names: string, bytes: Buffer, token: string): Promise<void> {
    const result = await this.#open(this.#writer).exec({
      query: `INSERT INTO ${TABLE} (${names}) FORMAT Native`,
      values: Readable.from([bytes], { objectMode: false }),
      clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: token },
    });
    for await (const _ of result.stream);
  }

  /**
   * They are read from what is stored beside the rows. The rows that came last are looked at first: what a power cut has
   * made of them shows now, and their marks go with them.
   */
  async marks(): Promise<LaneMark[]> {
    const newestMs = (await this.#readMarks()).at(-1)?.ingestedMs ?? 0;
    await this.#readMarks(newestMs - LOOKED_AT_MS);
    return this.#readMarks();
  }

  /** No limit of time: without the marks nothing can start, however much is stored. */
  async #readMarks(sinceMs?: number): Promise<LaneMark[]> {
    const { sql, params } = marksSql(sinceMs);
    return (await this.#select(sql, params, 0)).map(markOf);
  }

  /** Whether rows of a batch that came at that moment are in the table. @throws STORE_QUERY_FAILED */
  async hasBatch({ agent, epoch, lane, seq, ingestedMs }: BatchName): Promise<boolean> {
    const rows = await this.#select(
      `SELECT 1 FROM ${TABLE} WHERE \`event.ingested\` = fromUnixTimestamp64Milli({ingested:Int64}) AND ` +
        '`hinomi.agent` = {agent:String} AND `hinomi.epoch` = {epoch:String} AND `hinomi.lane` = {lane:String} AND ' +
        '`hinomi.seq` = {seq:UInt64} LIMIT 1',
      { ingested: ingestedMs, agent, epoch, lane, seq },
      0,
    );
    return rows.length > 0;
  }

  async search(request: SearchRequest): Promise<AnyRecord[]> {
    const { sql, params } = searchSql(request);
    return (await this.#select(sql, params)).map(fromRow);
  }

  async count(request: Omit<SearchRequest, 'limit'>): Promise<number> {
    const { sql, params } = countSql(request);
    return Number((await this.#select(sql, params))[0]?.['n'] ?? 0);
  }

  async usage(): Promise<Usage> {
    const days = await this.#select(
      `SELECT toString(partition) AS day, sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts ` +
        'WHERE active AND database = currentDatabase() AND table = {t:String} GROUP BY day ORDER BY day',
      { t: TABLE },
    );
    const recent = days.slice(-USAGE_DAYS);
    const kept = await this.#select(
      `SELECT avg(${quoteName(RETENTION_COLUMN)}) AS days FROM ${TABLE} WHERE toDate(\`event.ingested\`) >= {day:Date}`,
      { day: String(recent[0]?.['day'] ?? '2100-01-01') },
    );
    return {
      bytes: days.reduce((sum, { bytes }) => sum + Number(bytes), 0),
      rows: days.reduce((sum, { rows }) => sum + Number(rows), 0),
      days: recent.map((row) => ({ day: String(row['day']), bytes: Number(row['bytes']), rows: Number(row['rows']) })),
      retentionDays: Number(kept[0]?.['days'] ?? 0) || 0,
    };
  }

  /** Writes the table, as it is now, below a folder that is not there yet. Inserts and queries go on. */
  async backup(folder: string): Promise<void> {
    const client = this.#connect();
    try {
      // Each part with its own count: otherwise parts of as many rows share a file, and the rows cannot be told.
      const settings = 'deduplicate_files = 0';
      await client.command({ query: `BACKUP TABLE ${TABLE} TO File(${sqlText(folder)}) SETTINGS ${settings}` });
    } catch (error) {
      throw new CodedError('BACKUP_FAILED', 'the engine could not copy the table', {}, { cause: error });
    } finally {
      await client.close();
    }
  }

  /** Without merges: rows past their retention are to be counted as well. */
  async #restore(folder: string): Promise<void> {
    await this.#open(this.#writer).command({ query: 'SYSTEM STOP MERGES' });
    await this.#open(this.#writer).command({ query: `RESTORE TABLE ${TABLE} FROM File(${sqlText(folder)})` });
  }

  /** What was found damaged since the last time that this was asked. */
  async damages(): Promise<readonly Damage[]> {
    return this.#damages.splice(0);
  }

  /** Parts that the engine could not open lie in a folder of its own: they are moved out of it, and told. */
  async #collectDetached(): Promise<void> {
    if (this.#config.url !== undefined) return;
    for (const path of await this.#dataPaths()) {
      for (const part of findParts(join(path, 'detached'))) this.#tellDamage(part);
    }
  }

  /** Reads every part, and takes out of the table what cannot be read. @returns whether there was any */
  async #quarantine(): Promise<boolean> {
    if (this.#config.url !== undefined || this.#isChecking) return false;
    this.#isChecking = true;
    try {
      const result = await this.#open(this.#writer).query({
        query: `CHECK TABLE ${TABLE} SETTINGS check_query_single_value_result = 0, max_execution_time = 0`,
        format: 'JSONEachRow',
      });
      const broken = (await result.json<{ part_path: string; is_passed: number | boolean }>()).filter(
        ({ is_passed }) => !is_passed,
      );
      for (const { part_path: name } of broken) {
        await this.#open(this.#writer).command({ query: `ALTER TABLE ${TABLE} DETACH PART ${sqlText(name)}` });
      }
      await this.#collectDetached();
      return broken.length > 0;
    } finally {
      this.#isChecking = false;
    }
  }

  #tellDamage(part: Part): void {
    const damage = setAside(part, `${this.#folder}.damaged`);
    this.#log.error({ ...damage }, 'a part of the table cannot be read and was put aside');
    this.#damages.push(damage);
  }

  async #dataPaths(): Promise<string[]> {
    const rows = await this.#selectOnce(
      'SELECT data_paths AS paths FROM system.tables WHERE database = currentDatabase() AND name = {t:String}',
      { t: TABLE },
      0,
    );
    return (rows[0]?.['paths'] ?? []) as string[];
  }

  /**
   * Brings the parts of a table whose folder could not be opened into this one: they are whole, what lies around them
   * is not. One that was merged into another is not taken again.
   */
  async salvage(folder: string): Promise<number> {
    const [path] = await this.#dataPaths();
    if (path === undefined) return 0;
    const taken: Part[] = [];
    for (const part of attachedParts(folder).sort((a, b) => b.level - a.level)) {
      if (taken.some((whole) => covers(whole, part))) continue;
      renameSync(part.path, join(path, 'detached', part.name));
      try {
        await this.#open(this.#writer).command({ query: `ALTER TABLE ${TABLE} ATTACH PART ${sqlText(part.name)}` });
        taken.push(part);
      } catch (error) {
        this.#log.error({ part: part.name, error: String(error).slice(0, 300) }, 'a part could not be taken over');
        await this.#collectDetached();
      }
    }
    return taken.length;
  }

  async ping(): Promise<void> {
    await this.#select('SELECT 1', {});
  }

  async #select(query: string, params: SqlCondition['params'], queryS = this.#config.queryS): Promise<AnyRecord[]> {
    try {
      return await this.#selectOnce(query, params, queryS);
    } catch (error) {
      if (!isDamage((error as Error).cause) || !(await this.#quarantine())) throw error;
      return this.#selectOnce(query, params, queryS);
    }
  }

  async #selectOnce(query: string, params: SqlCondition['params'], queryS: number): Promise<AnyRecord[]> {
    try {
      const result = await this.#open(this.#reader).query({
        query,
        format: 'JSONEachRow',
        query_params: params,
        clickhouse_settings: {
          output_format_json_quote_64bit_integers: 0,
          date_time_output_format: 'iso',
          max_execution_time: queryS,
          max_memory_usage: String(this.#config.queryBytesMax),
        },
      });
      return await result.json<AnyRecord>();
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw new CodedError(
        'STORE_QUERY_FAILED',
        'the engine could not answer',
        { starved: isStarved(error) },
        { cause: error },
      );
    }
  }

  #open(client: ClickHouseClient | undefined): ClickHouseClient {
    if (client === undefined) throw new CodedError('STORE_QUERY_FAILED', 'the store is closed');
    return client;
  }

  #openEngine(): void {
    const { url, engineBytesMax } = this.#config;
    if (url !== undefined) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { Session } = REQUIRE('chdb') as typeof import('chdb');
    const memory = Math.floor((engineBytesMax ?? 0) * SERVER_MEMORY_SHARE);
    this.#engine = new Session(this.#folder, {
      connectionArgs: [BACKUPS_ANYWHERE, ...(memory > 0 ? [`--max_server_memory_usage=${memory}`] : [])],
    });
  }

  #connect(): ClickHouseClient {
    if (this.#config.url !== undefined) return createClient({ url: this.#config.url });
    // Loaded only when it is wanted: the engine is 400 MB of native code.
    const { createChdbConnection } = REQUIRE('chdb/connection') as typeof import('chdb/connection');
    const connection = createChdbConnection({ path: this.#folder });
    return createClient({ connection } as unknown as Parameters<typeof createClient>[0]);
  }
}
