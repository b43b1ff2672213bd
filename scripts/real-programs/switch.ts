import type { Host } from './lab/host.js';
import type { Wanted } from './lab/match.js';
import type { Lab, Scenario } from './lab/scenario.js';

const ROOT = { user: 'root' };
const MPLS_LABEL = 1_077;
const CUSTOMER_VLAN = 30;
const PROVIDER_VLAN = 200;
const OFFICE_VLAN = 10;
const ATTEMPTS_MAX = 6;

/** Open vSwitch without the kernel's part: `eth0` is a port of its switch, and every packet passes through the program. */
async function serveSwitch(lab: Lab, host: Host, address: string, address6: string): Promise<void> {
  const base = `${lab.folder}/${host.name}`;
  const database = `unix:/run/openvswitch/db.sock`;
  await host.must(['mkdir', '-p', '/run/openvswitch'], ROOT);
  await host.must(['ovsdb-tool', 'create', `${base}.db`, '/usr/share/openvswitch/vswitch.ovsschema'], ROOT);
  const remote = '--remote=punix:/run/openvswitch/db.sock';
  const isThere = async (): Promise<boolean> => (await host.run(['test', '-S', '/run/openvswitch/db.sock'])).code === 0;
  await host.serve(['ovsdb-server', `${base}.db`, remote, '--pidfile=/run/openvswitch/ovsdb.pid'], isThere, ROOT);
  await host.serve(['ovs-vswitchd', database, '--pidfile=/run/openvswitch/ovs-vswitchd.pid'], /connected/, ROOT);
  await vsctl(host, 'set Open_vSwitch . other_config:vlan-limit=2');
  // Each address belongs to its own device: eth0 must not answer for those behind it.
  await host.must(['sh', '-c', 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore'], ROOT);
  const mac = await host.mac();
  await vsctl(host, `add-br office -- set bridge office datapath_type=netdev other_config:hwaddr=${mac}`);
  await vsctl(host, 'add-port office eth0');
  await host.must(['ip', 'address', 'flush', 'dev', 'eth0'], ROOT);
  for (const one of [`${address}/24`, `${address6}/64`])
    await host.must(['ip', 'address', 'add', one, 'dev', 'office'], ROOT);
  await host.must(['ip', 'link', 'set', 'office', 'up'], ROOT);
}

async function vsctl(host: Host, words: string): Promise<void> {
  await host.must(['ovs-vsctl', '--timeout=5', ...words.split(' ')], ROOT);
}

async function up(host: Host, device: string, address: string): Promise<void> {
  await host.must(['ip', 'address', 'add', `${address}/24`, 'dev', device], ROOT);
  await host.must(['ip', 'link', 'set', device, 'up'], ROOT);
}

/** Inner networks: `172.16+k.N`, so that no scenario and no tunnel shares one. */
const inner = (lab: Lab, k: number, last: number): string => `172.${16 + k}.${lab.at.net.split('.')[2]}.${last}`;

/** The switches have to find each other first: until one comes back, some times at most. */
async function ping(lab: Lab, k: number): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const { code } = await lab.client.run(['ping', '-c', '1', '-W', '1', inner(lab, k, 2)]);
    if (code === 0) return;
  }
}

const PACKAGES = ['openvswitch-switch', 'iputils-ping'];
const whyNot = async (lab: Lab): Promise<string | undefined> =>
  (await lab.client.run(['test', '-c', '/dev/net/tun'])).code === 0 ? undefined : 'there is no /dev/net/tun';

/** Both machines, each with the other's address, and its own last number. */
async function serveBoth(lab: Lab): Promise<readonly (readonly [Host, string, number])[]> {
  const { client, server, at } = lab;
  await serveSwitch(lab, client, at.client, at.client6);
  await serveSwitch(lab, server, at.server, at.server6);
  return [
    [client, at.server, 1],
    [server, at.client, 2],
  ];
}

/** A ping in the inner network `k` that was answered. */
const answered = (lab: Lab, k: number): Wanted => ({
  'event.dataset': 'flow',
  'network.transport': 'icmp',
  'source.ip': inner(lab, k, 1),
  'destination.ip': inner(lab, k, 2),
  'destination.packets': /^[1-9]/,
});

