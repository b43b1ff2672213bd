/** Pairs of one message; what is behind them is left. */
const PAIRS_MAX = 500;
/** A longer run of letters before an assignment is no key. */
const KEY_CHARACTERS_MAX = 120;

export interface PairOptions {
  /** One character between pairs. Default: a blank, which stands for every white space. */
  readonly separator?: string;
  /** One character between key and value. Default: `=`. */
  readonly assign?: string;
}

/**
 * `key=value key="value with \" and blanks" key='v'`. A value without quotes goes on until the next ` key=`. Of a key
 * that is there twice, the last value that is not empty stays. One pass, linear in the length of the text.
 */
export function readPairs(text: string, options: PairOptions = {}): Map<string, string> {
  return new PairReader(text, options.separator ?? ' ', options.assign ?? '=').read();
}

class PairReader {
  readonly #text: string;
  readonly #separator: number;
  readonly #assign: number;
  readonly #isBlank: boolean;
  /** Quotes that are not closed any more: not looked for again. */
  readonly #unclosed = new Set<number>();

  constructor(text: string, separator: string, assign: string) {
    this.#text = text;
    this.#separator = separator.charCodeAt(0);
    this.#assign = assign.charCodeAt(0);
    this.#isBlank = separator === ' ';
  }

  read(): Map<string, string> {
    const pairs = new Map<string, string>();
    let at = this.#keyStart(0);
    while (at < this.#text.length && pairs.size < PAIRS_MAX) {
      const keyEnd = this.#keyEnd(at);
      if (keyEnd < 0) {
        at = this.#keyStart(this.#nextSeparator(at) + 1);
        continue;
      }
      const key = this.#text.slice(this.#keyStart(at), keyEnd).trim();
      const value = this.#valueAt(keyEnd + 1);
      if (value.text !== '' || !pairs.has(key)) pairs.set(key, value.text);
      at = this.#keyStart(value.end + 1);
    }
    return pairs;
  }

  /** Behind blanks and a list's comma. */
  #keyStart(at: number): number {
    let start = at;
    while (start < this.#text.length && isSpace(this.#text.charCodeAt(start))) start++;
    return start;
  }

  /** Where the assignment of the key that begins here is, or -1 when no key does. */
  #keyEnd(at: number): number {
    const start = this.#keyStart(at);
    const last = Math.min(this.#text.length, start + KEY_CHARACTERS_MAX + 1);
    for (let end = start; end < last; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === this.#assign) return end > start ? end : -1;
      if (!isKeyCharacter(code) && (this.#isBlank || code !== SPACE)) return -1;
    }
    return -1;
  }

  #isSeparator(code: number): boolean {
    return this.#isBlank ? isSpace(code) : code === this.#separator;
  }

  #nextSeparator(at: number): number {
    let end = at;
    while (end < this.#text.length && !this.#isSeparator(this.#text.charCodeAt(end))) end++;
    return end;
  }

  /** `end` is the separator behind the value. */
  #valueAt(start: number): { text: string; end: number } {
    let from = start;
    if (!this.#isBlank) from = this.#keyStart(start);
    else if (
      this.#text.charCodeAt(from) === SPACE &&
      this.#keyEnd(from) < 0 &&
      isQuote(this.#text.charCodeAt(this.#keyStart(from)))
    )
      from = this.#keyStart(from);
    const quote = this.#text.charCodeAt(from);
    if (isQuote(quote) && !this.#unclosed.has(quote)) {
      const quoted = this.#quoted(from + 1, quote);
      if (quoted !== undefined) return quoted;
    }
    return this.#bare(from);
  }

  /**
   * Up to the quote that a key or the end follows; else up to the first one that a separator follows: some vendors do
   * not escape the quotes inside.
   */
  #quoted(start: number, quote: number): { text: string; end: number } | undefined {
    let first = -1;
    let isEscaped = false;
    for (let at = start; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === BACKSLASH && this.#text.charCodeAt(at + 1) === quote && !this.#closesAt(at + 2)) {
        isEscaped = true;
        at++;
        continue;
      }
      if (code !== quote) continue;
      // The next value begins: what could have been the end was it.
      if (first >= 0 && this.#text.charCodeAt(at - 1) === this.#assign) break;
      const next = at + 1;
      if (this.#closesAt(next)) return this.#cut(start, at, quote, isEscaped);
      if (first < 0 && this.#isSeparator(this.#text.charCodeAt(next))) first = at;
    }
    if (first < 0) this.#unclosed.add(quote);
    return first < 0 ? undefined : this.#cut(start, first, quote, isEscaped);
  }

  #closesAt(next: number): boolean {
    if (next >= this.#text.length) return true;
    if (!this.#isSeparator(this.#text.charCodeAt(next))) return false;
    return this.#keyEnd(next + 1) >= 0 || this.#keyStart(next + 1) >= this.#text.length;
  }

  #cut(start: number, end: number, quote: number, isEscaped: boolean): { text: string; end: number } {
    const raw = this.#text.slice(start, end);
    const mark = String.fromCharCode(quote);
    return { text: isEscaped ? raw.replaceAll(`\\${mark}`, mark) : raw, end: end + 1 };
  }

  #bare(start: number): { text: string; end: number } {
    let end = start;
    for (;;) {
      end = this.#nextSeparator(end);
      if (end >= this.#text.length) break;
      // Of several blanks the last counts: looking behind each would take the square of their number.
      const isLast = !isSpace(this.#text.charCodeAt(end + 1));
      if ((isLast || !this.#isBlank) && this.#keyEnd(end + 1) >= 0) break;
      end++;
    }
    return { text: this.#text.slice(start, end).trim(), end };
  }
}

const SPACE = 0x20;
const BACKSLASH = 0x5c;

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27;
}

function isSpace(code: number): boolean {
  return code === SPACE || (code >= 0x09 && code <= 0x0d);
}

/** Letters, digits, `_ . - [ ]` and everything beyond ASCII. */
export function isKeyCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x5b ||
    code === 0x5d ||
    code > 0x7f
  );
}
