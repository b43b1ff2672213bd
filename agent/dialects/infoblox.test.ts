import { testLines } from './lines/cases.js';

testLines({ 'observer.vendor': 'Infoblox', 'observer.product': 'NIOS' }, [
  [
    'a name that the policy rewrote',
    '<110>Nov 25 19:00:00 ns1 named[1234]: CEF:0|Infoblox|NIOS|8.6.0|RPZ-QNAME|NXDOMAIN|7|app=DNS dst=192.0.2.1 src=192.0.2.10 spt=51234 view=_default qtype=A msg="rpz QNAME NXDOMAIN rewrite bad.example.jp [A] via bad.example.jp.rpz.local" CAT=RPZ',
    {
      'hinomi.event_class': 'web_block',
      'event.kind': 'alert',
      'event.severity': 70,
      'dns.question.name': 'bad.example.jp',
      'source.ip': '192.0.2.10',
      'destination.ip': '192.0.2.1',
    },
  ],
  [
    'threat protection',
    '<110>Nov 25 19:00:00 ns1 threat-protect-log[9]: CEF:0|Infoblox|NIOS Threat|8.6.0|120303001|Blacklist:bad.example.jp|7|src=192.0.2.10 spt=57092 dst=192.0.2.1 dpt=53 act="DROP" cat="BLACKLIST UDP FQDN lookup" fqdn=bad.example.jp hit_count=4',
    {
      'hinomi.event_class': 'ips',
      'event.action': 'drop',
      'event.code': '120303001',
      'dns.question.name': 'bad.example.jp',
    },
  ],
  [
    'a login',
    '<13>Nov 25 19:00:00 ns1 httpd: 2026-11-25 09:59:58.612Z [taro]: Login_Allowed - - to=AdminConnector ip=192.0.2.5 auth=LOCAL group=admin-group apparently_via=GUI',
    {
      '@timestamp': '2026-11-25T09:59:58.612Z',
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'user.name': 'taro',
      'source.ip': '192.0.2.5',
    },
  ],
  [
    'a failed login',
    '<13>Nov 25 19:00:00 ns1 sshd[7]: 2026-11-25 09:59:58.612Z [root]: Login_Denied - - apparently_via=Remote ip=203.0.113.66 auth=PAM',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'source.ip': '203.0.113.66' },
  ],
  [
    'what an administrator did',
    '<13>Nov 25 19:00:00 ns1 serial_console: 2026-11-25 09:59:58.612Z [USER\\040admin]: rebooted the system',
    { 'hinomi.event_class': 'admin_change', 'user.name': 'USER admin' },
  ],
]);
