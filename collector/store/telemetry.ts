import type { Component } from '../../protocol/base/scope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';

/** A condition in SQL whose values are bound as `{name:Type}` parameters; it never holds a user's text. */
export interface SqlCondition {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export type TimeField = '@timestamp' | 'event.ingested';

export interface SearchRequest {
  /** Companies whose rows may be seen; undefined: all. Enforced by the store, around the caller's condition. */
  readonly companies: readonly string[] | undefined;
  readonly where: SqlCondition;
  /** Milliseconds since the epoch; start inclusive, end exclusive, of the time that `by` names. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When it happened (the default), or when it came: what a box with a wrong clock sent is found by that. */
  readonly by?: TimeField;
  readonly limit: number;
  /** Those of each record that are wanted; all when left out. Whoever asks for very many records names them. */
  readonly fields?: readonly string[];
  /** Of records that have all of these in common only the newest is given. */
  readonly newestBy?: readonly string[];
}

/** The highest batch of a lane that is stored. */
export interface Mark {
  readonly agent: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly seq: number;
}

/** A mark, and when the newest of its lane came. */
export interface LaneMark extends Mark {
  readonly ingestedMs: number;
}

/** One batch in the table, and when its rows came. */
export interface BatchName extends Mark {
  readonly ingestedMs: number;
}

/** What the table takes of its disk. */
export interface Usage {
  readonly bytes: number;
  readonly rows: number;
  /** The last days on which something arrived, oldest first, today last. */
  readonly days: ReadonlyArray<{ readonly day: string; readonly bytes: number; readonly rows: number }>;
  /** Of a record that came in these days, on average. */
  readonly retentionDays: number;
}

/** Where records are kept: append-only, very many rows, scans and aggregates. */
export interface TelemetryStore extends Component {
  /**
   * Writes rows, all or none, and returns when they are on disk. All rows must share one `event.ingested` day.
   * @param token names these rows: an insert whose fate is not known is repeated with the same one, and counts once
   * @throws STORE_WRITE_FAILED, STORE_ROWS_REFUSED when it is for the rows themselves and trying again cannot help
   */
  insert(rows: readonly AnyRecord[], token?: string): Promise<void>;
  /** What is stored, by lane of each spool: read at start. */
  marks(): Promise<LaneMark[]>;
  /** Records newest first, as they were sent plus what the collector added. @throws STORE_QUERY_FAILED */
  search(request: SearchRequest): Promise<AnyRecord[]>;
  /** @throws STORE_QUERY_FAILED */
  usage(): Promise<Usage>;
  /** Resolves when the engine answers. @throws STORE_QUERY_FAILED */
  ping(): Promise<void>;
  /** Rows of companies in a range. @throws STORE_QUERY_FAILED */
  count(request: Omit<SearchRequest, 'limit'>): Promise<number>;
}
