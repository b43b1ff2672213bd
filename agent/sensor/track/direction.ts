import { BlockList, isIP } from 'node:net';
import { CodedError } from '../../../protocol/base/errors.js';

export type Direction = 'internal' | 'outbound' | 'inbound' | 'external';

/** Private and link-local addresses, and what never leaves a link: RFC 1918, 6598, 3927, 4193, 4291, 1112, 919. */
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
/** Groups and broadcasts are inside: they do not pass the router of an office. */
const ALWAYS_LOCAL: readonly string[] = ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8'];

/** Tells whether a flow stays inside, leaves, comes in, or only passes. */
export class Directions {
  readonly #local = new BlockList();

  /** @throws CONFIG_INVALID naming the network that is none */
  constructor(networks: readonly string[]) {
    for (const network of [...networks, ...ALWAYS_LOCAL]) this.#add(network);
  }

  isLocal(ip: string): boolean {
    return this.#local.check(ip, ip.includes(':') ? 'ipv6' : 'ipv4');
  }

  of(source: string, destination: string): Direction {
    if (this.isLocal(source)) return this.isLocal(destination) ? 'internal' : 'outbound';
    return this.isLocal(destination) ? 'inbound' : 'external';
  }

  #add(network: string): void {
    const [address = '', prefix, ...more] = network.split('/');
    const version = isIP(address);
    const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix);
    const isValid =
      version !== 0 && more.length === 0 && Number.isInteger(bits) && bits >= 0 && bits <= (version === 4 ? 32 : 128);
    if (!isValid || prefix === '') {
      throw new CodedError(
        'CONFIG_INVALID',
        `not a network: ${JSON.stringify(network.slice(0, 60))}, write 192.168.0.0/24`,
      );
    }
    this.#local.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  }
}
