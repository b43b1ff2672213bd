import { type Bytes, u8 } from './bytes.js';
import { type DerElement, derChildren, derField, derInteger, readDer } from './der.js';
import { kerberosCipher, kerberosError, kerberosPreauth } from './kerberos-names.js';
import { pkinitCertificate } from './pkinit.js';

const TEXT_BYTES_MAX = 512;
const AS_REQUEST = 0x6a;
const AS_REPLY = 0x6b;
const TGS_REQUEST = 0x6c;
const TGS_REPLY = 0x6d;
const AP_REQUEST = 0x6e;
const AP_REPLY = 0x6f;
const ERROR = 0x7e;
const LIST_MAX = 32;
/** RFC 4120 5.4.1: bits of kdc-options, from the left. */
const Option = { Forwardable: 1, Renewable: 8, ForAnother: 14, UserToUser: 28, Renew: 30 } as const;
/** [MS-SFU] 2.2.1: for whom a service asks a ticket to itself. */
const FOR_USER = 129;
/** RFC 4556 3.1.3: what the client, and what the KDC logs in by a certificate with. */
const PKINIT: ReadonlySet<number> = new Set([16, 17]);

/** What a message says of who wants what. RFC 4120 5. */
export interface Kerberos {
  readonly kind: 'request' | 'reply' | 'error';
  readonly operation: 'AS' | 'TGS' | 'AP' | undefined;
  readonly client: string | undefined;
  readonly realm: string | undefined;
  readonly service: string | undefined;
  /** Of the ticket in a reply, or in what is shown to a service. */
  readonly cipher: string | undefined;
  readonly error: string | undefined;
  /** What the server says beside the error's number. */
  readonly errorText: string | undefined;
  readonly request: KerberosRequest | undefined;
  /** In DER, of who logs in by one. A copy. */
  readonly certificate: Buffer | undefined;
}

/** What only a request has. */
export interface KerberosRequest {
  readonly ciphers: readonly string[];
  /** By which the client shows who it is, or what else it says. */
  readonly preauth: readonly string[];
  readonly options: readonly string[];
  /** Until when the ticket is wanted, as `20370913024805Z`. */
  readonly till: string | undefined;
  /** By which a request that is sent again is known. */
  readonly nonce: number | undefined;
  /** In whose name a service asks. */
  readonly forUser: string | undefined;
}

/** Whether bytes may begin with one of the messages to or from a KDC. */
export function looksLikeKerberos(b: Bytes, start: number, end: number): boolean {
  const tag = u8(b, start);
  const isKnown = (tag >= AS_REQUEST && tag <= TGS_REPLY) || tag === ERROR;
  const outer = isKnown ? readDer(b, start, end) : undefined;
  return outer !== undefined && u8(b, outer.start) === 0x30;
}

/** Whether a message of which perhaps not all is there is as long as the frame around it says. RFC 4120 7.2.2. */
export function isKerberosOf(b: Bytes, start: number, bytes: number): boolean {
  const tag = u8(b, start);
  if ((tag < AS_REQUEST || tag > TGS_REPLY) && tag !== ERROR) return false;
  const first = u8(b, start + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4) return false;
  let length = lengthBytes === 0 ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + u8(b, start + 2 + i);
  return 2 + lengthBytes + length === bytes;
}

/** @returns undefined for what is none of these messages, or damaged */
export function decodeKerberos(b: Bytes, start: number, end: number): Kerberos | undefined {
  const outer = readDer(b, start, end);
  const message = outer === undefined ? undefined : readDer(b, outer.start, outer.end);
  if (outer === undefined || message?.tag !== 0x30) return undefined;
  switch (outer.tag) {
    case AS_REQUEST:
    case TGS_REQUEST:
      return request(b, message, outer.tag === AS_REQUEST ? 'AS' : 'TGS');
    case AS_REPLY:
    case TGS_REPLY:
      return reply(b, message, outer.tag === AS_REPLY ? 'AS' : 'TGS');
    case AP_REQUEST:
      return { ...nothing('request', 'AP'), ...ofTicket(b, derField(b, message, 3), true) };
    case AP_REPLY:
      return nothing('reply', 'AP');
    case ERROR:
      return error(b, message);
    default:
      return undefined;
  }
}

function request(b: Bytes, message: DerElement, operation: 'AS' | 'TGS'): Kerberos {
  const body = derField(b, message, 4);
  const { certificate, ...said } = preauthOf(b, derField(b, message, 3));
  return {
    ...nothing('request', operation),
    certificate,
    client: principal(b, derField(b, body, 1)),
    realm: text(b, derField(b, body, 2)),
    service: principal(b, derField(b, body, 3)),
    request: {
      ...said,
      ciphers: list(b, derField(b, body, 8)).map((each) => kerberosCipher(derInteger(b, each) ?? 0)),
      options: optionsOf(b, derField(b, body, 0)),
      till: text(b, derField(b, body, 5)),
      nonce: derInteger(b, derField(b, body, 7)),
    },
  };
}

