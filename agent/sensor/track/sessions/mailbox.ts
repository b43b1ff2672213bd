import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { CutLines, eachLine } from '../lines.js';
import { Sasl } from '../sasl.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PLUS = 0x2b;
const STAR = 0x2a;
/** RFC 9051 4.3: the next line is a string of so many bytes. */
const LITERAL = /\{\d+\+?\}$/;

/** POP3 (RFC 1939). */
export const POP3: Protocol = {
  name: 'pop3',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    if (u8(b, start) !== PLUS && toPort !== 110 && fromPort !== 110) return Verdict.No;
    const text = b.toString('latin1', start, Math.min(end, start + 100));
    if (/^\+OK/.test(text)) return Verdict.Yes;
    return toPort === 110 && /^(USER|APOP|AUTH|CAPA|STLS)\b/i.test(text) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new MailboxSession(conversation, readPop3Command, POP3_REPLIES),
};

/** IMAP (RFC 9051). */
export const IMAP: Protocol = {
  name: 'imap',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, _fromPort, toPort) => {
    if (u8(b, start) !== STAR && toPort !== 143) return Verdict.No;
    const text = b.toString('latin1', start, Math.min(end, start + 100));
    if (/^\* (OK|PREAUTH|BYE)\b/.test(text)) return Verdict.Yes;
    return toPort === 143 && /^\S{1,16} (LOGIN|CAPABILITY|AUTHENTICATE|STARTTLS|NOOP|ID)\b/i.test(text)
      ? Verdict.Yes
      : Verdict.No;
  },
  open: (conversation) => new MailboxSession(conversation, readImapCommand, IMAP_REPLIES),
};

/** What a line of the client is about. The password is never looked at. */
type Command =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'login'; readonly user?: string; readonly method: string; readonly isClear: boolean }
  | { readonly kind: 'sasl'; readonly method: string; readonly initial: string | undefined }
  | { readonly kind: 'starttls' }
  | { readonly kind: 'software'; readonly software: string }
  /** A literal follows in a line of its own: the name, or the password. RFC 9051 4.3. */
  | { readonly kind: 'name-follows' };

/** @returns undefined for a line of no interest */
type ReadCommand = (line: string) => Command | undefined;

interface Replies {
  readonly greeting: RegExp;
  readonly success: RegExp;
  readonly failure: RegExp;
}

const POP3_REPLIES: Replies = { greeting: /^\+OK *(.*)$/, success: /^\+OK/, failure: /^-ERR *(.*)$/ };
/** Untagged ones and continuations decide nothing. */
const IMAP_REPLIES: Replies = {
  greeting: /^\* (?:OK|PREAUTH) *(.*)$/i,
  success: /^(?![*+])\S+ OK/i,
  failure: /^(?![*+])\S+ (?:NO|BAD) *(.*)$/i,
};

function readPop3Command(line: string): Command | undefined {
  const [verb = '', first, second] = line.split(/ +/, 3);
  switch (verb.toUpperCase()) {
    case 'USER':
      return first === undefined ? undefined : { kind: 'user', user: line.slice(5).trim() };
    case 'PASS':
      return { kind: 'login', method: 'password', isClear: true };
    case 'APOP':
      return { kind: 'login', ...(first === undefined ? {} : { user: first }), method: 'apop', isClear: false };
    case 'AUTH':
      return first === undefined || first === '' ? undefined : { kind: 'sasl', method: first, initial: second };
    case 'STLS':
      return { kind: 'starttls' };
    default:
      return undefined;
  }
}

function readImapCommand(line: string): Command | undefined {
  const found = /^\S+ +(LOGIN|AUTHENTICATE|STARTTLS|ID)(?: +(.*))?$/i.exec(line);
  const rest = found?.[2] ?? '';
  switch (found?.[1]?.toUpperCase()) {
    case 'LOGIN': {
      if (rest.startsWith('{') && LITERAL.test(rest)) return { kind: 'name-follows' };
      const user = imapString(rest);
      return user === undefined ? undefined : { kind: 'login', user, method: 'password', isClear: true };
    }
    case 'AUTHENTICATE': {
      const [method = '', initial] = rest.split(/ +/, 2);
      return { kind: 'sasl', method, initial };
    }
    case 'STARTTLS':
      return { kind: 'starttls' };
    case 'ID':
      return { kind: 'software', software: softwareIn(rest) };
    default:
      return undefined;
  }
}

/** RFC 2971 3.1: `("name" "Thunderbird" "version" "102.1")`. */
function softwareIn(list: string): string {
  const word = (name: string): string => new RegExp(`"${name}" +"([^"]*)"`, 'i').exec(list)?.[1] ?? '';
  return `${word('name')} ${word('version')}`.trim();
}

