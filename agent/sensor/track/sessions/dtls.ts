import { u8, u16 } from '../../wire/bytes.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { TlsHandshake } from '../tls-handshake.js';

// RFC 6347 4.1: type, version, epoch, sequence number, length.
const HEADER_BYTES = 13;
// RFC 6347 4.2.2: type, length, message number, fragment offset and length.
const MESSAGE_HEADER_BYTES = 12;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const HELLO_VERIFY_REQUEST = 3;
const MESSAGE_BYTES_MAX = 2 ** 16;
const DATAGRAMS_MAX = 64;

/** DTLS 1.0 to 1.3 over UDP: telephones, VPNs, WebRTC. */
export const DTLS: Protocol = {
  name: 'dtls',
  transport: 'udp',
  datasets: ['tls'],
  recognise: (b, start, end) => {
    if (end - start < HEADER_BYTES + MESSAGE_HEADER_BYTES || u8(b, start) !== HANDSHAKE) return Verdict.No;
    const type = u8(b, start + HEADER_BYTES);
    const isHello = type === CLIENT_HELLO || type === SERVER_HELLO || type === HELLO_VERIFY_REQUEST;
    const isFirst = u16(b, start + 3) === 0 && isVersion(b, start + 1);
    const isWithin = u16(b, start + 11) <= end - start - HEADER_BYTES;
    return isHello && isFirst && isWithin ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new DtlsSession(conversation),
};

const isVersion = (b: Buffer, at: number): boolean => u8(b, at) === 0xfe && u8(b, at + 1) >= 0xfc;

/** A message in fragments, of which the next one is waited for. */
interface Partial {
  number: number;
  bytes: Buffer;
  /** Bytes from its beginning without a hole. */
  filled: number;
}

class DtlsSession implements Session {
  readonly #conversation: Conversation;
  readonly #handshake = new TlsHandshake('d');
  readonly #partial: [Partial | undefined, Partial | undefined] = [undefined, undefined];
  readonly #hasSpoken: [boolean, boolean] = [false, false];
  #datagrams = 0;
  #startUs = 0;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    this.#datagrams += 1;
    for (let at = start; end - at >= HEADER_BYTES && isVersion(b, at + 1); ) {
      const recordEnd = at + HEADER_BYTES + u16(b, at + 11);
      if (recordEnd > end) break;
      this.#onRecord(side as 0 | 1, b, at, recordEnd);
      at = recordEnd;
    }
    return this.#isEstablished || this.#datagrams >= DATAGRAMS_MAX ? DONE : 0;
  }

  onEnd(): void {
    if (this.#isTold || !this.#handshake.hasBegun) return;
    this.#isTold = true;
    this.#conversation.emit('tls', this.#startUs, this.#handshake.fields(this.#isEstablished));
  }

  get #isEstablished(): boolean {
    return this.#handshake.hasServerHello && this.#hasSpoken[0] && this.#hasSpoken[1];
  }

  #onRecord(side: 0 | 1, b: Buffer, at: number, recordEnd: number): void {
    const type = u8(b, at);
    const isSecret = u16(b, at + 3) > 0;
    if (isSecret && (type === HANDSHAKE || type === APPLICATION_DATA)) this.#hasSpoken[side] = true;
    if (isSecret || type === CHANGE_CIPHER_SPEC || type !== HANDSHAKE) return;
    for (let message = at + HEADER_BYTES; recordEnd - message >= MESSAGE_HEADER_BYTES; ) {
      const fragmentEnd = message + MESSAGE_HEADER_BYTES + u24(b, message + 9);
      if (fragmentEnd > recordEnd) return;
      this.#onFragment(side, b, message, fragmentEnd);
      message = fragmentEnd;
    }
  }

  #onFragment(side: 0 | 1, b: Buffer, at: number, end: number): void {
    const type = u8(b, at);
    const size = u24(b, at + 1);
    const offset = u24(b, at + 6);
    const from = at + MESSAGE_HEADER_BYTES;
    if (size > MESSAGE_BYTES_MAX || offset + (end - from) > size) return;
    if (offset === 0 && end - from === size) {
      this.#handshake.onMessage(side, type, b, from, end);
      return;
    }
    const number = u16(b, at + 4);
    let partial = this.#partial[side];
    if (partial?.number !== number || partial.bytes.length !== size) {
      partial = { number, bytes: Buffer.alloc(size), filled: 0 };
      this.#partial[side] = partial;
    }
    if (offset > partial.filled) return;
    b.copy(partial.bytes, offset, from, end);
    partial.filled = Math.max(partial.filled, offset + (end - from));
    if (partial.filled < size) return;
    this.#partial[side] = undefined;
    this.#handshake.onMessage(side, type, partial.bytes, 0, size);
  }
}

function u24(b: Buffer, at: number): number {
  return (u8(b, at) << 16) | u16(b, at + 1);
}
