import { ipv4Text, ipv6Text } from '../../wire/addresses.js';
import { u8, u16 } from '../../wire/bytes.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const CONNECT = 1;
const TEXT_BYTES_MAX = 255;
const USER_PASSWORD = 2;
const METHODS: Readonly<Record<number, string>> = { 0: 'none', 1: 'gssapi', [USER_PASSWORD]: 'password' };

/** SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): where somebody had a proxy connect, and what followed. */
export const SOCKS: Protocol = {
  name: 'socks',
  transport: 'tcp',
  datasets: ['session', 'tls', 'http'],
  recognise: (b, start, end) => {
    if (u8(b, start) === 5) {
      const methods = end - start < 2 ? 0 : u8(b, start + 1);
      return methods > 0 && methods < 10 && end - start === 2 + methods ? Verdict.Yes : Verdict.No;
    }
    const isFour = end - start >= 9 && u8(b, start) === 4 && u8(b, start + 1) === CONNECT && u16(b, start + 2) > 0;
    return isFour && u8(b, end - 1) === 0 ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SocksSession(conversation),
};

type Step = 'methods' | 'login' | 'request' | 'reply';

class SocksSession implements Session {
  readonly #conversation: Conversation;
  readonly #facts: Record<string, unknown> = {};
  #step: Step = 'methods';
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

  #onClient(b: Buffer, start: number, end: number): number {
    if (this.#step === 'methods') return end - start;
    if (this.#step === 'login') {
      const bytes = end - start < 2 ? 0 : Math.min(u8(b, start + 1), end - start - 2);
      this.#facts['user.name'] = b.toString('utf8', start + 2, start + 2 + bytes);
      this.#facts['hinomi.session.cleartext_login'] = true;
      return end - start;
    }
    if (this.#step !== 'request' || end - start < 5 || u8(b, start) !== 5) return DONE;
    const target = targetOf(b, start + 3, end);
    if (target === undefined) return DONE;
    this.#facts['hinomi.session.target'] = target;
    this.#facts['hinomi.session.operation'] = ['', 'connect', 'bind', 'udp-associate'][u8(b, start + 1)] ?? 'unknown';
    this.#step = 'reply';
    return end - start;
  }

  #onServer(b: Buffer, start: number, end: number): number {
    if (end - start < 2) return 0;
    const code = u8(b, start + 1);
    if (this.#step === 'methods') {
      if (code === 0xff) return this.#finish('failure', DONE);
      this.#facts['hinomi.session.auth_method'] = METHODS[code] ?? String(code);
      this.#step = code === USER_PASSWORD ? 'login' : 'request';
      return end - start;
    }
    if (this.#step === 'login') {
      if (code !== 0) return this.#finish('failure', DONE);
      this.#step = 'request';
      return end - start;
    }
    return this.#step === 'reply'
      ? this.#finish(code === 0 ? 'success' : 'failure', code === 0 ? CHANGED : DONE)
      : DONE;
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
function targetOf(b: Buffer, start: number, end: number): string | undefined {
  const type = u8(b, start);
  const bytes = type === 1 ? 4 : type === 4 ? 16 : type === 3 && end - start > 1 ? 1 + u8(b, start + 1) : 0;
  const portAt = start + 1 + bytes;
  if (bytes === 0 || portAt + 2 > end) return undefined;
  const port = u16(b, portAt);
  if (type === 1) return `${ipv4Text(b, start + 1)}:${port}`;
  if (type === 4) return `[${ipv6Text(b, start + 1)}]:${port}`;
  return `${b.toString('utf8', start + 2, portAt)}:${port}`;
}
