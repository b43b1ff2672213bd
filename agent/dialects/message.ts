import { type Cef, readCef } from './cef.js';
import type { Header, Message, MessageClock } from './dialect.js';
import { type HeaderRead, readHeader } from './header.js';
import { type Leef, readLeef } from './leef.js';

const BOM = 0xfeff;
const JSON_START = /^(?:@cee: ?)?\{/;
/** What relays and receivers leave at an end: line ends, NUL, and both as rsyslog writes them. */
const ENDS = ['#015', '#012', '#000'];

/** One message with its header taken off. What is dear to find is found when it is first asked for, once. */
export class SyslogMessage implements Message {
  readonly text: string;
  readonly header: Header;
  readonly body: string;
  readonly clock: MessageClock;
  /** What the header's timestamp means. */
  readonly time: string | undefined;
  /** The body behind its tag. */
  readonly content: string;
  /** Why the header is none, where one was begun. */
  readonly flaw: string | undefined;
  #cef: Cef | undefined | null = null;
  #leef: Leef | undefined | null = null;
  #json: Readonly<Record<string, unknown>> | undefined | null = null;

  constructor(text: string, clock: MessageClock) {
    const read: HeaderRead = readHeader(withoutEnd(text), clock);
    this.text = text;
    this.clock = clock;
    this.header = read.header;
    this.body = withoutMark(read.body);
    this.content = withoutMark(read.contentAt === undefined ? read.body : read.body.slice(read.contentAt));
    this.time = read.time;
    this.flaw = read.flaw;
  }

  get cef(): Cef | undefined {
    if (this.#cef === null) this.#cef = readCef(this.body);
    return this.#cef;
  }

  get leef(): Leef | undefined {
    if (this.#leef === null) this.#leef = readLeef(this.body);
    return this.#leef;
  }

  get json(): Readonly<Record<string, unknown>> | undefined {
    if (this.#json === null) this.#json = readJson(this.body);
    return this.#json;
  }
}

function withoutEnd(text: string): string {
  let end = text.length;
  for (;;) {
    const code = text.charCodeAt(end - 1);
    if (end > 0 && (code === 0x0a || code === 0x0d || code === 0x00)) end--;
    else if (end >= 4 && ENDS.includes(text.slice(end - 4, end))) end -= 4;
    else return end === text.length ? text : text.slice(0, end);
  }
}

/** RFC 5424 6.4: a byte order mark stands directly before its text. */
function withoutMark(body: string): string {
  return body.charCodeAt(0) === BOM && body.length > 1 && body.charCodeAt(1) !== 0x20 ? body.slice(1) : body;
}

/** The object that the body is, or that begins behind a tag. */
function readJson(body: string): Readonly<Record<string, unknown>> | undefined {
  const start = jsonStart(body);
  if (start < 0) return undefined;
  try {
    const value: unknown = JSON.parse(body.slice(start));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const TAG_MAX = 200;

function jsonStart(body: string): number {
  const start = body.indexOf('{');
  if (start < 0 || start > TAG_MAX || !body.trimEnd().endsWith('}')) return -1;
  const before = body.slice(0, start).trim();
  return before === '' || before.endsWith(':') || JSON_START.test(`${before}{`) ? start : -1;
}
