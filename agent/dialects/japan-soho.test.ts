import { testLines } from './lines/cases.js';

testLines({ 'observer.vendor': 'BUFFALO', 'observer.product': 'AirStation' }, [
  [
    'a refused connection',
    '<134>Nov 25 19:00:00 AP00005E005301 FIREWALL: TCP connection denied from 203.0.113.9:443 to 192.0.2.1:60000 (ppp0)',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'source.ip': '203.0.113.9',
      'destination.port': 60000,
      'observer.ingress.interface.name': 'ppp0',
      'network.transport': 'tcp',
    },
  ],
  [
    'a wireless client',
    '<134>Nov 25 19:00:00 AP00005E005301 WIRELESS: wl0: AUTHENTICATED - 00:00:5e:00:53:07',
    { 'hinomi.event_class': 'system', 'source.mac': '00-00-5E-00-53-07' },
  ],
  [
    'a failed login',
    '<134>Nov 25 19:00:00 AP00005E005301 AUTH: Login failed from 203.0.113.66',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure' },
  ],
]);

testLines({ 'observer.vendor': 'NETGEAR' }, [
  [
    'a scan',
    '<13>[DoS Attack: ACK Scan] from source: 203.0.113.9, port 443, Wednesday, November 25,2026 19:00:00',
    { 'hinomi.event_class': 'dos', 'event.kind': 'alert', 'source.ip': '203.0.113.9', 'source.port': 443 },
  ],
  [
    'a site',
    '<13>[site blocked: games.example.jp] from source 192.0.2.10, Wednesday, November 25,2026 19:00:00',
    { 'hinomi.event_class': 'url_filter', 'url.domain': 'games.example.jp' },
  ],
]);
