import { networkInterfaces } from 'node:os';

const LOOK_MS = 1_000;
/** So many looks without it and an address is gone: a cable that is put elsewhere comes back sooner. */
const MISSING_LOOKS = 3;

/** For all that ask in the same moment: thousands of agents in one process are one simulation. */
const FRESH_MS = LOOK_MS / 4;
let last: { readonly addresses: ReadonlySet<string>; readonly atMs: number } | undefined;

/** This machine's addresses. An interface whose cable is pulled has none: Linux says so, and libuv believes it. */
export function readAddresses(): ReadonlySet<string> {
  const atMs = performance.now();
  if (last === undefined || atMs - last.atMs > FRESH_MS) {
    const lists = Object.values(networkInterfaces());
    const addresses = new Set(lists.flatMap((list) => (list ?? []).map(({ address }) => address.toLowerCase())));
    last = { addresses, atMs };
  }
  return last.addresses;
}

/** Notices that an address of this machine is gone, or that there is a new one. Time is an argument. */
export class OwnAddresses {
  readonly #read: () => ReadonlySet<string>;
  #known: ReadonlySet<string>;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #missing = 0;
  #plain = { of: '', is: '' };

  constructor(read: () => ReadonlySet<string> = readAddresses) {
    this.#read = read;
    this.#known = read();
  }

  /** Whether there is one that was not there when this was last asked. */
  takeNew(): boolean {
    const before = this.#known;
    this.#known = this.#read();
    return [...this.#known].some((address) => !before.has(address));
  }

  /**
   * Whether a connection's own end has been gone for some seconds. Looks once a second, however often it is asked.
   * @param address undefined when it is not known
   */
  isGone(address: string | undefined, nowMs: number): boolean {
    if (address === undefined || nowMs - this.#lookedMs < LOOK_MS) return false;
    this.#lookedMs = nowMs;
    if (address !== this.#plain.of) this.#plain = { of: address, is: plainOf(address) };
    this.#missing = this.#read().has(this.#plain.is) ? 0 : this.#missing + 1;
    return this.#missing >= MISSING_LOOKS;
  }

  /** A new connection has begun. */
  reset(): void {
    this.#missing = 0;
  }
}

/** Without the scope of IPv6, and IPv4 as itself. */
function plainOf(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
}
