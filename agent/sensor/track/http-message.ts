import { type HttpHead, parseHttpHead } from '../wire/http-head.js';

/** A body until the end of the connection: more than any has. */
const UNTIL_CLOSE = 2 ** 52;
const HEAD_BYTES_MAX = 65_536;
const LINE_BYTES_MAX = 8_192;

export interface MessageListener {
  onHead(head: HttpHead, timeUs: number): HttpBodyRule;
  /** @param bytes of the body */
  onMessageEnd(bytes: number, timeUs: number): void;
}
/** What follows a head. `Other`: this is no HTTP any more; `Switch`: nor is it, and somebody goes on behind the head. */
export const HttpBodyRule = { Said: 0, None: 1, Other: 2, Switch: 3 } as const;
export type HttpBodyRule = (typeof HttpBodyRule)[keyof typeof HttpBodyRule];

type State = 'head' | 'passing' | 'chunk-line' | 'chunk-end' | 'trailer' | 'switched';

/** Messages of one side of a connection, one behind the other. RFC 9112 2 and 6. */
export class HttpMessages {
  readonly #listener: MessageListener;
  #state: State = 'head';
  /** Bytes of the body, or of one of its chunks, that are passed over. */
  #passing = 0;
  #isChunk = false;
  #bodyBytes = 0;
  /** Bytes of a head that does not end in them: they are not searched again when more have come. */
  #searched = 0;

  constructor(listener: MessageListener) {
    this.#listener = listener;
  }

  /** @returns bytes used, more than there are for those that follow; -1 when this is not HTTP, or no more */
  onBytes(b: Buffer, start: number, end: number, timeUs: number): number {
    this.#finishPassing(timeUs);
    let at = start;
    while (at < end && this.#state !== 'switched') {
      const next = this.#read(b, at, end, timeUs);
      if (next < 0) return -1;
      if (next === at) break;
      at = next;
      if (at > end) break;
      this.#finishPassing(timeUs);
    }
    return at - start;
  }

