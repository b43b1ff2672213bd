import { isIP } from 'node:net';
import { type TSchema, type TSchemaOptions, Type } from 'typebox';
import Format from 'typebox/format';

/**
 * What a field holds. The kind decides the check, the column in the telemetry table and what the query language
 * can do with it. `object` is JSON kept as text (arrays of objects, such as `dns.answers`).
 */
export type FieldKind =
  | 'keyword'
  | 'text'
  | 'ip'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'date'
  | 'keyword[]'
  | 'ip[]'
  | 'integer[]'
  | 'object';

const KEYWORD_LENGTH_MAX = 8_191;
const TEXT_LENGTH_MAX = 32_766;
const ARRAY_ITEMS_MAX = 1_024;
const DATE_PATTERN = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$';

Format.Set('ip', isPlainIp);
Format.Set('instant', isInstant);

/** An address without a zone: `fe80::1%eth0` means something on one box only. */
export function isPlainIp(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

const DATE = new RegExp(DATE_PATTERN);
const DAY_CHARACTERS = 10;

/** A time that exists (no 30 February, which Date.parse takes for March) in the years that a column can hold. */
export function isInstant(text: string): boolean {
  if (!DATE.test(text)) return false;
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || text < '1900' || text >= '2300') return false;
  return new Date(ms).toISOString().slice(0, DAY_CHARACTERS) === text.slice(0, DAY_CHARACTERS);
}

const KIND = 'x-kind';

function of(kind: FieldKind, description: string): TSchemaOptions & { description: string } {
  return { [KIND]: kind, description };
}

/** The kind that one of the functions below put on a schema. */
export function kindOf(schema: TSchema): FieldKind {
  const kind = (schema as Record<string, unknown>)[KIND];
  if (typeof kind !== 'string') throw new Error('a record field was made without a kind');
  return kind as FieldKind;
}

export const Keyword = (description: string) =>
  Type.String({ ...of('keyword', description), maxLength: KEYWORD_LENGTH_MAX });
export const Text = (description: string) => Type.String({ ...of('text', description), maxLength: TEXT_LENGTH_MAX });
/** An IPv4 or IPv6 address without a zone. */
export const Ip = (description: string) => Type.String({ ...of('ip', description), format: 'ip', maxLength: 45 });
export const Integer = (description: string) =>
  Type.Integer({ ...of('integer', description), minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
export const Float = (description: string) => Type.Number(of('float', description));
export const Bool = (description: string) => Type.Boolean(of('boolean', description));
/** RFC 3339, UTC, up to nine decimals. */
export const Instant = (description: string) =>
  Type.String({ ...of('date', description), pattern: DATE_PATTERN, format: 'instant' });
export const Keywords = (description: string) =>
  Type.Array(Type.String({ maxLength: KEYWORD_LENGTH_MAX }), {
    ...of('keyword[]', description),
    maxItems: ARRAY_ITEMS_MAX,
  });
export const Ips = (description: string) =>
  Type.Array(Type.String({ format: 'ip', maxLength: 45 }), { ...of('ip[]', description), maxItems: ARRAY_ITEMS_MAX });
export const Integers = (description: string) =>
  Type.Array(Type.Integer(), { ...of('integer[]', description), maxItems: ARRAY_ITEMS_MAX });
export const Objects = <T extends TSchema>(item: T, description: string) =>
  Type.Array(item, { ...of('object', description), maxItems: ARRAY_ITEMS_MAX });
