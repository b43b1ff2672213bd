import type { Header, MessageClock } from './dialect.js';
import type { HeaderDraft, HeaderRead } from './header-read.js';
import { epochTime, timeAt } from './times.js';

/** RFC 5424 6: longest values of the header's fields. */
const HOSTNAME_MAX = 255;
const APPNAME_MAX = 48;
const PROCID_MAX = 128;
const MSGID_MAX = 32;
const SD_NAME_MAX = 32;
/** Elements and parameters that are kept of one message. */
const ELEMENTS_MAX = 64;
const PARAMETERS_MAX = 256;

/** RFC 5424 6.2.3: upper case, at most six decimals, an offset or `Z`. */
const TIMESTAMP = /\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d)/y;
const FORMATS = ['CEF:', 'LEEF:', '{"'];
/** What is seen in its place of senders that nearly follow it. */
const EPOCH = /\d{9,19}(?:\.\d{1,9})?(?= )/y;

type StructuredData = Record<string, Record<string, string>>;

/**
 * Reads on behind `<PRI>VERSION`. What is wrong is told, and what was read before it is kept; the body is then what the
 * reader did not understand.
 */
export function readRfc5424(text: string, at: number, draft: HeaderDraft, clock: MessageClock): HeaderRead {
  return new Reader(text, at, draft, clock).read();
}

class Reader {
  readonly #text: string;
  readonly #draft: HeaderDraft;
  readonly #clock: MessageClock;
  #at: number;
  #time: string | undefined;
  #flaw: string | undefined;

  constructor(text: string, at: number, draft: HeaderDraft, clock: MessageClock) {
    this.#text = text;
    this.#at = at;
    this.#draft = draft;
    this.#clock = clock;
  }

