import type { Scenario } from './lab/scenario.js';
import type { Addresses } from './lab/wire.js';

const ROOT = { user: 'root' };

export const PING: Scenario = {
  name: 'ping',
  title: 'ARP, ICMP, ICMPv6 and fragments: ping',
  packages: ['iputils-ping'],
  async run(lab) {
    const { client, at } = lab;
    const ping = (...args: string[]): Promise<string> => client.must(['ping', '-W', '2', '-i', '0.2', ...args]);
    const flow = { 'event.dataset': 'flow', 'source.ip': at.client, 'destination.ip': at.server };
    await ping('-c', '3', at.server);
    lab.step(
      'ping -c 3',
      {
        'event.dataset': 'arp',
        'hinomi.arp.operation': 'request',
        'source.ip': at.client,
        'destination.ip': at.server,
      },
      {
        'event.dataset': 'arp',
        'hinomi.arp.operation': 'reply',
        'source.ip': at.server,
        'source.mac': await lab.server.mac(),
      },
      {
        ...flow,
        'network.transport': 'icmp',
        'source.port': 8,
        'destination.port': 0,
        'source.packets': 3,
        'destination.packets': 3,
        'hinomi.flow.source_payload_bytes': 3 * 56,
      },
    );
    await ping('-c', '2', at.server6);
    lab.step('ping -6 -c 2', {
      'event.dataset': 'flow',
      'network.transport': 'ipv6-icmp',
      'source.ip': at.client6,
      'source.port': 128,
      'destination.port': 129,
      'source.packets': 2,
      'destination.packets': 2,
    });
  },
};

/** Fragments in an office of their own, so that the flow of other pings is another one. */
export const FRAGMENTS: Scenario = {
  name: 'fragments',
  title: 'Fragments: ping -s 4000',
  packages: ['iputils-ping'],
  async run(lab) {
    const { client, at } = lab;
    for (const [to, transport, ip] of [
      [at.server, 'icmp', at.client],
      [at.server6, 'ipv6-icmp', at.client6],
    ] as const) {
      await client.must(['ping', '-c', '2', '-W', '2', '-i', '0.2', '-s', '4000', to]);
      lab.step(`ping -c 2 -s 4000 ${to}`, {
        'event.dataset': 'flow',
        'network.transport': transport,
        'source.ip': ip,
        'source.packets': 6,
        'destination.packets': 6,
        'hinomi.flow.source_payload_bytes': 2 * 4_000,
        'hinomi.flow.destination_payload_bytes': 2 * 4_000,
      });
    }
  },
};

/** Addresses of both ends inside of a tunnel: of every scenario its own, as those outside are. */
function insideOf({ net, net6 }: Addresses, inner: 4 | 6): [string, string] {
  const inside = inner === 4 ? `${net.replace('10.77', '172.31')}.` : `${net6.replace('fd77', 'fd99')}:`;
  return [`${inside}1`, `${inside}2`];
}

/** Tunnels of the kernel's own devices: `%l` and `%r` are the addresses of this machine and the other. */
function kernelTunnel(
  type: string,
  options: { add: string; six?: boolean; tunnel: string; inner?: 4 | 6; outer?: boolean },
): Scenario {
  const { add, six = false, tunnel, inner = 4, outer = false } = options;
  return {
    name: `kernel-${type}`,
    title: `Tunnel of the kernel: ${type}`,
    packages: ['iproute2', 'iputils-ping'],
    async whyNot(lab) {
      const device = words(add, six ? '::1' : '127.0.0.1', six ? '::2' : '127.0.0.2');
      const { code, stderr } = await lab.client.run(['ip', 'link', 'add', 'probe0', 'type', ...device], ROOT);
      if (code === 0) await lab.client.run(['ip', 'link', 'del', 'probe0'], ROOT);
      return /Unknown device type/.test(stderr) ? `this kernel has no ${type} devices` : undefined;
    },
    async run(lab) {
      const { client, server, at } = lab;
      const [near, far] = six ? [at.client6, at.server6] : [at.client, at.server];
      const [inside, inside2] = insideOf(at, inner);
      for (const [host, local, remote, address] of [
        [client, near, far, inside],
        [server, far, near, inside2],
      ] as const) {
        await host.must(['ip', 'link', 'add', 'tunnel0', 'type', ...words(add, local, remote)], ROOT);
        const nodad = inner === 6 ? ['nodad'] : [];
        await host.must(
          ['ip', 'address', 'add', `${address}/${inner === 4 ? 24 : 64}`, 'dev', 'tunnel0', ...nodad],
          ROOT,
        );
        await host.must(['ip', 'link', 'set', 'tunnel0', 'up'], ROOT);
      }
      await client.must(['ping', '-c', '2', '-W', '2', '-i', '0.2', inside2]);
      const by = {
        'event.dataset': 'flow',
        'source.ip': inside,
        'destination.ip': inside2,
        'hinomi.flow.tunnel': tunnel,
      };
      const between = outer ? {} : { 'hinomi.flow.outer_source': near, 'hinomi.flow.outer_destination': far };
      lab.step(`ping through ${type}`, { ...by, ...between, 'source.packets': 2, 'destination.packets': 2 });
    },
  };
}

