import { keepBytes, u8, u16 } from '../wire/bytes.js';
import { type Certificate, readCertificate } from '../wire/certificate.js';
import { tlsCipherName } from '../wire/tls-ciphers.js';
import { type ClientTraits, clientTraits, ja3s } from '../wire/tls-fingerprints.js';
import { decodeClientHello, decodeServerHello, type ServerHello } from '../wire/tls-hello.js';
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

/** What is kept of a ClientHello: many handshakes are open at once, so what all of one program share is shared. */
interface ClientSaid {
  readonly serverName: string | undefined;
  /** Until the server has answered. */
  sessionId: string;
  readonly hasEch: boolean;
  readonly traits: ClientTraits;
}

interface ServerSaid extends Pick<ServerHello, 'chosenVersion' | 'cipher' | 'group' | 'alpn' | 'hasPreSharedKey'> {
  readonly ja3s: string;
  /** It gave back the session that the client offered. */
  readonly isOffered: boolean;
}

/** One side's messages that came in parts, and its certificates. Made for those who have some. */
interface HandshakeSide {
  pending: Buffer;
  /** Bytes of a message in the middle that are too many to keep. */
  skip: number;
  certificate: Certificate | undefined;
  certificateCount: number;
}

/** What the readable part of one handshake said: the same for TLS, DTLS and QUIC. */
export class TlsHandshake {
  /** The side that said ClientHello; until then the originator is taken for it. */
  clientSide = 0;
  #client: ClientSaid | undefined;
  #server: ServerSaid | undefined;
  readonly #transport: TlsTransport;
  #first: HandshakeSide | undefined;
  #second: HandshakeSide | undefined;
  #curve: number | undefined;

  constructor(transport: TlsTransport) {
    this.#transport = transport;
  }

  /** Whether something was read that is worth telling. */
  get hasBegun(): boolean {
    return this.#client !== undefined || this.#server !== undefined;
  }

  /** By ALPN. */
  get offeredProtocols(): readonly string[] {
    return this.#client?.traits.alpn ?? [];
  }

  get hasServerHello(): boolean {
    return this.#server !== undefined;
  }

  /** Bytes of the handshake layer of one side, in order. @returns false when they are no handshake */
  onBytes(side: number, b: Buffer, start: number, end: number): boolean {
    const known = this.#sideOf(side);
    const skipped = Math.min(known?.skip ?? 0, end - start);
    const fresh = b.subarray(start + skipped, end);
    const pending = known?.pending ?? NOTHING;
    const bytes = pending.length === 0 ? fresh : Buffer.concat([pending, fresh]);
    let skip = (known?.skip ?? 0) - skipped;
    let from = 0;
    while (bytes.length - from >= HEADER_BYTES) {
      const size = (u8(bytes, from + 1) << 16) | u16(bytes, from + 2);
      const messageEnd = from + HEADER_BYTES + size;
      if (size > MESSAGE_BYTES_MAX) {
        skip = Math.max(0, messageEnd - bytes.length);
      } else if (messageEnd > bytes.length) {
        break;
      } else if (!this.onMessage(side, u8(bytes, from), bytes, from + HEADER_BYTES, messageEnd)) {
        return false;
      }
      from = Math.min(messageEnd, bytes.length);
    }
    this.#keep(side, bytes, from, skip);
    return true;
  }

  #keep(side: number, bytes: Buffer, from: number, skip: number): void {
    if (from === bytes.length && skip === 0 && this.#sideOf(side) === undefined) return;
    const kept = this.#madeSideOf(side);
    // A copy: what was given is valid during the call only.
    kept.pending = from === bytes.length ? NOTHING : keepBytes(bytes, from, bytes.length);
    kept.skip = skip;
  }

