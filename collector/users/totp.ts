import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** RFC 4226 section 4 asks for 128 bits and recommends 160, the length of SHA-1. */
const SECRET_BYTES = 20;
/** RFC 6238 section 4; what every authenticator takes without being told. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** Steps before and after the present one, for clocks that differ and people who type slowly. RFC 6238 section 5.2. */
const STEPS_AROUND = 1;
/** RFC 4648 section 6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret in base32, without padding. */
export function makeTotpSecret(): string {
  return toBase32(randomBytes(SECRET_BYTES));
}

/** The code of a step. RFC 4226 section 5.3, with HMAC-SHA-1. */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1]! & 15;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}

/**
 * The step that a code is of: one around now, and later than `lastStep`, so that a code that somebody saw being typed is
 * of no use (RFC 6238 section 5.2). Undefined when it is of none.
 */
export function matchTotp(secret: string, code: string, nowMs: number, lastStep: number): number | undefined {
  if (!isTotpCode(code)) return undefined;
  const now = totpStep(nowMs);
  let found: number | undefined;
  for (let step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step++) {
    const isSame = step >= 0 && timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code));
    if (isSame && step > lastStep) found ??= step;
  }
  return found;
}

export function isTotpCode(code: string): boolean {
  return /^[0-9]{6}$/.test(code);
}

/** What people type, in one form: full-width digits, spaces between groups. */
export function plainCode(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\s\-\u2010-\u2015\u2212\u30fc]/g, '')
    .toLowerCase();
}

/** The form that authenticators read from a QR code (Key URI Format of Google Authenticator). */
export function totpUri(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    held = (held << 5) | BASE32.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
