import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** RFC 1918, 6598 (shared), 3927 (link-local), 4193 (unique local). IPv6 link-local needs a scope: left out. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7'];

/** Networks that an address is held against. */
export class Networks {
  readonly #list = new BlockList();

  /** @throws Error naming the text that is no address or network */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const [address = '', prefix, ...more] = text.split('/');
      const family = isIP(address);
      const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
      if (family === 0 || more.length > 0 || prefix === '' || !(bits >= 0 && bits <= (family === 4 ? 32 : 128)))
        throw new Error(`${text} is no address or network`);
      this.#list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
    }
  }

  has(address: string): boolean {
    return this.#list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
}

const PRIVATE_NETWORKS = new Networks(PRIVATE);

/** The machine's own private addresses, of interfaces that are not loopback. */
export function privateAddresses(interfaces = networkInterfaces()): string[] {
  const all = Object.values(interfaces).flatMap((each) => each ?? []);
  const found = all.filter(({ address, internal }) => !internal && PRIVATE_NETWORKS.has(address));
  return [...new Set(found.map(({ address }) => address))].sort();
}

const MAPPED = '::ffff:';

/** As it is written for people: without a zone, and without the form that IPv4 has on an IPv6 socket. */
export function plainAddress(address: string): string {
  const bare = address.includes('%') ? address.slice(0, address.indexOf('%')) : address;
  return bare.startsWith(MAPPED) && isIPv4(bare.slice(MAPPED.length)) ? bare.slice(MAPPED.length) : bare;
}
