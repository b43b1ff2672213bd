import { createHash, randomBytes } from 'node:crypto';

const CODES = 10;
/** Five bits each: 80 random bits, so that their plain hash tells nothing. */
const CHARACTERS = 16;
const ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789';

/** For the day when the authenticator is lost: each lets its owner in once. */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, () => {
    const text = [...randomBytes(CHARACTERS)].map((byte) => ALPHABET[byte & 31]).join('');
    return text.replaceAll(/(.{4})(?=.)/g, '$1-');
  });
}

/** @param code in its plain form (`plainCode`) */
export function hashRecoveryCode(code: string): string {
  return createHash('sha256').update(`recovery:${code}`).digest('hex');
}

export function isRecoveryCode(code: string): boolean {
  return code.length === CHARACTERS;
}
