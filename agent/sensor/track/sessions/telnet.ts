import { u8 } from '../../wire/bytes.js';
import { beginsTelnet, readTelnet } from '../../wire/telnet.js';
import { Facts } from '../facts.js';
import { Login } from '../login.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 23;
/** Text of a piece that is looked at: prompts and names are short. */
const TEXT_MAX = 2_048;
/** Bytes of a side in which a login takes place, if ever. */
const SIDE_BYTES_MAX = 65_536;

/** Telnet (RFC 854): who logs in, in clear text. */
export const TELNET: Protocol = {
  name: 'telnet',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    if (beginsTelnet(b, start, end)) return Verdict.Yes;
    if (fromPort !== PORT && toPort !== PORT) return Verdict.No;
    if (u8(b, start) === 0xff && end - start < 3) return Verdict.More;
    return fromPort === PORT && looksLikeText(b, start, end) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new TelnetSession(conversation),
};

function looksLikeText(b: Buffer, start: number, end: number): boolean {
  for (let at = start; at < Math.min(end, start + 32); at++) {
    const byte = u8(b, at);
    if (byte < 0x07 || (byte > 0x0d && byte < 0x1b) || (byte > 0x1b && byte < 0x20)) return false;
  }
  return true;
}

/** Told as soon as it is known whether the login worked: what people do there is nobody's business. */
class TelnetSession implements Session {
  readonly #facts: Facts;
  readonly #login: Login;
  readonly #bytes = [0, 0];

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
    this.#login = new Login(this.#facts);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const facts = this.#facts;
    facts.at(timeUs);
    const piece = readTelnet(b, start, end, TEXT_MAX);
    for (const option of piece.options) facts.add('hinomi.telnet.options', option);
    facts.first('hinomi.telnet.terminal_type', piece.terminalType?.toLowerCase());
    facts.first('user.name', piece.user);
    if (piece.text !== '') {
      if (side === 0) this.#login.onTyped(piece.text);
      else this.#login.onShown(piece.text);
    }
    this.#bytes[side]! += piece.used;
    return this.#login.isOver || this.#bytes[side]! > SIDE_BYTES_MAX ? DONE : piece.used;
  }

  /** What comes next of the client may be a password: no name is awaited any more. */
  onGap(): void {
    this.#login.forget();
  }

  onEnd(): void {
    this.#facts.tell();
  }
}
