import { type Bytes, u8, u16 } from './bytes.js';

/** SSL 2.0 (Netscape, 1995), C.2: kinds of cipher. */
const CIPHERS: Readonly<Record<number, string>> = {
  65664: 'SSL_CK_RC4_128_WITH_MD5',
  131200: 'SSL_CK_RC4_128_EXPORT40_WITH_MD5',
  196736: 'SSL_CK_RC2_128_CBC_WITH_MD5',
  262272: 'SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5',
  327808: 'SSL_CK_IDEA_128_CBC_WITH_MD5',
  393280: 'SSL_CK_DES_64_CBC_WITH_MD5',
  458944: 'SSL_CK_DES_192_EDE3_CBC_WITH_MD5',
  524416: 'SSL_CK_RC4_64_WITH_MD5',
};

/** A record, of which two bytes are there: with its length, or with one byte of padding more in front. */
export function ssl2Record(b: Bytes, at: number): { start: number; end: number } {
  const isShort = (u8(b, at) & 0x80) !== 0;
  const start = at + (isShort ? 2 : 3);
  return { start, end: start + (isShort ? u16(b, at) & 0x7fff : u16(b, at) & 0x3fff) };
}

/** Whether bytes are a whole hello of a client. @param isVersion of the newest version that it offers */
export function isSsl2Hello(
  b: Bytes,
  start: number,
  end: number,
  isVersion: (major: number, minor: number) => boolean,
) {
  if (end - start < 11 || (u8(b, start) & 0x80) === 0 || u8(b, start + 2) !== 1) return false;
  const ciphers = u16(b, start + 5);
  const isWhole = (u16(b, start) & 0x7fff) === 9 + ciphers + u16(b, start + 7) + u16(b, start + 9);
  return isWhole && ciphers % 3 === 0 && ciphers > 0 && isVersion(u8(b, start + 3), u8(b, start + 4));
}

export interface Ssl2ServerHello {
  readonly isResumed: boolean;
  readonly certificate: Buffer | undefined;
}

/** Type 4: whether the session is known, kind of certificate, version, three lengths, and the certificate. */
export function ssl2ServerHello(b: Bytes, start: number, end: number): Ssl2ServerHello | undefined {
  if (end - start < 11 || u8(b, start) !== 4 || u16(b, start + 3) !== 2) return undefined;
  const certificateEnd = start + 11 + u16(b, start + 5);
  if (certificateEnd > end) return undefined;
  const isResumed = u8(b, start + 1) !== 0;
  return { isResumed, certificate: certificateEnd === start + 11 ? undefined : b.subarray(start + 11, certificateEnd) };
}

/** Type 2: the cipher that the client has taken from the server's, and keys. @returns its name */
export function ssl2Cipher(b: Bytes, start: number, end: number): string | undefined {
  if (end - start < 10 || u8(b, start) !== 2) return undefined;
  const kind = (u8(b, start + 1) << 16) | u16(b, start + 2);
  return CIPHERS[kind] ?? `0x${kind.toString(16).padStart(6, '0')}`;
}
