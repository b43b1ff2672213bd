import { eachLine } from '../lines.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** How one protocol of mailboxes says what both have. The password is never looked at. */
interface Dialect {
  /** The user of a login in clear text. */
  readonly login: RegExp;
  readonly password: RegExp;
  readonly method: RegExp;
  readonly startTls: RegExp;
  readonly greeting: RegExp;
  readonly success: RegExp;
  readonly failure: RegExp;
}

const POP3_DIALECT: Dialect = {
  login: /^(?:USER|APOP) +(\S+)/i,
  password: /^PASS /i,
  method: /^(APOP|AUTH) +(\S+)/i,
  startTls: /^STLS/i,
  greeting: /^\+OK *(.*)$/,
  success: /^\+OK/,
  failure: /^-ERR/,
};
const IMAP_DIALECT: Dialect = {
  login: /^\S+ LOGIN +"?([^" ]+)"?/i,
  password: /^\S+ LOGIN +\S+ +\S/i,
  method: /^\S+ AUTHENTICATE +(\S+)/i,
  startTls: /^\S+ STARTTLS/i,
  greeting: /^\* (?:OK|PREAUTH) *(.*)$/i,
  success: /^(?!\*|\+)\S+ OK/i,
  failure: /^(?!\*|\+)\S+ (?:NO|BAD)/i,
};

/** POP3 (RFC 1939). */
export const POP3: Protocol = {
  name: 'pop3',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const text = b.toString('latin1', start, Math.min(end, start + 100));
    if (/^\+OK/.test(text)) return Verdict.Yes;
    return (toPort === 110 || fromPort === 110) && /^(USER|APOP|AUTH|CAPA|STLS)\b/i.test(text)
      ? Verdict.Yes
      : Verdict.No;
  },
  open: (conversation) => new MailboxSession(conversation, POP3_DIALECT),
};

/** IMAP (RFC 9051). */
export const IMAP: Protocol = {
  name: 'imap',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, _fromPort, toPort) => {
    const text = b.toString('latin1', start, Math.min(end, start + 100));
    if (/^\* (OK|PREAUTH|BYE)\b/.test(text)) return Verdict.Yes;
    return toPort === 143 && /^\S{1,16} (LOGIN|CAPABILITY|AUTHENTICATE|STARTTLS|NOOP)\b/i.test(text)
      ? Verdict.Yes
      : Verdict.No;
  },
  open: (conversation) => new MailboxSession(conversation, IMAP_DIALECT),
};

/** Told as soon as the login succeeded: what people read is nobody's business. */
class MailboxSession implements Session {
  readonly #conversation: Conversation;
  readonly #dialect: Dialect;
  readonly #facts: Record<string, unknown> = {};
  #startUs = 0;
  #isLoginSent = false;
  #isTlsAsked = false;
  #next: number | undefined;
  #isTold = false;

  constructor(conversation: Conversation, dialect: Dialect) {
    this.#conversation = conversation;
    this.#dialect = dialect;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    const used = eachLine(b, start, end, (line) => {
      if (side === 0) this.#onCommand(line);
      else this.#onReply(line);
      return this.#next === undefined;
    });
    return this.#next ?? (used < 0 ? DONE : used);
  }

  onEnd(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#conversation.emit('session', this.#startUs, { 'hinomi.session.outcome': 'unknown', ...this.#facts });
  }

  #onCommand(line: string): void {
    const { login, password, method, startTls } = this.#dialect;
    const user = login.exec(line)?.[1];
    const how = method.exec(line);
    if (user !== undefined) this.#facts['user.name'] = user;
    if (password.test(line)) {
      this.#facts['hinomi.session.cleartext_login'] = true;
      this.#facts['hinomi.session.auth_method'] = 'password';
    } else if (how !== null) {
      const name = /^APOP/i.test(line) ? 'apop' : (how.at(-1) ?? '').toLowerCase();
      this.#facts['hinomi.session.auth_method'] = name;
      if (name === 'plain' || name === 'login') this.#facts['hinomi.session.cleartext_login'] = true;
    }
    this.#isLoginSent ||= password.test(line) || how !== null;
    this.#isTlsAsked = startTls.test(line);
  }

  #onReply(line: string): void {
    const { greeting, success, failure } = this.#dialect;
    const words = greeting.exec(line)?.[1];
    if (!this.#isLoginSent && words) this.#facts['hinomi.session.server_software'] ??= words;
    if (this.#isTlsAsked && success.test(line)) this.#next = CHANGED;
    else if (this.#isLoginSent && success.test(line)) {
      this.#facts['hinomi.session.outcome'] = 'success';
      this.#next = DONE;
    } else if (this.#isLoginSent && failure.test(line)) {
      this.#facts['hinomi.session.outcome'] = 'failure';
      this.#isLoginSent = false;
    }
  }
}