  read(): HeaderRead {
    if (!this.#blank('version')) return this.#stop(this.#at);
    if (!this.#timestamp()) return this.#stop(this.#at);
    const afterTime = this.#at;
    if (!this.#field('hostname', HOSTNAME_MAX)) return this.#stop(this.#bodyStart(afterTime));
    // A known habit: the message begins where the appname should be.
    if (FORMATS.some((format) => this.#text.startsWith(format, this.#at))) return this.#stop(this.#at);
    const isNamed = this.#field('appname', APPNAME_MAX) && this.#field('procid', PROCID_MAX);
    if (!isNamed || !this.#field('msgid', MSGID_MAX)) return this.#stop(this.#bodyStart(afterTime));
    const start = this.#at;
    if (!this.#structuredData()) {
      // Structured data was begun: what is there is for the dialects. Otherwise these words were never a header.
      return this.#stop(this.#text.charCodeAt(start) === 0x5b ? start : this.#bodyStart(afterTime));
    }
    if (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== 0x20) {
      this.#fault('no blank behind the structured data');
      return this.#stop(start);
    }
    return this.#stop(this.#at + 1);
  }

  #stop(bodyStart: number): HeaderRead {
    const header: Header = this.#draft;
    return {
      header,
      body: this.#text.slice(bodyStart),
      ...(this.#time === undefined ? {} : { time: this.#time }),
      ...(this.#flaw === undefined ? {} : { flaw: this.#flaw }),
    };
  }

  /** Of a sender that nearly follows the standard: behind the hostname, where the tag of older messages is. */
  #bodyStart(afterTime: number): number {
    if (this.#draft.hostname === undefined && this.#text.charCodeAt(afterTime) !== 0x2d) return afterTime;
    const end = this.#text.indexOf(' ', afterTime);
    return end < 0 ? this.#text.length : end + 1;
  }

  #fault(what: string): false {
    this.#flaw ??= `RFC 5424: ${what} at character ${this.#at}`;
    return false;
  }

  #blank(behind: string): boolean {
    if (this.#text.charCodeAt(this.#at) !== 0x20) return this.#fault(`no blank behind the ${behind}`);
    this.#at++;
    return true;
  }

  #timestamp(): boolean {
    if (this.#text.charCodeAt(this.#at) === 0x2d && isEnd(this.#text, this.#at + 1)) {
      this.#at++;
      return this.#blank('timestamp');
    }
    TIMESTAMP.lastIndex = this.#at;
    const strict = TIMESTAMP.exec(this.#text);
    if (strict !== null) {
      const found = timeAt(strict[0], 0, this.#clock);
      if (found === undefined) return this.#fault('the timestamp is no time');
      this.#keepTime(strict[0], found.time);
      return this.#blank('timestamp');
    }
    return this.#nearTimestamp();
  }

  /** Seconds since 1970, which some devices write here on purpose; ISO 8601 that is too fine or has no zone. */
  #nearTimestamp(): boolean {
    EPOCH.lastIndex = this.#at;
    const epoch = EPOCH.exec(this.#text);
    const time = epoch === null ? undefined : epochTime(epoch[0]);
    if (epoch !== null && time !== undefined) {
      this.#keepTime(epoch[0], time);
      return this.#blank('timestamp');
    }
    this.#fault('the timestamp is wrong');
    const found = timeAt(this.#text, this.#at, this.#clock);
    if (found === undefined || this.#text.charCodeAt(found.end) !== 0x20) return false;
    this.#keepTime(this.#text.slice(this.#at, found.end), found.time);
    return this.#blank('timestamp');
  }

  #keepTime(text: string, time: string): void {
    this.#draft.timestamp = text;
    this.#time = time;
    this.#at += text.length;
  }

  #field(name: 'hostname' | 'appname' | 'procid' | 'msgid', lengthMax: number): boolean {
    const start = this.#at;
    let end = start;
    while (end < this.#text.length && end - start <= lengthMax && isPrintable(this.#text.charCodeAt(end))) end++;
    if (end === start) return this.#fault(`the ${name} is missing`);
    if (end - start > lengthMax) return this.#fault(`the ${name} is longer than ${lengthMax} characters`);
    const value = this.#text.slice(start, end);
    this.#at = end;
    if (!this.#blank(name)) return false;
    if (value !== '-') this.#draft[name] = value;
    return true;
  }

  #structuredData(): boolean {
    if (this.#text.charCodeAt(this.#at) === 0x2d) {
      this.#at++;
      if (isEnd(this.#text, this.#at)) return true;
      return this.#fault('something behind the nil structured data');
    }
    if (this.#text.charCodeAt(this.#at) !== 0x5b) return this.#fault('the structured data is missing');
    const data: StructuredData = {};
    let count = 0;
    this.#draft.structuredData = data;
    while (this.#text.charCodeAt(this.#at) === 0x5b) {
      if (!this.#element(data, ++count)) return false;
    }
    return true;
  }

  #element(data: StructuredData, count: number): boolean {
    this.#at++;
    const id = this.#name();
    if (id === undefined) return this.#fault('an element of the structured data has no valid name');
    if (Object.hasOwn(data, id)) return this.#fault('an element of the structured data is there twice');
    const parameters: Record<string, string> = {};
    if (count <= ELEMENTS_MAX && id !== '__proto__') data[id] = parameters;
    for (let number = 0; this.#text.charCodeAt(this.#at) === 0x20; number++) {
      this.#at++;
      const name = this.#name();
      if (name === undefined || !this.#text.startsWith('="', this.#at))
        return this.#fault('a parameter of the structured data is wrong');
      this.#at += 2;
      const value = this.#value();
      if (value === undefined) return false;
      // Nothing but the next parameter or the element's end may follow.
      if (!isNext(this.#text.charCodeAt(this.#at)))
        return this.#fault('something behind a parameter of the structured data');
      if (number < PARAMETERS_MAX && name !== '__proto__') parameters[name] = value;
    }
    if (this.#text.charCodeAt(this.#at) !== 0x5d) return this.#fault('an element of the structured data does not end');
    this.#at++;
    return true;
  }

  /** SD-NAME: printable ASCII without `=`, blank, `]` and `"`. */
  #name(): string | undefined {
    const start = this.#at;
    let end = start;
    while (end < this.#text.length && isNameCharacter(this.#text.charCodeAt(end))) end++;
    if (end === start || end - start > SD_NAME_MAX) return undefined;
    this.#at = end;
    return this.#text.slice(start, end);
  }

  /** `"`, `\` and `]` are escaped inside. A backslash before anything else is refused, as the reference vectors do. */
  #value(): string | undefined {
    const start = this.#at;
    let isEscaped = false;
    for (let at = start; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) {
        const raw = this.#text.slice(start, at);
        this.#at = at + 1;
        return isEscaped ? raw.replace(/\\(["\\\]])/g, '$1') : raw;
      }
      if (code === 0x5c) {
        const next = this.#text.charCodeAt(at + 1);
        if (next !== 0x22 && next !== 0x5c && next !== 0x5d) {
          this.#at = at;
          this.#fault('a backslash of the structured data escapes nothing');
          return undefined;
        }
        isEscaped = true;
        at++;
      } else if (code === 0x5d) {
        this.#at = at;
        this.#fault('a bracket of the structured data is not escaped');
        return undefined;
      }
    }
    this.#at = this.#text.length;
    this.#fault('a value of the structured data does not end');
    return undefined;
  }
}

const isNext = (code: number): boolean => code === 0x20 || code === 0x5d;

function isEnd(text: string, at: number): boolean {
  return at >= text.length || text.charCodeAt(at) === 0x20;
}

function isPrintable(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function isNameCharacter(code: number): boolean {
  return isPrintable(code) && code !== 0x3d && code !== 0x5d && code !== 0x22;
}
