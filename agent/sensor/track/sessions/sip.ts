import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const HEAD_BYTES_MAX = 8_192;
const HEADERS_MAX = 64;
const FIRST_LINE = /^(?:([A-Z]{3,12}) (?:sips?|tel|urn):\S{1,512} SIP\/2\.0|SIP\/2\.0 (\d{3}) ?(.*))$/;
/** Messages of a flow that are read: a telephone registers every few minutes for ever. */
const BODY_BYTES_MAX = 2 ** 20;
/** RFC 3261 7.3.3: names in one letter. */
const COMPACT: Readonly<Record<string, string>> = { f: 'from', t: 'to', i: 'call-id', l: 'content-length' };

/** SIP (RFC 3261) over UDP: who registers, who calls whom. */
export const SIP: Protocol = protocolOver('udp');
/** SIP over TCP. */
export const SIP_TCP: Protocol = protocolOver('tcp');

function protocolOver(transport: 'tcp' | 'udp'): Protocol {
  return {
    name: 'sip',
    transport,
    datasets: ['session'],
    recognise: (b, start, end) => {
      const first = u8(b, start);
      if (first < 0x41 || first > 0x53) return Verdict.No;
      const words = b.toString('latin1', start, Math.min(end, start + 18));
      if (!words.startsWith('SIP/2.0 ') && !/^[A-Z]{3,12} (?:sips?|tel|urn):/.test(words)) return Verdict.No;
      const text = b.toString('latin1', start, Math.min(end, start + 600));
      return FIRST_LINE.test(text.split('\r\n', 1)[0] ?? '') ? Verdict.Yes : Verdict.No;
    },
    open: (conversation) => new SipSession(conversation, transport === 'tcp'),
  };
}

class SipSession implements Session {
  readonly #facts: Facts;
  readonly #isStream: boolean;

  constructor(conversation: Conversation, isStream: boolean) {
    this.#facts = new Facts(conversation);
    this.#isStream = isStream;
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.tellNowAndThen(timeUs);
    let at = start;
    while (at < end) {
      // RFC 5626 3.5.1: line ends alone keep a connection open.
      if (u8(b, at) === 0x0d || u8(b, at) === 0x0a) {
        at += 1;
        continue;
      }
      const blank = b.indexOf('\r\n\r\n', at);
      const hasAll = blank >= 0 && blank < end;
      if (!hasAll && this.#isStream) return end - at > HEAD_BYTES_MAX ? DONE : at - start;
      const headEnd = hasAll ? blank : end;
      const bodyBytes = this.#onHead(b.toString('utf8', at, Math.min(headEnd, at + HEAD_BYTES_MAX)), timeUs);
      if (bodyBytes === undefined) return this.#isStream ? DONE : 0;
      if (!this.#isStream) return 0;
      at = headEnd + 4 + Math.min(bodyBytes, BODY_BYTES_MAX);
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  /** @returns bytes of the body; undefined when it is no message */
  #onHead(head: string, timeUs: number): number | undefined {
    const lines = head.split('\r\n', HEADERS_MAX);
    const first = FIRST_LINE.exec(lines[0] ?? '');
    if (first === null) return undefined;
    this.#facts.at(timeUs);
    const headers = new Map<string, string>();
    for (const line of lines.slice(1)) {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
      if (colon > 0 && !headers.has(COMPACT[name] ?? name))
        headers.set(COMPACT[name] ?? name, line.slice(colon + 1).trim());
    }
    if (first[1] !== undefined) this.#onRequest(first[1], headers);
    else this.#onResponse(first[2] ?? '', headers);
    return Number(/^\d{1,7}/.exec(headers.get('content-length') ?? '')?.[0] ?? 0);
  }

  #onRequest(method: string, headers: ReadonlyMap<string, string>): void {
    const facts = this.#facts;
    facts.add('hinomi.session.commands', method);
    facts.first('hinomi.session.from', addressOf(headers.get('from')));
    facts.add('hinomi.session.to', addressOf(headers.get('to')));
    facts.first('hinomi.session.client_software', headers.get('user-agent'));
    const login = headers.get('authorization') ?? headers.get('proxy-authorization');
    if (login === undefined) return;
    facts.set('hinomi.session.auth_method', /^\w+/.exec(login)?.[0].toLowerCase());
    facts.set('user.name', /\busername="([^"]{1,256})"/i.exec(login)?.[1]);
  }

  #onResponse(code: string, headers: ReadonlyMap<string, string>): void {
    const facts = this.#facts;
    facts.add('hinomi.session.reply_codes', code);
    facts.first('hinomi.session.server_software', headers.get('server') ?? headers.get('user-agent'));
    facts.first('hinomi.session.from', addressOf(headers.get('from')));
    facts.add('hinomi.session.to', addressOf(headers.get('to')));
    // 401 and 407 ask who it is, 491 and 1xx decide nothing.
    if (code.startsWith('2')) facts.set('hinomi.session.outcome', 'success');
    else if (/^[4-6]/.test(code) && !['401', '407', '491'].includes(code)) {
      facts.first('hinomi.session.outcome', 'failure');
      facts.set('hinomi.session.error', code);
    }
  }
}

/** RFC 3261 20.10: `"Name" <sip:a@b;x>;tag=1`, or the address alone. */
function addressOf(value: string | undefined): string | undefined {
  const address = /<([^>]*)>/.exec(value ?? '')?.[1] ?? value?.split(';')[0];
  // A password in an address is one (RFC 3261 19.1.1).
  return address?.trim().replace(/^(sips?:[^:@]*):[^@]*@/, '$1@');
}
