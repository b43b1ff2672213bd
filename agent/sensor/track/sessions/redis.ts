import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 6379;
/** Commands of a side that are looked at: the login is among the first. */
const COMMANDS_MAX = 200;
const WORDS_MAX = 16;
const WORD_BYTES_MAX = 256;
const ARRAY = /^\*(\d{1,7})\r\n/;
const BULK = /^\$(\d{1,9})\r\n/;
const HEAD_BYTES_MAX = 12;

/** Redis and its kin (RESP): who logs in, and what is asked of it, without keys and values. */
export const REDIS: Protocol = {
  name: 'redis',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, _fromPort, toPort) => {
    if (u8(b, start) === 0x2a) {
      const text = b.toString('latin1', start, Math.min(end, start + 40));
      if (/^\*\d{1,7}\r\n\$\d{1,2}\r\n[A-Za-z]{2,}/.test(text)) return Verdict.Yes;
      return /^\*\d{0,7}\r?\n?(?:\$\d{0,2}\r?\n?)?$/.test(text) ? Verdict.More : Verdict.No;
    }
    return toPort === PORT &&
      /^[A-Za-z][A-Za-z0-9._]{1,19}(?: |\r?\n)/.test(b.toString('latin1', start, Math.min(end, start + 24)))
      ? Verdict.Yes
      : Verdict.No;
  },
  open: (conversation) => new RedisSession(conversation),
};

class RedisSession implements Session {
  readonly #facts: Facts;
  #commands = 0;
  #isLoginSent = false;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    if (side === 1) {
      this.#onReply(b, start, end);
      return end - start;
    }
    let at = start;
    while (at < end) {
      const used = u8(b, at) === 0x2a ? this.#onArray(b, at, end) : this.#onInline(b, at, end);
      if (used < 0 || this.#commands > COMMANDS_MAX) return DONE;
      if (used === 0) break;
      at += used;
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  /** @returns bytes used, more than there are when they are a value; 0 when more are needed, -1 when it is none */
  #onArray(b: Buffer, start: number, end: number): number {
    const head = ARRAY.exec(b.toString('latin1', start, Math.min(end, start + HEAD_BYTES_MAX)));
    if (head === null) return end - start < HEAD_BYTES_MAX ? 0 : -1;
    const count = Number(head[1]);
    const words: string[] = [];
    let at = start + head[0].length;
    for (let index = 0; index < count; index++) {
      const bulk = BULK.exec(b.toString('latin1', at, Math.min(end, at + HEAD_BYTES_MAX)));
      if (bulk === null) return at >= end || end - at < HEAD_BYTES_MAX ? 0 : -1;
      const from = at + bulk[0].length;
      const next = from + Number(bulk[1]) + 2;
      if (words.length < WORDS_MAX)
        words.push(b.toString('utf8', from, Math.min(end, next - 2, from + WORD_BYTES_MAX)));
      at = next;
      // The last word is a value: what is still to come of it is passed over.
      if (at > end && index < count - 1) return at - start > 65_536 ? -1 : 0;
    }
    this.#onCommand(words);
    return at - start;
  }

  #onInline(b: Buffer, start: number, end: number): number {
    const lf = b.indexOf(0x0a, start);
    if (lf < 0 || lf >= end) return end - start > WORD_BYTES_MAX ? -1 : 0;
    const words = b
      .toString('utf8', start, Math.min(lf, start + WORD_BYTES_MAX))
      .trim()
      .split(/\s+/, WORDS_MAX);
    if (words[0] !== '') this.#onCommand(words);
    return lf + 1 - start;
  }

  #onCommand(words: readonly string[]): void {
    this.#commands += 1;
    const verb = (words[0] ?? '').toUpperCase();
    if (!/^[A-Z][A-Z0-9_.]{1,31}$/.test(verb)) return;
    this.#facts.add('hinomi.session.commands', verb);
    if (verb === 'AUTH') this.#onLogin(words.length > 2 ? words[1] : undefined);
    const auth = verb === 'HELLO' ? words.findIndex((word) => word.toUpperCase() === 'AUTH') : -1;
    if (auth > 0) this.#onLogin(words[auth + 1]);
    if (verb === 'CLIENT' && words[1]?.toUpperCase() === 'SETNAME') this.#facts.set('host.name', words[2]);
    if (verb === 'SELECT') this.#facts.set('hinomi.session.database', words[1]);
  }

  #onLogin(user: string | undefined): void {
    this.#isLoginSent = true;
    this.#facts.set('user.name', user);
    this.#facts.set('hinomi.session.cleartext_login', true);
    this.#facts.set('hinomi.session.auth_method', 'password');
  }

  /** An error says its code first: `-WRONGPASS invalid ...`. */
  #onReply(b: Buffer, start: number, end: number): void {
    const first = u8(b, start);
    const facts = this.#facts;
    if (first === 0x2d) {
      const code = /^-([A-Z]{2,20})\b/.exec(b.toString('latin1', start, Math.min(end, start + 24)))?.[1];
      if (code === 'NOAUTH' || code === 'WRONGPASS' || code === 'DENIED' || (this.#isLoginSent && code === 'ERR')) {
        facts.first('hinomi.session.outcome', 'failure');
        facts.set('hinomi.session.error', code);
      }
    } else if (this.#isLoginSent && (first === 0x2b || first === 0x25 || first === 0x2a)) {
      facts.set('hinomi.session.outcome', 'success');
      facts.drop('hinomi.session.error');
    }
    this.#isLoginSent = false;
  }
}
