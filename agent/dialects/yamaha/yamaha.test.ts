import { testLines } from '../lines/cases.js';

const traffic = { 'hinomi.event_class': 'traffic', 'event.category': ['network'] };

testLines({ 'observer.vendor': 'Yamaha', 'observer.product': 'RTX', 'observer.type': 'router' }, [
  [
    'a session that was inspected: its time is when it began, and there is no other',
    '<13>[INSPECT] LAN2[out][101098] TCP 192.0.2.73:52371 > 203.0.113.231:443 (2026/11/25 18:33:19)',
    {
      ...traffic,
      '@timestamp': '2026-11-25T10:00:00.000Z',
      'event.start': '2026-11-25T09:33:19.000Z',
      'event.type': ['connection', 'end', 'allowed'],
      'rule.id': '101098',
      'network.direction': 'outbound',
      'observer.egress.interface.name': 'LAN2',
      'network.transport': 'tcp',
      'source.ip': '192.0.2.73',
      'source.port': 52371,
      'destination.ip': '203.0.113.231',
      'destination.port': 443,
    },
  ],
  [
    'a session over PPPoE and IPv6, ports behind a dot',
    '<190>[INSPECT] PP[01][in][200080] UDP 2001:db8::10.51234 > 2001:db8:1::53.53 (2026/11/25 18:33:19)',
    {
      ...traffic,
      'source.ip': '2001:db8::10',
      'source.port': 51234,
      'destination.ip': '2001:db8:1::53',
      'destination.port': 53,
      'observer.ingress.interface.name': 'PP[01]',
    },
  ],
  [
    'a filter that rejects',
    '<189>TUNNEL[1] Rejected at IN(300) filter: UDP 192.0.2.10:67 > 192.0.2.20:68',
    {
      ...traffic,
      'event.type': ['connection', 'denied'],
      'event.action': 'rejected',
      'rule.id': '300',
      'observer.ingress.interface.name': 'TUNNEL[1]',
      'source.port': 67,
      'event.severity': 25,
    },
  ],
  [
    'a filter that lets pass, by default',
    '<189>PP[01] Passed at OUT(default) filter: ICMP 192.0.2.10 > 203.0.113.9 : echo request',
    {
      ...traffic,
      'event.type': ['connection', 'allowed'],
      'rule.id': 'default',
      'network.transport': 'icmp',
      'destination.ip': '203.0.113.9',
      'vendor.icmp': 'echo request',
    },
  ],
  [
    'a filter of MAC addresses, on a port',
    '<189>LAN1(port3) Rejected at IN(1) filter: 00:00:5e:00:53:07 > ff:ff:ff:ff:ff:ff IP',
    {
      ...traffic,
      'event.type': ['connection', 'denied'],
      'source.mac': '00-00-5E-00-53-07',
      'destination.mac': 'FF-FF-FF-FF-FF-FF',
      'vendor.port': 'port3',
      'vendor.frame': 'IP',
    },
  ],
  [
    'NAT that lets go',
    '<190>[NAT(1000):LAN2] Released UDP 192.0.2.3.44249 <-> 203.0.113.254.10708 ==> 198.51.100.1.53',
    {
      ...traffic,
      'event.action': 'released',
      'source.ip': '192.0.2.3',
      'source.port': 44249,
      'source.nat.ip': '203.0.113.254',
      'source.nat.port': 10708,
      'destination.ip': '198.51.100.1',
      'destination.port': 53,
    },
  ],
  [
    'a lease',
    '<190>[DHCPD] Extends 192.0.2.155: 00:00:5e:00:53:03',
    {
      'hinomi.event_class': 'system',
      'event.action': 'extends',
      'host.ip': ['192.0.2.155'],
      'host.mac': ['00-00-5E-00-53-03'],
    },
  ],
  [
    'a lease on a port',
    '<190>[DHCPD] LAN1(port2) Allocates 192.0.2.156: 00:00:5e:00:53:04',
    { 'event.action': 'allocates', 'source.ip': '192.0.2.156' },
  ],
  [
    'a tunnel',
    '<190>[IKE] initiate ISAKMP phase to 203.0.113.1 (local address 192.0.2.1)',
    { 'hinomi.event_class': 'vpn', 'destination.ip': '203.0.113.1' },
  ],
  [
    'a tunnel that is up',
    '<190>IP Tunnel[1] Up',
    { 'hinomi.event_class': 'vpn', 'event.type': ['connection', 'start'] },
  ],
  [
    'a tunnel that is down',
    '<190>IP Tunnel[1] Down',
    { 'hinomi.event_class': 'vpn', 'event.type': ['connection', 'end'] },
  ],
  [
    'L2TP',
    '<190>[L2TP] TUNNEL[2] connected from 203.0.113.7',
    { 'hinomi.event_class': 'vpn', 'source.ip': '203.0.113.7' },
  ],
  [
    'PPPoE that is up',
    '<190>PP[01] PPP/IPCP up  (Local: 203.0.113.10, Remote: 203.0.113.1)',
    {
      'hinomi.event_class': 'system',
      'event.action': 'ipcp up',
      'source.ip': '203.0.113.10',
      'vendor.interface': 'PP[01]',
    },
  ],
  [
    'a port of the switch',
    '<190>[SWCTL] lan1:6(XX): lan1:2 link up (100-fdx)',
    { 'hinomi.event_class': 'system', 'event.action': 'link up', 'vendor.interface': 'lan1:2' },
  ],
  ['a link', '<190>LAN2: link down', { 'hinomi.event_class': 'system', 'event.action': 'link down' }],
  [
    'a login',
    '<190>Login succeeded for HTTP: 192.0.2.5 admin',
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'source.ip': '192.0.2.5',
      'user.name': 'admin',
      'network.protocol': 'http',
    },
  ],
  [
    'a failed login',
    '<190>Login failed for TELNET: 203.0.113.66',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'source.ip': '203.0.113.66' },
  ],
  [
    'an administrator',
    "<190>'administrator' succeeded for SSH: 192.0.2.5 yamaha",
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'vendor.role': 'administrator' },
  ],
  [
    'a logout',
    '<190>Logout from TELNET: 192.0.2.5',
    { 'hinomi.event_class': 'auth', 'event.type': ['end'], 'source.ip': '192.0.2.5' },
  ],
  [
    'a saved configuration',
    '<190>Configuration saved in "CONFIG0" by TELNET(192.0.2.5)',
    { 'hinomi.event_class': 'admin_change', 'source.ip': '192.0.2.5', 'file.path': 'CONFIG0' },
  ],
  [
    'a relay put a header in front',
    '<190>Nov 25 19:00:00 192.0.2.1 [NAT(1000):LAN2] Bound TCP 192.0.2.3.44249 <-> 203.0.113.254.10708 ==> 198.51.100.1.443',
    { ...traffic, 'event.type': ['connection', 'start'] },
  ],
]);
