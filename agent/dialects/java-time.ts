import type { MessageClock } from './clock.js';
import { monthOf, timeOf, type Wall } from './times.js';

const FORMAT_CHARACTERS_MAX = 64;

/** Java's SimpleDateFormat, the letters that devices use: `y M d H h k K m s S a z Z X E`, quotes, and text as it is. */
export function javaTime(text: string, format: string, clock: MessageClock): string | undefined {
  if (format.length > FORMAT_CHARACTERS_MAX || text.length > FORMAT_CHARACTERS_MAX * 2) return undefined;
  const wall = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: '', zone: '' };
  let half = '';
  let at = 0;
  for (const token of format.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']/g)) {
    const letter = token[2];
    if (letter === undefined) {
      const literal = token[1] === undefined ? token[0] : token[1] === '' ? "'" : token[1].replaceAll("''", "'");
      if (literal === ' ') {
        while (text[at] === ' ') at++;
        continue;
      }
      if (!text.startsWith(literal, at)) return undefined;
      at += literal.length;
      continue;
    }
    const part = partAt(text, at, letter, token[0].length);
    if (part === undefined) return undefined;
    at += part.length;
    if (letter === 'a') half = part.toLowerCase();
    else take(wall, letter, part);
  }
  if (half !== '') wall.hour = (wall.hour % 12) + (half === 'pm' ? 12 : 0);
  if (wall.hour === 24) wall.hour = 0;
  return text.slice(at).trim() === '' ? timeOf(wall, clock) : undefined;
}

const PATTERNS: Readonly<Record<string, RegExp>> = {
  a: /[AaPp][Mm]/y,
  E: /[A-Za-z]{2,9}/y,
  z: /[A-Za-z]{1,5}(?:[+-]\d{1,2}:?\d{0,2})?|[+-]\d\d:?\d\d|[A-Za-z]+\/[A-Za-z_]+/y,
  Z: /Z|[+-]\d\d:?\d\d|(?:UTC|GMT)(?:[+-]\d{1,2}:?\d{0,2})?|[A-Z]{3,5}/y,
  X: /Z|[+-]\d\d(?::?\d\d)?/y,
};
const NUMBER = 'yMdHhkKmsS';

function partAt(text: string, at: number, letter: string, width: number): string | undefined {
  let pattern = PATTERNS[letter];
  if (letter === 'M' && width >= 3) pattern = /[A-Za-z]{3,9}/y;
  else if (NUMBER.includes(letter)) pattern = numberPattern(letter, width);
  if (pattern === undefined) return undefined;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function numberPattern(letter: string, width: number): RegExp {
  if (letter === 'S') return /\d{1,9}/y;
  if (letter === 'y') return width === 2 ? /\d\d(?:\d\d)?/y : /\d{4}/y;
  return width > 1 ? / ?\d{1,2}/y : /\d{1,2}/y;
}

function take(wall: Omit<Wall, 'end'>, letter: string, part: string): void {
  const number = Number(part);
  if (letter === 'y') wall.year = part.length === 2 ? 2000 + number : number;
  else if (letter === 'M') wall.month = Number.isNaN(number) ? monthOf(part.slice(0, 3)) : number;
  else if (letter === 'd') wall.day = number;
  else if ('HhkK'.includes(letter)) wall.hour = number;
  else if (letter === 'm') wall.minute = number;
  else if (letter === 's') wall.second = number;
  else if (letter === 'S') wall.fraction = part;
  else if ('zZX'.includes(letter)) wall.zone = part;
}
