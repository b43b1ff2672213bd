import { type KeyObject, sign, verify } from 'node:crypto';

/**
 * What the collector signs with its Ed25519 key (RFC 8032): `{"body":"…","sig":"…"}`, the body JSON as text, so that what
 * was signed is what is read, the signature in base64. The context stands in front of what is signed: a message made for
 * one purpose cannot be passed off for another.
 */
export type SignedContext = 'time' | 'command' | 'config' | 'grant';

const prefixOf = (context: SignedContext): string => `hinomi-${context}-1\n`;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

/** @param key private, Ed25519 */
export function signMessage(context: SignedContext, body: object, key: KeyObject): string {
  const text = JSON.stringify(body);
  const sig = sign(null, Buffer.from(prefixOf(context) + text), key).toString('base64');
  return JSON.stringify({ body: text, sig });
}

/**
 * The body when the signature holds; undefined for everything else. Never throws. The body is JSON, not checked further.
 * @param key public, Ed25519
 */
export function openSigned(context: SignedContext, bytes: Uint8Array, bytesMax: number, key: KeyObject): unknown {
  if (bytes.length > bytesMax) return undefined;
  try {
    const { body, sig } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    if (typeof body !== 'string' || typeof sig !== 'string' || !SIGNATURE.test(sig)) return undefined;
    const isGenuine = verify(null, Buffer.from(prefixOf(context) + body), key, Buffer.from(sig, 'base64'));
    return isGenuine ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}
