import { createHash } from 'node:crypto';
import { type ClientHello, isGrease, type ServerHello } from './tls-hello.js';

const SERVER_NAME = 0;
const ALPN = 16;
const COUNT_MAX = 99;
const HASH_CHARACTERS = 12;
const NO_HASH = '0'.repeat(HASH_CHARACTERS);
const VERSIONS: Readonly<Record<number, string>> = {
  2: 's2',
  768: 's3',
  769: '10',
  770: '11',
  771: '12',
  772: '13',
  65279: 'd1',
  65277: 'd2',
  65276: 'd3',
};

/** Programs say the same hello again and again. In the order of their first use. */
const HASHES_MAX = 4_096;
const hashes = new Map<string, string>();

function hashOf(algorithm: 'md5' | 'sha256', text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = createHash(algorithm).update(text).digest('hex');
  if (hashes.size >= HASHES_MAX) hashes.delete(hashes.keys().next().value ?? '');
  hashes.set(text, hash);
  return hash;
}

const md5 = (text: string): string => hashOf('md5', text);
const withoutGrease = (list: readonly number[]): number[] => list.filter((value) => !isGrease(value));
const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** JA3: version, ciphers, extensions, groups and point formats, decimal, without GREASE; MD5. */
export function ja3(hello: ClientHello): string {
  const lists = [hello.ciphers, hello.extensions, hello.groups].map((list) => withoutGrease(list).join('-'));
  return md5(`${hello.version},${lists.join(',')},${hello.pointFormats.join('-')}`);
}

/** JA3S: version, cipher and extensions of the server, GREASE included; MD5. */
export function ja3s(hello: ServerHello): string {
  return md5(`${hello.version},${hello.cipher},${hello.extensions.join('-')}`);
}

/**
 * JA4 of a TLS client (FoxIO, JA4.md; BSD-3).
 * @param transport t for TCP, q for QUIC, d for DTLS
 */
export function ja4(hello: ClientHello, transport: 't' | 'q' | 'd'): string {
  const ciphers = withoutGrease(hello.ciphers);
  const extensions = withoutGrease(hello.extensions);
  const domain = hello.extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const head = `${transport}${versionOf(hello)}${domain}${two(ciphers.length)}${two(extensions.length)}${alpnOf(hello)}`;
  const sorted = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN).map(hex4);
  const signatures = withoutGrease(hello.signatureAlgorithms).map(hex4);
  const tail = signatures.length === 0 ? '' : `_${signatures.join(',')}`;
  const extensionText = sorted.length === 0 && tail === '' ? '' : `${sorted.sort().join(',')}${tail}`;
  return `${head}_${short(ciphers.map(hex4).sort().join(','))}_${short(extensionText)}`;
}

function versionOf(hello: ClientHello): string {
  const offered = withoutGrease(hello.supportedVersions);
  // DTLS counts downwards: the smallest number is the newest version.
  const isDatagram = hello.version >> 8 === 0xfe;
  const newest = offered.length === 0 ? hello.version : isDatagram ? Math.min(...offered) : Math.max(...offered);
  return VERSIONS[newest] ?? '00';
}

const two = (count: number): string => String(Math.min(count, COUNT_MAX)).padStart(2, '0');

/** First and last character of the first protocol; of their bytes' hex when one of them is no letter or digit. */
function alpnOf(hello: ClientHello): string {
  const first = hello.alpn[0];
  if (first === undefined || first === '') return '00';
  const ends = `${first[0]}${first[first.length - 1]}`;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const bytes = Buffer.from(first, 'latin1').toString('hex');
  return `${bytes[0]}${bytes[bytes.length - 1]}`;
}

function short(text: string): string {
  return text === '' ? NO_HASH : hashOf('sha256', text).slice(0, HASH_CHARACTERS);
}
