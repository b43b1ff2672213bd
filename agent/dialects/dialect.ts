import type { Cef } from './cef.js';
import type { MessageClock } from './clock.js';
import type { Leef } from './leef.js';

export type { MessageClock } from './clock.js';

/** Flat ECS keys and their values, as a record has them. */
export type Fields = Record<string, unknown>;

/** What a syslog header really said; what was nil or not there is absent. RFC 5424 6.2, RFC 3164 4.1. */
export interface Header {
  readonly priority?: number;
  readonly version?: number;
  /** As sent; `time` is what it means. */
  readonly timestamp?: string;
  readonly hostname?: string;
  readonly appname?: string;
  readonly procid?: string;
  readonly msgid?: string;
  readonly structuredData?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One message, its header taken off. What is dear to find is found when it is first asked for. */
export interface Message {
  /** The exact text. */
  readonly text: string;
  readonly header: Header;
  /** Behind the header, the tag (`proc[pid]:`) included in it where there is one; a byte order mark is gone. */
  readonly body: string;
  readonly clock: MessageClock;
  /** Undefined when there is no CEF header in it; a lost prefix is forgiven. */
  readonly cef: Cef | undefined;
  /** The same for LEEF. */
  readonly leef: Leef | undefined;
  /** The body's object, when it is JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface Parsed {
  /**
   * Without `event.original`, `event.dataset`, `log.syslog.*` and `hinomi.parse.*`. `@timestamp` is the vendor's own time;
   * without it the header's is used.
   */
  readonly fields: Fields;
  /** Partial: something in it was not understood and is in `vendor.*` or nowhere. */
  readonly status: 'full' | 'partial';
  /** Why it is partial. */
  readonly reason?: string;
}

/** One vendor's way of writing. */
export interface Dialect {
  readonly name: string;
  /**
   * Undefined when the message is not of this vendor, decided at a glance: every message passes many dialects. Never
   * throws; time and memory are bounded by the message's length.
   */
  parse(message: Message): Parsed | undefined;
}
