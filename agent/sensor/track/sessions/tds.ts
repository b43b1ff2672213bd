import { u8, u16, u16le } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** [MS-TDS] 2.2.3.1: type, status, length, SPID, number, window. */
const HEADER_BYTES = 8;
const Kind = { Login5: 0x02, Login7: 0x10, PreLogin: 0x12, Answer: 0x04 } as const;
const PACKET_BYTES_MAX = 32_768;
/** [MS-TDS] 2.2.6.4: offsets and lengths (in characters) of what a login says, behind its fixed part. */
const LOGIN_FIXED_BYTES = 36;
const FIELDS: readonly (readonly [index: number, field: string])[] = [
  [0, 'host.name'],
  [1, 'user.name'],
  [3, 'hinomi.session.client_software'],
  [4, 'hinomi.session.server_name'],
  [8, 'hinomi.session.database'],
];
const PASSWORD_INDEX = 2;
const TEXT_CHARACTERS_MAX = 128;
/** TDS 5.0 of Sybase: texts of thirty bytes, each with its length behind it. */
const LOGIN5_TEXT_BYTES = 30;
const LOGIN5_BYTES_MIN = 500;
/** [MS-TDS] 2.2.7: tokens of an answer. */
const LOGIN_ACK = 0xad;
const ERROR = 0xaa;

/** Microsoft SQL Server and Sybase (TDS): who logs in to which database, as far as it is not encrypted. */
export const TDS: Protocol = {
  name: 'tds',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    const kind = u8(b, start);
    if (kind !== Kind.PreLogin && kind !== Kind.Login7 && kind !== Kind.Login5) return Verdict.No;
    if (end - start < HEADER_BYTES + 6) return Verdict.No;
    const isFirst = u8(b, start + 1) <= 1 && u16(b, start + 4) === 0 && u8(b, start + 6) <= 1 && u8(b, start + 7) === 0;
    const bytes = u16(b, start + 2);
    if (!isFirst || bytes < HEADER_BYTES + 6 || bytes > PACKET_BYTES_MAX) return Verdict.No;
    // The version of a pre-login stands first: option 0, and where it is.
    const isPreLogin = kind === Kind.PreLogin && u8(b, start + 8) === 0 && u16(b, start + 11) === 6;
    const isLogin5 = kind === Kind.Login5 && bytes >= LOGIN5_BYTES_MIN && end - start >= LOGIN5_BYTES_MIN;
    return isPreLogin || isLogin5 || kind === Kind.Login7 ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new TdsSession(conversation),
};

class TdsSession implements Session {
  readonly #facts: Facts;
  #hasLogin = false;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    if (side === 0 && this.#hasLogin) return end - start;
    let at = start;
    while (end - at >= HEADER_BYTES) {
      const bytes = u16(b, at + 2);
      if (bytes < HEADER_BYTES || bytes > PACKET_BYTES_MAX) return DONE;
      if (at + bytes > end) break;
      const kind = u8(b, at);
      if (side === 0 && kind === Kind.Login5 && !this.#hasLogin) this.#onLogin5(b, at + HEADER_BYTES, at + bytes);
      else if (side === 0 && kind === Kind.Login7) this.#onLogin(b, at + HEADER_BYTES, at + bytes);
      else if (side === 1 && this.#hasLogin && kind === Kind.Answer) return this.#onAnswer(u8(b, at + HEADER_BYTES));
      else if (kind !== Kind.PreLogin && kind !== Kind.Answer) return DONE;
      at += bytes;
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onLogin(b: Buffer, start: number, end: number): void {
    this.#hasLogin = true;
    for (const [index, field] of FIELDS) this.#facts.set(field, wideAt(b, start, end, index));
    const passwordAt = start + LOGIN_FIXED_BYTES + PASSWORD_INDEX * 4;
    if (passwordAt + 4 > end || u16le(b, passwordAt + 2) === 0) return;
    // It is hidden from the eye alone: each byte is turned and changed by a constant.
    this.#facts.set('hinomi.session.cleartext_login', true);
    this.#facts.set('hinomi.session.auth_method', 'password');
  }

  /** Host, user, password; the last is in the clear as it is. */
  #onLogin5(b: Buffer, start: number, end: number): void {
    this.#hasLogin = true;
    const textOf = (index: number): string => {
      const at = start + index * (LOGIN5_TEXT_BYTES + 1);
      const bytes = at + LOGIN5_TEXT_BYTES < end ? Math.min(u8(b, at + LOGIN5_TEXT_BYTES), LOGIN5_TEXT_BYTES) : 0;
      return b.toString('utf8', at, at + bytes);
    };
    this.#facts.set('host.name', textOf(0));
    this.#facts.set('user.name', textOf(1));
    const passwordBytesAt = start + PASSWORD_INDEX * (LOGIN5_TEXT_BYTES + 1) + LOGIN5_TEXT_BYTES;
    if (passwordBytesAt >= end || u8(b, passwordBytesAt) === 0) return;
    this.#facts.set('hinomi.session.cleartext_login', true);
    this.#facts.set('hinomi.session.auth_method', 'password');
  }

  #onAnswer(token: number): number {
    if (token === ERROR) this.#facts.set('hinomi.session.outcome', 'failure');
    else if (token === LOGIN_ACK || token === 0xe3) this.#facts.set('hinomi.session.outcome', 'success');
    return DONE;
  }
}

function wideAt(b: Buffer, start: number, end: number, index: number): string | undefined {
  const at = start + LOGIN_FIXED_BYTES + index * 4;
  if (at + 4 > end) return undefined;
  const from = start + u16le(b, at);
  const characters = Math.min(u16le(b, at + 2), TEXT_CHARACTERS_MAX);
  return from + characters * 2 > end ? undefined : b.toString('utf16le', from, from + characters * 2);
}
