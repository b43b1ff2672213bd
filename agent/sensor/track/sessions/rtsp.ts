import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const HEAD_BYTES_MAX = 8_192;
const HEADERS_MAX = 64;
const REQUEST = /^([A-Z_]{4,20}) (rtspu?:\/\/\S{1,1024}|\*) RTSP\/\d\.\d$/;
const RESPONSE = /^RTSP\/(\d\.\d) (\d{3})/;
const MEDIA = 0x24;

/** RTSP (RFC 2326, RFC 7826): who looks at which camera. */
export const RTSP: Protocol = {
  name: 'rtsp',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    const first = u8(b, start);
    if (first < 0x41 || first > 0x54) return Verdict.No;
    const words = b.toString('latin1', start, Math.min(end, start + 28));
    if (!words.startsWith('RTSP/') && !/^[A-Z_]{4,20} (?:rtsp|\* RTSP)/.test(words)) return Verdict.No;
    const line = b.toString('latin1', start, Math.min(end, start + 1_100)).split('\r\n', 1)[0] ?? '';
    return REQUEST.test(line) || RESPONSE.test(line) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new RtspSession(conversation),
};

class RtspSession implements Session {
  readonly #facts: Facts;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    let at = start;
    while (at < end) {
      // Pictures and sound between the messages (RFC 2326 10.12): from here on there is nothing else of interest.
      if (u8(b, at) === MEDIA) return DONE;
      const blank = b.indexOf('\r\n\r\n', at);
      if (blank < 0 || blank >= end) return end - at > HEAD_BYTES_MAX ? DONE : at - start;
      const bodyBytes = this.#onHead(b.toString('utf8', at, Math.min(blank, at + HEAD_BYTES_MAX)));
      if (bodyBytes === undefined) return DONE;
      at = blank + 4 + bodyBytes;
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  /** @returns bytes of the body; undefined when it is no message */
  #onHead(head: string): number | undefined {
    const lines = head.split('\r\n', HEADERS_MAX);
    const request = REQUEST.exec(lines[0] ?? '');
    const response = RESPONSE.exec(lines[0] ?? '');
    if (request === null && response === null) return undefined;
    const facts = this.#facts;
    if (request !== null) {
      facts.add('hinomi.session.commands', request[1]);
      if (request[2] !== '*') this.#onTarget(request[2] ?? '');
    } else {
      facts.set('hinomi.session.version', response?.[1]);
      this.#onStatus(response?.[2] ?? '');
    }
    let bodyBytes = 0;
    for (const line of lines.slice(1)) {
      const [, name = '', value = ''] = /^([\w-]{1,40}):\s*(.*)$/.exec(line) ?? [];
      if (/^content-length$/i.test(name)) bodyBytes = Number(/^\d{1,7}/.exec(value)?.[0] ?? 0);
      else if (/^user-agent$/i.test(name)) facts.first('hinomi.session.client_software', value);
      else if (/^server$/i.test(name)) facts.first('hinomi.session.server_software', value);
      else if (/^authorization$/i.test(name)) this.#onLogin(value);
    }
    return bodyBytes;
  }

  /** A name and a password may stand in the address itself. */
  #onTarget(url: string): void {
    const found = /^(\w+:\/\/)(?:([^/@:]*)(:[^/@]*)?@)?(.*)$/.exec(url);
    this.#facts.first('hinomi.session.target', `${found?.[1] ?? ''}${found?.[4] ?? ''}`);
    this.#facts.first('user.name', found?.[2]);
    if (found?.[3] !== undefined) this.#facts.set('hinomi.session.cleartext_login', true);
  }

  /** RFC 7617 2, RFC 7616 3.4. */
  #onLogin(value: string): void {
    const method = /^\w+/.exec(value)?.[0].toLowerCase();
    this.#facts.set('hinomi.session.auth_method', method);
    if (method === 'basic') {
      this.#facts.set('hinomi.session.cleartext_login', true);
      this.#facts.set('user.name', Buffer.from(value.slice(5).trim(), 'base64').toString('utf8').split(':')[0]);
    } else this.#facts.set('user.name', /\busername="([^"]{1,256})"/i.exec(value)?.[1]);
  }

  /** 401 asks who it is; whoever was asked and may not is asked again. */
  #onStatus(code: string): void {
    this.#facts.add('hinomi.session.reply_codes', code);
    const hasLogin = this.#facts.get('hinomi.session.auth_method') !== undefined;
    if (code.startsWith('2')) this.#facts.set('hinomi.session.outcome', 'success');
    else if (/^[45]/.test(code) && (code !== '401' || hasLogin)) this.#facts.set('hinomi.session.outcome', 'failure');
  }
}
