import type { SettingField } from '../../../protocol/remote-settings.js';
import type { Texts } from './texts-ja.js';

/** A setting as it is being edited: its value as a person types it. */
export interface SettingRow {
  readonly key: string;
  readonly text: string;
  /** What this page does not know how to edit goes back as it came. */
  readonly raw?: unknown;
}

type Settings = Readonly<Record<string, unknown>>;
export type Fields = ReadonlyMap<string, SettingField>;

const isSection = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** Dotted keys with their values, as in `keysOfSettings` of the collector. */
export function flatten(settings: Settings, path = ''): Array<[key: string, value: unknown]> {
  return Object.entries(settings).flatMap(
    ([name, value]): Array<[string, unknown]> =>
      isSection(value) ? flatten(value, `${path}${name}.`) : [[`${path}${name}`, value]],
  );
}

export function rowsOf(settings: Settings, fields: Fields): SettingRow[] {
  return flatten(settings).map(([key, value]) =>
    fields.has(key) ? { key, text: textOf(value) } : { key, text: JSON.stringify(value), raw: value },
  );
}

/** For a person to read and type. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Why a row cannot be sent, in the reader's words; undefined when it can. */
export function flawOf({ text, raw }: SettingRow, field: SettingField | undefined, texts: Texts): string | undefined {
  if (field === undefined || raw !== undefined) return undefined;
  const { remote } = texts;
  const typed = text.normalize('NFKC').trim();
  if (field.kind === 'text')
    return text.length > (field.lengthMax ?? 0) ? remote.tooLong(field.lengthMax ?? 0) : undefined;
  if (field.kind === 'texts') {
    const { length } = listOf(text);
    return length > (field.itemsMax ?? 0) ? remote.tooMany(field.itemsMax ?? 0) : undefined;
  }
  if (typed === '') return remote.needed;
  if (field.kind !== 'integer') return undefined;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = field;
  const value = Number(typed.replaceAll(',', ''));
  if (!/^-?[\d,]+$/.test(typed) || !Number.isSafeInteger(value)) return remote.notInteger;
  return value < minimum || value > maximum
    ? remote.outOfRange(minimum.toLocaleString('en'), maximum.toLocaleString('en'))
    : undefined;
}

/** Rows without flaws as the API takes them. */
export function settingsOf(rows: readonly SettingRow[], fields: Fields): Settings {
  const settings: Record<string, unknown> = {};
  for (const row of rows) put(settings, row.key.split('.'), sentValue(row, fields.get(row.key)));
  return settings;
}

function sentValue({ text, raw }: SettingRow, field: SettingField | undefined): unknown {
  if (field === undefined || raw !== undefined) return raw;
  if (field.kind === 'text') return text;
  if (field.kind === 'texts') return listOf(text);
  const typed = text.normalize('NFKC').trim();
  if (field.kind === 'boolean') return typed === 'true';
  return field.kind === 'integer' ? Number(typed.replaceAll(',', '')) : typed;
}

function listOf(text: string): string[] {
  return text
    .split(/[,、,]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function put(target: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = isRecord(target[name]) ? target[name] : {};
  target[name] = inner;
  put(inner, rest, value);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which row the collector's refusal is about: it begins with, or names, the key. */
export function rowNamed(message: string, rows: readonly SettingRow[]): string | undefined {
  const named = rows.filter(({ key }) => message.split(/[\s,]+/).includes(key));
  return named[0]?.key;
}

/** What a new row begins with. */
export function firstText(field: SettingField): string {
  if (field.kind === 'boolean') return 'true';
  return field.kind === 'choice' ? (field.choices?.[1] ?? '') : '';
}
