import { testLines } from '../lines/cases.js';

const traffic = { 'hinomi.event_class': 'traffic', 'event.category': ['network'] };

testLines({ 'observer.vendor': 'MikroTik', 'observer.product': 'RouterOS', 'observer.type': 'router' }, [
  [
    'a connection, BSD syslog without topics',
    '<132>Nov 25 19:00:00 gw forward: in:ether1 out:bridge, src-mac 00:00:5e:00:53:01, proto TCP (SYN), 192.0.2.10:62583->198.51.100.7:8000, len 64',
    {
      ...traffic,
      'event.type': ['connection'],
      'rule.ruleset': 'forward',
      'observer.ingress.interface.name': 'ether1',
      'observer.egress.interface.name': 'bridge',
      'source.mac': '00-00-5E-00-53-01',
      'source.ip': '192.0.2.10',
      'source.port': 62583,
      'destination.ip': '198.51.100.7',
      'destination.port': 8000,
      'network.transport': 'tcp',
      'network.bytes': 64,
      'vendor.tcp_flags': 'SYN',
    },
  ],
  [
    "the administrator's prefix says that it was dropped",
    '<134>firewall,info DROP WAN: input: in:ether1 out:(unknown 0), connection-state:new src-mac 00:00:5e:00:53:02, proto UDP, 203.0.113.9:5060->192.0.2.1:5060, len 430',
    {
      ...traffic,
      'event.type': ['connection', 'denied'],
      'event.action': 'drop',
      'rule.name': 'DROP WAN:',
      'vendor.connection-state': 'new',
      'vendor.topics': 'firewall,info',
      'log.level': 'info',
      'source.ip': '203.0.113.9',
      'network.transport': 'udp',
    },
  ],
  [
    'ICMP without ports',
    'firewall,info input: in:ether1 out:(unknown 0), proto ICMP (type 8, code 0), 203.0.113.9->192.0.2.1, len 84',
    {
      ...traffic,
      'network.transport': 'icmp',
      'source.ip': '203.0.113.9',
      'destination.ip': '192.0.2.1',
      'vendor.icmp': 'type 8, code 0',
    },
  ],
  [
    'IPv6',
    'firewall,info forward: in:bridge out:pppoe-out1, src-mac 00:00:5e:00:53:01, proto TCP (ACK,PSH), [2001:db8::10]:443->[2001:db8:1::2]:54000, len 60',
    {
      ...traffic,
      'source.ip': '2001:db8::10',
      'source.port': 443,
      'destination.ip': '2001:db8:1::2',
      'destination.port': 54000,
    },
  ],
  [
    'source NAT',
    'firewall,info forward: in:bridge out:ether1, connection-state:established,snat proto TCP (ACK), 192.0.2.10:50000->198.51.100.7:443, NAT (192.0.2.10:50000->203.0.113.1:50000)->198.51.100.7:443, len 52',
    {
      ...traffic,
      'source.ip': '192.0.2.10',
      'source.nat.ip': '203.0.113.1',
      'source.nat.port': 50000,
      'destination.ip': '198.51.100.7',
    },
  ],
  [
    'destination NAT',
    'firewall,info forward: in:ether1 out:bridge, proto TCP (SYN), 203.0.113.9:40000->192.0.2.10:80, NAT 203.0.113.9:40000->(203.0.113.1:8080->192.0.2.10:80), len 60',
    { ...traffic, 'destination.nat.ip': '192.0.2.10', 'destination.nat.port': 80 },
  ],
  [
    'a login',
    '<30>Nov 25 19:00:00 gw system,info,account user admin logged in from 192.0.2.5 via winbox',
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'user.name': 'admin',
      'source.ip': '192.0.2.5',
      'vendor.via': 'winbox',
    },
  ],
  [
    'a failed login without topics',
    '<27>Nov 25 19:00:00 gw login failure for user root from 203.0.113.66 via ssh',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'user.name': 'root', 'source.ip': '203.0.113.66' },
  ],
  [
    'a lease',
    'dhcp,info defconf assigned 192.0.2.50 for 00:00:5E:00:53:05 pc-01',
    {
      'hinomi.event_class': 'system',
      'network.protocol': 'dhcp',
      'host.ip': ['192.0.2.50'],
      'host.mac': ['00-00-5E-00-53-05'],
      'source.mac': '00-00-5E-00-53-05',
      'host.name': 'pc-01',
    },
  ],
  [
    'a PPP user',
    'l2tp,ppp,info,account taro logged in, 192.0.2.200 from 203.0.113.7',
    {
      'hinomi.event_class': 'vpn',
      'event.outcome': 'success',
      'user.name': 'taro',
      'source.ip': '203.0.113.7',
      'source.nat.ip': '192.0.2.200',
    },
  ],
  [
    'a wireless client that leaves',
    'wireless,info 00:00:5E:00:53:07@wlan1: disconnected, received deauth: sending station leaving (3)',
    {
      'hinomi.event_class': 'system',
      'event.action': 'disconnected',
      'source.mac': '00-00-5E-00-53-07',
      'vendor.interface': 'wlan1',
    },
  ],
  [
    'a link',
    'interface,info ether2 link up (speed 1G, full duplex)',
    { 'hinomi.event_class': 'system', 'event.action': 'link up', 'vendor.interface': 'ether2' },
  ],
  [
    'a change',
    'system,info filter rule changed by winbox-3.40/tcp-msg(winbox):admin@192.0.2.5 (*3)',
    { 'hinomi.event_class': 'admin_change', 'event.action': 'changed', 'user.name': 'admin', 'source.ip': '192.0.2.5' },
  ],
  [
    'what is not known',
    'script,warning backup is late',
    { 'hinomi.event_class': 'system', 'log.level': 'warning', message: 'backup is late' },
  ],
  [
    'RFC 5424 with nothing in its structured data',
    '<14>1 2026-11-25T19:00:00.123+09:00 gw - - - [] firewall,info input: in:ether1 out:(unknown 0), proto TCP (SYN), 203.0.113.2:5000->192.0.2.1:22, len 40',
    { ...traffic, 'vendor.topics': 'firewall,info', 'rule.ruleset': 'input', 'destination.port': 22 },
  ],
]);
