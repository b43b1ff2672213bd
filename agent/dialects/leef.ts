import { readBarHeader } from './bar-header.js';
import type { MessageClock } from './clock.js';
import { javaTime } from './java-time.js';
import { readPairs } from './key-values.js';
import { epochTime, wallTime } from './times.js';

/** IBM Log Event Extended Format 1.0 and 2.0: `LEEF:version|vendor|product|device version|event id|[delimiter|]pairs`. */
export interface Leef {
  readonly version: string;
  readonly vendor: string;
  readonly product: string;
  readonly deviceVersion: string;
  readonly eventId: string;
  readonly pairs: ReadonlyMap<string, string>;
}

const PAIRS_MAX = 500;
/** How rsyslog writes a tab. */
const ESCAPED_TAB = '#011';
/** Delimiters that are seen where none was named, in the order in which they are tried. */
const DELIMITERS = ['\t', ESCAPED_TAB, '^', '|'];
const KEY_FIRST = /^[\w.[\]-]{1,120}=/;

const FORM = {
  prefix: 'LEEF:',
  fields: 5,
  isVersionAt,
  fieldEnd: (text: string, start: number): number => text.indexOf('|', start),
};

/** Undefined when there is no LEEF header in it; a lost prefix is forgiven. */
export function readLeef(text: string): Leef | undefined {
  const header = readBarHeader(text, FORM);
  if (header === undefined) return undefined;
  const [version = '', vendor = '', product = '', deviceVersion = '', eventId = ''] = header.fields.map((field) =>
    field.trim(),
  );
  const named = version.startsWith('2') ? namedDelimiter(text, header.end) : undefined;
  const pairs = readAttributes(text.slice(named?.end ?? header.end), named?.delimiter);
  return { version, vendor, product, deviceVersion, eventId, pairs };
}

/** `1.0|` or `2.0|`; a lost dot is seen too. */
function isVersionAt(text: string, at: number): boolean {
  return text.startsWith('1.0|', at) || text.startsWith('2.0|', at);
}

/** `^|`, `0x5E|`, `x5E|`, `\t|` or `|` alone, which is a tab. Undefined when the pairs begin at once. */
function namedDelimiter(text: string, start: number): { delimiter: string; end: number } | undefined {
  const bar = text.indexOf('|', start);
  if (bar < 0 || bar - start > 6) return undefined;
  const name = text.slice(start, bar).trim();
  if (name === '') return { delimiter: '\t', end: bar + 1 };
  if (name === '\\t') return { delimiter: '\t', end: bar + 1 };
  const hexadecimal = /^(?:0?x|\\x)([0-9a-f]{1,4})$/i.exec(name)?.[1];
  if (hexadecimal !== undefined)
    return { delimiter: String.fromCharCode(Number.parseInt(hexadecimal, 16)), end: bar + 1 };
  return name.length === 1 ? { delimiter: name, end: bar + 1 } : undefined;
}

function readAttributes(text: string, named: string | undefined): Map<string, string> {
  const delimiter = [...(named === undefined ? [] : [named]), ...DELIMITERS].find((one) => separates(text, one));
  if (delimiter === undefined) return readPairs(text);
  const pairs = new Map<string, string>();
  let last = '';
  for (const part of text.split(delimiter, PAIRS_MAX)) {
    const assign = part.indexOf('=');
    const isPair = assign > 0 && KEY_FIRST.test(part.trimStart());
    // A delimiter inside of a value: the value goes on.
    if (!isPair) {
      if (last !== '' && part.trim() !== '')
        pairs.set(last, `${pairs.get(last) ?? ''}${delimiter === ESCAPED_TAB ? '\t' : delimiter}${part}`);
      continue;
    }
    const key = part.slice(0, assign).trim();
    const value = part.slice(assign + 1).trim();
    if (value !== '' || !pairs.has(key)) pairs.set(key, value);
    last = key;
  }
  return pairs;
}

/** Whether it stands between two pairs. */
function separates(text: string, delimiter: string): boolean {
  for (
    let at = text.indexOf(delimiter), tries = 0;
    at >= 0 && tries < 8;
    at = text.indexOf(delimiter, at + 1), tries++
  ) {
    if (KEY_FIRST.test(text.slice(at + delimiter.length, at + delimiter.length + 128).trimStart())) return true;
  }
  return false;
}

/** `devTime`, as `devTimeFormat` says where it is there. */
export function leefTime(leef: Leef, clock: MessageClock): string | undefined {
  const text = leef.pairs.get('devTime');
  if (text === undefined || text === '') return undefined;
  const format = leef.pairs.get('devTimeFormat');
  const formatted = format === undefined || format === '' ? undefined : javaTime(text, format, clock);
  return formatted ?? epochTime(text) ?? wallTime(text, clock);
}
