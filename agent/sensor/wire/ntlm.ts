import type { Bytes } from './bytes.js';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const CHALLENGE = 2;
const AUTHENTICATE = 3;
const UNICODE = 1;
const TEXT_BYTES_MAX = 512;
const PAIRS_MAX = 32;

/** What NTLM says of who logs in, and where. [MS-NLMP] 2.2.1. The proofs are never read. */
export interface Ntlm {
  readonly kind: 'challenge' | 'authenticate';
  readonly user?: string;
  readonly domain?: string;
  readonly host?: string;
  readonly serverName?: string;
  readonly serverDomain?: string;
}

/** Finds a message anywhere in a token (SPNEGO wraps it) and reads it. */
export function findNtlm(b: Bytes, start: number, end: number): Ntlm | undefined {
  const found = b.subarray(start, end).indexOf(SIGNATURE);
  if (found < 0 || end - start - found < 32) return undefined;
  const at = start + found;
  const type = b.readUInt32LE(at + 8);
  if (type === CHALLENGE) return readChallenge(b, at, end);
  return type === AUTHENTICATE && end - at >= 64 ? readAuthenticate(b, at, end) : undefined;
}

function readChallenge(b: Bytes, at: number, end: number): Ntlm {
  const pairs = new Map<number, string>();
  const info = at + 48 <= end ? field(b, at, at + 40, end) : undefined;
  for (let from = info?.[0] ?? end, count = 0; from + 4 <= (info?.[1] ?? 0) && count < PAIRS_MAX; count++) {
    const id = b.readUInt16LE(from);
    const next = from + 4 + b.readUInt16LE(from + 2);
    if (id === 0 || next > (info?.[1] ?? 0)) break;
    if (id <= 5) pairs.set(id, text(b, from + 4, next, true));
    from = next;
  }
  const serverName = pairs.get(3) ?? pairs.get(1);
  const serverDomain = pairs.get(4) ?? pairs.get(2);
  return {
    kind: 'challenge',
    ...(serverName === undefined ? {} : { serverName }),
    ...(serverDomain === undefined ? {} : { serverDomain }),
  };
}

function readAuthenticate(b: Bytes, at: number, end: number): Ntlm {
  const isWide = (b.readUInt32LE(at + 60) & UNICODE) !== 0;
  const said = (place: number): string => {
    const range = field(b, at, at + place, end);
    return range === undefined ? '' : text(b, range[0], range[1], isWide);
  };
  const [domain, user, host] = [said(28), said(36), said(44)];
  return {
    kind: 'authenticate',
    ...(user === '' ? {} : { user }),
    ...(domain === '' ? {} : { domain }),
    ...(host === '' ? {} : { host }),
  };
}

/** Length, allocated length, offset from the message's start. */
function field(b: Bytes, start: number, at: number, end: number): [number, number] | undefined {
  const from = start + b.readUInt32LE(at + 4);
  const to = from + b.readUInt16LE(at);
  return to <= end && from <= to ? [from, to] : undefined;
}

function text(b: Bytes, from: number, to: number, isWide: boolean): string {
  const end = Math.min(to, from + TEXT_BYTES_MAX);
  return isWide ? wellFormed(b.toString('utf16le', from, end)) : b.toString('latin1', from, end);
}

/** Half of a pair stands for nothing, and no UTF-8 holds it. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
