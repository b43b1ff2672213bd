import type { Lab, Scenario } from './lab/scenario.js';

/** A message bus of its own; avahi wants one. */
async function serveBus(lab: Lab): Promise<void> {
  for (const host of [lab.client, lab.server]) {
    await host.must(['mkdir', '-p', '/run/dbus', '/run/avahi-daemon'], { user: 'root' });
    const bus = [
      'dbus-daemon',
      '--system',
      '--nofork',
      '--nopidfile',
      '--address=unix:path=/run/dbus/system_bus_socket',
    ];
    await host.serve(bus, async () => (await host.run(['test', '-S', '/run/dbus/system_bus_socket'])).code === 0, {
      user: 'root',
    });
    const config = lab.file(
      `avahi-${host.name}.conf`,
      `[server]\nhost-name=${host.name}\nuse-ipv4=yes\nuse-ipv6=yes\n`,
    );
    const daemon = ['avahi-daemon', '--no-drop-root', '--no-chroot', '--no-rlimits', '--no-proc-title', '-f', config];
    await host.serve(daemon, ['udp/5353'], { user: 'root' });
  }
}

export const MDNS: Scenario = {
  name: 'mdns',
  title: 'mDNS: avahi finds a printer',
  packages: ['avahi-daemon', 'avahi-utils', 'dbus'],
  async run(lab) {
    await serveBus(lab);
    const { client, server } = lab;
    const mdns = { 'event.dataset': 'dns', 'network.protocol': 'mdns' };
    const service = ['avahi-publish', '-s', 'Front desk', '_ipp._tcp', '631', 'rp=printers/front'];
    await server.serve(service, /Established/, { user: 'root' });
    await client.run(['avahi-browse', '-r', '-t', '_ipp._tcp'], { user: 'root', seconds: 6 });
    lab.step(
      'avahi-browse -r _ipp._tcp',
      { ...mdns, 'dns.question.name': '_ipp._tcp.local', 'dns.question.type': 'PTR' },
      { ...mdns, 'dns.answers': [/Front.{1,8}desk\._ipp\._tcp\.local/] },
      { ...mdns, 'dns.answers': [/rp=printers\/front/] },
      { ...mdns, 'dns.answers': [/"type":"SRV".*631 srv1\.local/] },
    );
    await client.run(['avahi-resolve', '-n', 'srv1.local'], { user: 'root', seconds: 6 });
    lab.step('avahi-resolve -n srv1.local', { ...mdns, 'dns.resolved_ip': lab.at.server });
  },
};

export const LLMNR: Scenario = {
  name: 'llmnr',
  title: 'LLMNR: llmnr-query asks llmnrd',
  packages: ['llmnrd'],
  async run(lab) {
    const { client, server, at } = lab;
    await server.serve(['llmnrd', '-H', 'srv1', '-6'], ['udp/5355'], { user: 'root' });
    const llmnr = { 'event.dataset': 'dns', 'network.protocol': 'llmnr', 'dns.question.name': 'srv1' };
    await client.run(['llmnr-query', '-c', '1', '-I', 'eth0', 'srv1'], { user: 'root', seconds: 5 });
    lab.step('llmnr-query srv1', { ...llmnr, 'dns.question.type': 'ANY' });
    lab.step('llmnrd answers', { ...llmnr, 'dns.resolved_ip': at.server });
    await client.run(['llmnr-query', '-c', '1', '-6', '-I', 'eth0', '-T', 'AAAA', 'srv1'], {
      user: 'root',
      seconds: 5,
    });
    lab.step('llmnr-query -6 -T AAAA srv1', { ...llmnr, 'dns.question.type': 'AAAA' });
  },
};
