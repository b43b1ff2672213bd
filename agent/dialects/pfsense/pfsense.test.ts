import { testLines } from '../lines/cases.js';

const allowed = {
  'hinomi.event_class': 'traffic',
  'event.category': ['network'],
  'event.type': ['connection', 'allowed'],
};
const denied = { ...allowed, 'event.type': ['connection', 'denied'] };

testLines({ 'observer.vendor': 'Netgate', 'observer.product': 'pfSense', 'observer.type': 'firewall' }, [
  [
    'TCP over IPv4 that is let pass',
    '<134>Nov 25 19:00:00 filterlog[52431]: 71,,,1618231412,igb1,match,pass,in,4,0x0,,64,4821,0,DF,6,tcp,60,192.0.2.10,198.51.100.7,51234,443,0,S,3312345678,,64240,,mss;sackOK;TS;nop;wscale',
    {
      ...allowed,
      '@timestamp': '2026-11-25T10:00:00.000Z',
      'event.action': 'pass',
      'event.reason': 'match',
      'rule.id': '1618231412',
      'source.ip': '192.0.2.10',
      'source.port': 51234,
      'destination.ip': '198.51.100.7',
      'destination.port': 443,
      'network.transport': 'tcp',
      'network.type': 'ipv4',
      'network.direction': 'inbound',
      'network.bytes': 60,
      'observer.ingress.interface.name': 'igb1',
      'vendor.tcp_flags': 'S',
      'vendor.ttl': '64',
      'vendor.window': '64240',
    },
  ],
  [
    'UDP over IPv6 that is blocked on its way out',
    '<134>Nov 25 19:00:00 filterlog: 5,,,1000000105,igb0,match,block,out,6,0x00,0x4a3b1,1,UDP,17,120,2001:db8::10,2001:db8:1::53,5353,53,112',
    {
      ...denied,
      'source.ip': '2001:db8::10',
      'destination.ip': '2001:db8:1::53',
      'destination.port': 53,
      'network.transport': 'udp',
      'network.type': 'ipv6',
      'network.direction': 'outbound',
      'observer.egress.interface.name': 'igb0',
      'vendor.hop_limit': '1',
    },
  ],
  [
    'an echo request',
    '<134>Nov 25 19:00:00 filterlog[1]: 9,,,1000000103,igb0,match,block,in,4,0x0,,53,23432,0,none,1,icmp,84,203.0.113.9,192.0.2.1,request,1432,7',
    {
      ...denied,
      'network.transport': 'icmp',
      'vendor.icmp_type': 'request',
      'vendor.icmp_id': '1432',
      'vendor.icmp_seq': '7',
    },
  ],
  [
    'an unreachable port',
    '<134>Nov 25 19:00:00 filterlog[1]: 9,,,1000000103,igb0,match,pass,out,4,0xc0,,64,1,0,none,1,icmp,96,192.0.2.1,203.0.113.9,unreachport,203.0.113.9,17,33434',
    { ...allowed, 'vendor.icmp_destination': '203.0.113.9', 'vendor.icmp_port': '33434' },
  ],
  [
    'ICMPv6 without more',
    '<134>Nov 25 19:00:00 filterlog: 82,,,1000002666,mvneta2,match,pass,out,6,0x00,0x00000,255,ICMPv6,58,32,fe80::1,ff02::1,',
    { ...allowed, 'network.transport': 'ipv6-icmp', 'network.iana_number': '58', 'destination.ip': 'ff02::1' },
  ],
  [
    'IGMP with the length of its data',
    '<134>Nov 25 19:00:00 filterlog[1]: 4,,,1000000103,igb1,match,block,in,4,0xc0,,1,0,0,none,2,igmp,32,192.0.2.1,224.0.0.1,datalength=8',
    { ...denied, 'network.transport': 'igmp', 'vendor.data_length': '8' },
  ],
  [
    'CARP',
    '<134>Nov 25 19:00:00 filterlog[1]: 11,,,1000000201,igb1,match,pass,out,4,0x10,,255,0,0,DF,112,carp,56,192.0.2.2,224.0.0.18,advertise,255,1,2,1,0',
    { ...allowed, 'network.iana_number': '112', 'vendor.carp_type': 'advertise', 'vendor.vhid': '1' },
  ],
  [
    'a cut line',
    '<134>Nov 25 19:00:00 filterlog[1]: 11,,,1000000201,igb1,match,pass',
    { 'hinomi.parse.status': 'partial', 'hinomi.parse.reason': 'filterlog columns' },
  ],
  [
    'a login to the web interface',
    "<38>Nov 25 19:00:00 php-fpm[345]: /index.php: Successful login for user 'admin' from: 192.0.2.5 (Local Database)",
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'admin', 'source.ip': '192.0.2.5' },
  ],
  [
    'a failed login to the web interface',
    "<36>Nov 25 19:00:00 php-fpm[345]: /index.php: webConfigurator authentication error for user 'root' from: 203.0.113.66",
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'user.name': 'root', 'source.ip': '203.0.113.66' },
  ],
  [
    'a changed rule',
    '<37>Nov 25 19:00:00 php-fpm[345]: /firewall_rules.php: Configuration Change: admin@192.0.2.5 (Local Database): Firewall: Rules - saved/edited a firewall rule.',
    {
      'hinomi.event_class': 'admin_change',
      'event.category': ['configuration'],
      'user.name': 'admin',
      'source.ip': '192.0.2.5',
    },
  ],
]);

testLines({ 'observer.vendor': 'Deciso', 'observer.product': 'OPNsense' }, [
  [
    'RFC 5424 and the hash of a label',
    '<134>1 2026-11-25T19:00:00+09:00 fw.example.jp filterlog 52431 - [meta sequenceId="12"] 13,,,02f4bab031b57d1e30553ce08e0ec131,vtnet0,match,block,in,4,0x0,,51,54321,0,none,6,tcp,40,203.0.113.9,192.0.2.1,40123,22,0,S,112233,,1024,,',
    { ...denied, 'rule.id': '02f4bab031b57d1e30553ce08e0ec131', 'vendor.rule_number': '13', 'destination.port': 22 },
  ],
  [
    'a login',
    '<37>1 2026-11-25T19:00:00+09:00 fw.example.jp audit 812 - [meta sequenceId="1"] user root authenticated successfully for WebGui [using OPNsense\\Auth\\Services\\WebGui + OPNsense\\Auth\\Local]',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'root' },
  ],
  [
    'a change',
    '<37>1 2026-11-25T19:00:00+09:00 fw.example.jp audit 812 - - user root@192.0.2.5 changed configuration to /conf/backup/config-1700000000.xml in /firewall_rules_edit.php made changes',
    { 'hinomi.event_class': 'admin_change', 'user.name': 'root', 'source.ip': '192.0.2.5' },
  ],
]);
