import type { Lab, Scenario } from './lab/scenario.js';

const LEASE_S = 3_600;

export const DHCP: Scenario = {
  name: 'dhcp',
  title: 'DHCPv4: dhclient and udhcpc ask dnsmasq',
  packages: ['isc-dhcp-client', 'udhcpc', 'dnsmasq-base'],
  async run(lab) {
    const { client, server, at } = lab;
    await server.serve(
      [
        ...['dnsmasq', '--no-daemon', '--conf-file=/dev/null', '--port=0', '--user=root', '--group=root'],
        ...[
          `--dhcp-range=${at.net}.100,${at.net}.110,${LEASE_S}`,
          '--dhcp-authoritative',
          '--dhcp-leasefile=/dev/null',
        ],
        ...[`--dhcp-option=option:router,${at.net}.1`, `--dhcp-option=option:dns-server,${at.net}.20,192.0.2.53`],
        ...['--domain=office.example', '--no-ping', '--interface=eth0', '--bind-interfaces', '--pid-file='],
      ],
      ['udp/67'],
      { user: 'root' },
    );
    const mac = await client.mac();
    const dhcp = { 'event.dataset': 'dhcp', 'hinomi.dhcp.client_mac': mac };
    await dhclient(lab, '-4', 'send host-name "desk-12"; send fqdn.fqdn "desk-12.office.example.";');
    lab.step(
      'dhclient -4 of desk-12',
      {
        ...dhcp,
        'hinomi.dhcp.message_type': 'DISCOVER',
        'hinomi.dhcp.hostname': 'desk-12',
        'hinomi.dhcp.fqdn': /^desk-12\.office\.example/,
        'hinomi.dhcp.parameter_list': [1, 28, 2, 3, 15, 6],
      },
      { ...dhcp, 'hinomi.dhcp.message_type': 'OFFER', 'hinomi.dhcp.server_ip': at.server },
      { ...dhcp, 'hinomi.dhcp.message_type': 'REQUEST', 'hinomi.dhcp.requested_ip': new RegExp(`^${at.net}`) },
      {
        ...dhcp,
        'hinomi.dhcp.message_type': 'ACK',
        'hinomi.dhcp.assigned_ip': new RegExp(`^${at.net}\\.1`),
        'hinomi.dhcp.router': `${at.net}.1`,
        'hinomi.dhcp.dns': [at.server, '192.0.2.53'],
        'hinomi.dhcp.domain': 'office.example',
        'hinomi.dhcp.subnet_mask': '255.255.255.0',
        'hinomi.dhcp.lease_s': LEASE_S,
      },
    );
    await client.run(
      ['udhcpc', '-i', 'eth0', '-q', '-n', '-f', '-s', '/bin/true', '-x', 'hostname:till-3', '-V', 'Till/7'],
      {
        user: 'root',
      },
    );
    lab.step('udhcpc -x hostname:till-3 -V Till/7', {
      ...dhcp,
      'hinomi.dhcp.message_type': 'REQUEST',
      'hinomi.dhcp.hostname': 'till-3',
      'hinomi.dhcp.vendor_class': 'Till/7',
    });
    await dhclient(lab, '-4', '', '-r');
    lab.step('dhclient -r', { ...dhcp, 'hinomi.dhcp.message_type': 'RELEASE' });
  },
};

export const DHCPV6: Scenario = {
  name: 'dhcpv6',
  title: 'DHCPv6: dhclient asks dnsmasq',
  packages: ['isc-dhcp-client', 'dnsmasq-base'],
  async run(lab) {
    const { server, at } = lab;
    await server.serve(
      [
        ...[
          'dnsmasq',
          '--no-daemon',
          '--conf-file=/dev/null',
          '--port=0',
          '--user=root',
          '--group=root',
          '--pid-file=',
        ],
        ...[`--dhcp-range=${at.net6}:1000,${at.net6}:1fff,64,${LEASE_S}`, '--dhcp-authoritative', '--enable-ra'],
        ...[`--dhcp-option=option6:dns-server,[${at.server6}]`, '--dhcp-leasefile=/dev/null', '--interface=eth0'],
      ],
      ['udp/547'],
      { user: 'root' },
    );
    await dhclient(lab, '-6', 'send fqdn.fqdn "desk-13.office.example."; send fqdn.encoded on;');
    const dhcp = { 'event.dataset': 'dhcp', 'network.protocol': 'dhcpv6' };
    lab.step(
      'dhclient -6 of desk-13',
      { ...dhcp, 'hinomi.dhcp.message_type': 'SOLICIT', 'hinomi.dhcp.client_id': /^[0-9a-f:]+$/ },
      { ...dhcp, 'hinomi.dhcp.message_type': 'ADVERTISE' },
      { ...dhcp, 'hinomi.dhcp.message_type': 'REQUEST', 'hinomi.dhcp.fqdn': /^desk-13/ },
      {
        ...dhcp,
        'hinomi.dhcp.message_type': 'REPLY',
        'hinomi.dhcp.assigned_ip': new RegExp(`^${at.net6}:`),
        'hinomi.dhcp.dns': at.server6,
        'hinomi.dhcp.lease_s': LEASE_S,
      },
    );
  },
};

/** Its script only says yes: addresses stay as they are. */
async function dhclient(lab: Lab, family: string, config: string, ...more: string[]): Promise<void> {
  const files = ['-cf', lab.file('dhclient.conf', config), '-lf', lab.path(`leases${family}`), '-pf', lab.path('pid')];
  const command = ['dhclient', family, '-1', '-d', '-sf', '/bin/true', ...files, ...more, 'eth0'];
  // With -d it stays; what it has to say is said by then.
  await lab.client.run(command, { user: 'root', seconds: 5 });
}
