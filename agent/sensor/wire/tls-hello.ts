import { createHash } from 'node:crypto';
import { type Bytes, u8, u16 } from './bytes.js';

const RANDOM_BYTES = 32;
const NAME_CHARACTERS_MAX = 255;
const ALPN_MAX = 32;

// IANA, TLS ExtensionType Values.
const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const EC_POINT_FORMATS = 11;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const SESSION_TICKET = 35;
const PRE_SHARED_KEY = 41;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;

/** SHA-256 of "HelloRetryRequest": a ServerHello with it asks for another ClientHello. RFC 8446 4.1.3. */
const RETRY_RANDOM = createHash('sha256').update('HelloRetryRequest').digest();

/** RFC 8446 4.1.2, RFC 5246 7.4.1.2. Lists in the order of the wire, GREASE included. */
export interface ClientHello {
  readonly version: number;
  readonly sessionId: string;
  readonly ciphers: readonly number[];
  readonly extensions: readonly number[];
  serverName: string | undefined;
  alpn: string[];
  groups: number[];
  pointFormats: number[];
  signatureAlgorithms: number[];
  supportedVersions: number[];
  hasTicket: boolean;
  hasEch: boolean;
  /** The list of extensions said more than there was. */
  isCut: boolean;
}

/** RFC 8446 4.1.3, RFC 5246 7.4.1.3. */
export interface ServerHello {
  readonly version: number;
  readonly sessionId: string;
  readonly cipher: number;
  readonly extensions: readonly number[];
  /** From supported_versions, or the version of the message. */
  chosenVersion: number;
  alpn: string | undefined;
  group: number | undefined;
  hasPreSharedKey: boolean;
  isRetry: boolean;
}

/** Numbers of two bytes (RFC 8701) that mean nothing on purpose. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

/** @param start behind the four bytes of the handshake header @returns undefined when it is damaged */
export function decodeClientHello(b: Bytes, start: number, end: number, isDatagram = false): ClientHello | undefined {
  let at = start + 2 + RANDOM_BYTES;
  if (at + 1 > end) return undefined;
  const idEnd = at + 1 + u8(b, at);
  if (idEnd + 2 > end) return undefined;
  const sessionId = b.toString('hex', at + 1, idEnd);
  at = idEnd;
  if (isDatagram) {
    // RFC 6347 4.2.1: a cookie.
    at += 1 + u8(b, at);
    if (at + 2 > end) return undefined;
  }
  const ciphersEnd = at + 2 + u16(b, at);
  if (ciphersEnd + 1 > end) return undefined;
  const ciphers = numbers(b, at + 2, ciphersEnd);
  at = ciphersEnd + 1 + u8(b, ciphersEnd);
  if (at > end) return undefined;
  const hello: ClientHello = {
    version: u16(b, start),
    sessionId,
    ciphers,
    extensions: [],
    serverName: undefined,
    alpn: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    supportedVersions: [],
    hasTicket: false,
    hasEch: false,
    isCut: false,
  };
  hello.isCut = !eachExtension(b, at, end, hello.extensions as number[], (type, from, to) =>
    readClientExtension(hello, b, type, from, to),
  );
  return hello;
}

/** @param start behind the four bytes of the handshake header @returns undefined when it is damaged */
export function decodeServerHello(b: Bytes, start: number, end: number): ServerHello | undefined {
  const at = start + 2 + RANDOM_BYTES;
  if (at + 1 > end) return undefined;
  const version = u16(b, start);
  // Drafts of 1.3 up to 21 left out the session and the compression.
  const isDraft = version >= 0x7f00 && version <= 0x7f15;
  const idEnd = isDraft ? at : at + 1 + u8(b, at);
  const extensionsAt = idEnd + (isDraft ? 2 : 3);
  if (extensionsAt > end) return undefined;
  const hello: ServerHello = {
    version,
    sessionId: isDraft ? '' : b.toString('hex', at + 1, idEnd),
    cipher: u16(b, idEnd),
    extensions: [],
    chosenVersion: version,
    alpn: undefined,
    group: undefined,
    hasPreSharedKey: false,
    isRetry: RETRY_RANDOM.equals(b.subarray(start + 2, at)),
  };
  eachExtension(b, extensionsAt, end, hello.extensions as number[], (type, from, to) => {
    if (type === SUPPORTED_VERSIONS && to - from >= 2) hello.chosenVersion = u16(b, from);
    else if (type === KEY_SHARE && to - from >= 2) hello.group = u16(b, from);
    else if (type === PRE_SHARED_KEY) hello.hasPreSharedKey = true;
    else if (type === ALPN) hello.alpn = readAlpn(b, from, to)[0];
  });
  return hello;
}

/** @returns false when the list ended in the middle of an extension */
function eachExtension(
  b: Bytes,
  start: number,
  end: number,
  types: number[],
  read: (type: number, from: number, to: number) => void,
): boolean {
  if (start + 2 > end) return true;
  const listEnd = Math.min(end, start + 2 + u16(b, start));
  let at = start + 2;
  while (at + 4 <= listEnd) {
    const type = u16(b, at);
    const to = at + 4 + u16(b, at + 2);
    if (to > listEnd) return false;
    types.push(type);
    read(type, at + 4, to);
    at = to;
  }
  return at === listEnd;
}

function readClientExtension(hello: ClientHello, b: Bytes, type: number, from: number, to: number): void {
  switch (type) {
    case SERVER_NAME:
      hello.serverName ??= readServerName(b, from, to);
      return;
    case SUPPORTED_GROUPS:
      if (to - from >= 2) hello.groups = numbers(b, from + 2, Math.min(to, from + 2 + u16(b, from)));
      return;
    case EC_POINT_FORMATS:
      if (to > from) hello.pointFormats = [...b.subarray(from + 1, Math.min(to, from + 1 + u8(b, from)))];
      return;
    case SIGNATURE_ALGORITHMS:
      if (to - from >= 2) hello.signatureAlgorithms = numbers(b, from + 2, Math.min(to, from + 2 + u16(b, from)));
      return;
    case ALPN:
      hello.alpn = readAlpn(b, from, to);
      return;
    case SUPPORTED_VERSIONS:
      if (to > from) hello.supportedVersions = numbers(b, from + 1, Math.min(to, from + 1 + u8(b, from)));
      return;
    case SESSION_TICKET:
      hello.hasTicket = to > from;
      return;
    case ENCRYPTED_CLIENT_HELLO:
      hello.hasEch = true;
      return;
    default:
      return;
  }
}

/** RFC 6066 3: a list, of which only host names exist. */
function readServerName(b: Bytes, from: number, to: number): string | undefined {
  if (to - from < 5 || u8(b, from + 2) !== 0) return undefined;
  const nameEnd = Math.min(to, from + 5 + u16(b, from + 3));
  return b.toString('utf8', from + 5, Math.min(nameEnd, from + 5 + NAME_CHARACTERS_MAX));
}

/** RFC 7301 3.1. Bytes as Latin-1, so that each keeps its place. */
function readAlpn(b: Bytes, from: number, to: number): string[] {
  const list: string[] = [];
  for (let at = from + 2; at < to && list.length < ALPN_MAX; ) {
    const nameEnd = at + 1 + u8(b, at);
    if (nameEnd > to) break;
    list.push(b.toString('latin1', at + 1, nameEnd));
    at = nameEnd;
  }
  return list;
}

function numbers(b: Bytes, from: number, to: number): number[] {
  const list: number[] = [];
  for (let at = from; at + 2 <= to; at += 2) list.push(u16(b, at));
  return list;
}
