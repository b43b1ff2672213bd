import { type Bytes, u16le, u32le } from './bytes.js';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const NEGOTIATE = 1;
const CHALLENGE = 2;
const AUTHENTICATE = 3;
const UNICODE = 1;
const ANONYMOUS = 0x800;
const VERSION = 0x02000000;
const TEXT_BYTES_MAX = 512;
const PAIRS_MAX = 32;
/** [MS-NLMP] 2.2.2.6: a response of version 1 is as long as this; of version 2 it is longer. */
const RESPONSE_1_BYTES = 24;
/** 2.2.1.3: with the version. */
const AUTHENTICATE_BYTES = 72;
/** 2.2.2.7: a response of version 2 before its pairs. */
const RESPONSE_2_BYTES = 44;
/** 2.2.2.1. */
const Pair = { ServerName: 1, ServerDomain: 2, ServerDnsName: 3, ServerDnsDomain: 4, Forest: 5, Target: 9 } as const;

/** What NTLM says of who logs in, and where. [MS-NLMP] 2.2.1. The proofs are never read. */
export interface Ntlm {
  readonly kind: 'negotiate' | 'challenge' | 'authenticate';
  readonly user?: string;
  readonly domain?: string;
  readonly host?: string;
  /** The server's names: of DNS where it says one, else of NetBIOS. */
  readonly serverName?: string;
  readonly serverDomain?: string;
  readonly serverNetbiosName?: string;
  readonly serverNetbiosDomain?: string;
  readonly serverForest?: string;
  /** Of the sender's system, as `10.0.17763`. */
  readonly systemVersion?: string;
  /** Of the response: 1 is the weak one. */
  readonly version?: 1 | 2;
  /** The service that the client believes to speak to. */
  readonly target?: string;
  readonly isAnonymous?: boolean;
}

/** Finds a message anywhere in a token (SPNEGO wraps it) and reads it. */
export function findNtlm(b: Bytes, start: number, end: number): Ntlm | undefined {
  const found = b.subarray(start, end).indexOf(SIGNATURE);
  if (found < 0 || end - start - found < 16) return undefined;
  const at = start + found;
  const type = u32le(b, at + 8);
  if (type === NEGOTIATE) return readNegotiate(b, at, end);
  if (end - at < 32) return undefined;
  if (type === CHALLENGE) return readChallenge(b, at, end);
  return type === AUTHENTICATE && end - at >= 64 ? readAuthenticate(b, at, end) : undefined;
}

function readNegotiate(b: Bytes, at: number, end: number): Ntlm {
  return { kind: 'negotiate', ...systemVersion(b, at + 32, u32le(b, at + 12), end) };
}

function readChallenge(b: Bytes, at: number, end: number): Ntlm {
  const info = at + u32le(b, at + 44);
  // What is cut off is read as far as it is there.
  const infoEnd = Math.min(end, info + u16le(b, at + 40));
  const pairs = at + 48 <= end ? readPairs(b, info, infoEnd) : new Map<number, string>();
  return {
    kind: 'challenge',
    ...say('serverName', pairs.get(Pair.ServerDnsName) ?? pairs.get(Pair.ServerName)),
    ...say('serverDomain', pairs.get(Pair.ServerDnsDomain) ?? pairs.get(Pair.ServerDomain)),
    ...say('serverNetbiosName', pairs.get(Pair.ServerName)),
    ...say('serverNetbiosDomain', pairs.get(Pair.ServerDomain)),
    ...say('serverForest', pairs.get(Pair.Forest)),
    ...systemVersion(b, at + 48, u32le(b, at + 20), end),
  };
}

function readAuthenticate(b: Bytes, at: number, end: number): Ntlm {
  const flags = u32le(b, at + 60);
  const said = (place: number): string | undefined => {
    const range = field(b, at, at + place, end);
    return range === undefined ? undefined : text(b, range[0], range[1], (flags & UNICODE) !== 0);
  };
  const response = field(b, at, at + 20, end);
  const bytes = response === undefined ? 0 : response[1] - response[0];
  const pairs =
    response !== undefined && bytes > RESPONSE_2_BYTES
      ? readPairs(b, response[0] + RESPONSE_2_BYTES, response[1])
      : undefined;
  const user = said(36);
  return {
    kind: 'authenticate',
    ...say('user', user),
    ...say('domain', said(28)),
    ...say('host', said(44)),
    ...say('target', pairs?.get(Pair.Target)),
    ...(hasVersion(b, at, end) ? systemVersion(b, at + 64, flags, end) : {}),
    ...(bytes < RESPONSE_1_BYTES ? {} : { version: bytes === RESPONSE_1_BYTES ? 1 : 2 }),
    ...((flags & ANONYMOUS) !== 0 || (user === '' && bytes === 0) ? { isAnonymous: true } : {}),
  };
}

/** 2.2.2.1: pairs of what and how, until a zero. */
function readPairs(b: Bytes, start: number, end: number): Map<number, string> {
  const pairs = new Map<number, string>();
  for (let from = start, count = 0; from + 4 <= end && count < PAIRS_MAX; count++) {
    const id = u16le(b, from);
    const next = from + 4 + u16le(b, from + 2);
    if (id === 0 || next > end) break;
    const value = id <= Pair.Forest || id === Pair.Target ? text(b, from + 4, next, true) : '';
    if (value !== '') pairs.set(id, value);
    from = next;
  }
  return pairs;
}

/** Old clients have their first field where newer ones have the version. */
function hasVersion(b: Bytes, at: number, end: number): boolean {
  return [12, 20, 28, 36, 44].every((place) => {
    const range = field(b, at, at + place, end);
    return range === undefined || range[0] === range[1] || range[0] >= at + AUTHENTICATE_BYTES;
  });
}

/** 2.2.2.10. */
function systemVersion(b: Bytes, at: number, flags: number, end: number): Partial<Ntlm> {
  const build = at + 8 <= end && (flags & VERSION) !== 0 ? u16le(b, at + 2) : 0;
  return build === 0 ? {} : { systemVersion: `${b[at]}.${b[at + 1]}.${build}` };
}

function say(name: keyof Ntlm, value: string | undefined): Partial<Ntlm> {
  return value === undefined || value === '' ? {} : { [name]: value };
}

/** Length, allocated length, offset from the message's start. */
function field(b: Bytes, start: number, at: number, end: number): [number, number] | undefined {
  const from = start + u32le(b, at + 4);
  const to = from + u16le(b, at);
  return to <= end && from <= to ? [from, to] : undefined;
}

function text(b: Bytes, from: number, to: number, isWide: boolean): string {
  const end = Math.min(to, from + TEXT_BYTES_MAX);
  const said = isWide ? wellFormed(b.toString('utf16le', from, end)) : b.toString('latin1', from, end);
  // Some count the zero behind it, or have nothing but that.
  return said.endsWith('\0') ? said.slice(0, said.indexOf('\0')) : said;
}

/** Half of a pair stands for nothing, and no UTF-8 holds it. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
