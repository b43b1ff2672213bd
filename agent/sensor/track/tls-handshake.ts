import { u8, u16 } from '../wire/bytes.js';
import { type Certificate, readCertificate } from '../wire/certificate.js';
import { tlsCipherName } from '../wire/tls-ciphers.js';
import { clientFingerprints, ja3s } from '../wire/tls-fingerprints.js';
import { type ClientHello, decodeClientHello, decodeServerHello, type ServerHello } from '../wire/tls-hello.js';
import { tlsGroupName, tlsVersionName } from '../wire/tls-names.js';

// RFC 8446 4, RFC 5246 7.4.
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const HEADER_BYTES = 4;
/** A chain of certificates fits many times. */
const MESSAGE_BYTES_MAX = 2 ** 16;
const CERTIFICATES_MAX = 32;
const NAMED_CURVE = 3;

export type TlsTransport = 't' | 'q' | 'd';
const NOTHING = Buffer.alloc(0);

/** What the readable part of one handshake said: the same for TLS, DTLS and QUIC. */
export class TlsHandshake {
  clientHello: ClientHello | undefined;
  serverHello: ServerHello | undefined;
  /** The side that said ClientHello; until then the originator is taken for it. */
  clientSide = 0;
  readonly #transport: TlsTransport;
  readonly #pending: [Buffer, Buffer] = [NOTHING, NOTHING];
  /** Bytes of a message in the middle that are too many to keep. */
  readonly #skip: [number, number] = [0, 0];
  readonly #certificates: [Certificate | undefined, Certificate | undefined] = [undefined, undefined];
  readonly #certificateCount: [number, number] = [0, 0];
  #curve: number | undefined;

  constructor(transport: TlsTransport) {
    this.#transport = transport;
  }

  /** Whether something was read that is worth telling. */
  get hasBegun(): boolean {
    return this.clientHello !== undefined || this.serverHello !== undefined;
  }