const words = (text: string, local: string, remote: string): string[] =>
  text.replaceAll('%l', local).replaceAll('%r', remote).split(' ');

export const KERNEL_TUNNELS: readonly Scenario[] = [
  kernelTunnel('vxlan', { add: 'vxlan id 77 local %l remote %r dstport 4789', tunnel: 'vxlan', outer: true }),
  kernelTunnel('geneve', { add: 'geneve id 77 remote %r', tunnel: 'geneve', outer: true }),
  kernelTunnel('gre', { add: 'gre local %l remote %r', tunnel: 'gre' }),
  kernelTunnel('gretap', { add: 'gretap local %l remote %r key 7', tunnel: 'gre' }),
  kernelTunnel('erspan', { add: 'erspan local %l remote %r seq key 7 erspan 1', tunnel: 'erspan' }),
  kernelTunnel('ipip', { add: 'ipip local %l remote %r', tunnel: 'ip-in-ip' }),
  kernelTunnel('sit', { add: 'sit local %l remote %r', tunnel: 'ip-in-ip', inner: 6 }),
  kernelTunnel('ip6tnl', { add: 'ip6tnl mode ipip6 local %l remote %r', six: true, tunnel: 'ip-in-ip' }),
  kernelTunnel('ip6gre', { add: 'ip6gre local %l remote %r', six: true, tunnel: 'gre' }),
];

/** IP in IP by a program: what it reads from a tun device it sends as it is, under the number of that protocol. */
function socatTunnel(options: { name: string; title: string; six: boolean; inner: 4 | 6 }): Scenario {
  const { name, title, six, inner } = options;
  return {
    name,
    title,
    packages: ['socat', 'iputils-ping'],
    whyNot: async (lab) =>
      (await lab.client.run(['test', '-c', '/dev/net/tun'])).code === 0 ? undefined : 'there is no /dev/net/tun',
    async run(lab) {
      const { client, server, at } = lab;
      const [near, far] = six ? [at.client6, at.server6] : [at.client, at.server];
      const [inside, inside2] = insideOf(at, inner);
      for (const [host, remote, address] of [
        [client, far, inside],
        [server, near, inside2],
      ] as const) {
        const to = six
          ? `IP6-SENDTO:[${remote}]:${inner === 4 ? 4 : 41}`
          : `IP4-SENDTO:${remote}:${inner === 4 ? 4 : 41}`;
        const has = async (): Promise<boolean> => (await host.run(['ip', 'link', 'show', 'tunnel0'])).code === 0;
        await host.serve(['socat', '-d', 'TUN,tun-name=tunnel0,iff-no-pi,up', to], has, ROOT);
        const nodad = inner === 6 ? ['nodad'] : [];
        await host.must(
          ['ip', 'address', 'add', `${address}/${inner === 4 ? 24 : 64}`, 'dev', 'tunnel0', ...nodad],
          ROOT,
        );
      }
      await client.must(['ping', '-c', '2', '-W', '2', '-i', '0.2', inside2]);
      lab.step(`ping through socat: IPv${inner} in IPv${six ? 6 : 4}`, {
        'event.dataset': 'flow',
        'source.ip': inside,
        'destination.ip': inside2,
        'hinomi.flow.tunnel': 'ip-in-ip',
        'hinomi.flow.outer_source': near,
        'hinomi.flow.outer_destination': far,
        'source.packets': 2,
        'destination.packets': 2,
      });
    },
  };
}

export const SOCAT_TUNNELS: readonly Scenario[] = [
  socatTunnel({ name: 'ipip', title: 'IPv4 in IPv4 by socat', six: false, inner: 4 }),
  socatTunnel({ name: '6in4', title: 'IPv6 in IPv4 (6in4) by socat', six: false, inner: 6 }),
  socatTunnel({ name: 'ds-lite', title: 'IPv4 in IPv6 (as DS-Lite) by socat', six: true, inner: 4 }),
  socatTunnel({ name: '6in6', title: 'IPv6 in IPv6 by socat', six: true, inner: 6 }),
];
