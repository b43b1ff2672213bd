import type { HttpHead } from '../../wire/http-head.js';
import { HttpLogin } from '../http-login.js';
import { HttpBodyRule, HttpMessages } from '../http-message.js';
import { type Exchange, newExchange, SWITCHING_PROTOCOLS, tellExchange } from '../http-record.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { Http2Session } from './http2.js';

/** Requests that wait for their responses (pipelining): more than any client sends. All may be told with one packet. */
const WAITING_MAX = 32;
const METHODS =
  /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|CONNECT|PATCH|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|REPORT|SEARCH|NOTIFY|SUBSCRIBE|UNSUBSCRIBE|M-SEARCH|BITS_POST|CCM_POST|RPC_CONNECT|RPC_IN_DATA|RPC_OUT_DATA|SSTP_DUPLEX_POST|DESCRIBE_HTTP) /;
const STATUS = /^HTTP\/\d\.\d \d\d\d/;
const OTHER_METHOD = /^[A-Za-z][A-Za-z_-]{0,39} +\S/;
const LINE_BYTES_MAX = 250;
/** Segments that are no messages, behind a hole or between two: beyond these it is something else. */
const LOST_SEGMENTS_MAX = 64;
const WEB_PORTS: ReadonlySet<number> = new Set([80, 8_000, 8_080, 3_128]);
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;

/** HTTP/1 on any port, its proxies' CONNECT too. */
export const HTTP: Protocol = {
  name: 'http',
  transport: 'tcp',
  datasets: ['http', 'tls', 'session'],
  recognise,
  open: (conversation) => new HttpSession(conversation),
};

/** A first line: `METHOD target HTTP/1.x`, or `HTTP/1.x status`. */
function recognise(b: Buffer, start: number, end: number, _fromPort: number, toPort: number): Verdict {
  const text = b.toString('latin1', start, Math.min(end, start + LINE_BYTES_MAX));
  if (text.length < 5) return /^[A-Za-z_-]{1,4} ?$/.test(text) ? Verdict.More : Verdict.No;
  if (STATUS.test(text)) return Verdict.Yes;
  if (!METHODS.test(text) && !OTHER_METHOD.test(text)) return Verdict.No;
  const lineEnd = text.indexOf('\n');
  if (lineEnd >= 0) {
    const line = text.slice(0, lineEnd);
    // Version 0.9 names none: a port that is known to speak it has to do.
    const isBare = WEB_PORTS.has(toPort) && /^GET \/\S*\s*$/.test(line);
    return isBare || / HTTP\/\d\.\d\s*$/.test(line) ? Verdict.Yes : Verdict.No;
  }
  // A long target: the line goes on behind what is looked at.
  if (text.length === LINE_BYTES_MAX) return METHODS.test(text) ? Verdict.Yes : Verdict.No;
  return Verdict.More;
}

