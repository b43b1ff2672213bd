import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** RFC 7914; N=2^15, r=8, p=3 costs about 0.1 s and 32 MB here (OWASP's Password Storage Cheat Sheet). */
export const COST = { N: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const MEMORY_MAX = 64 * 2 ** 20;
export const PASSWORD_LENGTH_MIN = 12;

/** `scrypt$N$r$p$salt$key`, base64url: the parameters travel with the hash, so that they can be raised later. */
export async function hashPassword(password: string, cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Compares in constant time. A hash that cannot be read matches nothing. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [kind, n, r, p, salt, key] = hash.split('$');
  if (kind !== 'scrypt' || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  // Costs that are no numbers, or more than we have memory for, are refused by scrypt itself.
  const actual = await derive(password, Buffer.from(salt, 'base64url'), cost).catch(() => Buffer.alloc(0));
  return expected.length === KEY_BYTES && expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** 100 random bits in groups that can be read out over the telephone. */
export function makeOneTimePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstvwxyz0123456789';
  const text = [...randomBytes(20)].map((byte) => alphabet[byte & 31]).join('');
  return text.replaceAll(/(.{5})(?=.)/g, '$1-');
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: MEMORY_MAX }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
