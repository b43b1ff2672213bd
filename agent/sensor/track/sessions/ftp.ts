import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { CutLines, eachLine } from '../lines.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 21;
/** Commands whose argument is a file or a folder. RFC 959 4.1, RFC 3659. */
const FILE_COMMANDS: ReadonlySet<string> = new Set(
  'RETR STOR STOU APPE DELE RNFR RNTO SIZE MDTM MLST MKD XMKD RMD XRMD'.split(' '),
);
const COMMAND = /^([A-Za-z]{3,7})(?: +(.*))?$/;
/** In reply to what a login is refused: 530, and 421 or 332 in its place. */
const LOGIN_REFUSED: ReadonlySet<string> = new Set(['530', '532', '430']);

/** FTP (RFC 959): who logs in, in clear text, and which files. */
export const FTP: Protocol = {
  name: 'ftp',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const first = u8(b, start);
    if (first !== 0x32 && first !== 0x31 && toPort !== PORT) return Verdict.No;
    const text = b.toString('latin1', start, Math.min(end, start + 200));
    // SMTP greets with the same number. 120: in a moment.
    if (/^[12]20[ -]/.test(text))
      return fromPort === PORT || /ftp/i.test(text.split('\n')[0] ?? '') ? Verdict.Yes : Verdict.No;
    return toPort === PORT && /^(USER|AUTH|FEAT|OPTS) ?/i.test(text) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new FtpSession(conversation),
};

class FtpSession implements Session {
  readonly #facts: Facts;
  readonly #cut = new CutLines();
  #isLoginSent = false;
  #isTlsAsked = false;
  #isChanged = false;
  /** Inside of a reply of several lines: its code. RFC 959 4.2. */
  #open: string | undefined;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    const from = this.#cut.begin(side, b, start, end);
    const used = eachLine(b, from, end, (line) => {
      if (side === 0) this.#onCommand(line);
      else this.#onReply(line);
      return !this.#isChanged;
    });
    if (this.#isChanged) return CHANGED;
    return used < 0 ? DONE : from - start + used;
  }

  onGap(side: number): void {
    this.#cut.cut(side);
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onCommand(line: string): void {
    const found = COMMAND.exec(line.trimEnd());
    if (found === null) return;
    const facts = this.#facts;
    const verb = (found[1] ?? '').toUpperCase();
    const argument = found[2]?.trim();
    facts.add('hinomi.session.commands', verb);
    if (verb === 'USER') facts.set('user.name', argument);
    else if (verb === 'PASS' || verb === 'ACCT') {
      // What stands behind it is never looked at.
      facts.set('hinomi.session.cleartext_login', true);
      facts.set('hinomi.session.auth_method', 'password');
    } else if (verb === 'AUTH') this.#isTlsAsked = /^(TLS|SSL|TLS-[CP])$/i.test(argument ?? '');
    else if (verb === 'CLNT') facts.set('hinomi.session.client_software', argument);
    else if (FILE_COMMANDS.has(verb)) facts.add('hinomi.session.file_names', argument);
    if (verb === 'USER' || verb === 'PASS' || verb === 'ACCT') this.#isLoginSent = true;
  }

  #onReply(line: string): void {
    const found = /^(\d{3})(?:([ -])(.*))?$/.exec(line);
    const code = found?.[1] ?? '';
    if (found === null || (this.#open !== undefined && (code !== this.#open || found[2] === '-'))) return;
    const isFirst = this.#open === undefined;
    this.#open = found[2] === '-' ? code : undefined;
    if (isFirst) this.#onCode(code, found[3]?.trim() ?? '');
  }

  #onCode(code: string, text: string): void {
    const facts = this.#facts;
    facts.add('hinomi.session.reply_codes', code);
    if (code === '220') facts.first('hinomi.session.server_software', text);
    else if (code === '215') facts.first('hinomi.ftp.system', text);
    else if (code === '234' && this.#isTlsAsked) {
      facts.add('hinomi.session.details', 'starttls=yes');
      this.#isChanged = true;
    } else if (code === '230' || code === '232') facts.set('hinomi.session.outcome', 'success');
    else if (LOGIN_REFUSED.has(code) && this.#isLoginSent) this.#onRefusal(code);
    else if (code === '421' && facts.get('hinomi.session.outcome') === undefined) this.#onRefusal(code);
  }

  #onRefusal(code: string): void {
    this.#facts.first('hinomi.session.outcome', 'failure');
    this.#facts.set('hinomi.session.error', code);
  }
}
