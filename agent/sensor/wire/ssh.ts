import { createHash } from 'node:crypto';
import { type Bytes, u32 } from './bytes.js';

/** RFC 4253 7.1: what a side can do, most wanted first. */
export interface KexInit {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipherToServer: readonly string[];
  readonly cipherToClient: readonly string[];
  readonly macToServer: readonly string[];
  readonly macToClient: readonly string[];
  readonly compressionToServer: readonly string[];
  readonly compressionToClient: readonly string[];
}

const COOKIE_BYTES = 16;
const LIST_BYTES_MAX = 8_192;

/** @param start behind the message number @returns undefined when it is damaged */
export function decodeKexInit(b: Bytes, start: number, end: number): KexInit | undefined {
  const lists: string[][] = [];
  let at = start + COOKIE_BYTES;
  for (let index = 0; index < 8; index++) {
    if (at + 4 > end) return undefined;
    const next = at + 4 + u32(b, at);
    if (next > end || next - at > LIST_BYTES_MAX) return undefined;
    lists.push(
      b
        .toString('latin1', at + 4, next)
        .split(',')
        .filter(Boolean),
    );
    at = next;
  }
  const [kex, hostKey, cipherToServer, cipherToClient, macToServer, macToClient, toServer, toClient] = lists as [
    string[],
    string[],
    string[],
    string[],
    string[],
    string[],
    string[],
    string[],
  ];
  return {
    kex,
    hostKey,
    cipherToServer,
    cipherToClient,
    macToServer,
    macToClient,
    compressionToServer: toServer,
    compressionToClient: toClient,
  };
}

/** HASSH of a client, and of a server (Salesforce, BSD-3): MD5 of what it offers for its own direction. */
export function hassh(init: KexInit, isServer: boolean): string {
  const own = isServer
    ? [init.kex, init.cipherToClient, init.macToClient, init.compressionToClient]
    : [init.kex, init.cipherToServer, init.macToServer, init.compressionToServer];
  return createHash('md5')
    .update(own.map((list) => list.join(',')).join(';'))
    .digest('hex');
}

/** Bytes of the sum behind each packet: RFC 4253 6.4, RFC 6668, PROTOCOL of OpenSSH. */
const MAC_BYTES: Readonly<Record<string, number>> = {
  'hmac-sha1': 20,
  'hmac-sha1-96': 12,
  'hmac-md5': 16,
  'hmac-md5-96': 12,
  'hmac-ripemd160': 20,
  'hmac-sha2-256': 32,
  'hmac-sha2-512': 64,
  'umac-64': 8,
  'umac-128': 16,
};
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
/** The length of the padding, one byte of message, and the least of padding: RFC 4253 6. */
const LEAST_BYTES = 1 + 1 + 4;

/**
 * Bytes on the wire of a message of one byte, the shortest that there is, as SSH_MSG_USERAUTH_SUCCESS is (RFC 4252 5.1).
 * Whether the length is among what fills whole blocks depends on who hides it: RFC 4253 6, RFC 5647 7.3, and OpenSSH's
 * own for ChaCha20 and for sums over the ciphertext.
 */
export function shortestPacketBytes(cipher: string, mac: string | undefined): number | undefined {
  if (cipher.startsWith('chacha20-poly1305')) return LENGTH_BYTES + whole(LEAST_BYTES, 8) + TAG_BYTES;
  if (/^aes\d+-gcm/i.test(cipher) || /^AEAD_AES/.test(cipher)) return LENGTH_BYTES + whole(LEAST_BYTES, 16) + TAG_BYTES;
  const macBytes = MAC_BYTES[(mac ?? '').replace(/(-etm)?(@.*)?$/, '')];
  const block = /^(aes|rijndael|twofish|serpent|camellia)/.test(cipher)
    ? 16
    : /^(3des|blowfish|cast|arcfour)/.test(cipher)
      ? 8
      : 0;
  if (macBytes === undefined || block === 0) return undefined;
  const isEtm = mac?.includes('-etm') ?? false;
  return macBytes + (isEtm ? LENGTH_BYTES + whole(LEAST_BYTES, block) : whole(LENGTH_BYTES + LEAST_BYTES, block));
}

const whole = (bytes: number, block: number): number => Math.ceil(bytes / block) * block;

/** RFC 4253 7.1: the first of the client's that the server has, too. */
export function agreed(client: readonly string[], server: readonly string[]): string | undefined {
  return client.find((name) => server.includes(name));
}

/** MD5 with colons, as people compared it for decades. @param start of the string K_S (RFC 4253 8) */
export function hostKeyFingerprint(b: Bytes, start: number, end: number): string | undefined {
  if (start + 4 > end) return undefined;
  const keyEnd = start + 4 + u32(b, start);
  if (keyEnd > end || keyEnd === start + 4) return undefined;
  const hash = createHash('md5')
    .update(b.subarray(start + 4, keyEnd))
    .digest('hex');
  return hash.replaceAll(/(..)(?=.)/g, '$1:');
}
