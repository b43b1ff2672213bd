import { eachLine } from '../lines.js';
import { optional } from '../optional.js';
import { Sasl } from '../sasl.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** How one protocol of mailboxes says what both have. The password is never looked at. */
interface Dialect {
  /** The user of a login in clear text. */
  readonly login: RegExp;
  readonly password: RegExp;
  /** The method of SASL, and what may come with it. */
  readonly sasl: RegExp;
  readonly startTls: RegExp;
  readonly greeting: RegExp;
  readonly success: RegExp;
  readonly failure: RegExp;
}

const POP3_DIALECT: Dialect = {
  login: /^(?:USER|APOP) +(\S+)/i,
  password: /^PASS /i,
  sasl: /^AUTH +(\S+) *(\S*)/i,
  startTls: /^STLS/i,
  greeting: /^\+OK *(.*)$/,
  success: /^\+OK/,
  failure: /^-ERR/,
};
const IMAP_DIALECT: Dialect = {
  login: /^\S+ LOGIN +(?:"([^"]*)"|([^" {]+))/i,
  password: /^\S+ LOGIN +\S+ +\S/i,
  sasl: /^\S+ AUTHENTICATE +(\S+) *(\S*)/i,
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
  #sasl: Sasl | undefined;
  /** IMAP: what the client's next line begins with, because a literal was announced (RFC 9051 4.3). */
  #literal: 'none' | 'name' | 'password' = 'none';
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
      if (side === 0) this.#onClient(line);
      else this.#onReply(line);
      return this.#next === undefined;
    });
    return this.#next ?? (used < 0 ? DONE : used);
  }

  onEnd(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const sasl = this.#sasl;
    this.#conversation.emit('session', this.#startUs, {
      'hinomi.session.outcome': 'unknown',
      ...this.#facts,
      ...optional('user.name', sasl?.user ?? (this.#facts['user.name'] as string | undefined)),
      ...optional('user.domain', sasl?.domain),
      ...optional('host.name', sasl?.host),
    });
  }

  #onClient(line: string): void {
    if (this.#sasl?.isOpen) this.#sasl.onLine(line);
    else if (this.#literal !== 'none') this.#onLiteral(line);
    else this.#onCommand(line);
  }

  #onCommand(line: string): void {
    const { login, password, sasl, startTls } = this.#dialect;
    const user = login.exec(line);
    const how = sasl.exec(line);
    if (user !== null) this.#facts['user.name'] = user[1] ?? user[2];
    if (how !== null) {
      this.#sasl = new Sasl(how[1] ?? '', how[2]);
      this.#onLogin(this.#sasl.method, this.#sasl.isCleartext);
    } else if (/^APOP /i.test(line)) this.#onLogin('apop', false);
    else if (/^\S+ LOGIN /i.test(line) && /\{\d+\+?\}$/.test(line)) this.#literal = user === null ? 'name' : 'password';
    else if (password.test(line)) this.#onLogin('password', true);
    this.#isTlsAsked = startTls.test(line);
  }

  #onLogin(method: string, isCleartext: boolean): void {
    this.#facts['hinomi.session.auth_method'] = method;
    if (isCleartext) this.#facts['hinomi.session.cleartext_login'] = true;
    this.#isLoginSent = true;
  }

  /** `hanako {8}` after a name was announced, then the password, which is not looked at. */
  #onLiteral(line: string): void {
    const isName = this.#literal === 'name';
    if (isName) this.#facts['user.name'] = line.split(' ')[0];
    this.#literal = isName && /\{\d+\+?\}$/.test(line) ? 'password' : 'none';
    if (this.#literal === 'none') this.#onLogin('password', true);
  }

  #onReply(line: string): void {
    const { greeting, success, failure } = this.#dialect;
    const words = greeting.exec(line)?.[1];
    if (!this.#isLoginSent && words) this.#facts['hinomi.session.server_software'] ??= words;
    if (this.#isTlsAsked && success.test(line)) {
      this.#facts['hinomi.session.details'] = ['starttls=yes'];
      this.#next = CHANGED;
    } else if (this.#isLoginSent && success.test(line)) {
      this.#facts['hinomi.session.outcome'] = 'success';
      this.#next = DONE;
    } else if (this.#isLoginSent && failure.test(line)) {
      this.#facts['hinomi.session.outcome'] = 'failure';
      this.#isLoginSent = false;
      this.#literal = 'none';
      this.#endSasl();
    }
  }

  /** Whatever was still to come does not. */
  #endSasl(): void {
    if (this.#sasl?.user !== undefined) this.#facts['user.name'] = this.#sasl.user;
    this.#sasl = undefined;
  }
}
