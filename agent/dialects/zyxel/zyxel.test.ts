import { testLines } from '../lines/cases.js';

const cef = (category: string, rest: string): string =>
  `Nov 25 19:00:00 192.0.2.1 CEF:0|ZyXEL|USG FLEX 200|5.39(ABUI.1)|0|${category}|5|devID=00005e005301 src=192.0.2.10 dst=198.51.100.7 spt=51234 dpt=443 dvchost=usgflex200 cat=${category} suser=unknown proto=6 ${rest}`;

testLines({ 'observer.vendor': 'Zyxel', 'observer.product': 'USG FLEX 200', 'observer.type': 'firewall' }, [
  [
    'a session that ended',
    cef(
      'Traffic Log',
      'msg=Traffic Log ZYduration=300 out=760 in=1520 app=others ZYnote=Traffic Log ZYdir=LAN:WAN deviceInboundInterface=lan1 deviceOutboundInterface=wan1',
    ),
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end', 'allowed'],
      'observer.name': 'usgflex200',
      'observer.version': '5.39(ABUI.1)',
      'source.ip': '192.0.2.10',
      'destination.port': 443,
      'source.bytes': 760,
      'destination.bytes': 1520,
      'event.duration': 300_000_000_000,
      'network.transport': 'tcp',
      'observer.ingress.interface.name': 'lan1',
      'observer.ingress.zone': 'LAN',
      'observer.egress.zone': 'WAN',
    },
  ],
  [
    'a policy that blocks',
    cef('Security Policy Control', 'msg=priority:3, from LAN to WAN, TCP, service others, DROP ZYnote=ACCESS BLOCK'),
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'event.action': 'access block',
      'rule.id': '3',
    },
  ],
  [
    'a web site',
    cef('Content Filter', 'msg=www.example.jp: Gambling, rule_name=office ZYnote=WEB BLOCK'),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'denied'], 'rule.name': 'office' },
  ],
  [
    'a bad web site',
    cef('URL Threat Filter', 'msg=bad.example.jp: Malware ZYnote=ACCESS BLOCK'),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert' },
  ],
  [
    'a virus',
    cef(
      'Anti-Malware',
      'msg=Virus infected SSI:N Type:Cloud-Query Virus:Eicar File:eicar.com Protocol:HTTP ZYnote=FILE DESTROY act=destroy',
    ),
    { 'hinomi.event_class': 'malware', 'event.type': ['denied'] },
  ],
  [
    'a virus in a mail',
    cef('Anti-Malware', 'msg=Virus infected File:eicar.zip Protocol:SMTP ZYnote=FILE DESTROY act=destroy'),
    { 'hinomi.event_class': 'mail_malware' },
  ],
  [
    'an intrusion',
    cef('IDP', 'msg=from WAN to LAN, [type=Scan] sid:1130001, Action: Drop Packet ZYnote=ACCESS BLOCK'),
    { 'hinomi.event_class': 'ips', 'event.type': ['denied'], 'rule.id': '1130001' },
  ],
  [
    'an application',
    cef('Application Patrol', 'msg=App:[Games]example Action: reject ZYnote=ACCESS BLOCK'),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'denied'] },
  ],
  ['spam', cef('Anti-Spam', 'msg=spam mail detected ZYnote=SPAM'), { 'hinomi.event_class': 'mail_spam' }],
]);

testLines({ 'observer.vendor': 'Zyxel', 'observer.type': 'firewall' }, [
  [
    'the native form: a policy',
    '<142>Nov 25 19:00:00 usg src="192.0.2.33:52345" dst="198.51.100.8:53" msg="priority:1, from LAN1 to WAN, UDP, service DNS, ACCEPT" note="ACCESS FORWARD" user="unknown" devID="00005e005301" cat="Security Policy Control"',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'allowed'],
      'source.ip': '192.0.2.33',
      'source.port': 52345,
      'destination.port': 53,
      'network.transport': 'udp',
      'observer.serial_number': '00005e005301',
      'observer.ingress.interface.name': 'LAN1',
    },
  ],
  [
    'the native form: traffic',
    '<142>Nov 25 19:00:00 usg src="192.0.2.33:52345" dst="198.51.100.8:53" msg="Traffic Log" note="Traffic Log" user="taro" devID="00005e005301" cat="Traffic Log" duration=13 sent=250 rcvd=480 dir="LAN:WAN" protoID=17 proto="dns"',
    {
      'event.type': ['connection', 'end', 'allowed'],
      'source.bytes': 250,
      'destination.bytes': 480,
      'user.name': 'taro',
      'network.transport': 'udp',
      'network.protocol': 'dns',
    },
  ],
  [
    'a login',
    '<142>Nov 25 19:00:00 usg src="192.0.2.5:50000" dst="192.0.2.1:443" msg="Administrator admin from http/https has logged in Device" note="Account: admin" user="admin" devID="00005e005301" cat="User"',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'admin', 'source.ip': '192.0.2.5' },
  ],
  [
    'a failed login',
    '<142>Nov 25 19:00:00 usg src="203.0.113.66:50000" dst="192.0.2.1:443" msg="Failed login attempt to Device from http/https (incorrect password or inexistent username)" note="Account: root" user="root" devID="00005e005301" cat="User"',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure', 'user.name': 'root' },
  ],
]);
