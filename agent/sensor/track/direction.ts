import { isIPv4, SocketAddress } from 'node:net';
import { CodedError } from '../../../protocol/base/errors.js';

export type Direction = 'internal' | 'outbound' | 'inbound' | 'external';

/** Private and link-local addresses: RFC 1918, 6598, 3927, 1122, 4193, 4291. */
export const LOCAL_DEFAULT: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
  '::/128',
];
/** Groups and broadcasts do not pass the router of an office: RFC 1112, 919, 4291. */
const ALWAYS_LOCAL: readonly string[] = ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8'];
const WORDS = 4;

/** Tells whether a flow stays inside, leaves, comes in, or only passes. */
export class Directions {
  /** Four words of the network and four of its mask, one after the other. */
  readonly #v4: number[] = [];
  readonly #v6: number[] = [];

  /** @throws CONFIG_INVALID naming the network that is none */
  constructor(networks: readonly string[]) {
    for (const network of [...networks, ...ALWAYS_LOCAL]) this.#add(network);
  }

  /**
   * @param addresses source in words [at, at + 4), destination behind it; IPv4 in the first word
   */
  of(addresses: Uint32Array, at: number, isV6: boolean): Direction {
    const isSourceLocal = this.isLocal(addresses, at, isV6);
    const isDestinationLocal = this.isLocal(addresses, at + WORDS, isV6);
    if (isSourceLocal) return isDestinationLocal ? 'internal' : 'outbound';
    return isDestinationLocal ? 'inbound' : 'external';
  }

  /** @param addresses in words [at, at + 4); IPv4 in the first one */
  isLocal(addresses: Uint32Array, at: number, isV6: boolean): boolean {
    const networks = isV6 ? this.#v6 : this.#v4;
    for (let network = 0; network < networks.length; network += 2 * WORDS) {
      let isInside = true;
      for (let word = 0; word < WORDS && isInside; word++) {
        isInside = ((addresses[at + word]! ^ networks[network + word]!) & networks[network + WORDS + word]!) === 0;
      }
      if (isInside) return true;
    }
    return false;
  }

  #add(network: string): void {
    const [address = '', prefix, ...more] = network.split('/');
    const version = versionOf(address);
    const width = version === 4 ? 32 : 128;
    const bits = prefix === undefined ? width : Number(prefix);
    const isValid =
      version !== 0 && more.length === 0 && prefix !== '' && Number.isInteger(bits) && bits >= 0 && bits <= width;
    if (!isValid) {
      throw new CodedError(
        'CONFIG_INVALID',
        `not a network: ${JSON.stringify(network.slice(0, 60))}, write 192.168.0.0/24`,
      );
    }
    (version === 4 ? this.#v4 : this.#v6).push(...wordsOf(address), ...maskOf(bits));
  }
}

/** Not `isIP`: its expression for IPv6 takes 13 ms to compile. */
function versionOf(address: string): 4 | 6 | 0 {
  if (!address.includes(':')) return isIPv4(address) ? 4 : 0;
  try {
    new SocketAddress({ address, family: 'ipv6' });
    return 6;
  } catch {
    return 0;
  }
}

/** A valid address as four words; IPv4 in the first one. */
export function wordsOf(address: string): number[] {
  if (!address.includes(':')) return [ipv4Word(address), 0, 0, 0];
  const [head = '', tail] = address.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const groups = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return [0, 2, 4, 6].map((group) => ((groups[group]! << 16) | groups[group + 1]!) >>> 0);
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const word = ipv4Word(group);
    return [word >>> 16, word & 0xffff];
  });
}

function ipv4Word(address: string): number {
  return address.split('.').reduce((word, byte) => ((word << 8) | Number(byte)) >>> 0, 0);
}

function maskOf(bits: number): number[] {
  return [0, 32, 64, 96].map((start) => {
    const inWord = Math.max(0, Math.min(32, bits - start));
    return inWord === 0 ? 0 : (0xffffffff << (32 - inWord)) >>> 0;
  });
}
