import { CodedError } from '../../protocol/base/errors.js';

export const QUERY_LENGTH_MAX = 4_096;

export type TokenType =
  | 'word'
  | 'quoted'
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}'
  | ':'
  | '>'
  | '>='
  | '<'
  | '<='
  | '!'
  | '-'
  | 'end';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** Start in the query, UTF-16 units. */
  readonly at: number;
  /** White space, or the start, stands in front. */
  readonly isSpaced: boolean;
}

/** What a Japanese keyboard writes for the signs of the language. */
const HALF_WIDTH: ReadonlyMap<string, string> = new Map([
  ['：', ':'],
  ['（', '('],
  ['）', ')'],
  ['［', '['],
  ['］', ']'],
  ['＂', '"'],
  ['”', '"'],
  ['“', '"'],
  ['「', '"'],
  ['」', '"'],
  ['＊', '*'],
  ['？', '?'],
  ['！', '!'],
  ['＞', '>'],
  ['＜', '<'],
  ['＝', '='],
  ['－', '-'],
  ['　', ' '],
]);
const SIGNS = '()[]{}:';

export function queryError(message: string, at: number): CodedError {
  return new CodedError('QUERY_INVALID', message, { position: at });
}

/** Splits a query. @throws QUERY_INVALID with `position` */
export function tokenize(query: string): Token[] {
  if (query.length > QUERY_LENGTH_MAX) {
    throw new CodedError('QUERY_LIMIT', `the query is longer than ${QUERY_LENGTH_MAX} characters`);
  }
  const tokens: Token[] = [];
  let at = 0;
  let isSpaced = true;
  while (at < query.length) {
    const sign = signAt(query, at);
    if (/\s/.test(sign)) {
      isSpaced = true;
      at += 1;
      continue;
    }
    const token = tokenAt(query, at, sign, isSpaced, tokens.at(-1));
    tokens.push(token.token);
    at = token.end;
    isSpaced = false;
  }
  tokens.push({ type: 'end', text: '', at: query.length, isSpaced: true });
  return tokens;
}

function signAt(query: string, at: number): string {
  const sign = query[at]!;
  return HALF_WIDTH.get(sign) ?? sign;
}

function tokenAt(
  query: string,
  at: number,
  sign: string,
  isSpaced: boolean,
  before: Token | undefined,
): { token: Token; end: number } {
  if (sign === '"') return quoted(query, at, isSpaced);
  const isValue = before?.type === ':' || before?.type === '[' || before?.type === '{';
  if (SIGNS.includes(sign) && !(sign === ':' && isValue)) return one(sign as TokenType, at, isSpaced);
  if (sign === '>' || sign === '<') {
    const isEqual = signAt(query, at + 1 < query.length ? at + 1 : at) === '=';
    const type = (isEqual ? `${sign}=` : sign) as TokenType;
    return { token: { type, text: type, at, isSpaced }, end: at + type.length };
  }
  if (sign === '!' && !isValue) return one('!', at, isSpaced);
  if (sign === '-' && isSpaced && !isValue) return one('-', at, isSpaced);
  return word(
    query,
    at,
    isSpaced,
    isValue || before?.type.startsWith('>') === true || before?.type.startsWith('<') === true,
  );
}

function one(type: TokenType, at: number, isSpaced: boolean): { token: Token; end: number } {
  return { token: { type, text: type, at, isSpaced }, end: at + 1 };
}

/** `\"` and `\\` inside. */
function quoted(query: string, start: number, isSpaced: boolean): { token: Token; end: number } {
  let text = '';
  for (let at = start + 1; at < query.length; at++) {
    const character = query[at]!;
    if (character === '\\' && at + 1 < query.length) {
      at += 1;
      text += query[at];
    } else if (signAt(query, at) === '"') {
      return { token: { type: 'quoted', text, at: start, isSpaced }, end: at + 1 };
    } else {
      text += character;
    }
  }
  throw queryError('the quotation mark is not closed', start);
}

/** Up to white space or a sign. A value may hold colons: IPv6 addresses, MAC addresses and times do. */
function word(query: string, start: number, isSpaced: boolean, isValue: boolean): { token: Token; end: number } {
  let text = '';
  let at = start;
  for (; at < query.length; at++) {
    const sign = signAt(query, at);
    if (/\s/.test(sign) || sign === '"' || sign === '(' || sign === ')' || '[]{}'.includes(sign)) break;
    if (!isValue && (sign === ':' || sign === '>' || sign === '<')) break;
    if (sign === '\\' && at + 1 < query.length) {
      at += 1;
      text += `\\${query[at]}`;
      continue;
    }
    text += sign;
  }
  return { token: { type: 'word', text, at: start, isSpaced }, end: at };
}
