import { CodedError } from '../../protocol/base/errors.js';
import type { Bound, Node, Value } from './ast.js';
import { queryError, type Token, type TokenType, tokenize } from './tokens.js';

/** Brackets and NOTs nest this deep. */
const DEPTH_MAX = 32;
const TERMS_MAX = 256;

/**
 * Parses a query: `field:value`, bare words, AND, OR, NOT (also `-` and `!`), brackets; two terms side by side are
 * joined by AND. An empty query is everything.
 * @throws QUERY_INVALID with `position`, QUERY_LIMIT
 */
export function parseQuery(query: string): Node {
  return new Parser(tokenize(query)).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #terms = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Node {
    if (this.#peek().type === 'end') return { type: 'all' };
    const node = this.#or(0, undefined);
    const rest = this.#peek();
    if (rest.type !== 'end')
      throw queryError(
        rest.type === ')' ? 'there is no bracket to close' : `${rest.text} is not expected here`,
        rest.at,
      );
    return node;
  }

  #or(depth: number, field: string | undefined): Node {
    if (depth > DEPTH_MAX) throw new CodedError('QUERY_LIMIT', `brackets nest deeper than ${DEPTH_MAX}`);
    const parts = [this.#and(depth, field)];
    while (this.#isWord('OR')) {
      this.#next();
      parts.push(this.#and(depth, field));
    }
    return parts.length === 1 ? parts[0]! : { type: 'or', parts };
  }

  #and(depth: number, field: string | undefined): Node {
    const parts = [this.#not(depth, field)];
    for (;;) {
      if (this.#isWord('AND')) this.#next();
      else if (this.#peek().type === 'end' || this.#peek().type === ')' || this.#isWord('OR')) break;
      parts.push(this.#not(depth, field));
    }
    return parts.length === 1 ? parts[0]! : { type: 'and', parts };
  }

  #not(depth: number, field: string | undefined): Node {
    if (depth > DEPTH_MAX) throw new CodedError('QUERY_LIMIT', `NOTs nest deeper than ${DEPTH_MAX}`);
    const token = this.#peek();
    if (token.type !== '!' && token.type !== '-' && !this.#isWord('NOT')) return this.#primary(depth, field);
    this.#next();
    return { type: 'not', part: this.#not(depth + 1, field) };
  }

  #primary(depth: number, field: string | undefined): Node {
    const token = this.#next();
    if (token.type === '(') {
      const node = this.#or(depth + 1, field);
      this.#expect(')', 'a closing bracket');
      return node;
    }
    if (token.type !== 'word' && token.type !== 'quoted') {
      throw queryError(
        token.type === 'end' ? 'the query ends where a term is expected' : `a term is expected, not ${token.text}`,
        token.at,
      );
    }
    if (++this.#terms > TERMS_MAX) throw new CodedError('QUERY_LIMIT', `more than ${TERMS_MAX} terms`);
    // Inside of `field:( ... )` each word is a value of that field.
    if (field !== undefined) return { type: 'match', field, value: termOf(token), at: token.at };
    const next = this.#peek();
    const isField = token.type === 'word' && !next.isSpaced && (next.type === ':' || isComparison(next.type));
    if (!isField) return { type: 'text', text: plainText(token), at: token.at };
    return this.#match(token, depth);
  }

  #match(name: Token, depth: number): Node {
    const sign = this.#next();
    if (sign.type !== ':') return { type: 'match', field: name.text, value: this.#comparison(sign), at: name.at };
    const token = this.#next();
    if (token.type === '(') {
      const node = this.#or(depth + 1, name.text);
      this.#expect(')', 'a closing bracket');
      return node;
    }
    return { type: 'match', field: name.text, value: this.#value(token), at: name.at };
  }

  #value(token: Token): Value {
    if (isComparison(token.type)) return this.#comparison(token);
    if (token.type === '[' || token.type === '{') return this.#range(token);
    if (token.type !== 'word' && token.type !== 'quoted')
      throw queryError('a value is expected after the colon', token.at);
    return termOf(token);
  }

  #comparison(sign: Token): Value {
    const token = this.#next();
    if (token.type !== 'word' && token.type !== 'quoted')
      throw queryError(`a value is expected after ${sign.text}`, token.at);
    const bound: Bound = { text: plainText(token), isInclusive: sign.type.endsWith('=') };
    return sign.type.startsWith('>')
      ? { type: 'range', from: bound, at: token.at }
      : { type: 'range', to: bound, at: token.at };
  }

  /** `[a TO b]` with, `{a TO b}` without its ends; `*` leaves one open. */
  #range(open: Token): Value {
    const from = this.#bound(open.type === '[');
    if (!this.#isWord('TO')) throw queryError('TO is expected between the ends of a range', this.#peek().at);
    this.#next();
    const to = this.#bound(true);
    const close = this.#next();
    if (close.type !== ']' && close.type !== '}') throw queryError('the range is not closed', close.at);
    return {
      type: 'range',
      ...(from.text === '*' ? {} : { from }),
      ...(to.text === '*' ? {} : { to: { ...to, isInclusive: close.type === ']' } }),
      at: open.at,
    };
  }

  #bound(isInclusive: boolean): Bound {
    const token = this.#next();
    if (token.type !== 'word' && token.type !== 'quoted') throw queryError('an end of the range is missing', token.at);
    return { text: plainText(token), isInclusive };
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    const token = this.#tokens[this.#at]!;
    if (token.type !== 'end') this.#at += 1;
    return token;
  }

  #expect(type: TokenType, what: string): void {
    const token = this.#next();
    if (token.type !== type) throw queryError(`${what} is missing`, token.at);
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token.type === 'word' && token.text === word;
  }
}

function isComparison(type: TokenType): boolean {
  return type === '>' || type === '>=' || type === '<' || type === '<=';
}

function termOf(token: Token): Value {
  if (token.type === 'word' && token.text === '*') return { type: 'exists' };
  return { type: 'term', text: token.text, isQuoted: token.type === 'quoted', at: token.at };
}

/** A word as plain text: a backslash takes the meaning from the sign behind it. */
function plainText(token: Token): string {
  return token.type === 'quoted' ? token.text : token.text.replaceAll(/\\(.)/g, '$1');
}
