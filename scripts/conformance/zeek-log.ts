import { readFileSync } from 'node:fs';
import type { AnyRecord } from '../../protocol/records/records.js';

export type ZeekRow = Readonly<Record<string, string>>;

export type Compared = readonly [field: string, expected: unknown, actual: unknown];

/** How the rows of one of Zeek's logs are told in our records. */
export interface ZeekLog {
  /** Name of the log without `.log`. */
  readonly name: string;
  /** Whether a record is of the kind that the log is about. */
  isOurs(record: AnyRecord): boolean;
  /** Whether a row says nothing that we would. */
  isSkipped?(row: ZeekRow): boolean;
  /** Whether several rows may be told in one record: each is compared with the one that agrees best. */
  readonly isShared?: boolean;
  /** Fields of a row beside ours; a field that the row leaves open may be left out. */
  fields(row: ZeekRow, record: AnyRecord | undefined): Compared[];
}

/** A log in Zeek's tab-separated form: rows by field name, unset fields as `-`. */
export function readZeekLog(path: string): { fields: string[]; rows: ZeekRow[] } {
  let fields: string[] = [];
  const rows: ZeekRow[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line.startsWith('#fields\t')) fields = line.split('\t').slice(1);
    // Logs that a test has cut: the names alone.
    if (/^(ts|id\.orig_h|uid)\t/.test(line)) {
      fields = line.split('\t');
      continue;
    }
    if (line === '' || line.startsWith('#')) continue;
    const cells = line.split('\t');
    rows.push(Object.fromEntries(fields.map((field, index) => [field, cells[index] ?? '-'])));
  }
  return { fields, rows };
}

/** A vector of a cell. Zeek writes a comma inside of an element as `\x2c`. */
export function zeekVector(cell: string): string[] {
  if (cell === '-' || cell === '(empty)') return [];
  return cell.split(',').map(zeekText);
}

/** Undoes `\xHH` and `\\`. */
export function zeekText(cell: string): string {
  return cell.replaceAll(/\\x([0-9a-f]{2})|\\\\/gi, (_all, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** A cell, or undefined when Zeek leaves it open. */
export function told(row: ZeekRow, field: string, change = (text: string): string => text): string | undefined {
  const cell = row[field];
  return cell === undefined || cell === '-' || cell === '(empty)' ? undefined : change(zeekText(cell));
}

/** What a record says under `hinomi.session.details`. */
export function detailOf(record: AnyRecord | undefined, name: string): string | undefined {
  return (record?.['hinomi.session.details'] as string[] | undefined)
    ?.find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** Whether one of the record's values of a field is this one: told as the value itself, to be compared with it. */
export function oneOf(record: AnyRecord | undefined, field: string, wanted: string | undefined): unknown {
  const values = (record?.[field] as string[] | undefined) ?? [];
  return wanted !== undefined && values.includes(wanted) ? wanted : values;
}
