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

export const KEYWORD_LENGTH_MAX = 8_191;
export const TEXT_LENGTH_MAX = 32_766;
export const ARRAY_ITEMS_MAX = 1_024;

Format.Set('ip', isPlainIp);
Format.Set('instant', isInstant);

/** An address without a zone: `fe80::1%eth0` means something on one box only. */
export function isPlainIp(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

/** Days by their text: nearly all records of an hour share one. */
const days = new Map<string, number | undefined>();
const DAYS_MAX = 1_024;
const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_CHARACTERS = 10;
const DAY_S = 86_400;
/** `2026-11-25T12:34:56Z`, and the same with a fraction. */
const LENGTH_MIN = 20;
const LENGTH_MAX = 30;
const FRACTION = 19;
const MICROS_DIGITS = 6;

/** A time that exists (no 30 February, which Date.parse takes for March) in the years that a column can hold. */
export function isInstant(text: string): boolean {
  return instantMicros(text) !== undefined;
}

/**
 * RFC 3339 in UTC, as microseconds since the epoch; a bigint where a number is not exact. Undefined for what is no time
 * from 1900 to 2299. By hand, since every record has several.
 */
export function instantMicros(text: string): number | bigint | undefined {
  const { length } = text;
  if (length < LENGTH_MIN || length > LENGTH_MAX || text.charCodeAt(length - 1) !== 0x5a) return undefined;
  const day = dayNumber(text.slice(0, DAY_CHARACTERS));
  const second = secondOfDay(text);
  if (day === undefined || second === undefined) return undefined;
  const micros = fractionMicros(text, length - 1);
  if (micros === undefined) return undefined;
  const seconds = day * DAY_S + second;
  const whole = seconds * 1_000_000 + micros;
  return Number.isSafeInteger(whole) ? whole : BigInt(seconds) * 1_000_000n + BigInt(micros);
}

/** Days since the epoch. */
function dayNumber(text: string): number | undefined {
  const known = days.get(text);
  if (known !== undefined || days.has(text)) return known;
  const ms = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(ms) && text >= '1900' && text < '2300' && new Date(ms).toISOString().startsWith(text);
  const number = isDay ? ms / (DAY_S * 1_000) : undefined;
  if (days.size >= DAYS_MAX) days.clear();
  days.set(text, number);
  return number;
}

/** Two digits, or NaN. */
function twoDigits(text: string, at: number): number {
  const high = text.charCodeAt(at) - 0x30;
  const low = text.charCodeAt(at + 1) - 0x30;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

function secondOfDay(text: string): number | undefined {
  if (text.charCodeAt(10) !== 0x54 || text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined;
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  return hour <= 23 && minute <= 59 && second <= 59 ? hour * 3_600 + minute * 60 + second : undefined;
}

/** From the point to the `Z`; what is finer than a microsecond is cut. */
function fractionMicros(text: string, end: number): number | undefined {
  if (end === FRACTION) return 0;
  if (text.charCodeAt(FRACTION) !== 0x2e || end === FRACTION + 1) return undefined;
  let micros = 0;
  for (let at = FRACTION + 1; at <= FRACTION + MICROS_DIGITS; at++) micros = micros * 10 + digit(text, at, end);
  for (let at = FRACTION + 1 + MICROS_DIGITS; at < end; at++) micros += 0 * digit(text, at, end);
  return Number.isNaN(micros) ? undefined : micros;
}

/** 0 behind the end, NaN for what is no digit. */
function digit(text: string, at: number, end: number): number {
  if (at >= end) return 0;
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
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
export const Text = (description: string, maxLength = TEXT_LENGTH_MAX) =>
  Type.String({ ...of('text', description), maxLength });
/** An IPv4 or IPv6 address without a zone. */
export const Ip = (description: string) => Type.String({ ...of('ip', description), format: 'ip', maxLength: 45 });
export const Integer = (description: string) =>
  Type.Integer({ ...of('integer', description), minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
export const Float = (description: string) => Type.Number(of('float', description));
export const Bool = (description: string) => Type.Boolean(of('boolean', description));
/** RFC 3339, UTC, up to nine decimals. */
export const Instant = (description: string) => Type.String({ ...of('date', description), format: 'instant' });
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
