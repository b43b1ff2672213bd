import { COLUMNS, quoteName, REST_COLUMN } from './columns.js';
import { RETENTION_DAYS } from './config.js';
import { retentionBy } from './retention.js';

/** What the telemetry table is, in SQL. */
export const TABLE = 'records';

/** A text as SQL. Only ever called with what is ours: a path, a format, a structure, a name from the configuration. */
export const sqlText = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/**
 * Names of the last inserts are kept, in the table's folder, so that a repeated one is known. A part of some hundred
 * columns costs as much by its files (1,700 of a wide one) as by its rows: inserts and small merges write one file for
 * all columns (compact), at the price of 4 KiB of memory for each row that a merge has in its hands; large merges go
 * column by column (vertical), which takes little, whatever their size. A merge waits for fifteen parts of a size: each
 * row is merged half as often as with five.
 */
export const SETTINGS = [
  'non_replicated_deduplication_window = 1000',
  'min_level_for_wide_part = 0',
  'min_bytes_for_wide_part = 0',
  'min_rows_for_wide_part = 65536',
  'vertical_merge_algorithm_min_rows_to_activate = 1',
  'vertical_merge_algorithm_min_bytes_to_activate = 0',
  'vertical_merge_algorithm_min_columns_to_activate = 1',
  'merge_selector_base = 15',
  // Told its retention again, a table reads two columns of each part instead of writing all of them anew.
  'materialize_ttl_recalculate_only = 1',
  'min_compress_block_size = 16384',
  'max_compress_block_size = 65536',
].join(', ');

/** Each row says how long it is kept. */
export const TTL =
  'toDateTime(`event.ingested`) + toIntervalDay(`hinomi.retention`) DELETE WHERE `hinomi.retention` > 0';

/**
 * What is stored of each lane, beside the rows and written with them: part by part, so it is never more or less than they
 * are. Reading it takes milliseconds where reading all rows took seconds for each ten million.
 */
export const MARKS =
  'marks (SELECT `hinomi.agent`, `hinomi.epoch`, `hinomi.lane`, max(`hinomi.seq`), max(`event.ingested`) ' +
  'GROUP BY `hinomi.agent`, `hinomi.epoch`, `hinomi.lane`)';

export const CREATE_TABLE = `
CREATE TABLE IF NOT EXISTS ${TABLE} (
${[...COLUMNS.values()].map(({ column, type }) => `  ${quoteName(column)} ${type}`).join(',\n')},
  ${REST_COLUMN} Map(String, String),
  INDEX time_range \`@timestamp\` TYPE minmax GRANULARITY 1,
  PROJECTION ${MARKS}
) ENGINE = MergeTree
PARTITION BY toDate(\`event.ingested\`)
ORDER BY (\`event.dataset\`, \`@timestamp\`)
TTL ${TTL}
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 1000`;

/** What rows of earlier versions are kept for: they do not say it themselves. */
export function retentionSql(configured: Readonly<Record<string, number>>): string {
  const days = Object.entries({ ...RETENTION_DAYS, ...configured });
  const names = days.map(([dataset]) => sqlText(dataset)).join(', ');
  const others = retentionBy(configured)('default');
  return `transform(toString(\`event.dataset\`), [${names}], [${days.map(([, value]) => value).join(', ')}], ${others})`;
}
