import { FILTER_CONDITIONS_MAX, FILTER_DEPTH_MAX } from '../../../protocol/capture.js';
import type { Condition, Direction, Expression } from './ast.js';
import { type Token, tokensOf, wrong } from './tokens.js';
import { conditionOf, numberOf, protocolCondition, type Qualifiers, typeOfBare } from './values.js';

const PROTOCOLS = new Set(['tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'ip', 'ip6', 'arp', 'ether']);
const TYPES = new Set(['host', 'net', 'port', 'portrange', 'proto', 'mac']);
const OTHERS = new Set(['src', 'dst', 'vlan', 'less', 'greater', 'broadcast', 'multicast', 'mask']);
const SIGNS = new Set(['(', ')', 'and', 'or', 'not']);
const VLAN_MAX = 4_095;
const LENGTH_MAX = 2 ** 31 - 1;

const isKeyword = (text: string): boolean =>
  PROTOCOLS.has(text) || TYPES.has(text) || OTHERS.has(text) || SIGNS.has(text);

/**
 * The filter's meaning. As in tcpdump `and` and `or` bind equally and from the left, `not` binds tighter, and a value
 * without a word takes the words of the one before it (`port 80 or 443`). Two conditions side by side mean `and`.
 * @returns undefined for an empty one @throws CAPTURE_FILTER with `position`
 */
export function parseFilter(text: string): Expression | undefined {
  const tokens = tokensOf(text);
  return tokens.length === 0 ? undefined : new Parser(tokens, text.length).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;
  #conditions = 0;
  /** What a value without words takes. */
  #words: Qualifiers | undefined;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): Expression {
    const expression = this.#expression(0);
    if (this.#next < this.#tokens.length) throw wrong('there is no ( to this )', this.#at);
    return expression;
  }

  get #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  get #at(): number {
    return this.#tokens[this.#next]?.at ?? this.#end;
  }

  #takeIf(...texts: string[]): boolean {
    if (!texts.every((text, index) => this.#tokens[this.#next + index]?.text === text)) return false;
    this.#next += texts.length;
    return true;
  }

  #expression(depth: number): Expression {
    let left = this.#term(depth);
    while (this.#peek !== undefined && this.#peek !== ')') {
      const kind = this.#takeIf('or') ? 'or' : 'and';
      if (kind === 'and') this.#takeIf('and');
      left = { kind, left, right: this.#term(depth) };
    }
    return left;
  }

  #term(depth: number): Expression {
    if (depth > FILTER_DEPTH_MAX) throw wrong(`more than ${FILTER_DEPTH_MAX} brackets in one another`, this.#at);
    if (this.#takeIf('not')) return { kind: 'not', of: this.#term(depth + 1) };
    if (this.#peek === '(') return this.#brackets(depth);
    return this.#primitive(depth);
  }

  #brackets(depth: number): Expression {
    const at = this.#at;
    this.#next += 1;
    const expression = this.#expression(depth + 1);
    if (!this.#takeIf(')')) throw wrong('this ( is never closed', at);
    return expression;
  }

  #primitive(depth: number): Expression {
    const { text, at } = this.#tokens[this.#next] ?? { text: undefined, at: this.#end };
    if (text === undefined) throw wrong('a condition is missing at the end', at);
    if (SIGNS.has(text)) throw wrong(`a condition is missing before ${text}`, at);
    this.#conditions += 1;
    if (this.#conditions > FILTER_CONDITIONS_MAX) throw wrong(`more than ${FILTER_CONDITIONS_MAX} conditions`, at);
    const word = this.#wordAlone(text);
    if (word !== undefined) return word;
    if (!isKeyword(text)) return this.#value(this.#words ?? {}, true);
    const words = this.#qualifiers();
    const isProtocolAlone = words.direction === undefined && words.type === undefined && words.protocol !== 'ether';
    if (words.protocol !== undefined && isProtocolAlone) return protocolCondition(words.protocol);
    if (words.protocol === undefined && isProtocolAlone) throw wrong(`${text} has no meaning here`, at);
    this.#words = words;
    return this.#peek === '(' ? this.#brackets(depth) : this.#value(words, false);
  }

  /** Conditions that have no address and no port. */
  #wordAlone(text: string): Condition | undefined {
    if (this.#takeIf('ether', 'broadcast') || this.#takeIf('broadcast')) return { kind: 'group', isBroadcast: true };
    if (this.#takeIf('ether', 'multicast') || this.#takeIf('multicast')) return { kind: 'group', isBroadcast: false };
    if (this.#takeIf('vlan')) return this.#vlan();
    if (this.#takeIf('less')) return { kind: 'length', min: 0, max: this.#number(text, LENGTH_MAX) };
    if (this.#takeIf('greater')) return { kind: 'length', min: this.#number(text, LENGTH_MAX), max: LENGTH_MAX };
    return undefined;
  }

  #vlan(): Condition {
    const isAny = !/^\d+$/.test(this.#peek ?? '');
    return isAny ? { kind: 'vlan', depth: 0 } : { kind: 'vlan', id: this.#number('vlan', VLAN_MAX), depth: 0 };
  }

  #number(word: string, max: number): number {
    const at = this.#at;
    const text = this.#peek;
    if (text === undefined || isKeyword(text)) throw wrong(`a number is missing after ${word}`, at);
    this.#next += 1;
    return numberOf(text, max, at);
  }

  #qualifiers(): Qualifiers {
    const words: { protocol?: string; direction?: Direction; type?: string } = {};
    if (PROTOCOLS.has(this.#peek ?? '')) words.protocol = this.#tokens[this.#next++]!.text;
    const direction = this.#direction();
    if (direction !== undefined) words.direction = direction;
    if (TYPES.has(this.#peek ?? '')) words.type = this.#tokens[this.#next++]!.text;
    return words;
  }

  #direction(): Direction | undefined {
    if (this.#takeIf('src', 'or', 'dst') || this.#takeIf('dst', 'or', 'src')) return 'src or dst';
    if (this.#takeIf('src', 'and', 'dst') || this.#takeIf('dst', 'and', 'src')) return 'src and dst';
    if (this.#takeIf('src')) return 'src';
    return this.#takeIf('dst') ? 'dst' : undefined;
  }

  /** @param isBare without words of its own */
  #value(words: Qualifiers, isBare: boolean): Expression {
    const at = this.#at;
    const text = this.#peek;
    const mayBeKeyword = words.type === 'proto';
    if (text === undefined || SIGNS.has(text) || (isKeyword(text) && !mayBeKeyword))
      throw wrong(`a value is missing after ${words.type ?? words.direction ?? words.protocol}`, at);
    this.#next += 1;
    const type = words.type ?? (words.protocol === 'ether' ? 'mac' : typeOfBare(text));
    if (type === undefined)
      throw wrong(
        isBare ? `${text} is not known; is port, host or net missing in front?` : `${text} is no address`,
        at,
      );
    const mask = type === 'net' && this.#takeIf('mask') ? (this.#tokens[this.#next++]?.text ?? '') : undefined;
    return conditionOf({ ...words, type }, { text, at, ...(mask === undefined ? {} : { mask }) });
  }
}