/** The first of a line: quoted, or up to a blank. RFC 9051 9, astring. */
function imapString(text: string): string | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (quoted !== null) return quoted[1]!.replaceAll(/\\(.)/g, '$1');
  return /^[^ "]+/.exec(text)?.[0];
}

/** RFC 9051 7.1, RFC 2449 8: the code in brackets, or the word that refuses. */
function errorOf(line: string): string | undefined {
  return /\[([A-Z][A-Z/-]*)/.exec(line)?.[1] ?? /(?:^-|^\S+ )(ERR|NO|BAD)/.exec(line)?.[1];
}

/** Told as soon as the login succeeded: what people read is nobody's business. */
class MailboxSession implements Session {
  readonly #facts: Facts;
  readonly #cut = new CutLines();
  readonly #readCommand: ReadCommand;
  readonly #replies: Replies;
  #sasl: Sasl | undefined;
  #isLoginSent = false;
  #isTlsAsked = false;
  #isNameNext = false;
  #isSecretNext = false;
  #next: number | undefined;

  constructor(conversation: Conversation, readCommand: ReadCommand, replies: Replies) {
    this.#facts = new Facts(conversation);
    this.#readCommand = readCommand;
    this.#replies = replies;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    const from = this.#cut.begin(side, b, start, end);
    const used = eachLine(b, from, end, (line) => {
      if (side === 0) this.#onLine(line);
      else this.#onReply(line);
      return this.#next === undefined;
    });
    return this.#next ?? (used < 0 ? DONE : from - start + used);
  }

  /** What comes next of the client may be a password: nothing is awaited any more. */
  onGap(side: number): void {
    this.#cut.cut(side);
    if (side !== 0) return;
    this.#sasl = undefined;
    this.#isNameNext = false;
    this.#isSecretNext = false;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onLine(line: string): void {
    if (this.#sasl?.isOpen === true) {
      this.#sasl.onLine(line);
      this.#onSasl(this.#sasl);
    } else if (this.#isNameNext) {
      // What stands behind it is the password, or how long that is.
      this.#isNameNext = false;
      this.#isSecretNext = LITERAL.test(line);
      this.#onLogin(imapString(line), 'password', true);
    } else if (this.#isSecretNext) this.#isSecretNext = false;
    else {
      const command = this.#readCommand(line);
      this.#isSecretNext = command?.kind === 'login' && LITERAL.test(line);
      if (command !== undefined) this.#onCommand(command);
    }
  }

  #onCommand(command: Command): void {
    switch (command.kind) {
      case 'user':
        this.#facts.set('user.name', command.user);
        break;
      case 'login':
        this.#onLogin(command.user, command.method, command.isClear);
        break;
      case 'sasl':
        this.#sasl = new Sasl(command.method, command.initial);
        this.#onLogin(undefined, this.#sasl.method, this.#sasl.isCleartext);
        this.#onSasl(this.#sasl);
        break;
      case 'starttls':
        this.#isTlsAsked = true;
        break;
      case 'name-follows':
        this.#isNameNext = true;
        break;
      case 'software':
        this.#facts.first('hinomi.session.client_software', command.software);
    }
  }

  #onSasl({ user, domain, host }: Sasl): void {
    this.#facts.set('user.name', user);
    this.#facts.set('user.domain', domain);
    this.#facts.set('host.name', host);
  }

  #onLogin(user: string | undefined, method: string, isClear: boolean): void {
    this.#isLoginSent = true;
    this.#facts.set('user.name', user);
    this.#facts.set('hinomi.session.auth_method', method);
    this.#facts.drop('hinomi.session.error');
    if (isClear) this.#facts.set('hinomi.session.cleartext_login', true);
  }

  #onReply(line: string): void {
    const { greeting, success, failure } = this.#replies;
    const words = greeting.exec(line)?.[1]?.trim();
    if (!this.#isLoginSent) this.#facts.first('hinomi.session.server_software', words);
    if (this.#isTlsAsked) this.#onTlsReply(line);
    else if (this.#isLoginSent && success.test(line)) {
      this.#facts.set('hinomi.session.outcome', 'success');
      this.#next = DONE;
    } else if (this.#isLoginSent && failure.test(line)) {
      this.#facts.set('hinomi.session.outcome', 'failure');
      this.#facts.set('hinomi.session.error', errorOf(line));
      this.#isLoginSent = false;
      this.#sasl = undefined;
    }
  }

  #onTlsReply(line: string): void {
    if (this.#replies.success.test(line)) {
      this.#facts.add('hinomi.session.details', 'starttls=yes');
      this.#next = CHANGED;
    } else if (this.#replies.failure.test(line)) this.#isTlsAsked = false;
  }
}
