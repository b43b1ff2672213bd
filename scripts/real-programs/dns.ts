import type { Scenario } from './lab/scenario.js';

const ZONE = `
no-resolv
no-hosts
bind-interfaces
user=nobody
host-record=printer.office.example,192.0.2.5,2001:db8::5
cname=drucker.office.example,printer.office.example
mx-host=office.example,mail.office.example,10
txt-record=office.example,"v=spf1 -all"
srv-host=_ldap._tcp.office.example,dc1.office.example,389,5,100
ptr-record=5.2.0.192.in-addr.arpa,printer.office.example
naptr-record=sip.office.example,100,10,S,SIP+D2U,,_sip._udp.office.example
caa-record=office.example,0,issue,ca.example
`;

export const DNS: Scenario = {
  name: 'dns',
  title: 'DNS: dig asks dnsmasq',
  packages: ['dnsutils', 'dnsmasq-base'],
  async run(lab) {
    const { client, server, at } = lab;
    const long = ['long', 'wide'].flatMap((name) =>
      Array.from({ length: 40 }, (_, i) => `txt-record=${name}.office.example,"${i} ${'x'.repeat(80)}"`),
    );
    const file = lab.file('dnsmasq.conf', [ZONE, ...long, 'local=/office.example/', 'pid-file='].join('\n'));
    await server.serve(
      ['dnsmasq', '--no-daemon', `--conf-file=${file}`, '--edns-packet-max=4096'],
      ['udp/53', 'tcp/53'],
    );
    const dig = (...args: string[]): Promise<string> => client.must(['dig', '+tries=1', '+time=2', ...args]);

    const printer = { 'event.dataset': 'dns', 'dns.question.name': 'printer.office.example' };
    await dig(`@${at.server}`, 'printer.office.example');
    lab.step('dig printer.office.example', {
      ...printer,
      'dns.question.type': 'A',
      'dns.response_code': 'NOERROR',
      'dns.resolved_ip': '192.0.2.5',
      'network.transport': 'udp',
    });
    await dig(`@${at.server6}`, 'AAAA', 'printer.office.example');
    lab.step('dig AAAA over IPv6', {
      ...printer,
      'dns.question.type': 'AAAA',
      'dns.resolved_ip': '2001:db8::5',
      'source.ip': at.client6,
    });
    await dig(`@${at.server}`, '+tcp', 'A', 'drucker.office.example');
    lab.step('dig +tcp of an alias', {
      'event.dataset': 'dns',
      'dns.question.name': 'drucker.office.example',
      'network.transport': 'tcp',
      'dns.answers': [/"type":"CNAME".*printer\.office\.example/, /"type":"A".*192\.0\.2\.5/],
    });
    await dig(`@${at.server}`, '+noedns', 'nothing.office.example');
    lab.step('dig +noedns of a name that is not there', {
      'event.dataset': 'dns',
      'dns.question.name': 'nothing.office.example',
      'dns.response_code': 'NXDOMAIN',
    });
    for (const [type, name, data] of TYPES) {
      await dig(`@${at.server}`, type, name);
      lab.step(`dig ${type} ${name}`, { 'event.dataset': 'dns', 'dns.question.type': type, 'dns.answers': data });
    }
    await dig(`@${at.server}`, '+dnssec', '+bufsize=1232', 'TXT', 'long.office.example');
    const longText = { 'event.dataset': 'dns', 'dns.question.name': 'long.office.example' };
    lab.step('dig of an answer that does not fit', {
      ...longText,
      'network.transport': 'udp',
      'dns.header_flags': ['TC', 'DO'],
    });
    lab.step('dig asks again over TCP', { ...longText, 'network.transport': 'tcp', 'dns.answers': /39 xxx/ });
    await dig(`@${at.server}`, '+bufsize=4096', 'TXT', 'wide.office.example');
    lab.step('dig +bufsize=4096: the answer comes in fragments', {
      'event.dataset': 'dns',
      'dns.question.name': 'wide.office.example',
      'network.transport': 'udp',
      'dns.header_flags': ['AA', 'RD'],
      'dns.answers': /39 xxx/,
    });
    await dig(`@${at.server}`, 'CH', 'TXT', 'version.bind');
    lab.step('dig CH TXT version.bind', {
      'event.dataset': 'dns',
      'dns.question.class': 'CH',
      'dns.answers': /dnsmasq-2/,
    });
  },
};

const TYPES: readonly (readonly [string, string, RegExp])[] = [
  ['MX', 'office.example', /"data":"10 mail\.office\.example\.?"/],
  ['TXT', 'office.example', /v=spf1 -all/],
  ['SRV', '_ldap._tcp.office.example', /"data":"5 100 389 dc1\.office\.example\.?"/],
  ['NAPTR', 'sip.office.example', /"data":"100 10 \\"S\\" \\"SIP\+D2U\\" \\"\\" _sip\._udp\.office\.example\.?"/],
  ['CAA', 'office.example', /"data":"0 issue \\"ca\.example\\""/],
  ['PTR', '5.2.0.192.in-addr.arpa', /"data":"printer\.office\.example\.?"/],
];
