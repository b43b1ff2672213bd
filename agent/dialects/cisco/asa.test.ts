import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const line = (text: string, kind = 'ASA') => `<166>Nov 25 2026 21:00:00 fw-01 : %${kind}-${text}`;
const INSIDE = {
  'source.ip': '192.0.2.10',
  'source.port': 50123,
  'destination.ip': '198.51.100.7',
  'destination.port': 443,
};

it.each<[string, string, Record<string, unknown>]>([
  [
    'a list denies',
    line(
      '4-106023: Deny tcp src inside:192.0.2.10/50123 dst outside:198.51.100.7/443 by access-group "acl_in" [0x0, 0x0]',
    ),
    {
      ...INSIDE,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'observer.vendor': 'Cisco',
      'observer.product': 'ASA',
      'event.code': '106023',
      'log.level': 'warning',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'network.transport': 'tcp',
      'rule.name': 'acl_in',
      'observer.ingress.interface.name': 'inside',
      'observer.egress.interface.name': 'outside',
    },
  ],
  [
    'a list denies ICMP',
    line(
      '4-106023: Deny icmp src outside:198.51.100.7 dst inside:192.0.2.10 (type 8, code 0) by access-group "acl_out" [0x0, 0x0]',
    ),
    { 'source.ip': '198.51.100.7', 'destination.ip': '192.0.2.10', 'network.transport': 'icmp' },
  ],
  [
    'a list permits',
    line(
      '6-106100: access-list acl_in permitted tcp inside/192.0.2.10(50123) -> outside/198.51.100.7(443) hit-cnt 1 first hit [0x1, 0x0]',
    ),
    { ...INSIDE, 'event.type': ['connection', 'allowed'], 'rule.name': 'acl_in' },
  ],
  [
    'inbound denied',
    line(
      '2-106001: Inbound TCP connection denied from 192.0.2.10/50123 to 198.51.100.7/443 flags SYN  on interface outside',
    ),
    { ...INSIDE, 'event.type': ['connection', 'denied'], 'event.severity': 90 },
  ],
  [
    'no connection',
    line('6-106015: Deny TCP (no connection) from 192.0.2.10/50123 to 198.51.100.7/443 flags RST  on interface inside'),
    { ...INSIDE, 'event.type': ['connection', 'denied'] },
  ],
  [
    'a spoofed address',
    line('2-106016: Deny IP spoof from (192.0.2.10) to 198.51.100.7 on interface outside'),
    { 'source.ip': '192.0.2.10', 'hinomi.event_class': 'ips', 'event.kind': 'alert' },
  ],
  [
    'an outbound connection, whose first end is the server',
    line(
      '6-302013: Built outbound TCP connection 447235 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:192.0.2.10/50123 (203.0.113.5/10001)',
    ),
    {
      ...INSIDE,
      'event.action': 'built',
      'event.type': ['connection', 'start', 'allowed'],
      'source.nat.ip': '203.0.113.5',
      'source.nat.port': 10001,
      'network.direction': 'outbound',
    },
  ],
  [
    'an inbound connection',
    line(
      '6-302015: Built inbound UDP connection 1 for outside:192.0.2.10/50123 (192.0.2.10/50123) to inside:198.51.100.7/443 (198.51.100.7/443) (hanako)',
    ),
    { ...INSIDE, 'network.transport': 'udp', 'user.name': 'hanako' },
  ],
  [
    'the end of a connection',
    line(
      '6-302014: Teardown TCP connection 447235 for outside:198.51.100.7/443 to inside:192.0.2.10/50123 duration 0:01:30 bytes 8000 TCP FINs',
    ),
    {
      ...INSIDE,
      'event.type': ['connection', 'end', 'allowed'],
      'event.duration': 90e9,
      'network.bytes': 8000,
      'event.reason': 'TCP FINs',
    },
  ],
  [
    'ICMP',
    line(
      '6-302020: Built outbound ICMP connection for faddr 198.51.100.7/0 gaddr 203.0.113.5/1 laddr 192.0.2.10/1 type 8 code 0',
    ),
    { 'source.ip': '192.0.2.10', 'destination.ip': '198.51.100.7', 'source.nat.ip': '203.0.113.5' },
  ],
  [
    'a translation',
    line('6-305011: Built dynamic TCP translation from inside:192.0.2.10/50123 to outside:203.0.113.5/10001'),
    { 'source.ip': '192.0.2.10', 'event.type': ['connection', 'allowed'] },
  ],
  [
    'a page',
    line('5-304001: 192.0.2.10 Accessed URL 198.51.100.7:http://www.example.jp/a'),
    { 'hinomi.event_class': 'url_filter', 'url.domain': 'www.example.jp', 'event.type': ['access', 'allowed'] },
  ],
  [
    'a page denied',
    line('5-304002: Access denied URL http://games.example.jp/ SRC 192.0.2.10 DEST 198.51.100.7 on interface inside'),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'denied'], 'source.ip': '192.0.2.10' },
  ],
  [
    'the botnet filter',
    line(
      '4-338006: Dynamic Filter dropped blacklisted TCP traffic from inside:192.0.2.10/50123 (203.0.113.5/10001) to outside:198.51.100.7/443 (198.51.100.7/443), destination 198.51.100.7 resolved from dynamic list: bad.example.net, threat-level: very-high, category: Malware',
    ),
    { ...INSIDE, 'hinomi.event_class': 'c2', 'event.kind': 'alert', 'event.type': ['connection', 'denied'] },
  ],
  [
    'an attack',
    line('4-400007: IPS:1100 IP Fragment Attack from 198.51.100.7 to 192.0.2.10 on interface outside'),
    { 'hinomi.event_class': 'ips', 'rule.id': '1100', 'rule.name': 'IP Fragment Attack' },
  ],
  [
    'a host that scans',
    line('4-733101: Host 198.51.100.7 is attacking. Current burst rate is 200 per second'),
    { 'hinomi.event_class': 'dos', 'source.ip': '198.51.100.7', 'event.kind': 'alert' },
  ],
  [
    'a command',
    line("5-111008: User 'taro' executed the 'write memory' command."),
    { 'hinomi.event_class': 'admin_change', 'user.name': 'taro', 'vendor.command': 'write memory' },
  ],
  [
    'a login',
    line('6-605005: Login permitted from 192.0.2.99/50123 to inside:192.0.2.1/ssh for user "taro"'),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'taro', 'source.ip': '192.0.2.99' },
  ],
  [
    'a login denied',
    line('6-605004: Login denied from 192.0.2.99/50123 to outside:192.0.2.1/ssh for user "taro"'),
    { 'event.outcome': 'failure' },
  ],
  [
    'AAA',
    line(
      '6-113005: AAA user authentication Rejected : reason = Invalid password : server = 192.0.2.5 : user = hanako : user IP = 198.51.100.20',
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'user.name': 'hanako', 'source.ip': '198.51.100.20' },
  ],
  [
    'the VPN',
    line(
      '6-722051: Group <office> User <hanako> IP <198.51.100.20> IPv4 Address <192.0.2.50> IPv6 address <::> assigned to session',
    ),
    {
      'hinomi.event_class': 'vpn',
      'user.name': 'hanako',
      'source.ip': '198.51.100.20',
      'source.nat.ip': '192.0.2.50',
      'event.outcome': 'success',
    },
  ],
  [
    'the end of the VPN',
    line(
      '4-113019: Group = office, Username = hanako, IP = 198.51.100.20, Session disconnected. Session Type: SSL, Duration: 1h:02m:03s, Bytes xmt: 200, Bytes rcv: 100, Reason: User Requested',
    ),
    {
      'hinomi.event_class': 'vpn',
      'event.duration': 3723e9,
      'source.bytes': 100,
      'destination.bytes': 200,
      'event.type': ['end'],
    },
  ],
  [
    'the device itself',
    line('4-411001: Line protocol on Interface outside, changed state to up'),
    { 'hinomi.event_class': 'system' },
  ],
  ['a message of no entry', line('6-199999: something new'), { 'observer.product': 'ASA', message: 'something new' }],
  [
    'a text that is another than documented',
    line('4-106023: other'),
    { 'hinomi.parse.status': 'partial', 'hinomi.event_class': 'traffic' },
  ],
  [
    'a VPN text of no entry',
    line('4-722041: TunnelGroup <t> GroupPolicy <p> User <hanako> IP <198.51.100.20> No IPv6 address available'),
    { 'hinomi.event_class': 'vpn', 'user.name': 'hanako', 'source.ip': '198.51.100.20' },
  ],
  [
    'a rate',
    line('4-733100: [ Scanning] drop rate-1 exceeded. Current burst rate is 1 per second'),
    { 'hinomi.event_class': 'dos', 'hinomi.parse.status': 'full' },
  ],
  [
    'ICMP denied',
    line('3-313001: Denied ICMP type=8, code=0 from 198.51.100.7 on interface outside'),
    {
      'source.ip': '198.51.100.7',
      'event.type': ['connection', 'denied'],
      'network.transport': 'icmp',
      'observer.ingress.interface.name': 'outside',
    },
  ],
  [
    'an ICMP error of no connection',
    line(
      '4-313005: No matching connection for ICMP error message: icmp src outside:198.51.100.7 dst inside:192.0.2.1 (type 3, code 1) on outside interface. Original IP payload: x',
    ),
    { 'source.ip': '198.51.100.7', 'destination.ip': '192.0.2.1' },
  ],
  [
    'a request discarded',
    line('7-710005: UDP request discarded from 192.0.2.5/137 to inside:192.0.2.255/137'),
    { 'source.ip': '192.0.2.5', 'destination.port': 137, 'event.type': ['connection', 'denied'] },
  ],
  [
    'access denied to the device',
    line('3-710003: TCP access denied by ACL from 198.51.100.7/4000 to outside:192.0.2.1/22'),
    { 'source.ip': '198.51.100.7', 'destination.port': 22, 'event.type': ['connection', 'denied'] },
  ],
  [
    'DNS denied',
    line('2-106007: Deny inbound UDP from 198.51.100.7/53 to 192.0.2.1/80 due to DNS Response'),
    { 'source.port': 53, 'event.type': ['connection', 'denied'] },
  ],
  [
    'GRE denied',
    line('3-106010: Deny inbound protocol 47 src outside:198.51.100.7 dst inside:192.0.2.1'),
    { 'source.ip': '198.51.100.7', 'network.transport': 'gre' },
  ],
  [
    'a phase of IKE',
    line('5-713119: Group = 198.51.100.20, IP = 198.51.100.20, PHASE 1 COMPLETED'),
    { 'hinomi.event_class': 'vpn', 'source.ip': '198.51.100.20', 'event.outcome': 'success' },
  ],
  [
    'a translation ends',
    line(
      '6-305012: Teardown dynamic UDP translation from inside:192.0.2.10/5000 to outside:203.0.113.1/5000 duration 0:00:30',
    ),
    { 'source.ip': '192.0.2.10', 'event.type': ['connection', 'end', 'allowed'] },
  ],
  [
    'a local user',
    line('6-113012: AAA user authentication Successful : local database : user = taro'),
    { 'user.name': 'taro', 'event.outcome': 'success' },
  ],
  [
    'the web VPN',
    line('6-716038: Group <g> User <hanako> IP <198.51.100.20> Authentication: successful, Session Type: WebVPN.'),
    { 'event.outcome': 'success', 'user.name': 'hanako' },
  ],
  [
    'an IPv6 connection',
    line(
      '6-302013: Built inbound TCP connection 1 for outside:2001:db8::10/50123 (2001:db8::10/50123) to inside:2001:db8::7/443 (2001:db8::7/443)',
    ),
    { 'source.ip': '2001:db8::10', 'source.port': 50123, 'destination.ip': '2001:db8::7' },
  ],
  [
    'FTD: a connection',
    line(
      '6-430003: DeviceUUID: 11111111-2222-3333-4444-555555555555, AccessControlRuleAction: Block with reset, SrcIP: 192.0.2.10, DstIP: 198.51.100.7, SrcPort: 50123, DstPort: 443, Protocol: tcp, IngressInterface: inside, EgressInterface: outside, ACPolicy: main, AccessControlRuleName: web, out, User: example\\hanako, InitiatorPackets: 3, ResponderPackets: 4, InitiatorBytes: 100, ResponderBytes: 200, ConnectionDuration: 9, URLCategory: Gambling, URL: https://games.example.jp/',
      'FTD',
    ),
    {
      ...INSIDE,
      'observer.product': 'Secure Firewall Threat Defense',
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'end', 'denied'],
      'rule.name': 'web, out',
      'user.name': 'hanako',
      'source.bytes': 100,
      'event.duration': 9e9,
      'url.domain': 'games.example.jp',
    },
  ],
  [
    'FTD: security intelligence',
    line(
      '6-430002: AccessControlRuleAction: Block, AccessControlRuleReason: URL Block, SrcIP: 192.0.2.10, DstIP: 198.51.100.7, SrcPort: 50123, DstPort: 443, Protocol: tcp, URLSICategory: Phishing',
      'FTD',
    ),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['start', 'denied'] },
  ],
  [
    'FTD: an intrusion',
    line(
      '1-430001: EventPriority: High, SrcIP: 192.0.2.10, DstIP: 198.51.100.7, SrcPort: 50123, DstPort: 443, Protocol: tcp, GID: 1, SID: 58742, Revision: 5, Message: SERVER-APACHE example attempt, Classification: Attempted User Privilege Gain, InlineResult: Blocked',
      'FTD',
    ),
    {
      ...INSIDE,
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'rule.id': '1:58742:5',
      'rule.name': 'SERVER-APACHE example attempt',
      'event.severity': 75,
    },
  ],
  [
    'FTD: malware',
    line(
      '1-430005: SrcIP: 198.51.100.7, DstIP: 192.0.2.10, SrcPort: 80, DstPort: 50123, Protocol: tcp, FileAction: Malware Block, FileName: e.com, FileSHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, SHA_Disposition: Malware, ThreatName: Example.Eicar',
      'FTD',
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'file.name': 'e.com',
      'threat.software.name': 'Example.Eicar',
    },
  ],
  [
    'Firepower by its manager',
    '<13>Nov 25 21:00:00 fmc SFIMS: Protocol: TCP, SrcIP: 192.0.2.10, OriginalClientIP: ::, DstIP: 198.51.100.7, SrcPort: 50123, DstPort: 443, ConnectType: End, AccessControlRuleAction: Allow',
    {
      ...INSIDE,
      'observer.product': 'Firepower',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end', 'allowed'],
    },
  ],
  [
    'PIX',
    line(
      '6-106015: Deny TCP (no connection) from 192.0.2.10/50123 to 198.51.100.7/443 flags RST  on interface inside',
      'PIX',
    ),
    { 'observer.product': 'PIX' },
  ],
])('ASA: %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
