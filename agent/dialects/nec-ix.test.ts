import { testLines } from './lines/cases.js';

testLines({ 'observer.vendor': 'NEC', 'observer.product': 'UNIVERGE IX', 'observer.type': 'router' }, [
  [
    'odd blanks around the name',
    '<132> Nov 25 19:00:00 ix2105  IP6[015]: RA received on GigaEthernet0.0',
    {
      '@timestamp': '2026-11-25T10:00:00.000Z',
      'log.syslog.hostname': 'ix2105',
      'event.code': 'IP6.015',
      'hinomi.event_class': 'system',
      'log.level': 'warning',
      'vendor.interface': 'GigaEthernet0.0',
    },
  ],
  [
    'a packet that is blocked',
    '<132> Nov 25 19:00:00 ix2215  FLT[007]: BLOCK tcp 203.0.113.9:40123 > 192.0.2.1:22, match wan-in, GigaEthernet0.0 in',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'event.action': 'block',
      'rule.name': 'wan-in',
      'source.ip': '203.0.113.9',
      'source.port': 40123,
      'destination.ip': '192.0.2.1',
      'destination.port': 22,
      'network.transport': 'tcp',
      'observer.ingress.interface.name': 'GigaEthernet0.0',
      'network.direction': 'inbound',
    },
  ],
  [
    'a login',
    '<134> Nov 25 19:00:00 ix2215  TELD[003]: user admin login from 192.0.2.5',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'admin', 'source.ip': '192.0.2.5' },
  ],
  [
    'a failed login',
    '<132> Nov 25 19:00:00 ix2215  SSHD[004]: login failed, user root from 203.0.113.66',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'user.name': 'root' },
  ],
  [
    'PPPoE',
    '<134> Nov 25 19:00:00 ix2215  PPP[021]: GigaEthernet0.1 IPCP opened',
    { 'hinomi.event_class': 'system', 'event.action': 'link up', 'vendor.interface': 'GigaEthernet0.1' },
  ],
  [
    'IKE',
    '<134> Nov 25 19:00:00 ix2215  IKE[016]: ISAKMP SA established, peer 203.0.113.1',
    { 'hinomi.event_class': 'vpn', 'event.type': ['connection', 'start'], 'source.ip': '203.0.113.1' },
  ],
  [
    'without a header',
    'IKE.019: no proposal chosen, peer 203.0.113.1',
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'failure' },
  ],
]);
