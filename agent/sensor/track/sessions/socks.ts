import { ipv4Text, ipv6Text } from '../../wire/addresses.js';
import { u8, u16 } from '../../wire/bytes.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const CONNECT = 1;
const TEXT_BYTES_MAX = 255;
const USER_PASSWORD = 2;
/** RFC 1929 2: the version of the login stands where that of the protocol does elsewhere. */
const LOGIN_VERSION = 1;
const METHODS: Readonly<Record<number, string>> = { 0: 'none', 1: 'gssapi', [USER_PASSWORD]: 'password' };

/** SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): where somebody had a proxy connect, and what followed. */
export const SOCKS: Protocol = {
  name: 'socks',
  transport: 'tcp',
  datasets: ['session', 'tls', 'http'],
  recognise: (b, start, end) => {
    if (u8(b, start) === 5) {
      const methods = end - start < 2 ? 0 : u8(b, start + 1);
      const next = start + 2 + methods;
      const isAlone = next === end || (next + 4 < end && (isRequest5(b, next) || u8(b, next) === LOGIN_VERSION));
      return methods > 0 && methods < 10 && isAlone ? Verdict.Yes : Verdict.No;
    }
    return isRequest4(b, start, end) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SocksSession(conversation),
};

/** SOCKS 4 and 4a: port and address, a user's name, for an address of 0.0.0.x a host's name, and nothing else. */
function isRequest4(b: Buffer, start: number, end: number): boolean {
  const isFour = end - start >= 9 && u8(b, start) === 4 && u8(b, start + 1) === CONNECT && u16(b, start + 2) > 0;
  if (!isFour || end - start > 9 + 2 * TEXT_BYTES_MAX) return false;
  const texts = b.toString('latin1', start + 8, end).split('\0');
  const isNamed = b.readUInt32BE(start + 4) < 256;
  // Behind the last zero there is nothing.
  const isWhole = texts.length === (isNamed ? 3 : 2) && texts.at(-1) === '';
  return isWhole && texts.every((text) => /^[\x20-\x7e]*$/.test(text)) && (!isNamed || texts[1] !== '');
}

/** Version, one of three commands, a zero and an address type. RFC 1928 4. */
function isRequest5(b: Buffer, at: number): boolean {
  return u8(b, at) === 5 && u8(b, at + 1) >= 1 && u8(b, at + 1) <= 3 && u8(b, at + 2) === 0;
}

/** RFC 1928 6. */
const REPLIES: readonly string[] = [
  'succeeded',
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
];

/** What the server answers next. */
type Step = 'methods' | 'login' | 'reply';

class SocksSession implements Session {
  readonly #conversation: Conversation;
  readonly #facts: Record<string, unknown> = {};
  #step: Step = 'methods';
  #hasGreeted = false;
  /** What the client sends behind its request is for the target. */
  #target: 'unknown' | 'known' = 'unknown';
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

  /** Some send all at once, before the proxy has said a word: what a message is, its first byte tells. */
  #onClient(b: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#target === 'unknown') {
      const bytes = this.#hasGreeted ? this.#onMessage(b, at, end) : 2 + (end - at < 2 ? 0 : u8(b, at + 1));
      if (bytes < 0) return DONE;
      if (bytes === 0 || at + bytes > end) break;
      this.#hasGreeted = true;
      at += bytes;
    }
    return at - start;
  }

  /** @returns its bytes, 0 when it is not all there, DONE when it is none */
  #onMessage(b: Buffer, start: number, end: number): number {
    const left = end - start;
    if (u8(b, start) === LOGIN_VERSION) {
      const nameBytes = left < 2 ? 0 : u8(b, start + 1);
      if (left < 3 + nameBytes || left < 3 + nameBytes + u8(b, start + 2 + nameBytes)) return 0;
      this.#facts['user.name'] = b.toString('utf8', start + 2, start + 2 + nameBytes);
      this.#facts['hinomi.session.cleartext_login'] = true;
      return 3 + nameBytes + u8(b, start + 2 + nameBytes);
    }
    if (left >= 3 && !isRequest5(b, start)) return DONE;
    const target = left < 5 ? undefined : targetOf(b, start + 3, end);
    if (target === undefined) return left < TEXT_BYTES_MAX ? 0 : DONE;
    this.#facts['hinomi.session.target'] = target.text;
    this.#facts['hinomi.session.operation'] = ['', 'connect', 'bind', 'udp-associate'][u8(b, start + 1)] ?? 'unknown';
    this.#target = 'known';
    return target.end - start;
  }

  #onServer(b: Buffer, start: number, end: number): number {
    let at = start;
    while (end - at >= 2) {
      const code = u8(b, at + 1);
      if (this.#step === 'methods') {
        if (code === 0xff) return this.#finish('failure', DONE);
        this.#facts['hinomi.session.auth_method'] = METHODS[code] ?? String(code);
        this.#step = code === USER_PASSWORD ? 'login' : 'reply';
        at += 2;
      } else if (this.#step === 'login') {
        if (code !== 0) return this.#finish('failure', DONE);
        this.#step = 'reply';
        at += 2;
      } else return this.#onReply(code);
    }
    return at - start;
  }

  #onReply(code: number): number {
    if (code === 0) return this.#finish('success', CHANGED);
    this.#facts['hinomi.session.error'] = REPLIES[code] ?? String(code);
    return this.#finish('failure', DONE);
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
function targetOf(b: Buffer, start: number, end: number): { text: string; end: number } | undefined {
  const type = u8(b, start);
  const bytes = type === 1 ? 4 : type === 4 ? 16 : type === 3 && end - start > 1 ? 1 + u8(b, start + 1) : 0;
  const portAt = start + 1 + bytes;
  if (bytes === 0 || portAt + 2 > end) return undefined;
  const name =
    type === 1
      ? ipv4Text(b, start + 1)
      : type === 4
        ? `[${ipv6Text(b, start + 1)}]`
        : b.toString('utf8', start + 2, portAt);
  return { text: `${name}:${u16(b, portAt)}`, end: portAt + 2 };
}
