import type { FieldKind } from '../../protocol/records/field-types.js';
import { FIELDS } from '../../protocol/records/records.js';

/** Names that have few values a day: their columns keep a dictionary. */
const LOW_CARDINALITY: ReadonlySet<string> = new Set([
  'event.kind',
  'event.dataset',
  'event.action',
  'network.transport',
  'network.protocol',
  'network.type',
  'network.direction',
  'network.iana_number',
  'dns.op_code',
  'dns.type',
  'dns.question.type',
  'dns.question.class',
  'dns.response_code',
  'hinomi.company',
  'hinomi.site',
  'hinomi.agent',
  'hinomi.lane',
  'hinomi.epoch',
  'hinomi.flow.state',
  'hinomi.arrival',
]);

/** Every row has these: no null map is kept for them. */
export const ALWAYS: ReadonlySet<string> = new Set([
  '@timestamp',
  'event.kind',
  'event.dataset',
  'event.ingested',
  'hinomi.company',
  'hinomi.site',
  'hinomi.agent',
  'hinomi.epoch',
  'hinomi.lane',
  'hinomi.seq',
  'hinomi.row',
  'hinomi.retention',
]);

/** What has no column of its own: key -> value as JSON text. */
export const REST_COLUMN = 'rest';

const TYPES: Readonly<Record<FieldKind, string>> = {
  keyword: 'String',
  text: 'String',
  ip: 'IPv6',
  integer: 'Int64',
  float: 'Float64',
  boolean: 'Bool',
  date: "DateTime64(6, 'UTC')",
  'keyword[]': 'Array(String)',
  'ip[]': 'Array(IPv6)',
  'integer[]': 'Array(Int64)',
  object: 'String',
};

export interface Column {
  /** The field's name. */
  readonly name: string;
  /** What the table calls it. */
  readonly column: string;
  readonly kind: FieldKind;
  /** ClickHouse type. */
  readonly type: string;
}

function columnType(name: string, kind: FieldKind): string {
  const base = TYPES[kind];
  if (kind.endsWith('[]')) return base;
  const inner = ALWAYS.has(name) ? base : `Nullable(${base})`;
  return LOW_CARDINALITY.has(name) ? `LowCardinality(${inner})` : inner;
}

/**
 * One field, one column of the same name. ClickHouse takes arrays whose names share what stands before the dot for
 * one nested table and wants them equally long: they are written with a slash.
 */
function columnName(name: string, kind: FieldKind): string {
  return kind.endsWith('[]') ? name.replaceAll('.', '/') : name;
}

/** The columns of the telemetry table by field, derived from the record kinds. */
export const COLUMNS: ReadonlyMap<string, Column> = new Map(
  [...FIELDS.values()].map(({ name, kind }) => [
    name,
    { name, column: columnName(name, kind), kind, type: columnType(name, kind) },
  ]),
);

/** Field of a column. */
export const FIELD_OF_COLUMN: ReadonlyMap<string, Column> = new Map(
  [...COLUMNS.values()].map((column) => [column.column, column]),
);

/** The SQL of a field's column, or undefined when it has none and lives in the rest column. */
export function columnOf(name: string): string | undefined {
  const column = COLUMNS.get(name);
  return column === undefined ? undefined : quoteName(column.column);
}

/** An identifier as SQL: backticks around it. Only ever called with names of columns. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
