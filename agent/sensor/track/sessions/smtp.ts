import { attachmentOf, subjectLength } from '../../wire/mail-header.js';
import { eachLine } from '../lines.js';
import { optional } from '../optional.js';
import { Sasl } from '../sasl.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const RECIPIENTS_MAX = 100;
const ATTACHMENTS_MAX = 64;

/** SMTP (RFC 5321): one record for each mail, and one for a connection without any. */
export const SMTP: Protocol = {
  name: 'smtp',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const text = b.toString('latin1', start, Math.min(end, start + 200));
    if (/^220[ -]/.test(text))
      return [25, 587, 2525].includes(fromPort) || /smtp/i.test(text.split('\n')[0] ?? '') ? Verdict.Yes : Verdict.No;
    return /^(EHLO|HELO) /i.test(text) && toPort !== 21 ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SmtpSession(conversation),
};

class SmtpSession implements Session {
  readonly #conversation: Conversation;
  #mail = new Mail();
  #mails = 0;
  #helo: string | undefined;
  #software: string | undefined;
  #sasl: Sasl | undefined;
  #isSaslOpen = false;
  #isInData = false;
  #isTlsAsked = false;
  #isChanged = false;
  #startUs = 0;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    const used = eachLine(b, start, end, (line) => {
      if (side === 1) this.#onReply(line);
      else if (this.#isInData) this.#onData(line);
      else this.#onCommand(line, timeUs);
      return !this.#isChanged;
    });
    if (this.#isChanged) return CHANGED;
    return used < 0 ? DONE : used;
  }

  onEnd(timeUs: number): void {
    if (this.#isTold) return;
    this.#isTold = true;
    if (this.#mail.from !== undefined) this.#tell(this.#mail, this.#mail.startUs || timeUs);
    else if (this.#mails === 0) this.#tell(undefined, this.#startUs);
  }

  #onCommand(line: string, timeUs: number): void {
    if (this.#isSaslOpen) {
      this.#sasl?.onLine(line);
      this.#isSaslOpen = this.#sasl?.isOpen ?? false;
      return;
    }
    const helo = /^(?:EHLO|HELO) +(.+)$/i.exec(line)?.[1];
    const from = /^MAIL FROM: *<?([^> ]*)>?/i.exec(line)?.[1];
    const to = /^RCPT TO: *<?([^> ]*)>?/i.exec(line)?.[1];
    if (helo !== undefined) this.#helo = helo.trim();
    else if (from !== undefined) this.#mail = new Mail(from, timeUs);
    else if (to !== undefined && this.#mail.to.length < RECIPIENTS_MAX) this.#mail.to.push(to);
    else if (/^AUTH +/i.test(line)) this.#onAuth(line);
    else if (/^STARTTLS/i.test(line)) this.#isTlsAsked = true;
    // The reply may come in the same packet as the first lines: the command is what counts.
    else if (/^DATA\s*$/i.test(line)) this.#isInData = true;
  }

  /** RFC 4954. */
  #onAuth(line: string): void {
    const [, method = '', initial] = line.split(/ +/);
    this.#sasl = new Sasl(method, initial);
    this.#isSaslOpen = this.#sasl.isOpen;
  }

  #onData(line: string): void {
    if (line === '.') {
      this.#isInData = false;
      return;
    }
    this.#mail.onLine(line);
  }

  #onReply(line: string): void {
    const code = line.slice(0, 3);
    if (code !== '334') this.#isSaslOpen = false;
    if (/^[45]\d\d/.test(code)) this.#mail.error ??= errorOf(line);
    if (code === '220' && this.#isTlsAsked) this.#isChanged = true;
    else if (code === '220') this.#software ??= line.slice(4).trim();
    else if (code === '235') this.#mail.outcome = 'success';
    else if (code === '535') this.#mail.outcome = 'failure';
    else if (/^[45]/.test(code) && this.#mail.from !== undefined) this.#mail.outcome = 'failure';
    else if (code === '354') this.#mail.hasData = true;
    else if (code === '250' && this.#mail.hasData) {
      this.#mail.outcome = 'success';
      this.#tell(this.#mail, this.#mail.startUs);
      this.#mail = new Mail();
    }
  }

  #tell(mail: Mail | undefined, timeUs: number): void {
    this.#mails += 1;
    this.#conversation.emit('session', timeUs, {
      'hinomi.session.outcome': mail?.outcome ?? this.#mail.outcome,
      ...optional('host.name', this.#helo),
      ...optional('hinomi.session.server_software', this.#software),
      ...optional('user.name', this.#sasl?.user),
      ...optional('user.domain', this.#sasl?.domain),
      ...optional('hinomi.session.auth_method', this.#sasl?.method),
      ...optional('hinomi.session.error', (mail ?? this.#mail).error),
      ...(this.#sasl?.isCleartext ? { 'hinomi.session.cleartext_login': true } : {}),
      ...(this.#isChanged ? { 'hinomi.session.details': ['starttls=yes'] } : {}),
      ...(mail === undefined ? {} : mail.fields()),
    });
  }
}

/** One mail: its envelope, and what its headers give away without its words. */
class Mail {
  readonly from: string | undefined;
  readonly startUs: number;
  readonly to: string[] = [];
  readonly #attachments: string[] = [];
  outcome: 'success' | 'failure' | 'unknown' = 'unknown';
  /** Of the first refusal. */
  error: string | undefined;
  hasData = false;
  #subjectLength: number | undefined;
  #header = '';

  constructor(from?: string, startUs = 0) {
    this.from = from;
    this.startUs = startUs;
  }

  /** Headers go on in lines that begin with a blank (RFC 5322 2.2.3). */
  onLine(line: string): void {
    if (/^[ \t]/.test(line) && this.#header !== '' && this.#header.length < 4_096) {
      this.#header += line;
      return;
    }
    this.#readHeader();
    this.#header = /^(Subject|Content-(Type|Disposition)):/i.test(line) ? line : '';
  }

  fields(): Record<string, unknown> {
    this.#readHeader();
    return {
      ...optional('hinomi.session.from', this.from),
      ...(this.to.length === 0 ? {} : { 'hinomi.session.to': this.to }),
      ...(this.#subjectLength === undefined ? {} : { 'hinomi.session.subject_length': this.#subjectLength }),
      ...(this.#attachments.length === 0 ? {} : { 'hinomi.session.attachments': this.#attachments }),
    };
  }

  #readHeader(): void {
    const header = this.#header;
    this.#header = '';
    if (header === '') return;
    if (/^Subject:/i.test(header)) {
      this.#subjectLength ??= subjectLength(header.slice('Subject:'.length));
      return;
    }
    const name = attachmentOf(header);
    const isNew = name !== undefined && !this.#attachments.includes(name);
    if (isNew && this.#attachments.length < ATTACHMENTS_MAX) this.#attachments.push(name);
  }
}

/** The code of a reply, and the enhanced one behind it (RFC 3463). */
function errorOf(line: string): string | undefined {
  return /^\d{3}(?:[ -](?=\d\.)\d\.\d{1,3}\.\d{1,3})?/.exec(line)?.[0].replace('-', ' ');
}