class HttpSession implements Session {
  readonly #conversation: Conversation;
  readonly #waiting: Exchange[] = [];
  /** The exchange whose request, or response, is being read. */
  #sending: Exchange | undefined;
  #answering: Exchange | undefined;
  /** Answered before all of its request was sent. */
  #early: { exchange: Exchange; bytes: number } | undefined;
  /** The side that asks: the one whose first head was a request. */
  #client: number | undefined;
  #next: number | undefined;
  /** By side: 0, or segments since its messages could not be told apart any more. */
  readonly #lost: [number, number] = [0, 0];
  /** Goes on where the two sides have agreed to. */
  #successor: Http2Session | undefined;
  readonly #requests = new HttpMessages({
    onHead: (head, timeUs) => this.#onRequest(head, timeUs),
    onMessageEnd: (bytes) => this.#onRequestEnd(bytes),
  });
  readonly #responses = new HttpMessages({
    onHead: (head, timeUs) => this.#onResponse(head, timeUs),
    onMessageEnd: (bytes) => this.#onResponseEnd(bytes),
  });

  readonly #login: HttpLogin;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#login = new HttpLogin(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#successor !== undefined) return this.#successor.onBytes(side, b, start, end, timeUs);
    this.#client ??= b.toString('latin1', start, Math.min(end, start + 5)) === 'HTTP/' ? 1 - side : side;
    const bare = this.#waiting[0];
    if (side !== this.#client && bare?.request?.version === '0.9' && this.#answering === undefined) {
      this.#waiting.shift();
      this.#answering = bare;
      return this.#responses.passAll();
    }
    if (this.#lost[side as 0 | 1] > 0 && !this.#isFound(side as 0 | 1, b, start, end))
      return this.#lose(side, start, end);
    const messages = side === this.#client ? this.#requests : this.#responses;
    const used = messages.onBytes(b, start, end, timeUs);
    if (used >= 0 && this.#next === CHANGED) return CHANGED - used;
    if (used >= 0) return this.#goOn(side, b, start, used, end, timeUs);
    if (this.#next !== undefined) return this.#next;
    messages.startAnew(timeUs);
    return this.#lose(side, start, end);
  }

  onGap(side: number, timeUs: number): void {
    this.#successor?.onGap(side);
    (side === this.#client ? this.#requests : this.#responses).startAnew(timeUs);
    this.#lost[side as 0 | 1] = 1;
  }

  onEnd(timeUs: number): void {
    const client = this.#client ?? 0;
    this.#requests.onEnd(this.#conversation.unseen(client), timeUs);
    this.#responses.onEnd(this.#conversation.unseen(1 - client), timeUs);
    this.#tellEarly();
    for (const exchange of this.#waiting.splice(0)) this.#tell(exchange, undefined);
    this.#login.onEnd(timeUs);
    this.#successor?.onEnd();
  }

  /** Passes over what is no message, until a segment begins with one. */
  #lose(side: number, start: number, end: number): number {
    this.#lost[side as 0 | 1] += 1;
    return this.#lost[side as 0 | 1] > LOST_SEGMENTS_MAX ? DONE : end - start;
  }

  #isFound(side: 0 | 1, b: Buffer, start: number, end: number): boolean {
    const text = b.toString('latin1', start, Math.min(end, start + 20));
    if (!(side === this.#client ? METHODS : STATUS).test(text)) return false;
    this.#lost[side] = 0;
    // Whoever waits for an answer before asking again asked for this one last.
    if (side !== this.#client)
      for (const exchange of this.#waiting.splice(0, this.#waiting.length - 1)) this.#tell(exchange, undefined);
    return true;
  }

  /** What stands behind an upgrade belongs to whoever goes on. */
  #goOn(side: number, b: Buffer, start: number, used: number, end: number, timeUs: number): number {
    if (this.#successor === undefined || start + used >= end) return used;
    const more = this.#successor.onBytes(side, b, start + used, end, timeUs);
    return more < 0 ? more : used + more;
  }

  #onRequest(head: HttpHead, timeUs: number): HttpBodyRule {
    if (!head.isRequest) return HttpBodyRule.Other;
    this.#login.onRequest(head, timeUs);
    const oldest = this.#waiting.length < WAITING_MAX ? undefined : this.#waiting.shift();
    if (oldest !== undefined) this.#tell(oldest, undefined);
    this.#tellEarly();
    this.#sending = newExchange(head, timeUs);
    this.#waiting.push(this.#sending);
    return HttpBodyRule.Said;
  }

  #onRequestEnd(bytes: number): void {
    if (this.#sending === undefined) return;
    this.#sending.requestBytes = bytes;
    this.#sending = undefined;
    this.#tellEarly();
  }

  #onResponse(head: HttpHead, timeUs: number): HttpBodyRule {
    if (head.isRequest) return HttpBodyRule.Other;
    if (head.status < 200 && head.status !== SWITCHING_PROTOCOLS) {
      // RFC 9110 15.2: the final one is still to come.
      this.#answering = undefined;
      return HttpBodyRule.None;
    }
    this.#login.onResponse(head, timeUs);
    const exchange = this.#waiting.shift() ?? newExchange(undefined, timeUs);
    exchange.response = head;
    exchange.responseUs = timeUs;
    const method = exchange.request?.method.toUpperCase();
    const isTunnel = method === 'CONNECT' && head.status >= 200 && head.status < 300;
    if (head.status === SWITCHING_PROTOCOLS && head.upgrade === 'h2c') return this.#becomeHttp2(exchange, timeUs);
    if (isTunnel || head.status === SWITCHING_PROTOCOLS) {
      this.#tell(exchange, 0);
      this.#next = isTunnel ? CHANGED : DONE;
      return isTunnel ? HttpBodyRule.Switch : HttpBodyRule.Other;
    }
    this.#answering = exchange;
    const isEmpty = method === 'HEAD' || head.status === NO_CONTENT || head.status === NOT_MODIFIED;
    return isEmpty ? HttpBodyRule.None : HttpBodyRule.Said;
  }

  #onResponseEnd(bytes: number): void {
    const exchange = this.#answering;
    this.#answering = undefined;
    if (exchange === undefined) return;
    this.#tellEarly();
    const isSending =
      this.#sending === exchange && !this.#requests.isWhole(this.#conversation.unseen(this.#client ?? 0));
    if (isSending) this.#early = { exchange, bytes };
    else this.#tell(exchange, bytes);
  }

  #tellEarly(): void {
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) this.#tell(early.exchange, early.bytes);
  }

  #becomeHttp2(exchange: Exchange, timeUs: number): HttpBodyRule {
    this.#requests.onEnd(0, timeUs);
    this.#tell(exchange, 0);
    this.#successor = new Http2Session(this.#conversation, this.#client);
    if (exchange.request !== undefined) this.#successor.onUpgrade(exchange.request, exchange.requestUs);
    return HttpBodyRule.Switch;
  }

  #tell(exchange: Exchange, responseBytes: number | undefined): void {
    // The last bytes of a body are known to be behind us only when others follow.
    if (this.#sending === exchange)
      exchange.requestBytes = this.#requests.seen(this.#conversation.unseen(this.#client ?? 0));
    tellExchange(this.#conversation, exchange, responseBytes);
  }
}