export const SWITCH: Scenario = {
  name: 'switch',
  title: 'VLAN, QinQ and MPLS: ping through Open vSwitch',
  packages: PACKAGES,
  whyNot,
  async run(lab) {
    for (const [host, , last] of await serveBoth(lab)) {
      await vsctl(host, `add-port office vlan10 tag=${OFFICE_VLAN} -- set interface vlan10 type=internal`);
      await up(host, 'vlan10', inner(lab, 0, last));
      await customer(lab, host, last);
      await labels(lab, host, last);
    }
    await ping(lab, 0);
    lab.step(`ping in VLAN ${OFFICE_VLAN}`, { ...answered(lab, 0), 'network.vlan.id': String(OFFICE_VLAN) });
    await ping(lab, 1);
    lab.step(`ping in VLAN ${CUSTOMER_VLAN} of VLAN ${PROVIDER_VLAN} (QinQ)`, {
      ...answered(lab, 1),
      'network.vlan.id': String(PROVIDER_VLAN),
      'network.inner.vlan.id': String(CUSTOMER_VLAN),
    });
    await ping(lab, 2);
    lab.step(`ping with the MPLS label ${MPLS_LABEL}`, { ...answered(lab, 2), 'hinomi.flow.tunnel': 'mpls' });
  },
};

/** One pair of switches cannot take GRE and ERSPAN apart: each group of tunnels has its own. */
function switchTunnels(name: string, title: string, tunnels: readonly Tunnel[]): Scenario {
  return {
    name,
    title,
    packages: PACKAGES,
    whyNot,
    async run(lab) {
      const both = await serveBoth(lab);
      for (const [k, { type, options }] of tunnels.entries()) {
        for (const [host, far, last] of both) {
          const port = `p${k} -- set interface p${k} type=${type} options:remote_ip=${far} ${options}`;
          await vsctl(host, `add-br t${k} -- set bridge t${k} datapath_type=netdev`);
          await vsctl(host, `add-port t${k} ${port}`);
          await up(host, `t${k}`, inner(lab, k, last));
        }
        await ping(lab, k);
        const ends = { 'hinomi.flow.outer_source': lab.at.client, 'hinomi.flow.outer_destination': lab.at.server };
        const isOverUdp = type === 'vxlan' || type === 'geneve';
        lab.step(`ping through ${type}, ${options.replaceAll('options:', '')}`, {
          ...answered(lab, k),
          'hinomi.flow.tunnel': type,
          ...(isOverUdp ? {} : ends),
        });
      }
    },
  };
}

interface Tunnel {
  readonly type: 'gre' | 'vxlan' | 'geneve' | 'erspan';
  readonly options: string;
}

export const SWITCH_TUNNELS = switchTunnels('switch-tunnels', 'GRE, VXLAN and Geneve: ping through Open vSwitch', [
  { type: 'gre', options: 'options:key=7' },
  { type: 'vxlan', options: 'options:key=77' },
  { type: 'geneve', options: 'options:key=78' },
]);

export const ERSPAN = switchTunnels('erspan', 'ERSPAN: ping through Open vSwitch', [
  { type: 'erspan', options: 'options:key=79 options:erspan_ver=1 options:erspan_idx=3' },
  { type: 'erspan', options: 'options:key=80 options:erspan_ver=2 options:erspan_dir=0 options:erspan_hwid=4' },
]);

/** A customer's switch behind a provider's port: what comes tagged is tagged once more. */
async function customer(lab: Lab, host: Host, last: number): Promise<void> {
  await vsctl(host, 'add-br customer -- set bridge customer datapath_type=netdev');
  await vsctl(host, `add-port customer vlan30 tag=${CUSTOMER_VLAN} -- set interface vlan30 type=internal`);
  await patch(host, 'customer', 'office', `vlan_mode=dot1q-tunnel tag=${PROVIDER_VLAN}`);
  await up(host, 'vlan30', inner(lab, 1, last));
}

/** What goes out gets a label, what comes with one loses it; ARP passes as it is. */
async function labels(lab: Lab, host: Host, last: number): Promise<void> {
  await vsctl(host, 'add-br labels -- set bridge labels datapath_type=netdev protocols=OpenFlow10,OpenFlow13');
  await patch(host, 'labels', 'office', '');
  const push = `push_mpls:0x8847,set_field:${MPLS_LABEL}->mpls_label,output:labels-office`;
  for (const text of [
    `in_port=LOCAL,ip,actions=${push}`,
    'in_port=labels-office,mpls,actions=pop_mpls:0x0800,LOCAL',
    'arp,actions=NORMAL',
    'priority=0,actions=drop',
  ]) {
    await host.must(['ovs-ofctl', '-O', 'OpenFlow13', 'add-flow', 'labels', text], ROOT);
  }
  await up(host, 'labels', inner(lab, 2, last));
}

/** @param provider options of the port at the bridge `to` */
async function patch(host: Host, from: string, to: string, provider: string): Promise<void> {
  const [near, far] = [`${from}-${to}`, `${to}-${from}`];
  await vsctl(host, `add-port ${from} ${near} -- set interface ${near} type=patch options:peer=${far}`);
  const port = provider === '' ? far : `${far} ${provider}`;
  await vsctl(host, `add-port ${to} ${port} -- set interface ${far} type=patch options:peer=${near}`);
}
