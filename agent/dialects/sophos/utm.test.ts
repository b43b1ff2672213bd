import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { expectJunkKept } from '../testing/mutated.js';

const RECEIVED = Date.parse('2026-06-08T00:00:00Z');
const record = (line: string) => new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);

const line = (program: string, rest: string) => `<30>2026:06:07-17:33:19 utm-1 ${program}[4000]: ${rest}`;
const web = (id: string, name: string, action: string, rest: string) =>
  line(
    'httpproxy',
    `id="${id}" severity="info" sys="SecureWeb" sub="http" name="${name}" action="${action}" method="GET" srcip="192.0.2.10" dstip="198.51.100.7" user="hanako" group="office" statuscode="403" size="311" url="https://www.example.jp/x?y=1" ua="Mozilla/5.0" ${rest}`,
  );

const CASES: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'a packet that was dropped',
    line(
      'ulogd',
      'id="2001" severity="info" sys="SecureNet" sub="packetfilter" name="Packet dropped" action="drop" fwrule="60001" initf="eth1" outitf="eth0" srcmac="00:00:5e:00:53:01" dstmac="00:00:5e:00:53:02" srcip="203.0.113.5" dstip="192.0.2.1" proto="6" length="40" ttl="240" srcport="40000" dstport="23" tcpflags="SYN"',
    ),
    {
      '@timestamp': '2026-06-07T08:33:19.000Z',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'event.action': 'drop',
      'event.code': '2001',
      'rule.id': '60001',
      'source.mac': '00-00-5E-00-53-01',
      'destination.port': 23,
      'network.transport': 'tcp',
      'observer.ingress.interface.name': 'eth1',
      'observer.egress.interface.name': 'eth0',
      'observer.name': 'utm-1',
      'log.syslog.appname': 'ulogd',
    },
  ],
  [
    'a packet that was accepted',
    line(
      'ulogd',
      'id="2002" severity="info" sys="SecureNet" sub="packetfilter" name="Packet accepted" action="accept" fwrule="4" srcip="192.0.2.10" dstip="198.51.100.7" proto="17" srcport="1" dstport="53"',
    ),
    { 'event.type': ['connection', 'allowed'] },
  ],
  [
    'a site that was seen',
    web(
      '0001',
      'http access',
      'pass',
      'category="105" reputation="trusted" categoryname="Business" application="google"',
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'allowed'],
      'user.name': 'hanako',
      'url.domain': 'www.example.jp',
      'http.request.method': 'GET',
      'http.response.status_code': 403,
      'user_agent.original': 'Mozilla/5.0',
      'rule.category': 'Business',
      'network.application': 'google',
    },
  ],
  [
    'a site that was blocked',
    web(
      '0060',
      'web request blocked, forbidden category detected',
      'block',
      'categoryname="Games" reputation="neutral" reason="category"',
    ),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'denied'], 'event.reason': 'category' },
  ],
  [
    'a site of bad reputation',
    web('0070', 'web request blocked', 'block', 'categoryname="Business" reputation="malicious" reason="reputation"'),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a virus',
    web('0066', 'web request blocked, virus detected', 'block', 'virus="EICAR-AV-Test"'),
    { 'hinomi.event_class': 'malware', 'event.kind': 'alert', 'threat.software.name': 'EICAR-AV-Test' },
  ],
  [
    'an application',
    web(
      '0062',
      'web request blocked, forbidden application detected',
      'block',
      'application="facebook" reason="application"',
    ),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'denied'] },
  ],
  [
    'an attack',
    line(
      'snort',
      'id="2101" severity="warn" sys="SecureNet" sub="ips" name="Intrusion protection alert" action="drop" reason="SERVER-WEBAPP example" group="500" srcip="203.0.113.5" dstip="192.0.2.20" proto="6" srcport="40000" dstport="80" sid="2307" class="Web Application Attack" priority="1"',
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'rule.id': '2307',
      'rule.name': 'SERVER-WEBAPP example',
    },
  ],
  [
    'a flood',
    line(
      'ulogd',
      'id="2105" severity="info" sys="SecureNet" sub="ips" name="UDP flood detected" action="UDP flood" srcip="203.0.113.5" dstip="192.0.2.1" proto="17"',
    ),
    { 'hinomi.event_class': 'dos', 'event.kind': 'alert' },
  ],
  [
    'a callback',
    line(
      'afcd',
      'id="2022" severity="warn" sys="SecureNet" sub="packetfilter" name="Packet dropped (ATP)" srcip="192.0.2.10" dstip="203.0.113.66" fwrule="63001" proto="6" threatname="C2/Generic-A" status="1" action="drop"',
    ),
    { 'hinomi.event_class': 'c2', 'event.kind': 'alert', 'event.type': ['connection', 'denied'] },
  ],
  [
    'a mail that passed',
    line(
      'smtpd',
      'id="1000" severity="info" sys="SecureMail" sub="smtp" name="email passed" srcip="198.51.100.25" from="a@example.com" to="b@example.jp" subject="hello" queueid="1" size="100"',
    ),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'event', 'event.type': ['allowed'], 'email.subject': 'hello' },
  ],
  [
    'spam',
    line(
      'smtpd',
      'id="1002" severity="info" sys="SecureMail" sub="smtp" name="email rejected" srcip="198.51.100.25" from="a@example.com" to="b@example.jp" subject="win" reason="as" extra="spam"',
    ),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a virus in a mail',
    line(
      'smtpd',
      'id="1001" severity="info" sys="SecureMail" sub="smtp" name="email quarantined" from="a@example.com" to="b@example.jp" subject="x" reason="av" extra="virus" virus="EICAR-AV-Test"',
    ),
    { 'hinomi.event_class': 'mail_malware', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a login that failed',
    line(
      'aua',
      'id="3005" severity="warn" sys="System" sub="auth" name="Authentication failed" srcip="192.0.2.5" host="" user="admin" caller="webadmin" reason="DENIED"',
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'user.name': 'admin', 'source.ip': '192.0.2.5' },
  ],
  [
    'a VPN user',
    line(
      'openvpn',
      'id="2201" severity="info" sys="SecureNet" sub="vpn" event="Connection started" username="hanako" variant="ssl" srcip="203.0.113.9" virtual_ip="192.0.2.200"',
    ),
    { 'hinomi.event_class': 'vpn', 'event.type': ['start'], 'user.name': 'hanako' },
  ],
  [
    'a change of configuration',
    line(
      'confd',
      'id="3106" severity="info" sys="System" sub="confd" name="object changed" user="admin" srcip="192.0.2.5"',
    ),
    { 'hinomi.event_class': 'admin_change' },
  ],
  [
    'an update',
    line('audld', 'id="3701" severity="info" sys="System" sub="up2date" name="Authentication successful"').replace(
      'Authentication successful',
      'Starting Up2Date Package Downloader',
    ),
    { 'hinomi.event_class': 'system' },
  ],
  [
    'a request to a protected server, without the session of its user',
    line(
      'httpd',
      'id="0299" srcip="203.0.113.5" localip="192.0.2.5" size="112" user="-" host="203.0.113.5" method="POST" statuscode="403" reason="waf" extra="sqli" url="/x" server="www.example.jp" port="443" cookie="session=1" set-cookie="session=2"',
    ),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert', 'url.domain': 'www.example.jp', 'destination.port': 443 },
  ],
  [
    'a name that was asked for',
    line('named', 'client 192.0.2.10#53000: query: www.example.jp IN A + (192.0.2.1)'),
    { 'hinomi.event_class': 'traffic', 'dns.question.name': 'www.example.jp', 'source.ip': '192.0.2.10' },
  ],
];

describe('Sophos UTM 9', () => {
  test.each(CASES)('%s', (_name, text, expected) => {
    const got = record(text);
    expect(got).toMatchObject({ 'observer.vendor': 'Sophos', 'observer.product': 'Sophos UTM', ...expected });
    expect(got['event.original']).toBe(text);
  });

  test('behind a relay that put a header of its own before', () => {
    const text =
      '<30>Jun  7 17:33:19 utm-1 ulogd[1]: id="2001" severity="info" sys="SecureNet" sub="packetfilter" name="Packet dropped" action="drop" srcip="203.0.113.5"';
    expect(record(text)).toMatchObject({ 'observer.product': 'Sophos UTM', '@timestamp': '2026-06-07T08:33:19.000Z' });
  });

  test('a mutated line is one record of the same text', () =>
    expectJunkKept(
      record,
      CASES.map(([, text]) => text),
      500,
    ));
});
