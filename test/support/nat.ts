import { execFileSync } from 'node:child_process';

/** A box behind a router that translates addresses, and a collector outside: three namespaces of this process's own names. */
export class NatWire {
  readonly box = `hnn-b-${process.pid}`;
  readonly router = `hnn-r-${process.pid}`;
  readonly outside = `hnn-o-${process.pid}`;
  readonly boxAddress = '10.71.1.2';
  readonly collectorAddress = '10.71.2.1';
  readonly #routerInside = '10.71.1.1';

  make(): void {
    for (const name of [this.box, this.router, this.outside]) run('ip', 'netns', 'add', name);
    this.#pair(this.box, 'lan0', this.router, 'lan1');
    this.#pair(this.outside, 'wan0', this.router, 'wan1');
    this.#ip(this.router, 'address', 'add', `${this.#routerInside}/24`, 'dev', 'lan1');
    this.#ip(this.router, 'address', 'add', '10.71.2.2/24', 'dev', 'wan1');
    this.#ip(this.outside, 'address', 'add', `${this.collectorAddress}/24`, 'dev', 'wan0');
    this.onRouter('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    this.#nft(
      'table ip line {',
      'chain nat {',
      'type nat hook postrouting priority 100',
      'oifname "wan1" masquerade',
      '}',
      'chain cut {',
      'type filter hook forward priority 0',
      '}',
      '}',
    );
    this.giveAddress(this.boxAddress);
  }

  get boxPrefix(): string[] {
    return ['ip', 'netns', 'exec', this.box];
  }

  get outsidePrefix(): string[] {
    return ['ip', 'netns', 'exec', this.outside];
  }

  /** The box gets this address in place of what it had, as from a DHCP server. */
  giveAddress(address: string): void {
    this.#ip(this.box, 'address', 'flush', 'dev', 'lan0');
    this.#ip(this.box, 'address', 'add', `${address}/24`, 'dev', 'lan0');
    this.#ip(this.box, 'route', 'add', 'default', 'via', this.#routerInside);
  }

  /** The line outside gets another address, as from a provider at night. */
  renumberOutside(address: string): void {
    this.#ip(this.router, 'address', 'flush', 'dev', 'wan1');
    this.#ip(this.router, 'address', 'add', `${address}/24`, 'dev', 'wan1');
  }

  /** The cable of the box, at the router's end. */
  cable(state: 'up' | 'down'): void {
    this.#ip(this.router, 'link', 'set', 'lan1', state);
  }

  /** Packets of one connection of the box vanish from now on, both ways, and nobody is told. */
  swallow(port: number): void {
    for (const side of ['sport', 'dport']) this.#nft(`add rule ip line cut tcp ${side} ${port} drop`);
  }

  /** The box's own ports of connections to a port of the collector. */
  portsTo(port: number): number[] {
    const lines = run(...this.boxPrefix, 'cat', '/proc/net/tcp', '/proc/net/tcp6').split('\n');
    const ESTABLISHED = '01';
    return lines.flatMap((line) => {
      const [, local = '', remote = '', state] = line.trim().split(/\s+/);
      const isIt = state === ESTABLISHED && Number.parseInt(remote.split(':')[1] ?? '', 16) === port;
      return isIt ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
    });
  }

  onRouter(...command: string[]): string {
    return run('ip', 'netns', 'exec', this.router, ...command);
  }

  remove(): void {
    for (const name of [this.box, this.router, this.outside]) {
      try {
        run('ip', 'netns', 'del', name);
      } catch {
        // It was never made.
      }
    }
  }

  #pair(one: string, oneLink: string, other: string, otherLink: string): void {
    run('ip', '-n', one, 'link', 'add', oneLink, 'type', 'veth', 'peer', 'name', otherLink, 'netns', other);
    for (const [name, link] of [
      [one, oneLink],
      [other, otherLink],
    ] as const) {
      this.#ip(name, 'link', 'set', link, 'up');
      this.#ip(name, 'link', 'set', 'lo', 'up');
    }
  }

  #ip(namespace: string, ...args: string[]): void {
    run('ip', '-n', namespace, ...args);
  }

  #nft(...lines: string[]): void {
    execFileSync('ip', ['netns', 'exec', this.router, 'nft', '-f', '-'], {
      input: `${lines.join('\n')}\n`,
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: 20_000,
    });
  }
}

function run(...[command = '', ...args]: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
}
