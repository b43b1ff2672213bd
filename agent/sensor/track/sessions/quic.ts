import { keepBytes, u8 } from '../../wire/bytes.js';
import {
  clientKeys,
  decodeQuicHeader,
  eachCryptoFrame,
  looksLikeQuic,
  openInitial,
  type QuicHeader,
  type QuicKeys,
  QuicPacket,
  quicVersionName,
  serverKeys,
} from '../../wire/quic.js';
import { optional } from '../optional.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { Segments } from '../stream-segments.js';
import { TlsHandshake } from '../tls-handshake.js';

/** RFC 9000 14.1: a client's first datagram is padded to this. */
const FIRST_BYTES_MIN = 1_200;
const INITIALS_MAX = 32;
/** Packets of one datagram: one of each kind is what RFC 9000 12.2 is for. */
const COALESCED_MAX = 6;
const FAILURES_MAX = 4;
const CRYPTO_BYTES_MAX = 2 ** 16;
const PIECES_MAX = 64;
const NO_ID = Buffer.alloc(0);

/** QUIC versions 1 and 2: the Initials hide nothing from who sees the first of them. */
export const QUIC: Protocol = {
  name: 'quic',
  transport: 'udp',
  datasets: ['tls'],
  recognise: (b, start, end) => {
    if (!looksLikeQuic(b, start, end)) return Verdict.No;
    const header = decodeQuicHeader(b, start, end);
    return header?.type === QuicPacket.Initial && end - start >= FIRST_BYTES_MIN ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new QuicSession(conversation),
};

/** The handshake's bytes of one side, put in order. */
class CryptoStream {
  #next = 0;
  readonly #ahead = new Segments();

  /** @returns false when a limit was passed */
  push(offset: number, bytes: Buffer, onBytes: (bytes: Buffer) => void): boolean {
    const distance = offset - this.#next;
    if (distance + bytes.length <= 0) return true;
    const fresh = distance < 0 ? bytes.subarray(-distance) : bytes;
    this.#ahead.insert(this.#next, Math.max(0, distance), fresh);
    for (let piece = this.#ahead.takeAt(this.#next); piece !== undefined; piece = this.#ahead.takeAt(this.#next)) {
      this.#next += piece.length;
      onBytes(piece);
    }
    return this.#next + this.#ahead.bytes <= CRYPTO_BYTES_MAX && this.#ahead.count <= PIECES_MAX;
  }
}

class QuicSession implements Session {
  readonly #conversation: Conversation;
  readonly #handshake = new TlsHandshake('q');
  readonly #streams = [new CryptoStream(), new CryptoStream()] as const;
  /** Of the client, and the id that they are made from; the server's when it speaks. */
  #clientKeys: QuicKeys | undefined;
  #serverKeys: QuicKeys | undefined;
  #id: Buffer = NO_ID;
  /** What the client calls itself, and the server once it has answered. */
  #clientId: Buffer = NO_ID;
  #serverId: Buffer | undefined;
  #clientSide = 0;
  #version = 0;
  #startUs = 0;
  #initials = 0;
  #failures = 0;
  #isEstablished = false;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    // A short header: the handshake is behind them.
    if ((u8(b, start) & 0x80) === 0) return this.#onProtected(side);
    let at = start;
    for (let count = 0; at < end && count < COALESCED_MAX; count++) {
      const header = decodeQuicHeader(b, at, end);
      if (header === undefined) break;
      if (header.type !== QuicPacket.Retry && side !== this.#clientSide) this.#serverId ??= keep(header.sourceId);
      if (header.type === QuicPacket.Initial && !this.#onInitial(side, b, header)) return DONE;
      if (header.type === QuicPacket.Handshake && this.#onProtected(side) === DONE) return DONE;
      at = header.end;
    }
    return 0;
  }

  onEnd(): void {
    if (this.#isTold || !this.#handshake.hasBegun) return;
    this.#isTold = true;
    this.#conversation.emit('tls', this.#startUs, {
      ...this.#handshake.fields(this.#isEstablished),
      ...this.#nextProtocol(),
      'hinomi.quic.version': quicVersionName(this.#version),
      'hinomi.quic.client_initial_id': this.#id.toString('hex'),
      ...optional('hinomi.quic.client_id', this.#clientId.toString('hex')),
      ...optional('hinomi.quic.server_id', this.#serverId?.toString('hex')),
    });
  }

  /** RFC 9001 8.1: without a protocol that both know there is no connection, so of one offered that one was taken. */
  #nextProtocol(): Record<string, string> {
    const offered = this.#handshake.offeredProtocols;
    return this.#isEstablished && offered.length === 1 ? optional('tls.next_protocol', offered[0]) : {};
  }

  /** The client speaks with keys that it has from the ServerHello only. */
  #onProtected(side: number): number {
    if (side !== this.#clientSide || !this.#handshake.hasBegun) return 0;
    this.#isEstablished = this.#handshake.hasServerHello;
    return this.#isEstablished ? DONE : 0;
  }

  /** @returns false when a limit was passed */
  #onInitial(side: number, b: Buffer, header: QuicHeader): boolean {
    this.#initials += 1;
    const frames = this.#open(side, b, header);
    if (frames === undefined) {
      this.#failures += 1;
      return this.#failures < FAILURES_MAX;
    }
    let isFine = this.#initials < INITIALS_MAX;
    eachCryptoFrame(frames, (offset, from, to) => {
      if (!isFine) return;
      isFine = this.#streams[side as 0 | 1].push(offset, frames.subarray(from, to), (bytes) => {
        if (!this.#handshake.onBytes(side, bytes, 0, bytes.length)) isFine = false;
      });
    });
    return isFine;
  }

  #open(side: number, b: Buffer, header: QuicHeader): Buffer | undefined {
    if (this.#clientKeys !== undefined && header.version === this.#version) {
      const keys = side === this.#clientSide ? this.#clientKeys : this.#keysOfServer();
      const frames = keys === undefined ? undefined : openInitial(b, header, keys);
      if (frames !== undefined) return frames;
    }
    // The first one, or the first after a Retry or a change of version: the keys are made anew from its id.
    const keys = clientKeys(header.version, header.destinationId);
    const frames = keys === undefined ? undefined : openInitial(b, header, keys);
    if (keys === undefined || frames === undefined) return undefined;
    this.#clientKeys = keys;
    this.#serverKeys = undefined;
    this.#id = keep(header.destinationId);
    this.#clientId = keep(header.sourceId);
    this.#serverId = undefined;
    this.#version = header.version;
    this.#clientSide = side;
    return frames;
  }

  #keysOfServer(): QuicKeys | undefined {
    this.#serverKeys ??= serverKeys(this.#version, this.#id);
    return this.#serverKeys;
  }
}

function keep(id: Buffer): Buffer {
  return keepBytes(id, 0, id.length);
}
