import { testLines } from './lines/cases.js';

testLines({ 'observer.vendor': 'Allied Telesis', 'observer.product': 'AlliedWare Plus' }, [
  [
    'a rule of the firewall',
    '<6>Nov 25 19:00:00 awplus kernel: Firewall rule 10: PERMIT IN=vlan1 OUT=eth1 SRC=192.0.2.10 DST=198.51.100.7 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=51234 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0 MARK=0x1',
    {
      'observer.type': 'firewall',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'allowed'],
      'rule.id': '10',
      'source.ip': '192.0.2.10',
      'destination.port': 443,
      'observer.egress.interface.name': 'eth1',
      'network.transport': 'tcp',
    },
  ],
  [
    'the default denies',
    '<6>Nov 25 19:00:00 gw kernel: Firewall: DENY IN=eth1 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=40 PROTO=TCP SPT=40123 DPT=23 SYN',
    { 'event.type': ['connection', 'denied'], 'event.action': 'deny' },
  ],
  [
    'a connection that ended, with NAT',
    '<134>Nov 25 19:00:00 gw firewall: END proto=tcp orig_src=192.0.2.10 orig_dst=198.51.100.7 orig_sport=51234 orig_dport=443 orig_pkts=10 orig_bytes=1200 reply_src=198.51.100.7 reply_dst=203.0.113.1 reply_sport=443 reply_dport=51234 reply_pkts=12 reply_bytes=9000',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end'],
      'source.bytes': 1200,
      'destination.bytes': 9000,
      'source.nat.ip': '203.0.113.1',
      'source.nat.port': 51234,
    },
  ],
  [
    'malware',
    '<174>Nov 25 19:00:00 awplus IPS[2014]: [Drop] MALWARE: File with known bad hash URL:http://bad.example.jp/a.exe [http] 203.0.113.9:80 -> 192.0.2.10:60820',
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'url.original': 'http://bad.example.jp/a.exe',
      'source.ip': '203.0.113.9',
      'destination.port': 60820,
    },
  ],
  [
    'reputation, only seen',
    '<174>Nov 25 19:00:00 awplus IPS[2014]: [Alert] IPREP: Scanner: known source [icmp] 203.0.113.9 -> 192.0.2.1',
    {
      'hinomi.event_class': 'web_block',
      'event.type': ['allowed'],
      'network.transport': 'icmp',
      'source.ip': '203.0.113.9',
    },
  ],
  [
    'a URL that is filtered',
    '<174>Nov 25 19:00:00 awplus IPS[2039]: [Drop] URLFILTER: URL:http://games.example.jp/ [http] 192.0.2.10:58272 -> 198.51.100.7:80',
    {
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'denied'],
      'url.original': 'http://games.example.jp/',
    },
  ],
  [
    'a command',
    '<190>Nov 25 19:00:00 awplus IMISH[1234]: [manager@192.0.2.5]configure terminal',
    {
      'hinomi.event_class': 'admin_change',
      'user.name': 'manager',
      'source.ip': '192.0.2.5',
      'process.command_line': 'configure terminal',
    },
  ],
  [
    'a port',
    '<134>Nov 25 19:00:00 sw1 NSM[701]: Port up notification received for port1.0.1',
    { 'hinomi.event_class': 'system', 'event.action': 'link up', 'vendor.interface': 'port1.0.1' },
  ],
]);
