import { type Bytes, u8, u16 } from './bytes.js';
import { type DerElement, derChildren, derField, derInteger, readDer } from './der.js';
import { decodeKerberos, type Kerberos } from './kerberos.js';
import { findNtlm, type Ntlm } from './ntlm.js';

/** RFC 2743 3.1 and RFC 4178 4.2: the first token of a mechanism, a later one of SPNEGO. */
const INITIAL_TOKEN = 0x60;
const NEGOTIATION_INIT = 0xa0;
const NEGOTIATION_RESPONSE = 0xa1;
const OBJECT_IDENTIFIER = 6;
const MECHANISMS_MAX = 16;
const REJECTED = 2;
/** RFC 1964 1.1: an AP-REQ, an AP-REP or a KRB-ERROR follows. */
const KERBEROS_TOKENS: ReadonlySet<number> = new Set([0x0100, 0x0200, 0x0300]);
/** A message of Kerberos by itself: AP-REQ, AP-REP, KRB-ERROR. RFC 4120 5. */
const KERBEROS_MESSAGES: ReadonlySet<number> = new Set([0x6e, 0x6f, 0x7e]);

/** By the hexadecimal of their identifier. RFC 4178, RFC 4121, [MS-SPNG] 1.9, [MS-NEGOEX]. */
const MECHANISMS: Readonly<Record<string, string>> = {
  '2b0601050502': 'spnego',
  '2a864886f712010202': 'kerberos',
  '2a864882f712010202': 'kerberos',
  '2a864886f71201020203': 'kerberos-user',
  '2b06010401823702020a': 'ntlm',
  '2b06010401823702021e': 'negoex',
};

/** What a token of GSS-API says: SPNEGO, Kerberos or NTLM, whichever of them is around the others. */
export interface GssToken {
  /** What the client could do, the one it likes best first; or the one that the server chose. */
  readonly mechanisms: readonly string[];
  readonly ntlm: Ntlm | undefined;
  readonly kerberos: Kerberos | undefined;
  readonly isRejected: boolean;
}

/** Never fails: what it cannot read is not told. */
export function readGssToken(b: Bytes, start: number, end: number): GssToken {
  const outer = readDer(b, start, end);
  if (outer?.tag === INITIAL_TOKEN) return readInitial(b, outer);
  if (outer?.tag === NEGOTIATION_RESPONSE) return readResponse(b, outer);
  if (outer?.tag === NEGOTIATION_INIT) return readInit(b, outer);
  if (outer !== undefined && KERBEROS_MESSAGES.has(outer.tag)) return ofKerberos(b, start, end);
  return { mechanisms: [], ntlm: findNtlm(b, start, end), kerberos: undefined, isRejected: false };
}

function readInitial(b: Bytes, outer: DerElement): GssToken {
  const identifier = readDer(b, outer.start, outer.end);
  if (identifier?.tag !== OBJECT_IDENTIFIER) return nothing([]);
  const mechanism = nameOf(b, identifier);
  if (mechanism === 'spnego') {
    const init = readDer(b, identifier.end, outer.end);
    return init?.tag === NEGOTIATION_INIT ? readInit(b, init) : nothing([]);
  }
  const at = identifier.end;
  const isKerberos = mechanism.startsWith('kerberos') && at + 2 <= outer.end && KERBEROS_TOKENS.has(u16(b, at));
  return isKerberos ? ofKerberos(b, at + 2, outer.end) : nothing([mechanism]);
}

function readInit(b: Bytes, init: DerElement): GssToken {
  const body = readDer(b, init.start, init.end);
  const list = derField(b, body, 0);
  const mechanisms = list === undefined ? [] : derChildren(b, list, MECHANISMS_MAX).map((each) => nameOf(b, each));
  return within(b, derField(b, body, 2), [...new Set(mechanisms)], false);
}

function readResponse(b: Bytes, response: DerElement): GssToken {
  const body = readDer(b, response.start, response.end);
  const chosen = derField(b, body, 1);
  const isRejected = derInteger(b, derField(b, body, 0)) === REJECTED;
  return within(b, derField(b, body, 2), chosen === undefined ? [] : [nameOf(b, chosen)], isRejected);
}

/** The mechanism's own token: what is SPNEGO again is not followed. */
function within(b: Bytes, token: DerElement | undefined, mechanisms: string[], isRejected: boolean): GssToken {
  if (token === undefined) return { ...nothing(mechanisms), isRejected };
  const first = token.start < token.end ? u8(b, token.start) : 0;
  const inner = first === INITIAL_TOKEN ? readDer(b, token.start, token.end) : undefined;
  const identifier = inner === undefined ? undefined : readDer(b, inner.start, inner.end);
  if (inner !== undefined && identifier?.tag === OBJECT_IDENTIFIER) {
    const at = identifier.end;
    const isKerberos = at + 2 <= inner.end && KERBEROS_TOKENS.has(u16(b, at));
    const kerberos = isKerberos ? decodeKerberos(b, at + 2, inner.end) : undefined;
    return { mechanisms, ntlm: undefined, kerberos, isRejected };
  }
  const kerberos = KERBEROS_MESSAGES.has(first) ? decodeKerberos(b, token.start, token.end) : undefined;
  return { mechanisms, ntlm: findNtlm(b, token.start, token.end), kerberos, isRejected };
}

function ofKerberos(b: Bytes, start: number, end: number): GssToken {
  return { ...nothing(['kerberos']), kerberos: decodeKerberos(b, start, end) };
}

function nothing(mechanisms: string[]): GssToken {
  return { mechanisms, ntlm: undefined, kerberos: undefined, isRejected: false };
}

function nameOf(b: Bytes, identifier: DerElement): string {
  const hex = b.toString('hex', identifier.start, Math.min(identifier.end, identifier.start + 20));
  return MECHANISMS[hex] ?? hex;
}
