import { u16 } from '../../wire/bytes.js';
import { textAt } from '../../wire/text.js';
import { Facts } from '../facts.js';
import { type Conversation, type Protocol, type Session, Verdict } from '../session.js';

/** RFC 1350 5. */
const READ = 1;
const WRITE = 2;
const ERROR = 5;
/** Behind the code: a name and a mode, each with a zero behind it. */
const REQUEST = /^[^\0]{1,255}\0(?:netascii|octet|mail)\0/i;
const REQUEST_BYTES_MAX = 280;

/** TFTP: which file is read or written. The data comes from another port: it is a flow of its own. */
export const TFTP: Protocol = {
  name: 'tftp',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    if (end - start < 9 || (u16(b, start) !== READ && u16(b, start) !== WRITE)) return Verdict.No;
    return REQUEST.test(b.toString('latin1', start + 2, Math.min(end, start + REQUEST_BYTES_MAX)))
      ? Verdict.Yes
      : Verdict.No;
  },
  open: (conversation) => new TftpSession(conversation),
};

class TftpSession implements Session {
  readonly #facts: Facts;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    const code = end - start < 4 ? 0 : u16(b, start);
    if (code === READ || code === WRITE) {
      const nameEnd = b.indexOf(0, start + 2);
      this.#facts.set('hinomi.session.operation', code === READ ? 'read' : 'write');
      if (nameEnd > 0 && nameEnd < end) this.#facts.add('hinomi.session.file_names', textAt(b, start + 2, nameEnd));
    } else if (code === ERROR) {
      this.#facts.set('hinomi.session.outcome', 'failure');
      this.#facts.set('hinomi.session.error', textAt(b, start + 4, end));
    }
    return 0;
  }

  onEnd(): void {
    this.#facts.tell();
  }
}
