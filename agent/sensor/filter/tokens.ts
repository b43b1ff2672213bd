import { CodedError } from '../../../protocol/base/errors.js';
import { FILTER_CHARACTERS_MAX } from '../../../protocol/capture.js';

/** `(`, `)`, `and`, `or`, `not`, or a word in lower case: a keyword, a number or an address. */
export interface Token {
  readonly text: string;
  /** Of its first character, from 0. */
  readonly at: number;
}

const SPACE = /\s/;
const WORD = /[A-Za-z0-9.:/_\\-]/;
/** Other ways to write the same. */
const SAME: ReadonlyMap<string, string> = new Map([
  ['!', 'not'],
  ['&&', 'and'],
  ['||', 'or'],
]);

/** @param at where it is, from 0 */
export function wrong(what: string, at: number): CodedError {
  return new CodedError('CAPTURE_FILTER', `the filter is wrong at character ${at + 1}: ${what}`, { position: at });
}

/** @throws CAPTURE_FILTER with `position` */
export function tokensOf(text: string): Token[] {
  if (text.length > FILTER_CHARACTERS_MAX)
    throw wrong(`it is longer than ${FILTER_CHARACTERS_MAX} characters`, FILTER_CHARACTERS_MAX);
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const next = tokenAt(text, at);
    if (next.text !== '') tokens.push({ text: SAME.get(next.text) ?? next.text.toLowerCase(), at });
    at += next.length;
  }
  return tokens;
}

/** Empty for a space. */
function tokenAt(text: string, at: number): { text: string; length: number } {
  const first = text[at]!;
  if (SPACE.test(first)) return { text: '', length: 1 };
  if (first === '(' || first === ')' || first === '!') return { text: first, length: 1 };
  const pair = text.slice(at, at + 2);
  if (pair === '&&' || pair === '||') return { text: pair, length: 2 };
  let end = at;
  while (end < text.length && WORD.test(text[end]!)) end += 1;
  if (end === at) throw wrong(`${JSON.stringify(first)} has no meaning in a filter`, at);
  return { text: text.slice(at, end), length: end - at };
}
