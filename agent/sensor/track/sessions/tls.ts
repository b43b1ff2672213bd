import { u8, u16 } from '../../wire/bytes.js';
import { isSsl2Hello } from '../../wire/ssl2.js';
import { tlsAlertName } from '../../wire/tls-names.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { TlsHandshake } from '../tls-handshake.js';

// RFC 8446 5.1, RFC 5246 6.2.1.
const HEADER_BYTES = 5;
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
/** 2^14 and what a cipher may add (RFC 5246 6.2.3). */
const RECORD_BYTES_MAX = 16_384 + 2_048;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const FATAL = 2;

/** TLS and SSL 3.0 over TCP, on any port. */
export const TLS: Protocol = {
  name: 'tls',
  transport: 'tcp',
  datasets: ['tls'],
  recognise,
  open: (conversation) => new TlsSession(conversation),
};

/** A handshake record that begins with a hello. */
function recognise(b: Buffer, start: number, end: number): Verdict {
  // RFC 5246 E.2: a hello of version 2 that offers a later one.
  if (u8(b, start) !== HANDSHAKE) return isSsl2Hello(b, start, end, isVersion) ? Verdict.Yes : Verdict.No;
  if (end - start < HEADER_BYTES + 1) return Verdict.More;
  const size = u16(b, start + 3);
  const type = u8(b, start + HEADER_BYTES);
  const isHello = type === CLIENT_HELLO || type === SERVER_HELLO;
  return isVersion(u8(b, start + 1), u8(b, start + 2)) && size >= 4 && size <= RECORD_BYTES_MAX && isHello
    ? Verdict.Yes
    : Verdict.No;
}

const isVersion = (major: number, minor: number): boolean => major === 3 && minor <= 4;

/** One connection: the handshake as far as it can be read, and whether both sides went on in ciphertext. */
class TlsSession implements Session {
  readonly #conversation: Conversation;
  readonly #handshake = new TlsHandshake('t');
  /** Sides that have changed to ciphertext, and sides that have said something in it. */
  readonly #isSecret: [boolean, boolean] = [false, false];
  readonly #hasSpoken: [boolean, boolean] = [false, false];
  #startUs = 0;
  #alert: number | undefined;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    let at = start;
    if ((u8(b, at) & 0x80) !== 0 && !this.#handshake.hasBegun) at = this.#skipOldHello(b, start, end);
    while (end - at >= HEADER_BYTES) {
      const type = u8(b, at);
      const size = u16(b, at + 3);
      const isRecord = type >= CHANGE_CIPHER_SPEC && type <= 24 && u8(b, at + 1) === 3 && size <= RECORD_BYTES_MAX;
      if (!isRecord) return DONE;
      const recordEnd = at + HEADER_BYTES + size;
      const isReadable = type === HANDSHAKE || type === ALERT;
      if (recordEnd > end && (isReadable || type === CHANGE_CIPHER_SPEC)) break;
      if (!this.#onRecord(side as 0 | 1, type, b, at + HEADER_BYTES, recordEnd) || this.#isEstablished()) return DONE;
      at = recordEnd;
    }
    return at - start;
  }

  onEnd(): void {
    if (this.#isTold || !this.#handshake.hasBegun) return;
    this.#isTold = true;
    this.#conversation.emit('tls', this.#startUs, {
      ...this.#handshake.fields(this.#isEstablished()),
      ...(this.#alert === undefined ? {} : { 'hinomi.tls.alert': tlsAlertName(this.#alert) }),
    });
  }

  /** @returns false when nothing more can be read */
  #onRecord(side: 0 | 1, type: number, b: Buffer, start: number, end: number): boolean {
    switch (type) {
      case CHANGE_CIPHER_SPEC:
        // In 1.3 it means nothing (RFC 8446 D.4).
        if (!this.#handshake.isVersion13) this.#isSecret[side] = true;
        return true;
      case ALERT:
        return this.#onAlert(side, b, start, end);
      case HANDSHAKE:
        if (!this.#isSecret[side]) return this.#handshake.onBytes(side, b, start, end);
        this.#hasSpoken[side] = true;
        return true;
      case APPLICATION_DATA:
        this.#hasSpoken[side] = true;
        return true;
      default:
        return true;
    }
  }

  /** An alert in ciphertext is longer than two bytes, and its words are not ours to read. */
  #onAlert(side: 0 | 1, b: Buffer, start: number, end: number): boolean {
    if (this.#isSecret[side] || end - start !== 2) return true;
    const isFatal = u8(b, start) === FATAL;
    this.#alert ??= u8(b, start + 1);
    return !isFatal;
  }

  #isEstablished(): boolean {
    return this.#handshake.hasServerHello && this.#hasSpoken[0] && this.#hasSpoken[1];
  }

  #skipOldHello(b: Buffer, start: number, end: number): number {
    return Math.min(end, start + 2 + (((u8(b, start) & 0x7f) << 8) | u8(b, start + 1)));
  }
}