  #sideOf(side: number): HandshakeSide | undefined {
    return side === 0 ? this.#first : this.#second;
  }

  #madeSideOf(side: number): HandshakeSide {
    const made = this.#sideOf(side) ?? { pending: NOTHING, skip: 0, certificate: undefined, certificateCount: 0 };
    if (side === 0) this.#first = made;
    else this.#second = made;
    return made;
  }

  /** One whole message of [start, end), without its header. @returns false when it is none */
  onMessage(side: number, type: number, b: Buffer, start: number, end: number): boolean {
    switch (type) {
      case CLIENT_HELLO: {
        const hello = decodeClientHello(b, start, end, this.#transport === 'd');
        if (hello === undefined) return false;
        this.clientSide = side;
        this.#client ??= {
          serverName: hello.serverName,
          sessionId: hello.sessionId,
          hasEch: hello.hasEch,
          traits: clientTraits(hello, this.#transport),
        };
        return true;
      }
      case SERVER_HELLO: {
        const hello = decodeServerHello(b, start, end);
        if (hello === undefined) return false;
        this.clientSide = 1 - side;
        if (!hello.isRetry) this.#server ??= this.#serverSaid(hello);
        return true;
      }
      case CERTIFICATE:
        this.#readCertificates(side, b, start, end);
        return true;
      case SERVER_KEY_EXCHANGE:
        if (end - start >= 3 && u8(b, start) === NAMED_CURVE) this.#curve = u16(b, start + 1);
        return true;
      default:
        return true;
    }
  }

  #serverSaid(hello: ServerHello): ServerSaid {
    const { chosenVersion, cipher, group, alpn, hasPreSharedKey, sessionId } = hello;
    const isOffered = sessionId !== '' && sessionId === this.#client?.sessionId;
    if (this.#client !== undefined) this.#client.sessionId = '';
    return { chosenVersion, cipher, group, alpn, hasPreSharedKey, isOffered, ja3s: ja3s(hello) };
  }

  /** Whether the server took up an earlier session. */
  get isResumed(): boolean {
    const server = this.#server;
    if (server === undefined) return false;
    if (server.hasPreSharedKey) return true;
    return server.isOffered && !this.hasServerCertificate && !isNewest(server);
  }

  /** Version 1.3 hides everything behind the ServerHello. */
  get isVersion13(): boolean {
    return this.#server !== undefined && isNewest(this.#server);
  }

  get hasServerCertificate(): boolean {
    return (this.#sideOf(1 - this.clientSide)?.certificateCount ?? 0) > 0;
  }

  /** Fields of the `tls` record; undefined ones are none. */
  fields(isEstablished: boolean): Record<string, unknown> {
    const client = this.#client;
    const server = this.#server;
    const clientCertificate = client === undefined ? undefined : this.#sideOf(this.clientSide)?.certificate;
    const serverSide = server === undefined ? undefined : this.#sideOf(1 - this.clientSide);
    const version = server === undefined ? undefined : tlsVersionName(server.chosenVersion);
    const curve = server === undefined ? undefined : (server.group ?? this.#curve);
    const fields = {
      'tls.client.server_name': client?.serverName,
      'tls.client.ja3': client?.traits.ja3,
      'tls.client.ja4': client?.traits.ja4,
      'hinomi.tls.alpn': this.offeredProtocols.length === 0 ? undefined : this.offeredProtocols,
      'hinomi.tls.ech': client?.hasEch || undefined,
      'tls.client.subject': clientCertificate?.subject,
      'tls.client.issuer': clientCertificate?.issuer,
      'tls.version': version?.version,
      'tls.version_protocol': version?.protocol,
      'tls.cipher': server === undefined ? undefined : tlsCipherName(server.cipher),
      'tls.curve': curve === undefined ? undefined : tlsGroupName(curve),
      'tls.next_protocol': server?.alpn,
      'tls.server.ja3s': server?.ja3s,
      'tls.established': isEstablished,
      'tls.resumed': this.isResumed,
    };
    const certificate = serverSide?.certificate;
    return certificate === undefined
      ? fields
      : { ...fields, ...certificateFields(certificate, serverSide?.certificateCount ?? 0) };
  }

  /** RFC 5246 7.4.2: a list of lengths and certificates; the first is the sender's own. */
  #readCertificates(side: number, b: Buffer, start: number, end: number): void {
    if (end - start < 3) return;
    const from = this.#madeSideOf(side);
    const listEnd = Math.min(end, start + 3 + ((u8(b, start) << 16) | u16(b, start + 1)));
    for (let at = start + 3; at + 3 <= listEnd && from.certificateCount < CERTIFICATES_MAX; ) {
      const to = at + 3 + ((u8(b, at) << 16) | u16(b, at + 1));
      if (to > listEnd) return;
      from.certificate ??= readCertificate(b.subarray(at + 3, to));
      from.certificateCount += 1;
      at = to;
    }
  }
}

function isNewest(hello: ServerSaid): boolean {
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
