import { type Bytes, u8 } from './bytes.js';
import { type DerElement, derChildren, derField, derInteger, readDer } from './der.js';

const TEXT_BYTES_MAX = 512;
const AS_REQUEST = 0x6a;
const AS_REPLY = 0x6b;
const TGS_REQUEST = 0x6c;
const TGS_REPLY = 0x6d;
const ERROR = 0x7e;

/** What a message says of who wants what. RFC 4120 5. */
export interface Kerberos {
  readonly kind: 'request' | 'reply' | 'error';
  readonly operation: 'AS' | 'TGS' | undefined;
  readonly client: string | undefined;
  readonly realm: string | undefined;
  readonly service: string | undefined;
  /** Of the ticket in a reply. */
  readonly cipher: string | undefined;
  readonly error: string | undefined;
}

/** Whether bytes may begin with one of the messages. */
export function looksLikeKerberos(b: Bytes, start: number, end: number): boolean {
  const tag = u8(b, start);
  const isKnown = (tag >= AS_REQUEST && tag <= TGS_REPLY) || tag === ERROR;
  const outer = isKnown ? readDer(b, start, end) : undefined;
  return outer !== undefined && u8(b, outer.start) === 0x30;
}

/** @returns undefined for what is none of these messages, or damaged */
export function decodeKerberos(b: Bytes, start: number, end: number): Kerberos | undefined {
  const outer = readDer(b, start, end);
  const message = outer === undefined ? undefined : readDer(b, outer.start, outer.end);
  if (outer === undefined || message?.tag !== 0x30) return undefined;
  switch (outer.tag) {
    case AS_REQUEST:
    case TGS_REQUEST:
      return request(b, derField(b, message, 4), outer.tag === AS_REQUEST ? 'AS' : 'TGS');
    case AS_REPLY:
    case TGS_REPLY:
      return reply(b, message, outer.tag === AS_REPLY ? 'AS' : 'TGS');
    case ERROR:
      return {
        kind: 'error',
        operation: undefined,
        client: principal(b, derField(b, message, 8)),
        realm: text(b, derField(b, message, 7)) ?? text(b, derField(b, message, 9)),
        service: principal(b, derField(b, message, 10)),
        cipher: undefined,
        error: errorName(derInteger(b, derField(b, message, 6)) ?? 0),
      };
    default:
      return undefined;
  }
}

function request(b: Bytes, body: DerElement | undefined, operation: 'AS' | 'TGS'): Kerberos {
  return {
    kind: 'request',
    operation,
    client: principal(b, derField(b, body, 1)),
    realm: text(b, derField(b, body, 2)),
    service: principal(b, derField(b, body, 3)),
    cipher: undefined,
    error: undefined,
  };
}

function reply(b: Bytes, message: DerElement, operation: 'AS' | 'TGS'): Kerberos {
  const wrapped = derField(b, message, 5);
  const ticket = wrapped === undefined ? undefined : readDer(b, wrapped.start, wrapped.end);
  const cipher = derInteger(b, derField(b, derField(b, ticket, 3), 0));
  return {
    kind: 'reply',
    operation,
    client: principal(b, derField(b, message, 4)),
    realm: text(b, derField(b, message, 3)),
    service: principal(b, derField(b, ticket, 2)),
    cipher: cipher === undefined ? undefined : cipherName(cipher),
    error: undefined,
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

/** IANA, Kerberos Encryption Type Numbers; 24 and below as Microsoft names them. */
const CIPHERS: Readonly<Record<number, string>> = {
  1: 'des-cbc-crc',
  2: 'des-cbc-md4',
  3: 'des-cbc-md5',
  5: 'des3-cbc-md5',
  16: 'des3-cbc-sha1',
  17: 'aes128-cts-hmac-sha1-96',
  18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128',
  20: 'aes256-cts-hmac-sha384-192',
  23: 'rc4-hmac',
  24: 'rc4-hmac-exp',
  25: 'camellia128-cts-cmac',
  26: 'camellia256-cts-cmac',
};
const cipherName = (cipher: number): string => CIPHERS[cipher] ?? String(cipher);

/** RFC 4120 7.5.9. */
const ERRORS: Readonly<Record<number, string>> = {
  1: 'KDC_ERR_NAME_EXP',
  2: 'KDC_ERR_SERVICE_EXP',
  3: 'KDC_ERR_BAD_PVNO',
  6: 'KDC_ERR_C_PRINCIPAL_UNKNOWN',
  7: 'KDC_ERR_S_PRINCIPAL_UNKNOWN',
  8: 'KDC_ERR_PRINCIPAL_NOT_UNIQUE',
  9: 'KDC_ERR_NULL_KEY',
  10: 'KDC_ERR_CANNOT_POSTDATE',
  11: 'KDC_ERR_NEVER_VALID',
  12: 'KDC_ERR_POLICY',
  13: 'KDC_ERR_BADOPTION',
  14: 'KDC_ERR_ETYPE_NOSUPP',
  15: 'KDC_ERR_SUMTYPE_NOSUPP',
  16: 'KDC_ERR_PADATA_TYPE_NOSUPP',
  18: 'KDC_ERR_CLIENT_REVOKED',
  20: 'KDC_ERR_TGT_REVOKED',
  23: 'KDC_ERR_KEY_EXPIRED',
  24: 'KDC_ERR_PREAUTH_FAILED',
  25: 'KDC_ERR_PREAUTH_REQUIRED',
  29: 'KDC_ERR_SVC_UNAVAILABLE',
  31: 'KRB_AP_ERR_BAD_INTEGRITY',
  32: 'KRB_AP_ERR_TKT_EXPIRED',
  33: 'KRB_AP_ERR_TKT_NYV',
  34: 'KRB_AP_ERR_REPEAT',
  37: 'KRB_AP_ERR_SKEW',
  41: 'KRB_AP_ERR_MODIFIED',
  52: 'KRB_ERR_RESPONSE_TOO_BIG',
  60: 'KRB_ERR_GENERIC',
  68: 'KDC_ERR_WRONG_REALM',
};
const errorName = (error: number): string => ERRORS[error] ?? String(error);
