import { createHash } from 'node:crypto';

/**
 * One-time enrolment codes, typed by a person: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`, Crockford's base32 (no I, L, O, U).
 * 13 symbols of secret, 14 of the fingerprint of the collector's CA, one to find typing errors before anything is sent.
 * The fingerprint lets a box that has no certificate yet tell its collector from an impostor. It is public, so it must
 * resist a search for a second CA with the same one: 70 bits do, 40 would not.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOL_BITS = 5;
const GROUP_SYMBOLS = 4;
const SECRET_SYMBOLS = 13;
const FINGERPRINT_SYMBOLS = 14;
const CODE_SYMBOLS = SECRET_SYMBOLS + FINGERPRINT_SYMBOLS + 1;
const TEXT_LENGTH_MAX = 64;

/** Random bytes that `makeEnrolmentCode` needs; it uses 65 bits of them. */
export const ENROLMENT_RANDOM_BYTES = 9;

export interface EnrolmentCodeParts {
  /** 13 symbols, 65 bits. Known to nobody but the person and the box; the collector keeps its hash. */
  readonly secret: string;
  /** 14 symbols, as `fingerprintOfAuthority` gives them. */
  readonly caFingerprint: string;
}

/**
 * @param random `ENROLMENT_RANDOM_BYTES` from a cryptographic source
 * @param caFingerprint as `fingerprintOfAuthority` gives it
 */
export function makeEnrolmentCode(random: Uint8Array, caFingerprint: string): string {
  if (random.length < ENROLMENT_RANDOM_BYTES) throw new RangeError('an enrolment code needs 9 random bytes');
  if (!isSymbols(caFingerprint, FINGERPRINT_SYMBOLS)) throw new RangeError('not a fingerprint of an authority');
  const symbols = toSymbols(random, SECRET_SYMBOLS) + caFingerprint;
  return inGroups(symbols + checkSymbol(symbols));
}

/** Reads what a person typed: any case, spaces and dashes anywhere, O for 0, I and L for 1. */
export function parseEnrolmentCode(text: string): EnrolmentCodeParts | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  const symbols = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (!isSymbols(symbols, CODE_SYMBOLS)) return undefined;
  if (checkSymbol(symbols.slice(0, -1)) !== symbols.at(-1)) return undefined;
  return { secret: symbols.slice(0, SECRET_SYMBOLS), caFingerprint: symbols.slice(SECRET_SYMBOLS, -1) };
}

/** What the collector keeps of a code: SHA-256 in hex. 65 random bits need no slow hash. */
export function hashEnrolmentSecret(secret: string): string {
  return createHash('sha256').update(`hinomi-enrolment-1:${secret}`).digest('hex');
}

/** The first 70 bits of SHA-256 over a CA certificate's DER, as 14 symbols. */
export function fingerprintOfAuthority(der: Uint8Array): string {
  return toSymbols(createHash('sha256').update(der).digest(), FINGERPRINT_SYMBOLS);
}

function isSymbols(text: string, length: number): boolean {
  return text.length === length && [...text].every((symbol) => ALPHABET.includes(symbol));
}

/** The first bits of `bytes`, most significant first. */
function toSymbols(bytes: Uint8Array, count: number): string {
  let out = '';
  for (let index = 0; index < count; index++) {
    const bit = index * SYMBOL_BITS;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    out += ALPHABET.charAt((pair >> (11 - (bit & 7))) & 31);
  }
  return out;
}

/**
 * One check symbol of a Reed-Solomon code over GF(32), primitive polynomial x^5 + x^2 + 1: every wrong symbol and
 * every exchange of two symbols is found, as long as a code has no more than 31 of them.
 */
function checkSymbol(symbols: string): string {
  let sum = 0;
  for (const symbol of symbols) sum = double(sum ^ ALPHABET.indexOf(symbol));
  return ALPHABET.charAt(sum);
}

function double(value: number): number {
  const doubled = value << 1;
  return doubled & 32 ? doubled ^ 0b100101 : doubled;
}

function inGroups(symbols: string): string {
  const groups: string[] = [];
  for (let start = 0; start < symbols.length; start += GROUP_SYMBOLS)
    groups.push(symbols.slice(start, start + GROUP_SYMBOLS));
  return groups.join('-');
}
