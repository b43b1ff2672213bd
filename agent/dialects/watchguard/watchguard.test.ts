import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { expectMutatedWhole } from '../testing/mutated.js';

const RECEIVED = Date.parse('2026-06-08T00:00:00Z');
const record = (line: string) => new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);

const native = (code: string, rest: string, process = 'firewall') =>
  `<142>Jun  7 17:33:20 fb-1 D0000000000A1 (2026-06-07T08:33:19) ${process}[10]: msg_id="${code}" ${rest}`;
const proxy = (code: string, disposition: string, rest: string, policy = 'HTTP-proxy-00') =>
  native(
    code,
    `${disposition} 1-Trusted 0-External tcp 192.0.2.10 198.51.100.7 57525 80 ${rest} (${policy})`,
    'http-proxy',
  );
const leef = (code: string, pairs: string) =>
  `<142>Jun  7 17:33:20 fb-1 LEEF:1.0|WatchGuard|XTM|12.10.3.B694994|${code}|${pairs}`;

const CASES: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'a packet that was denied',
    native(
      '3000-0148',
      'Deny 1-Trusted 0-External 52 tcp 20 127 192.0.2.10 198.51.100.7 62443 80 offset 8 S 832026162 win 8192 (HTTP-00)',
    ),
    {
      '@timestamp': '2026-06-07T08:33:19.000Z',
      'observer.name': 'fb-1',
      'observer.serial_number': 'D0000000000A1',
      'hinomi.event_class': 'traffic',
      'event.kind': 'event',
      'event.type': ['connection', 'denied'],
      'event.action': 'deny',
      'event.code': '3000-0148',
      'rule.name': 'HTTP-00',
      'source.ip': '192.0.2.10',
      'source.port': 62443,
      'destination.ip': '198.51.100.7',
      'destination.port': 80,
      'network.transport': 'tcp',
      'observer.ingress.interface.name': '1-Trusted',
      'observer.egress.interface.name': '0-External',
    },
  ],
  [
    'a session that ended',
    native(
      '3000-0151',
      'Allow 1-Trusted 0-External tcp 192.0.2.10 198.51.100.7 53018 80 app_id="63" duration="80" sent_bytes="652" rcvd_bytes="423" src_ip_nat="203.0.113.1" (HTTP-00)',
    ),
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'allowed'],
      'event.duration': 80e9,
      'source.bytes': 652,
      'destination.bytes': 423,
      'source.nat.ip': '203.0.113.1',
    },
  ],
  [
    'a ping',
    native(
      '3000-0148',
      'Deny 0-External Firebox 84 icmp 20 61 203.0.113.5 203.0.113.1 8 0  (Unhandled External Packet-00)',
    ),
    {
      'network.transport': 'icmp',
      'source.port': 8,
      'destination.port': 0,
      'rule.name': 'Unhandled External Packet-00',
    },
  ],
  [
    'an interface whose name has a blank',
    native('3000-0148', 'Allow Private LAN External 52 udp 20 127 192.0.2.10 198.51.100.7 62443 53 (DNS-00)'),
    { 'observer.ingress.interface.name': 'Private LAN', 'observer.egress.interface.name': 'External' },
  ],
  [
    'a virus in a download',
    proxy(
      '1AFF-0028',
      'Deny',
      'msg="ProxyDrop: HTTP Virus found" proxy_act="HTTP-Client.1" virus="EICAR_Test" host="bad.example.jp" path="/eicar.com" md5="69630e4574ec6798239b091cda43dca0"',
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'threat.software.name': 'EICAR_Test',
      'url.domain': 'bad.example.jp',
      'url.path': '/eicar.com',
      'file.hash.md5': '69630e4574ec6798239b091cda43dca0',
      message: 'ProxyDrop: HTTP Virus found',
    },
  ],
  [
    'a virus in a mail that was taken out of it',
    proxy(
      '1BFF-0012',
      'Allow',
      'msg="ProxyStrip: SMTP Virus found" proxy_act="SMTP-Incoming.1" filename="x.zip" virus="EICAR_Test" sender="a@example.com" recipients="b@example.jp"',
      'SMTP-proxy-00',
    ),
    {
      'hinomi.event_class': 'mail_malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'email.from.address': ['a@example.com'],
      'email.to.address': ['b@example.jp'],
      'file.name': 'x.zip',
    },
  ],
  [
    'spam',
    proxy(
      '1BFF-0013',
      'Allow',
      'msg="ProxyAllow: SMTP Spam classification" proxy_act="SMTP-Incoming.1" spam_type="CONFIRMED" sender="a@example.com" recipients="b@example.jp"',
      'SMTP-proxy-00',
    ),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'alert', 'event.type': ['allowed'] },
  ],
  [
    'a site of bad reputation',
    proxy(
      '1AFF-002C',
      'Deny',
      'msg="ProxyDeny: HTTP bad reputation" proxy_act="HTTP-ACT-OUT" reputation="100" host="bad.example.jp" path="/x.zip"',
    ),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a site of good reputation',
    proxy('1AFF-002D', 'Allow', 'msg="ProxyAllow: HTTP good reputation" reputation="1" host="www.example.jp" path="/"'),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'event', 'event.type': ['allowed'] },
  ],
  [
    'a site of a category',
    proxy(
      '1AFF-0021',
      'Deny',
      'msg="ProxyDeny: HTTP Request categories" proxy_act="HTTP-Client.2" cats="Gambling" op="GET" dstname="games.example.jp" arg="/"',
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'rule.category': 'Gambling',
      'url.domain': 'games.example.jp',
      'http.request.method': 'GET',
    },
  ],
  [
    'a site of a bad category',
    proxy(
      '1AFF-0021',
      'Deny',
      'msg="ProxyDeny: HTTP Request categories" cats="Phishing and Other Frauds" op="GET" dstname="bad.example.jp" arg="/"',
    ),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert' },
  ],
  [
    'an attack on a firewall rule',
    native(
      '3000-0150',
      'Deny 1-Trusted 0-External 1440 tcp 20 61 192.0.2.10 198.51.100.7 55810 80 offset 5 A 447868619 win 54 signature_name="EXPLOIT Example overflow" signature_cat="Misc" signature_id="1112464" severity="4" sig_vers="18.124" msg="IPS detected" (HTTP-00)',
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'event.severity': 75,
      'rule.id': '1112464',
      'rule.name': 'EXPLOIT Example overflow',
      'vendor.policy': 'HTTP-00',
    },
  ],
  [
    'an attack in a body',
    proxy(
      '1AFF-0026',
      'Allow',
      'msg="ProxyAllow: HTTP body IPS match" signature_id="1051723" severity="5" signature_name="Example" host="www.example.jp" path="/x" src_user="EXAMPLE\\hanako"',
    ),
    { 'hinomi.event_class': 'ips', 'event.type': ['allowed'], 'user.name': 'hanako', 'user.domain': 'EXAMPLE' },
  ],
  [
    'an application',
    native(
      '3000-0149',
      'Allow 1-Trusted 0-External 40 tcp 20 127 192.0.2.10 198.51.100.7 53008 80 offset 5 AF 3212213617 win 257 app_name="World Wide Web HTTP" cat_name="NetworkProtocols" app_beh_name="connect" app_id="63" app_ctl_disp="2" msg="Application identified" (HTTP-00)',
    ),
    {
      'hinomi.event_class': 'app_control',
      'event.type': ['connection', 'allowed'],
      'network.application': 'World Wide Web HTTP',
    },
  ],
  [
    'a leak',
    proxy(
      '1AFF-002F',
      'Deny',
      'msg="ProxyDeny: HTTP DLP violation found" dlp_sensor="test" dlp_rule="cards" host="198.51.100.7" path="/up"',
    ),
    { 'hinomi.event_class': 'dlp', 'event.type': ['denied'] },
  ],
  [
    'a request',
    proxy(
      '1AFF-0024',
      'Allow',
      'msg="HTTP request" op="GET" dstname="www.example.jp" arg="/a?b=1" sent_bytes="339" rcvd_bytes="2" elapsed_time="5.037750 sec(s)"',
    ),
    { 'hinomi.event_class': 'traffic', 'event.duration': 5_037_750_000, 'url.path': '/a', 'url.query': 'b=1' },
  ],
  [
    'a name that was asked for',
    proxy(
      '1DFF-000F',
      'Deny',
      'msg="ProxyDeny: DNS question match" proxy_act="DNS-Outgoing.1" rule_name="x" query_type="A" question="www.example.jp"',
      'DNS-proxy-00',
    ),
    { 'hinomi.event_class': 'traffic', 'dns.question.name': 'www.example.jp', 'event.type': ['connection', 'denied'] },
  ],
  [
    'a flood',
    native(
      '3000-0153',
      'SYN flood attack against 192.0.2.51 from 203.0.113.7 detected. 500 SYN packets dropped since last alarm. (IPS)',
    ),
    {
      'hinomi.event_class': 'dos',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'source.ip': '203.0.113.7',
      'destination.ip': '192.0.2.51',
    },
  ],
  [
    'a scan',
    native('3000-0159', 'PORT scan attack against 2001:db8::1 from 203.0.113.7 detected. (IPS)'),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert', 'destination.ip': '2001:db8::1' },
  ],
  [
    'a host that is shut out for a while',
    native('3001-1001', 'Temporarily blocking host 203.0.113.7 (reason = autoblock by policy)'),
    { 'hinomi.event_class': 'ips', 'event.type': ['denied'], 'source.ip': '203.0.113.7' },
  ],
  [
    'a user of the firewall',
    native('1100-0004', 'Authentication of firewall user [hanako@Firebox-DB] from 192.0.2.10 was accepted', 'admd'),
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'user.name': 'hanako@Firebox-DB',
      'source.ip': '192.0.2.10',
    },
  ],
  [
    'a VPN login that failed',
    native(
      '1100-0005',
      'Authentication of SSLVPN user [hanako@Firebox-DB] from 203.0.113.9 was rejected, password is incorrect',
      'admd',
    ),
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'failure', 'source.ip': '203.0.113.9' },
  ],
  [
    'an administrator',
    native('3E00-0002', 'Management user admin@Firebox-DB from 192.0.2.5 logged in', 'sessiond'),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'admin@Firebox-DB' },
  ],
  [
    'a change of configuration',
    native('0101-0001', 'Device configuration was updated by admin@Firebox-DB from 192.0.2.5', 'configd'),
    { 'hinomi.event_class': 'admin_change', 'source.ip': '192.0.2.5' },
  ],
  [
    'a tunnel',
    native(
      '020B-0001',
      "BOVPN tunnel 'tunnel.2' local 192.0.2.0/255.255.255.0 remote 198.51.100.0/255.255.255.0 under gateway 'gateway.1' is down.",
      'iked',
    ),
    { 'hinomi.event_class': 'vpn', 'event.type': ['end'] },
  ],
  [
    'the state of the device',
    native('3100-002C', '[eth1 (Trusted)] Interface link status changed to UP', 'networkd'),
    { 'hinomi.event_class': 'system', message: '[eth1 (Trusted)] Interface link status changed to UP' },
  ],
  [
    'an alarm that lists both ends',
    native(
      '0F01-0015',
      "APT threat notified. Details='Policy Name: HTTPS-proxy-00 Reason: high APT threat detected Source IP: 192.0.2.10 Source Port: 43130 Destination IP: 198.51.100.7 Destination Port: 443 Proxy Type: HTTP Proxy'",
      'scand',
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'source.ip': '192.0.2.10',
      'source.port': 43130,
      'destination.ip': '198.51.100.7',
      'destination.port': 443,
    },
  ],
  [
    'a sender who is refused',
    proxy(
      '1BFF-0004',
      'Deny',
      'msg="ProxyDeny: SMTP From address" rule_name="x" address="a@example.com"',
      'SMTP-proxy-00',
    ),
    { 'hinomi.event_class': 'traffic', 'email.from.address': ['a@example.com'] },
  ],
  [
    'bulk mail',
    proxy(
      '1BFF-001A',
      'Allow',
      'msg="ProxyReplace: SMTP Classified as bulk mail" sender="a@example.com"',
      'SMTP-proxy-00',
    ),
    { 'hinomi.event_class': 'mail_spam' },
  ],
  [
    'a mail that is no spam',
    proxy(
      '1BFF-001C',
      'Allow',
      'msg="ProxyAllow: SMTP Classified as not SPAM" sender="a@example.com"',
      'SMTP-proxy-00',
    ),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'event', 'event.type': ['allowed'] },
  ],
  [
    'a licence that ran out',
    native('3000-0004', 'The Application Control feature has expired.'),
    { 'hinomi.event_class': 'system' },
  ],
  [
    'LEEF with tabs',
    leef(
      '1AFF0021',
      'serial=D0000000000A1\tpolicy=HTTPS-proxy-00\tdisp=Deny\tin_if=Private LAN\tout_if=External\tgeo_dst=JPN\tsrc=192.0.2.10\tsrcPort=59938\tdst=198.51.100.7\tdstPort=443\tproto=tcp\tcats=Gambling\top=GET\tdstname=games.example.jp\targ=/\tsent_bytes=93\trcvd_bytes=229\tmsg=ProxyDeny: HTTP Request categories',
    ),
    {
      'observer.version': '12.10.3.B694994',
      'observer.serial_number': 'D0000000000A1',
      'hinomi.event_class': 'url_filter',
      'event.code': '1AFF0021',
      'event.action': 'deny',
      'observer.ingress.interface.name': 'Private LAN',
      'rule.name': 'HTTPS-proxy-00',
      'source.bytes': 93,
      'destination.bytes': 229,
    },
  ],
  [
    'LEEF that lost its prefix, tabs as rsyslog writes them',
    '<142>Jun  7 17:33:20 fb-1 1.0|WatchGuard|XTM|12.10.3.B694994|30000148|serial=D0000000000A1#011policy=HTTP-00#011disp=Deny#011in_if=Trusted#011out_if=External#011src=192.0.2.10#011srcPort=62443#011dst=198.51.100.7#011dstPort=80#011proto=tcp#011msg=Denied#011',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'source.port': 62443,
      'network.transport': 'tcp',
    },
  ],
];

describe('WatchGuard Firebox', () => {
  test.each(CASES)('%s', (_name, line, expected) => {
    const got = record(line);
    expect(got).toMatchObject({ 'observer.vendor': 'WatchGuard', 'observer.product': 'Firebox', ...expected });
    expect(got['event.original']).toBe(line);
  });

  test('the inner time is UTC, whatever the zone of the source', () => {
    const [, line] = CASES[0] as readonly [string, string, unknown];
    expect(new Dialects({ zone: 'America/New_York' }).record(line, RECEIVED)['@timestamp']).toBe(
      '2026-06-07T08:33:19.000Z',
    );
  });

  test('the name of the device, where it stands behind the serial number', () => {
    const line = native('3000-0148', 'Deny a b 52 tcp 20 127 192.0.2.10 198.51.100.7 1 2 (x)').replace(
      'A1 (',
      'A1 OFFICE-1 (',
    );
    expect(record(line)).toMatchObject({ 'observer.name': 'OFFICE-1', 'observer.serial_number': 'D0000000000A1' });
  });

  test('a mutated line is one record of the same text, in time that grows with its length', () =>
    expectMutatedWhole(
      record,
      CASES.map(([, line]) => line),
      500,
    ));
});
