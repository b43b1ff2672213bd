import { ipv4Text, ipv6Text } from '../../wire/addresses.js';
import { u8, u16 } from '../../wire/bytes.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const CONNECT = 1;
const TEXT_BYTES_MAX = 255;
const USER_PASSWORD = 2;
const METHODS: Readonly<Record<number, string>> = { 0: 'none', 1: 'gssapi', [USER_PASSWORD]: 'password' };

const OPERATIONS = ['', 'connect', 'bind', 'udp-associate'];

/** SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): where somebody had a proxy connect, and what followed. */
export const SOCKS: Protocol = {
  name: 'socks',
  transport: 'tcp',
  datasets: ['session', 'tls', 'http'],
  recognise: (b, start, end) => {
    if (u8(b, start) === 5) {
      const methods = end - start < 2 ? 0 : u8(b, start + 1);
      const next = start + 2 + methods;
      const isAlone = next === end || (next + 4 < end && isRequest5(b, next));
      return methods > 0 && methods < 10 && isAlone ? Verdict.Yes : Verdict.No;
    }
    const isFour = end - start >= 9 && u8(b, start) === 4 && u8(b, start + 1) === CONNECT && u16(b, start + 2) > 0;
    return isFour && u8(b, end - 1) === 0 ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SocksSession(conversation),
};

/** Version, one of three commands, a zero and an address type. RFC 1928 4. */
function isRequest5(b: Buffer, at: number): boolean {
  return u8(b, at) === 5 && u8(b, at + 1) >= 1 && u8(b, at + 1) <= 3 && u8(b, at + 2) === 0;
}

type Step = 'methods' | 'login' | 'reply';

class SocksSession implements Session {
  readonly #conversation: Conversation;
  readonly #facts: Record<string, unknown> = {};
  /** What the server answers next. */
  #step: Step = 'methods';
  #hasGreeted = false;
  #version = 5;
  #client: number | undefined;
  #startUs = 0;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#client ??= side;
    if (this.#startUs === 0) {
      this.#startUs = timeUs;
      this.#version = u8(b, start);
    }
    if (this.#version === 4)
      return side === this.#client ? this.#onRequest4(b, start, end) : this.#onReply4(b, start, end);
    return side === this.#client ? this.#onClient(b, start, end) : this.#onServer(b, start, end);
  }

  onEnd(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#conversation.emit('session', this.#startUs, {
      'hinomi.session.version': String(this.#version),
      'hinomi.session.outcome': 'unknown',
      ...this.#facts,
    });
  }

  /** A client may go on without waiting for an answer: what it says is known by its first byte. */
  #onClient(b: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const next = this.#hasGreeted ? this.#onClientMessage(b, at, end) : at + 2 + (end - at < 2 ? 0 : u8(b, at + 1));
      if (next < 0) return DONE;
      if (next > end || next === at) break;
      this.#hasGreeted = true;
      at = next;
    }
    return at - start;
  }

  /** @returns behind it; `at` when more bytes are needed, -1 when it is none */
  #onClientMessage(b: Buffer, at: number, end: number): number {
    if (end - at < 5) return at;
    if (u8(b, at) === 1) return this.#onLogin(b, at, end);
    if (!isRequest5(b, at)) return -1;
    const request = targetOf(b, at + 3, end);
    if (request === undefined) return at;
    this.#facts['hinomi.session.target'] = request.target;
    this.#facts['hinomi.session.operation'] = OPERATIONS[u8(b, at + 1)];
    return request.end;
  }

  /** RFC 1929 2: the password is passed over. */
  #onLogin(b: Buffer, at: number, end: number): number {
    const nameEnd = at + 2 + u8(b, at + 1);
    if (nameEnd >= end) return at;
    this.#facts['user.name'] = b.toString('utf8', at + 2, nameEnd);
    this.#facts['hinomi.session.cleartext_login'] = true;
    return nameEnd + 1 + u8(b, nameEnd);
  }

  #onServer(b: Buffer, start: number, end: number): number {
    let at = start;
    for (; end - at >= 2; at += 2) {
      const code = u8(b, at + 1);
      if (this.#step === 'reply') return this.#finish(code === 0 ? 'success' : 'failure', code === 0 ? CHANGED : DONE);
      const isRefused = this.#step === 'methods' ? code === 0xff : code !== 0;
      if (isRefused) return this.#finish('failure', DONE);
      if (this.#step === 'methods') this.#facts['hinomi.session.auth_method'] = METHODS[code] ?? String(code);
      this.#step = this.#step === 'methods' && code === USER_PASSWORD ? 'login' : 'reply';
    }
    return at - start;
  }

  #onRequest4(b: Buffer, start: number, end: number): number {
    const userEnd = b.indexOf(0, start + 8);
    const port = u16(b, start + 2);
    const isNamed = b.readUInt32BE(start + 4) < 256 && userEnd >= 0 && userEnd + 1 < end;
    const name = isNamed ? b.toString('utf8', userEnd + 1, Math.min(end - 1, userEnd + 1 + TEXT_BYTES_MAX)) : '';
    this.#facts['hinomi.session.target'] = `${isNamed ? name : ipv4Text(b, start + 4)}:${port}`;
    this.#facts['hinomi.session.operation'] = 'connect';
    if (userEnd > start + 8) {
      this.#facts['user.name'] = b.toString('utf8', start + 8, Math.min(userEnd, end, start + 8 + TEXT_BYTES_MAX));
    }
    return end - start;
  }

  /** 90: granted. */
  #onReply4(b: Buffer, start: number, end: number): number {
    if (end - start < 8) return 0;
    const isGranted = u8(b, start) === 0 && u8(b, start + 1) === 90;
    return this.#finish(isGranted ? 'success' : 'failure', isGranted ? CHANGED : DONE);
  }

  #finish(outcome: string, next: number): number {
    this.#facts['hinomi.session.outcome'] = outcome;
    return next;
  }
}

/** RFC 1928 5: address type, address, port. */
function targetOf(b: Buffer, start: number, end: number): { target: string; end: number } | undefined {
  const type = u8(b, start);
  const bytes = type === 1 ? 4 : type === 4 ? 16 : type === 3 && end - start > 1 ? 1 + u8(b, start + 1) : 0;
  const portAt = start + 1 + bytes;
  if (bytes === 0 || portAt + 2 > end) return undefined;
  const port = u16(b, portAt);
  return { target: `${addressOf(b, type, start + 1, portAt)}:${port}`, end: portAt + 2 };
}

function addressOf(b: Buffer, type: number, start: number, end: number): string {
  if (type === 1) return ipv4Text(b, start);
  return type === 4 ? `[${ipv6Text(b, start)}]` : b.toString('utf8', start + 1, end);
}
