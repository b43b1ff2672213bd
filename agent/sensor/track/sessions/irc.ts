import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { CutLines, eachLine } from '../lines.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 6667;
const FIRST = /^(?:NICK|USER|PASS|CAP) +\S|^:\S+ (?:NOTICE|CAP|\d{3}) |^NOTICE AUTH /i;
/** RFC 2812 5.2: why a login is refused. */
const REFUSED: ReadonlySet<string> = new Set(['432', '433', '462', '463', '464', '465']);

/** IRC (RFC 2812): who is there, and in which channels. What is said is nobody's business. */
export const IRC: Protocol = {
  name: 'irc',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const first = u8(b, start) | 0x20;
    if (![0x3a, 0x6e, 0x75, 0x70, 0x63].includes(first)) return Verdict.No;
    const text = b.toString('latin1', start, Math.min(end, start + 200));
    if (!FIRST.test(text)) return Verdict.No;
    // On other ports these words alone are not enough: POP3 and FTP have USER and PASS, too.
    const isOwnPort = fromPort === PORT || toPort === PORT;
    return isOwnPort || /^NICK +\S+\r?\nUSER +\S+ +\S+ +\S+ +:?|^CAP +(?:LS|REQ)\b|^:\S+ NOTICE /i.test(text)
      ? Verdict.Yes
      : Verdict.No;
  },
  open: (conversation) => new IrcSession(conversation),
};

class IrcSession implements Session {
  readonly #facts: Facts;
  readonly #cut = new CutLines();
  #isTls = false;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.tellNowAndThen(timeUs);
    this.#facts.at(timeUs);
    const from = this.#cut.begin(side, b, start, end);
    const used = eachLine(b, from, end, (line) => {
      this.#onLine(line);
      return !this.#isTls;
    });
    if (this.#isTls) return CHANGED;
    return used < 0 ? DONE : from - start + used;
  }

  onGap(side: number): void {
    this.#cut.cut(side);
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onLine(line: string): void {
    const [, prefix, verb = '', rest = ''] = /^(?::(\S+) +)?(\w+)(?: +(.*))?$/.exec(line) ?? [];
    const facts = this.#facts;
    const first = /^:?(\S*)/.exec(rest)?.[1];
    switch (verb.toUpperCase()) {
      case 'NICK':
        if (prefix === undefined) facts.set('user.name', first);
        break;
      case 'USER':
        facts.set('hinomi.session.client_user', first);
        break;
      case 'PASS':
        facts.set('hinomi.session.cleartext_login', true);
        facts.set('hinomi.session.auth_method', 'password');
        break;
      case 'JOIN':
        if (prefix === undefined)
          for (const channel of (first ?? '').split(',')) facts.add('hinomi.irc.channels', channel);
        break;
      case '670':
        // STARTTLS, of IRCv3: the server goes on.
        this.#isTls = true;
        facts.add('hinomi.session.details', 'starttls=yes');
        break;
      case '001':
        facts.set('hinomi.session.outcome', 'success');
        facts.first('hinomi.session.server_name', prefix);
        break;
      case '004':
        facts.first('hinomi.session.server_software', rest.split(' ')[2]);
        break;
      default:
        if (REFUSED.has(verb) && facts.get('hinomi.session.outcome') !== 'success') {
          facts.set('hinomi.session.outcome', 'failure');
          facts.set('hinomi.session.error', verb);
        }
    }
  }
}
