import { u8, u16, u32 } from '../../wire/bytes.js';
import { textAt } from '../../wire/text.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** RFC 6143 7.1.1: `RFB 003.008\n`. */
const VERSION = /^RFB (\d{3})\.(\d{3})\n/;
const VERSION_BYTES = 12;
const CHALLENGE_BYTES = 16;
/** RFC 6143 7.3.2: size, pixel format and the length of the name in front of it. */
const INIT_BYTES = 24;
const NONE = 1;
const VNC = 2;
/** IANA, Remote Framebuffer security types. */
const SECURITY: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'vnc',
  5: 'ra2',
  6: 'ra2ne',
  16: 'tight',
  17: 'ultra',
  18: 'tls',
  19: 'vencrypt',
  20: 'sasl',
  21: 'md5',
  30: 'apple-dh',
  33: 'apple-srp',
  129: 'rsa-aes',
};

/** VNC (RFC 6143): how a client proves itself, whether it may, and what the desktop is called. */
export const RFB: Protocol = {
  name: 'vnc',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end) => {
    if (u8(b, start) !== 0x52) return Verdict.No;
    const text = b.toString('latin1', start, Math.min(end, start + VERSION_BYTES));
    if (VERSION.test(text)) return Verdict.Yes;
    return 'RFB '.startsWith(text) ? Verdict.More : Verdict.No;
  },
  open: (conversation) => new RfbSession(conversation),
};

type Awaited = 'version' | 'types' | 'challenge' | 'result' | 'init';

class RfbSession implements Session {
  readonly #facts: Facts;
  /** What the server sends next. */
  #awaited: Awaited = 'version';
  /** Of the client, which may be lower than the server's. */
  #minor = 8;
  #hasVersion = false;
  #security = 0;
  #isOver = false;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    let at = start;
    while (at < end && !this.#isOver) {
      const used = side === 1 ? this.#onServer(b, at, end) : this.#onClient(b, at, end);
      if (used === 0) break;
      at += used;
    }
    return this.#isOver ? DONE : at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onClient(b: Buffer, start: number, end: number): number {
    if (!this.#hasVersion) {
      if (end - start < VERSION_BYTES) return 0;
      const version = VERSION.exec(b.toString('latin1', start, start + VERSION_BYTES));
      if (version === null) return this.#end(end - start);
      this.#hasVersion = true;
      this.#minor = Number(version[2]) >= 7 ? Number(version[2]) : 3;
      this.#facts.set('hinomi.session.version', `${Number(version[1])}.${Number(version[2])}`);
      return VERSION_BYTES;
    }
    // From 3.7 the client chooses; then come its answer to the challenge, and all that people do.
    if (this.#awaited === 'challenge' && this.#security === 0) this.#choose(u8(b, start));
    return end - start;
  }

  #choose(type: number): void {
    this.#security = type;
    this.#facts.set('hinomi.session.auth_method', SECURITY[type] ?? String(type));
    if (type === NONE) this.#awaited = this.#minor >= 8 ? 'result' : 'init';
    else if (type !== VNC) this.#isOver = true;
  }

  #onServer(b: Buffer, start: number, end: number): number {
    switch (this.#awaited) {
      case 'version':
        if (end - start < VERSION_BYTES) return 0;
        this.#facts.set('hinomi.session.server_software', textAt(b, start, start + VERSION_BYTES));
        this.#awaited = 'types';
        return VERSION_BYTES;
      case 'types':
        return this.#onTypes(b, start, end);
      case 'challenge':
        if (end - start < CHALLENGE_BYTES) return 0;
        this.#awaited = 'result';
        return CHALLENGE_BYTES;
      case 'result':
        return this.#onResult(b, start, end);
      default:
        return this.#onInit(b, start, end);
    }
  }

  #onTypes(b: Buffer, start: number, end: number): number {
    if (this.#minor < 7) {
      if (end - start < 4) return 0;
      this.#awaited = 'challenge';
      this.#choose(u32(b, start));
      return 4;
    }
    const count = u8(b, start);
    if (count === 0) {
      this.#facts.set('hinomi.session.outcome', 'failure');
      return this.#end(end - start);
    }
    if (end - start < 1 + count) return 0;
    this.#awaited = 'challenge';
    return 1 + count;
  }

  #onResult(b: Buffer, start: number, end: number): number {
    if (end - start < 4) return 0;
    const isOk = u32(b, start) === 0;
    this.#facts.set('hinomi.session.outcome', isOk ? 'success' : 'failure');
    if (!isOk) return this.#end(4);
    this.#awaited = 'init';
    return 4;
  }

  #onInit(b: Buffer, start: number, end: number): number {
    if (end - start < INIT_BYTES) return 0;
    const nameBytes = Math.min(u32(b, start + 20), 256);
    if (end - start < INIT_BYTES + nameBytes) return 0;
    this.#facts.set('hinomi.session.server_name', textAt(b, start + INIT_BYTES, start + INIT_BYTES + nameBytes));
    this.#facts.first('hinomi.session.outcome', 'success');
    this.#facts.add('hinomi.session.details', `screen=${u16(b, start)}x${u16(b, start + 2)}`);
    return this.#end(end - start);
  }

  #end(used: number): number {
    this.#isOver = true;
    return used;
  }
}
