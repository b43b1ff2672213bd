import type { AnyRecord } from '../protocol/records/records.js';
import { summaryOf } from './summary.js';
import { fitTo, harmless } from './width.js';

export const FORMATS = ['table', 'ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

const TIME_COLUMNS = 23;
const SITE_COLUMNS = 14;
const DATASET_COLUMNS = 9;
const GAP = '  ';

/** Records as text, newest first. @param columns of the terminal */
export function formatRecords(records: readonly AnyRecord[], format: Format, columns: number): string {
  switch (format) {
    case 'ndjson':
      return records.map((record) => `${JSON.stringify(record)}\n`).join('');
    case 'csv':
      return toCsv(records);
    case 'table':
      return toTable(records, columns);
  }
}

function toTable(records: readonly AnyRecord[], columns: number): string {
  if (records.length === 0) return '';
  const rest = Math.max(20, columns - TIME_COLUMNS - SITE_COLUMNS - DATASET_COLUMNS - 3 * GAP.length);
  const line = (time: string, site: string, dataset: string, summary: string): string =>
    `${[fitTo(time, TIME_COLUMNS), fitTo(site, SITE_COLUMNS), fitTo(dataset, DATASET_COLUMNS), fitTo(summary, rest)].join(GAP).trimEnd()}\n`;
  const rows = records.map((record) =>
    line(
      localTime(String(record['@timestamp'])),
      harmless(String(record['hinomi.site'] ?? '')),
      harmless(String(record['event.dataset'])),
      harmless(summaryOf(record)),
    ),
  );
  return line('TIME', 'SITE', 'DATASET', 'SUMMARY') + rows.join('');
}

/** In the zone of whoever reads it, with milliseconds. */
function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** RFC 4180: CRLF, a header of every key that occurs, `@timestamp` first. */
function toCsv(records: readonly AnyRecord[]): string {
  const keys = new Set(['@timestamp']);
  for (const record of records) for (const key of Object.keys(record)) keys.add(key);
  if (records.length === 0) return '';
  const names = [...keys];
  const lines = [names.map(cell), ...records.map((record) => names.map((name) => cell(record[name])))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A leading apostrophe keeps spreadsheets from running a hostile name as a formula (OWASP: CSV injection). */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const guarded = /^[=+\-@\t\r]/.test(text) && text !== '@timestamp' ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