  /** Bytes of the handshake layer of one side, in order. @returns false when they are no handshake */
  onBytes(side: number, b: Buffer, start: number, end: number): boolean {
    const at = side as 0 | 1;
    const skipped = Math.min(this.#skip[at], end - start);
    this.#skip[at] -= skipped;
    const fresh = b.subarray(start + skipped, end);
    const bytes = this.#pending[at].length === 0 ? fresh : Buffer.concat([this.#pending[at], fresh]);
    let from = 0;
    while (bytes.length - from >= HEADER_BYTES) {
      const size = (u8(bytes, from + 1) << 16) | u16(bytes, from + 2);
      const messageEnd = from + HEADER_BYTES + size;
      if (size > MESSAGE_BYTES_MAX) {
        this.#skip[at] = Math.max(0, messageEnd - bytes.length);
      } else if (messageEnd > bytes.length) {
        break;
      } else if (!this.onMessage(side, u8(bytes, from), bytes, from + HEADER_BYTES, messageEnd)) {
        return false;
      }
      from = Math.min(messageEnd, bytes.length);
    }
    // A copy: what was given is valid during the call only.
    this.#pending[at] = from === bytes.length ? NOTHING : Buffer.from(bytes.subarray(from));
    return true;
  }

  /** One whole message of [start, end), without its header. @returns false when it is none */
  onMessage(side: number, type: number, b: Buffer, start: number, end: number): boolean {
    switch (type) {
      case CLIENT_HELLO: {
        const hello = decodeClientHello(b, start, end, this.#transport === 'd');
        if (hello === undefined) return false;
        this.clientSide = side;
        this.clientHello ??= hello;
        return true;
      }
      case SERVER_HELLO: {
        const hello = decodeServerHello(b, start, end);
        if (hello === undefined) return false;
        this.clientSide = 1 - side;
        if (!hello.isRetry) this.serverHello ??= hello;
        return true;
      }
      case CERTIFICATE:
        this.#readCertificates(side as 0 | 1, b, start, end);
        return true;
      case SERVER_KEY_EXCHANGE:
        if (end - start >= 3 && u8(b, start) === NAMED_CURVE) this.#curve = u16(b, start + 1);
        return true;
      default:
        return true;
    }
  }

  /** Whether the server took up an earlier session. */
  get isResumed(): boolean {
    const server = this.serverHello;
    if (server === undefined) return false;
    if (server.hasPreSharedKey) return true;
    if (this.#certificateCount[(1 - this.clientSide) as 0 | 1] > 0 || isNewest(server)) return false;
    const client = this.clientHello;
    if (client === undefined) return false;
    return server.sessionId !== '' && server.sessionId === client.sessionId;
  }

  /** Version 1.3 hides everything behind the ServerHello. */
  get isVersion13(): boolean {
    return this.serverHello !== undefined && isNewest(this.serverHello);
  }

  get hasServerCertificate(): boolean {
    return this.#certificateCount[(1 - this.clientSide) as 0 | 1] > 0;
  }

  /** Fields of the `tls` record. */
  fields(isEstablished: boolean): Record<string, unknown> {
    return {
      ...this.#clientFields(),
      ...this.#serverFields(),
      'tls.established': isEstablished,
      'tls.resumed': this.isResumed,
    };
  }

  #clientFields(): Record<string, unknown> {
    const hello = this.clientHello;
    if (hello === undefined) return {};
    const certificate = this.#certificates[this.clientSide as 0 | 1];
    const { ja3, ja4 } = clientFingerprints(hello, this.#transport);
    return {
      ...(hello.serverName === undefined ? {} : { 'tls.client.server_name': hello.serverName }),
      'tls.client.ja3': ja3,
      'tls.client.ja4': ja4,
      ...(hello.alpn.length === 0 ? {} : { 'hinomi.tls.alpn': hello.alpn }),
      ...(hello.hasEch ? { 'hinomi.tls.ech': true } : {}),
      ...(certificate === undefined
        ? {}
        : { 'tls.client.subject': certificate.subject, 'tls.client.issuer': certificate.issuer }),
    };
  }

  #serverFields(): Record<string, unknown> {
    const hello = this.serverHello;
    if (hello === undefined) return {};
    const { version, protocol } = tlsVersionName(hello.chosenVersion);
    const curve = hello.group ?? this.#curve;
    const server = (1 - this.clientSide) as 0 | 1;
    return {
      'tls.version': version,
      'tls.version_protocol': protocol,
      'tls.cipher': tlsCipherName(hello.cipher),
      ...(curve === undefined ? {} : { 'tls.curve': tlsGroupName(curve) }),
      ...(hello.alpn === undefined ? {} : { 'tls.next_protocol': hello.alpn }),
      'tls.server.ja3s': ja3s(hello),
      ...certificateFields(this.#certificates[server], this.#certificateCount[server]),
    };
  }

  /** RFC 5246 7.4.2: a list of lengths and certificates; the first is the sender's own. */
  #readCertificates(side: 0 | 1, b: Buffer, start: number, end: number): void {
    if (end - start < 3) return;
    const listEnd = Math.min(end, start + 3 + ((u8(b, start) << 16) | u16(b, start + 1)));
    for (let at = start + 3; at + 3 <= listEnd && this.#certificateCount[side] < CERTIFICATES_MAX; ) {
      const to = at + 3 + ((u8(b, at) << 16) | u16(b, at + 1));
      if (to > listEnd) return;
      this.#certificates[side] ??= readCertificate(b.subarray(at + 3, to));
      this.#certificateCount[side] += 1;
      at = to;
    }
  }
}

function isNewest(hello: ServerHello): boolean {
  const { version, protocol } = tlsVersionName(hello.chosenVersion);
  return version === '1.3' && protocol !== 'ssl';
}

/** What a record says of a server's first certificate. @param count of all that it sent */
export function certificateFields(certificate: Certificate | undefined, count: number): Record<string, unknown> {
  if (certificate === undefined) return {};
  const { subject, issuer, notBefore, notAfter, sha1, sha256, alternativeNames } = certificate;
  return {
    'tls.server.subject': subject,
    'tls.server.issuer': issuer,
    ...(notBefore === undefined ? {} : { 'tls.server.not_before': notBefore }),
    ...(notAfter === undefined ? {} : { 'tls.server.not_after': notAfter }),
    'tls.server.hash.sha1': sha1,
    'tls.server.hash.sha256': sha256,
    ...(alternativeNames.length === 0 ? {} : { 'hinomi.tls.subject_alternative_names': alternativeNames }),
    'hinomi.tls.certificates': count,
  };
}
