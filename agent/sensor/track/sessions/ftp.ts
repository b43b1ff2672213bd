import { eachLine } from '../lines.js';
import { optional } from '../optional.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const FILES_MAX = 64;
const FILE_COMMAND = /^(RETR|STOR|STOU|APPE|DELE|RNFR|RNTO|SIZE|MKD|RMD) +(.+)$/i;

/** FTP (RFC 959): who logs in, in clear text, and which files. */
export const FTP: Protocol = {
  name: 'ftp',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const text = b.toString('latin1', start, Math.min(end, start + 200));
    // SMTP greets with the same number.
    if (/^220[ -]/.test(text))
      return fromPort === 21 || /ftp/i.test(text.split('\n')[0] ?? '') ? Verdict.Yes : Verdict.No;
    return toPort === 21 && /^(USER|AUTH) /i.test(text) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new FtpSession(conversation),
};

class FtpSession implements Session {
  readonly #conversation: Conversation;
  readonly #files: string[] = [];
  #startUs = 0;
  #user: string | undefined;
  #software: string | undefined;
  #hasPassword = false;
  #outcome: 'success' | 'failure' | 'unknown' = 'unknown';
  #isTlsAsked = false;
  #isChanged = false;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    const used = eachLine(b, start, end, (line) => {
      if (side === 0) this.#onCommand(line);
      else this.#onReply(line);
      return !this.#isChanged;
    });
    if (this.#isChanged) return CHANGED;
    return used < 0 ? DONE : used;
  }

  onEnd(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#conversation.emit('session', this.#startUs, {
      'hinomi.session.outcome': this.#outcome,
      ...optional('user.name', this.#user),
      ...optional('hinomi.session.server_software', this.#software),
      ...(this.#hasPassword
        ? { 'hinomi.session.cleartext_login': true, 'hinomi.session.auth_method': 'password' }
        : {}),
      ...(this.#isChanged ? { 'hinomi.session.details': ['starttls=yes'] } : {}),
      ...(this.#files.length === 0 ? {} : { 'hinomi.session.file_names': this.#files }),
    });
  }

  #onCommand(line: string): void {
    const user = /^USER +(.+)$/i.exec(line)?.[1];
    const file = FILE_COMMAND.exec(line)?.[2];
    if (user !== undefined) this.#user = user.trim();
    // What stands behind it is never looked at.
    else if (/^PASS( |$)/i.test(line)) this.#hasPassword = true;
    else if (/^AUTH +(TLS|SSL)/i.test(line)) this.#isTlsAsked = true;
    else if (file !== undefined && this.#files.length < FILES_MAX) this.#files.push(file.trim());
  }

  #onReply(line: string): void {
    const code = /^(\d{3})[ -](.*)$/.exec(line);
    if (code === null) return;
    if (code[1] === '220') this.#software ??= code[2]?.trim();
    if (code[1] === '230') this.#outcome = 'success';
    if (code[1] === '530' && this.#outcome !== 'success') this.#outcome = 'failure';
    if (code[1] === '234' && this.#isTlsAsked) this.#isChanged = true;
  }
}
