import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';

/** AES-256-GCM. Base64. */
export const Sealed = Type.Object({ iv: Type.String(), tag: Type.String(), data: Type.String() });
export type Sealed = Static<typeof Sealed>;

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D 8.2.2: random, and few of them under one key. */
const IV_BYTES = 12;
const TAG = { authTagLength: 16 };

/** @param name is authenticated too: one sealed text cannot be put in the place of another */
export function seal(key: Buffer, name: string, text: string): Sealed {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, TAG).setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** Undefined when it was damaged, or sealed under another key or name. */
export function unseal(key: Buffer, name: string, { iv, tag, data }: Sealed): string | undefined {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64'), TAG)
      .setAAD(Buffer.from(name))
      .setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
