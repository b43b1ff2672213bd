import { u8 } from '../../wire/bytes.js';
import { CutLines, LINE_BYTES_MAX, lineAt } from '../lines.js';
import { Mail } from '../mail.js';
import { optional } from '../optional.js';
import { Sasl } from '../sasl.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** Commands that wait for their replies: RFC 2920 lets many go ahead. */
const COMMANDS_MAX = 256;
const CODES_MAX = 32;
const GREETING = 0x32; // '2' of 220
const PORTS: readonly number[] = [25, 587, 2525];
const LF = 0x0a;
const DOT = 0x2e;
const LINE_OF_DOT = Buffer.from('\n.');

/** SMTP (RFC 5321): one record for each mail, and one for a connection without any. */
export const SMTP: Protocol = {
  name: 'smtp',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const first = u8(b, start);
    if (first !== GREETING && (first | 0x20) !== 0x65 && (first | 0x20) !== 0x68) return Verdict.No;
    const text = b.toString('latin1', start, Math.min(end, start + 200));
    if (/^220[ -]/.test(text))
      return PORTS.includes(fromPort) || /smtp/i.test(text.split('\n')[0] ?? '') ? Verdict.Yes : Verdict.No;
    return /^(EHLO|HELO)[ \r]/i.test(text) && toPort !== 21 ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SmtpSession(conversation),
};

type Command = 'hello' | 'mail' | 'recipient' | 'data' | 'chunk' | 'words' | 'login' | 'starttls' | 'reset' | 'other';

