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

/** Programs say the same hello again and again: what was made of one is kept, in the order of first use. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #valuesMax: number;

  constructor(valuesMax: number) {
    this.#valuesMax = valuesMax;
  }

  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = make();
    if (this.#values.size >= this.#valuesMax) this.#values.delete(this.#values.keys().next().value ?? '');
    this.#values.set(key, value);
    return value;
  }
}

const hashes = new Kept<string>(4_096);
const clients = new Kept<ClientTraits>(2_048);
/** A hello that offers more than any program does is not worth keeping. */
const KEPT_NUMBERS_MAX = 256;
const KEPT_NAMES_MAX = 8;

function hashOf(algorithm: 'md5' | 'sha256', text: string): string {
  return hashes.get(text, () => createHash(algorithm).update(text).digest('hex'));
}

/** What all hellos of one program have in common. */
export interface ClientTraits {
  readonly ja3: string;
  readonly ja4: string;
  readonly alpn: readonly string[];
}

/** @param transport t for TCP, q for QUIC, d for DTLS */
export function clientTraits(hello: ClientHello, transport: 't' | 'q' | 'd'): ClientTraits {
  const make = (): ClientTraits => ({ ja3: ja3(hello), ja4: ja4(hello, transport), alpn: hello.alpn });
  const key = keyOf(hello, transport);
  return key === undefined ? make() : clients.get(key, make);
}

/** All that the fingerprints are made of, each number as one character and each list behind its length. */
function keyOf(hello: ClientHello, transport: string): string | undefined {
  const { ciphers, extensions, groups, pointFormats, signatureAlgorithms, supportedVersions } = hello;
  const lists = [ciphers, extensions, groups, pointFormats, signatureAlgorithms, supportedVersions];
  let count = 0;
  for (const list of lists) count += list.length;
  if (count > KEPT_NUMBERS_MAX || hello.alpn.length > KEPT_NAMES_MAX) return undefined;
  let key = `${transport}${hello.alpn.join('\t')}\n${String.fromCharCode(hello.version)}`;
  for (const list of lists) key += String.fromCharCode(list.length, ...list);
  return key;
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
