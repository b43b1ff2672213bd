import { isPlainIp } from '../../../protocol/records/field-types.js';

export type Json = Readonly<Record<string, unknown>>;

const TEXT_MAX = 2_000;

/** A part of what a cloud answered; nothing of it is believed to be there. */
export function part(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Json)[name];
  }
  return at;
}

/** Text that says something; `n/a` does not. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = part(value, ...path);
  const isText = typeof found === 'string' && found.trim() !== '' && found !== 'n/a';
  return isText ? found.slice(0, TEXT_MAX) : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = part(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): string[] {
  return listAt(value, ...path)
    .filter((each): each is string => typeof each === 'string' && each !== '')
    .map((each) => each.slice(0, TEXT_MAX));
}

export const ipsIn = (texts: readonly (string | undefined)[]): string[] =>
  texts.filter((text): text is string => text !== undefined && isPlainIp(text));

/** RFC 3339 or milliseconds as the record wants it. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const ms = typeof value === 'number' ? value : Date.parse(value);
  if (Number.isNaN(ms) || ms < 0 || ms > 7e12) return undefined;
  return new Date(ms).toISOString();
}

/** What has a value alone. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isThere = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isThere(value)));
}