function reply(b: Bytes, message: DerElement, operation: 'AS' | 'TGS'): Kerberos {
  return {
    ...nothing('reply', operation),
    ...ofTicket(b, derField(b, message, 5), false),
    certificate: preauthOf(b, derField(b, message, 2)).certificate,
    client: principal(b, derField(b, message, 4)),
    realm: text(b, derField(b, message, 3)),
  };
}

function error(b: Bytes, message: DerElement): Kerberos {
  const said = text(b, derField(b, message, 11));
  return {
    ...nothing('error', undefined),
    client: principal(b, derField(b, message, 8)),
    realm: text(b, derField(b, message, 7)) ?? text(b, derField(b, message, 9)),
    service: principal(b, derField(b, message, 10)),
    error: kerberosError(derInteger(b, derField(b, message, 6)) ?? 0),
    // Some end it like a string of C.
    errorText: said === undefined ? undefined : said.replace(/\0+$/, ''),
  };
}

/** A ticket is sealed; for whom and with what stands outside. RFC 4120 5.3. */
function ofTicket(b: Bytes, wrapped: DerElement | undefined, withRealm: boolean): Partial<Kerberos> {
  const ticket = wrapped === undefined ? undefined : readDer(b, wrapped.start, wrapped.end);
  const cipher = derInteger(b, derField(b, derField(b, ticket, 3), 0));
  return {
    service: principal(b, derField(b, ticket, 2)),
    cipher: cipher === undefined ? undefined : kerberosCipher(cipher),
    ...(withRealm ? { realm: text(b, derField(b, ticket, 1)) } : {}),
  };
}

interface Preauth {
  readonly preauth: readonly string[];
  readonly forUser: string | undefined;
  readonly certificate: Buffer | undefined;
}

/** RFC 4120 5.2.7. */
function preauthOf(b: Bytes, data: DerElement | undefined): Preauth {
  const preauth: string[] = [];
  let forUser: string | undefined;
  let certificate: Buffer | undefined;
  for (const each of list(b, data)) {
    const type = derInteger(b, derField(b, each, 1));
    if (type === undefined) continue;
    preauth.push(kerberosPreauth(type));
    const value = derField(b, each, 2);
    if (value === undefined) continue;
    if (type === FOR_USER) forUser = principal(b, derField(b, readDer(b, value.start, value.end), 0));
    const place = PKINIT.has(type) ? pkinitCertificate(b, value) : undefined;
    if (place !== undefined) certificate = Buffer.from(b.subarray(place[0], place[1]));
  }
  return { preauth, forUser, certificate };
}

function optionsOf(b: Bytes, bits: DerElement | undefined): string[] {
  if (bits === undefined || bits.end - bits.start < 5) return [];
  const has = (bit: number): boolean => (u8(b, bits.start + 1 + (bit >> 3)) & (0x80 >> (bit & 7))) !== 0;
  return [
    ...(has(Option.Forwardable) ? ['forwardable'] : []),
    ...(has(Option.Renewable) ? ['renewable'] : []),
    ...(has(Option.ForAnother) ? ['cname-in-addl-tkt'] : []),
    ...(has(Option.UserToUser) ? ['enc-tkt-in-skey'] : []),
    ...(has(Option.Renew) ? ['renew'] : []),
  ];
}

function list(b: Bytes, element: DerElement | undefined): DerElement[] {
  return element === undefined ? [] : derChildren(b, element, LIST_MAX);
}

function nothing(kind: Kerberos['kind'], operation: Kerberos['operation']): Kerberos {
  return {
    kind,
    operation,
    client: undefined,
    realm: undefined,
    service: undefined,
    cipher: undefined,
    error: undefined,
    errorText: undefined,
    request: undefined,
    certificate: undefined,
  };
}

/** RFC 4120 5.2.2: the parts of a name, joined by slashes. */
function principal(b: Bytes, name: DerElement | undefined): string | undefined {
  const parts = derField(b, name, 1);
  if (parts === undefined) return undefined;
  const joined = derChildren(b, parts, 8)
    .map((part) => text(b, part) ?? '')
    .join('/');
  return joined === '' ? undefined : joined;
}

function text(b: Bytes, element: DerElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  return b.toString('utf8', element.start, Math.min(element.end, element.start + TEXT_BYTES_MAX));
}
