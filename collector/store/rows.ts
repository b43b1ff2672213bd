import type { AnyRecord } from '../../protocol/records/records.js';
import { FIELD_OF_COLUMN, REST_COLUMN } from './columns.js';
import { RETENTION_COLUMN } from './retention.js';

const MAPPED_V4 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** The record that was stored as this row: what is null or empty was not there. */
export function fromRow(row: AnyRecord): AnyRecord {
  const record: AnyRecord = {};
  for (const [name, value] of Object.entries(row)) {
    // 0: kept for ever, by a table without a retention.
    if (value === null || name === REST_COLUMN || (name === RETENTION_COLUMN && value === 0)) continue;
    const column = FIELD_OF_COLUMN.get(name);
    const key = column?.name ?? name;
    const kind = column?.kind;
    if (Array.isArray(value) && value.length === 0) continue;
    if (kind === 'ip') record[key] = plainIp(value as string);
    else if (kind === 'ip[]') record[key] = (value as string[]).map(plainIp);
    else if (kind === 'object') record[key] = JSON.parse(value as string);
    else record[key] = value;
  }
  for (const [key, value] of Object.entries((row[REST_COLUMN] ?? {}) as Record<string, string>)) {
    record[key] = JSON.parse(value);
  }
  return record;
}

function plainIp(ip: string): string {
  return ip.replace(MAPPED_V4, '');
}