class SmtpSession implements Session {
  readonly #conversation: Conversation;
  readonly #sent: Command[] = [];
  readonly #cut = new CutLines();
  readonly #codes: string[] = [];
  #mail: Mail | undefined;
  #mails = 0;
  #helo: string | undefined;
  #software: string | undefined;
  #sasl: Sasl | undefined;
  #isSaslOpen = false;
  #outcome: 'success' | 'failure' | 'unknown' = 'unknown';
  #error: string | undefined;
  #isInData = false;
  /** What comes belongs to a line of a mail that was longer than any that is looked at. */
  #isMidLine = false;
  /** RFC 3030: bytes of a chunk that are still to come, and whether it is the last. */
  #chunkBytes = 0;
  #isLastChunk = false;
  #chunkLine = '';
  #hasTls = false;
  #startUs = 0;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    let at = this.#cut.begin(side, b, start, end);
    while (at < end && !this.#hasTls) {
      const used =
        side === 0 && this.#chunkBytes > 0 ? this.#onChunk(b, at, end) : this.#onLine(side, b, at, end, timeUs);
      if (used < 0) return DONE;
      if (used === 0) break;
      at += used;
    }
    return this.#hasTls ? CHANGED : at - start;
  }

  /** What comes next of the client may be a password: nothing is awaited any more. */
  onGap(side: number): void {
    this.#cut.cut(side);
    if (side !== 0) return;
    this.#isSaslOpen = false;
    this.#chunkBytes = 0;
    this.#chunkLine = '';
  }

  onEnd(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    if (this.#mail !== undefined) this.#tellMail();
    else if (this.#mails === 0) this.#tell(this.#startUs, { 'hinomi.session.outcome': this.#outcome, ...this.#why() });
  }

  #why(): Record<string, string> {
    return optional('hinomi.session.error', this.#error);
  }

  /** @returns bytes used, 0 when the line is not all there, -1 when it is none */
  #onLine(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const isBulk = side === 0 && this.#isInData && this.#mail?.isOpaque === true && u8(b, start) !== DOT;
    const bulk = isBulk ? bulkOf(b, start, end) : 0;
    if (bulk > 0) {
      this.#isMidLine = false;
      return bulk;
    }
    const lf = b.indexOf(0x0a, start);
    if (lf < 0 || lf >= end) return this.#onPart(side, b, start, end);
    if (side === 0 && this.#isMidLine) this.#isMidLine = false;
    else if (side === 1) this.#onReply(lineAt(b, start, lf));
    else if (!this.#isInData) this.#onCommand(lineAt(b, start, lf), timeUs);
    else this.#onWords(b, start, lf);
    return lf + 1 - start;
  }

  /** Not all of a line: in a mail it may have any length, elsewhere not. */
  #onPart(side: number, b: Buffer, start: number, end: number): number {
    if (side === 0 && this.#isInData && end - start > LINE_BYTES_MAX) {
      this.#isMidLine = true;
      return end - start;
    }
    return end - start > LINE_BYTES_MAX || u8(b, start) === 0 ? -1 : 0;
  }

  /** RFC 5321 4.5.2: a dot alone ends the mail, and one more stands in front of a line that begins with one. */
  #onWords(b: Buffer, start: number, lf: number): void {
    const first = u8(b, start);
    if (first === DOT) {
      const bytes = lf - start;
      if (bytes === 1 || (bytes === 2 && u8(b, start + 1) === 0x0d)) this.#endOfWords();
      return;
    }
    if (this.#mail?.wants(first) === true) this.#mail.onLine(lineAt(b, start, lf));
  }

  #onChunk(b: Buffer, start: number, end: number): number {
    const chunkEnd = Math.min(end, start + this.#chunkBytes);
    const lf = b.indexOf(0x0a, start);
    const hasLine = lf >= 0 && lf < chunkEnd;
    const isCut = !hasLine && chunkEnd - start < this.#chunkBytes && chunkEnd - start < LINE_BYTES_MAX;
    if (isCut) return 0;
    const used = (hasLine ? lf + 1 : chunkEnd) - start;
    this.#chunkBytes -= used;
    const isWanted = this.#chunkLine !== '' || this.#mail?.wants(u8(b, start)) === true;
    const line = isWanted ? this.#chunkLine + lineAt(b, start, hasLine ? lf : chunkEnd) : '';
    // A line may begin in one chunk and end in the next.
    const goesOn = !hasLine && !(this.#isLastChunk && this.#chunkBytes === 0) && line.length < LINE_BYTES_MAX;
    this.#chunkLine = goesOn ? line : '';
    if (isWanted && !goesOn) this.#mail?.onLine(line);
    if (this.#chunkBytes === 0 && this.#isLastChunk && this.#mail !== undefined) this.#mail.hasData = true;
    return used;
  }

  #endOfWords(): void {
    this.#isInData = false;
    if (this.#mail !== undefined) this.#mail.hasData = true;
    this.#push('words');
  }

  #push(command: Command): void {
    if (this.#sent.length < COMMANDS_MAX) this.#sent.push(command);
  }

  #onCommand(line: string, timeUs: number): void {
    if (this.#isSaslOpen) {
      this.#sasl?.onLine(line);
      this.#isSaslOpen = this.#sasl?.isOpen ?? false;
      return;
    }
    const verb = /^[A-Za-z]{1,10}/.exec(line)?.[0].toUpperCase() ?? '';
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        this.#helo = line.slice(4).trim() || this.#helo;
        this.#push('hello');
        break;
      case 'MAIL':
        // The one before was told by nobody: its reply was not seen.
        if (this.#mail?.hasData === true) this.#tellMail();
        this.#mail = new Mail(pathOf(line, 'FROM'), timeUs);
        this.#push('mail');
        break;
      case 'RCPT':
        this.#mail ??= new Mail(undefined, timeUs);
        this.#mail.addRecipient(pathOf(line, 'TO') ?? '');
        this.#push('recipient');
        break;
      case 'DATA':
        // The reply may be lost, or come in the same packet as the first lines: the command is what counts.
        this.#isInData = true;
        this.#mail ??= new Mail(undefined, timeUs);
        this.#push('data');
        break;
      case 'BDAT':
        this.#onBdat(line);
        break;
      case 'AUTH':
        this.#onAuth(line);
        this.#push('login');
        break;
      case 'STARTTLS':
        this.#push('starttls');
        break;
      case 'RSET':
        this.#push('reset');
        break;
      default:
        this.#push('other');
    }
  }

  /** RFC 3030 2. */
  #onBdat(line: string): void {
    const chunk = /^BDAT +(\d{1,10})( +LAST)?\s*$/i.exec(line);
    this.#chunkBytes = Number(chunk?.[1] ?? 0);
    this.#isLastChunk = chunk?.[2] !== undefined;
    if (this.#isLastChunk && this.#chunkBytes === 0 && this.#mail !== undefined) this.#mail.hasData = true;
    this.#push(this.#isLastChunk ? 'words' : 'chunk');
  }

  /** RFC 4954 4. */
  #onAuth(line: string): void {
    const [, method = '', initial] = line.split(/ +/);
    this.#sasl = new Sasl(method, initial);
    this.#isSaslOpen = this.#sasl.isOpen;
  }

  /** Only the last line of a reply counts: RFC 5321 4.2.1. */
  #onReply(line: string): void {
    const found = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line);
    if (found === null) return;
    const [, code = '', mark, text = ''] = found;
    if (code === '220') this.#software ??= text.trim();
    if (mark === '-') return;
    if (this.#codes.length < CODES_MAX && !this.#codes.includes(code)) this.#codes.push(code);
    // A greeting answers nothing; 334 wants more of a login.
    if (code === '334') return;
    const command = code === '220' && this.#sent[0] !== 'starttls' ? undefined : this.#sent.shift();
    this.#onResult(command, code, line);
  }

  #onResult(command: Command | undefined, code: string, line: string): void {
    const isRefused = code >= '400';
    const mail = this.#mail;
    if (command === 'login') {
      this.#isSaslOpen = false;
      this.#outcome = isRefused ? 'failure' : 'success';
      if (isRefused) this.#error = errorOf(line);
    } else if (command === 'starttls' && !isRefused) this.#hasTls = true;
    else if (command === undefined && this.#isInData && mail !== undefined) {
      // The end of the mail was not seen.
      this.#isInData = false;
      this.#onMailResult(mail, isRefused, line);
    } else if (command === 'reset') this.#endMail();
    else if (mail === undefined) {
      if (isRefused && command !== 'other') this.#refuse(line);
    } else if (command === 'words' || (command === undefined && mail.hasData))
      this.#onMailResult(mail, isRefused, line);
    else if (isRefused && command !== 'other') this.#refuseMail(mail, command, line);
  }

  #refuse(line: string): void {
    if (this.#outcome === 'unknown') this.#outcome = 'failure';
    this.#error ??= errorOf(line);
  }

  #refuseMail(mail: Mail, command: Command | undefined, line: string): void {
    if (command === 'data') this.#isInData = false;
    mail.outcome = 'failure';
    mail.error ??= errorOf(line);
  }

  #onMailResult(mail: Mail, isRefused: boolean, line: string): void {
    // One recipient that is refused does not keep a mail from the others.
    mail.outcome = isRefused ? 'failure' : 'success';
    if (isRefused) mail.error = errorOf(line);
    this.#tellMail();
  }

  /** A mail that was begun and not sent: told when something was refused. */
  #endMail(): void {
    if (this.#mail?.outcome === 'failure' || this.#mail?.hasData === true) this.#tellMail();
    this.#mail = undefined;
  }

  #tellMail(): void {
    const mail = this.#mail!;
    this.#mail = undefined;
    this.#mails += 1;
    this.#tell(mail.startUs, mail.fields());
  }

  #tell(timeUs: number, fields: Record<string, unknown>): void {
    this.#conversation.emit('session', timeUs, {
      ...fields,
      ...optional('host.name', this.#helo),
      ...optional('hinomi.session.server_software', this.#software),
      ...optional('user.name', this.#sasl?.user),
      ...optional('user.domain', this.#sasl?.domain),
      ...optional('hinomi.session.auth_method', this.#sasl?.method),
      ...(this.#sasl?.isCleartext ? { 'hinomi.session.cleartext_login': true } : {}),
      ...(this.#hasTls ? { 'hinomi.session.details': ['starttls=yes'] } : {}),
      ...(this.#codes.length === 0 ? {} : { 'hinomi.session.reply_codes': [...this.#codes] }),
    });
  }
}

/** @returns bytes of whole lines, up to one that begins with a dot */
function bulkOf(b: Buffer, start: number, end: number): number {
  const dot = b.indexOf(LINE_OF_DOT, start);
  if (dot >= 0 && dot < end) return dot + 1 - start;
  const last = b.lastIndexOf(LF, end - 1);
  return last < start ? 0 : last + 1 - start;
}

/** RFC 5321 4.1.2: `FROM:<a@b> SIZE=1`; many leave the brackets out, or put a blank in front of them. */
function pathOf(line: string, word: 'FROM' | 'TO'): string | undefined {
  const rest = line.slice(4).trimStart();
  if (!rest.toUpperCase().startsWith(`${word}:`)) return undefined;
  const path = rest.slice(word.length + 1).trimStart();
  if (!path.startsWith('<')) return /^\S*/.exec(path)?.[0];
  const close = path.indexOf('>');
  // A source route in front of the address says nothing any more.
  return (close < 0 ? path.slice(1) : path.slice(1, close)).replace(/^@[^:]*:/, '').trim();
}

/** The code of a reply, and the enhanced one behind it (RFC 3463). */
function errorOf(line: string): string | undefined {
  return /^\d{3}(?:[ -](?=\d\.)\d\.\d{1,3}\.\d{1,3})?/.exec(line)?.[0].replace('-', ' ');
}
