import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Why tests in namespaces cannot run here, or undefined when they can. */
export function whyNoNamespaces(programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = ['ip', ...programs].filter((name) => !FOLDERS.some((folder) => existsSync(`${folder}/${name}`)));
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}
const FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];

/** Two hosts on one wire: namespaces joined by a veth pair, of this process's own names. */
export class Wire {
  readonly client = `hnm-c-${process.pid}`;
  readonly server = `hnm-s-${process.pid}`;
  readonly clientAddress = '192.168.77.1';
  readonly serverAddress = '192.168.77.2';
  /** Of the server's end. */
  readonly interface = 'wire1';

  make(): void {
    for (const name of [this.client, this.server]) run('ip', 'netns', 'add', name);
    run(
      'ip',
      '-n',
      this.client,
      'link',
      'add',
      'wire0',
      'type',
      'veth',
      'peer',
      'name',
      this.interface,
      'netns',
      this.server,
    );
    for (const [name, link, address] of [
      [this.client, 'wire0', this.clientAddress],
      [this.server, this.interface, this.serverAddress],
    ] as const) {
      run('ip', '-n', name, 'address', 'add', `${address}/24`, 'dev', link);
      run('ip', '-n', name, 'link', 'set', link, 'up');
      run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    }
  }

  /** Runs a command on the client's side and returns what it printed. */
  onClient(...command: string[]): string {
    return run('ip', 'netns', 'exec', this.client, ...command);
  }

  /** After they have spoken: the kernels ask for each other's address no more, which they would now and then by themselves. */
  fixNeighbours(): void {
    for (const [name, link, address] of [
      [this.client, 'wire0', this.serverAddress],
      [this.server, this.interface, this.clientAddress],
    ] as const)
      run('ip', '-n', name, 'neighbour', 'change', address, 'dev', link, 'nud', 'permanent');
  }

  get serverPrefix(): string[] {
    return ['ip', 'netns', 'exec', this.server];
  }

  remove(): void {
    for (const name of [this.client, this.server]) {
      try {
        run('ip', 'netns', 'del', name);
      } catch {
        // It was never made.
      }
    }
  }
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
}
