import { testLines } from '../lines/cases.js';

const PACKET =
  'IN=eth8 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=203.0.113.9 DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=241 ID=54321 PROTO=TCP SPT=40123 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0';

testLines({ 'observer.vendor': 'Ubiquiti' }, [
  [
    'a dropped packet',
    `<4>Nov 25 19:00:00 UDM-Pro kernel: [WAN_LOCAL-4000-D]${PACKET}`,
    {
      'observer.product': 'UniFi',
      'observer.type': 'firewall',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'event.action': 'drop',
      'rule.name': 'WAN_LOCAL-4000-D',
      'rule.ruleset': 'WAN_LOCAL',
      'rule.id': '4000',
      'source.ip': '203.0.113.9',
      'source.port': 40123,
      'source.mac': '00-00-5E-00-53-02',
      'destination.ip': '192.0.2.1',
      'destination.port': 22,
      'destination.mac': '00-00-5E-00-53-01',
      'network.transport': 'tcp',
      'observer.ingress.interface.name': 'eth8',
      'vendor.tcp_flags': 'SYN',
    },
  ],
  [
    'the default rule accepts',
    `<4>Nov 25 19:00:00 USG kernel: [12345.678901] [LAN_LOCAL-default-A]${PACKET}`,
    { 'event.type': ['connection', 'allowed'], 'event.action': 'accept', 'rule.id': 'default' },
  ],
  [
    'a rule of a zone, with its description',
    `<4>Nov 25 19:00:00 UCG-Max [WAN_IN-R-10001] DESCR="[WAN_IN]Reject all" ${PACKET}`,
    { 'event.action': 'reject', 'rule.id': '10001', 'rule.description': '[WAN_IN]Reject all' },
  ],
  [
    'a threat that was blocked',
    'Nov 25 19:00:00 UCG-Max CEF:0|Ubiquiti|UniFi Network|10.0.1|201|Threat Detected and Blocked|7|UNIFIcategory=Security UNIFIhost=UCG Max UNIFIipsSignature=ET SCAN Example UNIFIipsSignatureId=2001219 src=203.0.113.5 dst=192.0.2.10 proto=TCP spt=55000 dpt=443 act=blocked msg=A threat was blocked.',
    {
      'observer.product': 'UniFi Network',
      'observer.version': '10.0.1',
      'observer.name': 'UCG Max',
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'event.code': '201',
      'event.severity': 70,
      'rule.id': '2001219',
      'rule.name': 'ET SCAN Example',
      'network.transport': 'tcp',
    },
  ],
  [
    'a client with a name of two words',
    'CEF:0|Ubiquiti|UniFi Network|10.0.1|400|WiFi Client Connected|2|UNIFIcategory=Monitoring UNIFIconnectedToDeviceName=U7 Pro UNIFIclientMac=00:00:5e:00:53:07 UNIFIclientIp=192.0.2.77 UNIFIwifiName=Office LAN',
    {
      'hinomi.event_class': 'system',
      'event.code': '400',
      'source.mac': '00-00-5E-00-53-07',
      'source.ip': '192.0.2.77',
      'network.name': 'Office LAN',
      'vendor.UNIFIconnectedToDeviceName': 'U7 Pro',
    },
  ],
  [
    'an administrator',
    'CEF:0|Ubiquiti|UniFi Network|10.0.1|544|Admin Accessed UniFi Network|1|UNIFIadmin=taro UNIFIaccessMethod=web src=192.0.2.5 msg=taro accessed UniFi Network',
    { 'hinomi.event_class': 'auth', 'user.name': 'taro', 'source.ip': '192.0.2.5' },
  ],
  [
    'a change',
    'CEF:0|Ubiquiti|UniFi Network|10.0.1|546|Admin Made Config Changes|2|UNIFIadmin=taro src=192.0.2.5',
    { 'hinomi.event_class': 'admin_change', 'user.name': 'taro' },
  ],
  [
    'UniFi OS, whose header lacks two fields',
    'Nov 25 19:00:00 gw CEF:0|Ubiquiti|UniFi OS|4.3.6|admins|1|msg=taro accessed the UniFi OS via unifi.ui.com. Source IP: 203.0.113.4',
    {
      'observer.product': 'UniFi OS',
      'hinomi.event_class': 'auth',
      'user.name': 'taro',
      'source.ip': '203.0.113.4',
      'hinomi.parse.status': 'partial',
    },
  ],
  [
    'an access point, model first',
    '<30>Nov 25 19:00:00 U7PG2,00005e005301,v4.0.66.10832: hostapd: ath0: STA 00:00:5e:00:53:07 IEEE 802.11: associated',
    {
      'observer.type': 'wireless',
      'vendor.model': 'U7PG2',
      'observer.version': 'v4.0.66.10832',
      'observer.mac': '00-00-5E-00-53-01',
      'source.mac': '00-00-5E-00-53-07',
      'event.action': 'associated',
      'process.name': 'hostapd',
    },
  ],
  [
    'an access point, address first',
    '<30>Nov 25 19:00:00 lobby 00005e005301,UAP-nanoHD-6.6.55+15189: stahtd: stahtd[17512]: [STA-TRACKER].stahtd_dump_event(): {"message_type":"STA_ASSOC_TRACKER","mac":"00:00:5e:00:53:07","vap":"ath0","event_type":"failure"}',
    {
      'observer.type': 'wireless',
      'vendor.model': 'UAP-nanoHD',
      'process.name': 'stahtd',
      'source.mac': '00-00-5E-00-53-07',
      'event.action': 'failure',
    },
  ],
  [
    'a switch',
    '<27>Nov 25 19:00:00 US8P60,00005e005301,v4.0.66.10832 switch: TRAPMGR: Link Down: 0/7',
    { 'observer.type': 'switch', 'event.action': 'link down' },
  ],
]);