  /** The connection has ended. @param unseen bytes of a body that never came */
  onEnd(unseen: number, timeUs: number): void {
    if (this.#state === 'head' || this.#state === 'switched') return;
    this.#bodyBytes = this.seen(unseen);
    this.#endMessage(0, timeUs);
  }

  /** Nothing is known of what came between: a head is the next thing that makes sense. */
  startAnew(timeUs: number): void {
    this.onEnd(0, timeUs);
    this.#state = 'head';
    this.#searched = 0;
  }

  /** Whether nothing of the present message is still to come. @param unseen as below */
  isWhole(unseen: number): boolean {
    return this.#state === 'head' || (this.#state === 'passing' && !this.#isChunk && unseen === 0);
  }

  /** Bytes of the present body that came. @param unseen those of what is passed over that did not */
  seen(unseen: number): number {
    const passed = this.#state === 'passing' ? this.#passing - Math.min(unseen, this.#passing) : 0;
    return this.#bodyBytes + passed;
  }

  /** The answer to version 0.9 has no head. @returns bytes to be passed over */
  passAll(): number {
    this.#bodyBytes = 0;
    this.#isChunk = false;
    return this.#pass(0, UNTIL_CLOSE);
  }

  /** Where what was passed over ends, and reading begins again. */
  #finishPassing(timeUs: number): void {
    if (this.#state !== 'passing') return;
    if (!this.#isChunk) {
      this.#endMessage(this.#passing, timeUs);
      return;
    }
    this.#bodyBytes += this.#passing;
    this.#state = 'chunk-end';
  }

  /** @returns where to go on; `at` itself when more bytes are needed; -1 when this is not HTTP */
  #read(b: Buffer, at: number, end: number, timeUs: number): number {
    if (this.#state === 'head') return this.#readHead(b, at, end, timeUs);
    const lineEnd = b.indexOf(0x0a, at);
    if (lineEnd < 0 || lineEnd >= end) return end - at > LINE_BYTES_MAX ? -1 : at;
    const line = b.toString('latin1', at, Math.min(lineEnd, at + LINE_BYTES_MAX)).trim();
    if (this.#state === 'chunk-line') return this.#readChunkLine(line, lineEnd + 1);
    if (this.#state === 'chunk-end') this.#state = 'chunk-line';
    else if (line === '') this.#endMessage(0, timeUs);
    return lineEnd + 1;
  }

  #readHead(b: Buffer, at: number, end: number, timeUs: number): number {
    // RFC 9112 2.2: empty lines in front of a request are passed over.
    let from = at;
    while (from < end && (b[from] === 0x0d || b[from] === 0x0a)) from += 1;
    const searched = Math.min(this.#searched, end - from);
    const headEnd = endOfBareRequest(b, from, end, searched) ?? endOfHead(b, from + Math.max(0, searched - 2), end);
    this.#searched = headEnd < 0 ? end - from : 0;
    if (headEnd < 0) return end - from > HEAD_BYTES_MAX || !mayBeHead(b, from, end) ? -1 : at;
    const head = parseHttpHead(b.toString('latin1', from, headEnd));
    const rule = head === undefined ? HttpBodyRule.Other : this.#listener.onHead(head, timeUs);
    if (head === undefined || rule === HttpBodyRule.Other) return -1;
    this.#bodyBytes = 0;
    if (rule === HttpBodyRule.Switch) {
      this.#state = 'switched';
      return headEnd;
    }
    if (rule === HttpBodyRule.Said && head.isChunked) {
      this.#state = 'chunk-line';
      return headEnd;
    }
    const size = rule === HttpBodyRule.None ? 0 : (head.contentLength ?? (head.isRequest ? 0 : UNTIL_CLOSE));
    this.#isChunk = false;
    return this.#pass(headEnd, size);
  }

  /** RFC 9112 7.1: the size in hexadecimal, and extensions that nobody uses. */
  #readChunkLine(line: string, next: number): number {
    const size = /^([0-9a-f]{1,12})\s*(;|$)/i.exec(line)?.[1];
    if (size === undefined) return -1;
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) {
      this.#state = 'trailer';
      return next;
    }
    this.#isChunk = true;
    return this.#pass(next, bytes);
  }

  #pass(at: number, bytes: number): number {
    this.#state = 'passing';
    this.#passing = bytes;
    return at + bytes;
  }

  #endMessage(bytes: number, timeUs: number): void {
    this.#state = 'head';
    this.#listener.onMessageEnd(this.#bodyBytes + bytes, timeUs);
  }
}

/** Behind a request of version 0.9, which is one line without a version. */
function endOfBareRequest(b: Buffer, start: number, end: number, searched: number): number | undefined {
  const lineEnd = b.indexOf(0x0a, start);
  if (lineEnd < start + searched || lineEnd >= end || lineEnd - start > LINE_BYTES_MAX) return undefined;
  return /^GET \S+\s*$/.test(b.toString('latin1', start, lineEnd)) ? lineEnd + 1 : undefined;
}

/** Behind the empty line that ends a head; -1 when it is not there yet. Line feeds alone are met, too. */
function endOfHead(b: Buffer, start: number, end: number): number {
  for (let at = b.indexOf(0x0a, start); at >= 0 && at < end; at = b.indexOf(0x0a, at + 1)) {
    const next = b[at + 1] === 0x0d ? at + 2 : at + 1;
    if (next < end && b[next] === 0x0a) return next + 1;
    if (next >= end) return -1;
  }
  return -1;
}

/** Whether the beginning of a head is one: text without control characters. */
function mayBeHead(b: Buffer, start: number, end: number): boolean {
  const probe = Math.min(end, start + 16);
  for (let at = start; at < probe; at++) {
    const byte = b[at]!;
    if (byte < 0x20 && byte !== 0x0d && byte !== 0x0a && byte !== 0x09) return false;
  }
  return true;
}
