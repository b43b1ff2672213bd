import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { Host } from './host.js';

const exec = promisify(execFile);
const TAP_WAIT_MS = 10_000;
/** The capture has what was sent after this, by a wide margin. */
const SETTLE_MS = 400;

/** Where a scenario lives: an office of its own number, so that recordings can be put together. */
export interface Addresses {
  readonly client: string;
  readonly server: string;
  readonly client6: string;
  readonly server6: string;
  /** `10.77.N`, and `fd77:N:`. */
  readonly net: string;
  readonly net6: string;
}

export function addressesOf(number: number): Addresses {
  const [net, net6] = [`10.77.${number}`, `fd77:0:0:${number.toString(16)}:`];
  return { client: `${net}.10`, server: `${net}.20`, client6: `${net6}:10`, server6: `${net6}:20`, net, net6 };
}

/**
 * Two machines and between them a third, a bridge on whose one port a capture listens:
 *
 *     client eth0 ── port0 [ tap: bridge ] port1 ── eth0 server
 */
export class Wire {
  readonly client: Host;
  readonly server: Host;
  readonly #tap = new Host('tap');
  #capture: ChildProcess | undefined;
  #closing: Promise<void> | undefined;

  constructor(names: { client: string; server: string }) {
    this.client = new Host(names.client);
    this.server = new Host(names.server);
  }

  async start(addresses: Addresses, file: string): Promise<void> {
    const hosts = [
      '127.0.0.1 localhost',
      ...[addresses.client, addresses.client6].map((ip) => `${ip} ${this.client.name}.${DOMAIN} ${this.client.name}`),
      ...[addresses.server, addresses.server6].map((ip) => `${ip} ${this.server.name}.${DOMAIN} ${this.server.name}`),
    ].join('\n');
    for (const host of [this.client, this.server, this.#tap]) await host.start(hosts);
    await this.#connect();
    await this.#listen(file);
    await this.#address(this.client, [`${addresses.client}/24`, `${addresses.client6}/64`]);
    await this.#address(this.server, [`${addresses.server}/24`, `${addresses.server6}/64`]);
  }

  async #connect(): Promise<void> {
    const tap = this.#tap;
    await tap.must(['ip', 'link', 'add', 'bridge', 'type', 'bridge', 'stp_state', '0', 'mcast_snooping', '0'], ROOT);
    // Frames that end at a bridge (LLDP) are to pass, as through a tap that is no bridge.
    await tap.must(['ip', 'link', 'set', 'dev', 'bridge', 'type', 'bridge', 'group_fwd_mask', '0xfff8'], ROOT);
    for (const [i, host] of [this.client, this.server].entries()) {
      const peer = ['peer', 'name', `port${i}`, 'netns', String(tap.pid)];
      await exec('ip', ['link', 'add', 'eth0', 'netns', String(host.pid), 'type', 'veth', ...peer]);
      await tap.must(['ip', 'link', 'set', `port${i}`, 'master', 'bridge', 'up'], ROOT);
      // Checksums are right and no segment is larger than a wire carries.
      await host.run(['ethtool', '-K', 'eth0', 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off'], ROOT);
    }
    await tap.must(['ip', 'link', 'set', 'bridge', 'up'], ROOT);
  }

  async #address(host: Host, addresses: readonly string[]): Promise<void> {
    for (const address of addresses)
      await host.must(
        ['ip', 'address', 'add', address, ...(address.includes(':') ? ['nodad'] : ['brd', '+']), 'dev', 'eth0'],
        ROOT,
      );
    await host.must(['ip', 'link', 'set', 'eth0', 'up'], ROOT);
    await host.must(['ip', 'route', 'add', 'default', 'dev', 'eth0'], ROOT);
  }

  /** The capture is our own child, not one of the namespace, so that it can be asked to end and writes all it has. */
  async #listen(file: string): Promise<void> {
    // At once, with room for a burst: a slot of the ring is as large as the longest packet that is asked for.
    const ring = ['--immediate-mode', '-s', '9000', '-B', '65536'];
    const dump = ['tcpdump', '-i', 'port0', '-U', '-n', ...ring, '-w', file, '-Z', 'root'];
    const command = ['--pdeathsig', 'KILL', 'nsenter', '--target', String(this.#tap.pid), '--net', '--', ...dump];
    const capture = spawn('setpriv', command, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    this.#capture = capture;
    let words = '';
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`the capture did not begin: ${words}`)), TAP_WAIT_MS);
      capture.stderr.setEncoding('utf8').on('data', (text: string) => {
        words += text;
        if (!/listening on/.test(words)) return;
        clearTimeout(timer);
        done();
      });
    });
  }

  /** Ends the capture, then both machines and all that runs on them. Safe in any state, and twice at once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const capture = this.#capture;
    if (capture !== undefined && capture.exitCode === null && capture.signalCode === null) {
      await new Promise((wait) => setTimeout(wait, SETTLE_MS));
      const end = new Promise((done) => capture.once('close', done));
      capture.kill('SIGTERM');
      await end;
    }
    await Promise.all([this.client, this.server, this.#tap].map((host) => host.close()));
  }
}

const ROOT = { user: 'root' };
export const DOMAIN = 'office.example';
