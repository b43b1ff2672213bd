import { type Bytes, u8 } from './bytes.js';
import { type DerElement, derChildren } from './der.js';
import { wellFormed } from './ntlm.js';

const DEPTH_MAX = 16;
const PARTS_MAX = 64;
const CHARACTERS_MAX = 1_024;
const VALUE_BYTES_MAX = 256;
const MORE = '...';
/** `(&)`: what says nothing costs time, too. */
const JOIN_CHARACTERS = 3;

/** RFC 4511 4.5.1.7. */
const Filter = {
  And: 0xa0,
  Or: 0xa1,
  Not: 0xa2,
  Equal: 0xa3,
  Substrings: 0xa4,
  GreaterOrEqual: 0xa5,
  LessOrEqual: 0xa6,
  Present: 0x87,
  Approximate: 0xa8,
  Extensible: 0xa9,
} as const;
const SIGNS: Readonly<Record<number, string>> = {
  [Filter.Equal]: '=',
  [Filter.GreaterOrEqual]: '>=',
  [Filter.LessOrEqual]: '<=',
  [Filter.Approximate]: '~=',
};
const JOINS: Readonly<Record<number, string>> = { [Filter.And]: '&', [Filter.Or]: '|', [Filter.Not]: '!' };

/** A filter as RFC 4515 writes it, at most 1,024 characters of it; `...` stands for what is too deep or too much. */
export function ldapFilter(b: Bytes, filter: DerElement): string {
  const budget = { characters: CHARACTERS_MAX };
  const text = write(b, filter, 0, budget);
  return text.length > CHARACTERS_MAX ? `${wellFormed(text.slice(0, CHARACTERS_MAX))}${MORE}` : text;
}

function write(b: Bytes, filter: DerElement, depth: number, budget: { characters: number }): string {
  if (depth > DEPTH_MAX || budget.characters <= 0) return MORE;
  const join = JOINS[filter.tag];
  if (join !== undefined) {
    budget.characters -= JOIN_CHARACTERS;
    const parts = derChildren(b, filter, PARTS_MAX).map((part) => write(b, part, depth + 1, budget));
    return `(${join}${parts.join('')})`;
  }
  const text = `(${simple(b, filter)})`;
  budget.characters -= text.length;
  return text;
}

function simple(b: Bytes, filter: DerElement): string {
  if (filter.tag === Filter.Present) return `${value(b, filter)}=*`;
  const [first, second] = derChildren(b, filter, 2);
  const sign = SIGNS[filter.tag];
  if (sign !== undefined) return `${value(b, first)}${sign}${value(b, second)}`;
  if (filter.tag === Filter.Substrings) return `${value(b, first)}=${substrings(b, second)}`;
  return filter.tag === Filter.Extensible ? extensible(b, filter) : MORE;
}

/** What it begins with, what is in between, what it ends with. */
function substrings(b: Bytes, list: DerElement | undefined): string {
  const parts = list === undefined ? [] : derChildren(b, list, PARTS_MAX);
  const starts = parts[0]?.tag === 0x80 ? '' : '*';
  const ends = parts.at(-1)?.tag === 0x82 ? '' : '*';
  return `${starts}${parts.map((part) => value(b, part)).join('*')}${ends}`;
}

/** RFC 4511 4.5.1.7.7. */
function extensible(b: Bytes, filter: DerElement): string {
  const parts = derChildren(b, filter, 4);
  const part = (tag: number): string =>
    value(
      b,
      parts.find((each) => each.tag === tag),
    );
  const rule = part(0x81);
  const dn = parts.find((each) => each.tag === 0x84);
  const isDn = dn !== undefined && dn.start < dn.end && u8(b, dn.start) !== 0;
  return `${part(0x82)}${isDn ? ':dn' : ''}${rule === '' ? '' : `:${rule}`}:=${part(0x83)}`;
}

/** RFC 4515 3: what is no text, or has a meaning, in hexadecimal. */
function value(b: Bytes, element: DerElement | undefined): string {
  if (element === undefined) return '';
  const end = Math.min(element.end, element.start + VALUE_BYTES_MAX);
  const text = b.toString('utf8', element.start, end);
  const bytes = text.includes('\ufffd') ? b.toString('latin1', element.start, end) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are escaped
  const escaped = bytes === text ? /[\x00-\x1f\x7f*()\\]/g : /[\x00-\x1f\x7f-\xff*()\\]/g;
  return bytes.replace(escaped, (each) => `\\${each.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const HOST = /\(host=([^()]{1,256})\)/i;

/** A client's own name, as those say it that look for a domain controller. [MS-ADTS] 6.3.3.2. */
export const ldapFilterHost = (filter: string): string | undefined => HOST.exec(filter)?.[1];
