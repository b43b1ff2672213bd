import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const SYSLOG = (pairs: string) =>
  `<134>1 2026-11-25T12:00:00Z gw-01 CheckPoint 18160 - [${pairs}; flags:"411908"; ifdir:"inbound"; ifname:"eth0"; loguid:"{0x6,0x1,0x2,0x3}"; origin:"192.0.2.1"; time:"1795608000"; version:"5"; src:"192.0.2.10"; dst:"198.51.100.7"; s_port:"50123"; service:"443"; proto:"6"]`;
const SPLUNK = (pairs: string) =>
  `time=1795608000|hostname=gw-01|ifdir=outbound|ifname=eth1|loguid={0x1}|origin=192.0.2.1|version=5|${pairs}|src=192.0.2.10|dst=198.51.100.7|proto=17|s_port=50123|service=53|`;
const SYSTEM = (product: string) => `product:"${product}"`;

const ENDS = { 'source.ip': '192.0.2.10', 'source.port': 50123, 'destination.ip': '198.51.100.7' };

it.each<[string, string, Record<string, unknown>]>([
  [
    'a dropped connection in the bracketed syslog form',
    SYSLOG(
      'action:"Drop"; product:"VPN-1 & FireWall-1"; rule:"7"; rule_name:"Cleanup \\"rule\\""; inzone:"External"; outzone:"Internal"; xlatesrc:"203.0.113.5"; xlatesport:"10001"',
    ),
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'observer.vendor': 'Check Point',
      'hinomi.event_class': 'traffic',
      'event.kind': 'event',
      'event.action': 'drop',
      'event.type': ['connection', 'denied'],
      'event.category': ['network'],
      'destination.port': 443,
      'network.transport': 'tcp',
      'rule.name': 'Cleanup "rule"',
      'rule.id': '7',
      'source.nat.ip': '203.0.113.5',
      'source.nat.port': 10001,
      'observer.ingress.interface.name': 'eth0',
      'observer.ingress.zone': 'External',
      'observer.egress.zone': 'Internal',
      'observer.ip': ['192.0.2.1'],
    },
  ],
  [
    'an accepted connection',
    SYSLOG(`action:"Accept"; ${SYSTEM('Firewall')}; sent_bytes:"1200"; received_bytes:"8000"`),
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'allowed'],
      'source.bytes': 1200,
      'destination.bytes': 8000,
    },
  ],
  [
    'an attack that IPS prevented',
    SYSLOG(
      `action:"Prevent"; ${SYSTEM('IPS')}; attack:"Web Server Enforcement"; protection_name:"Example Traversal"; protection_id:"asm_dynamic_prop_1"; severity:"4"`,
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'rule.name': 'Example Traversal',
      'rule.id': 'asm_dynamic_prop_1',
      'log.level': 'critical',
      'event.severity': 90,
    },
  ],
  [
    'an attack that SmartDefense only detected',
    SPLUNK('product=SmartDefense|action=Detect|attack=Port Scan'),
    {
      ...ENDS,
      'hinomi.event_class': 'ips',
      'event.type': ['allowed'],
      'event.kind': 'alert',
      'destination.port': 53,
      'network.transport': 'udp',
      'observer.egress.interface.name': 'eth1',
    },
  ],
  [
    'a file with a virus',
    SYSLOG(
      `action:"Prevent"; ${SYSTEM('New Anti Virus')}; protection_name:"Example.Eicar"; malware_family:"Eicar"; file_name:"invoice.exe"; file_md5:"44d88612fea8a8f36de82e1278abb02f"; resource:"http://files.example.jp/invoice.exe"`,
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'file.name': 'invoice.exe',
      'file.hash.md5': '44d88612fea8a8f36de82e1278abb02f',
      'url.domain': 'files.example.jp',
      'threat.software.name': 'Eicar',
    },
  ],
  [
    'a bot that calls its controller',
    SYSLOG(
      `action:"Detect"; ${SYSTEM('Anti-Bot')}; malware_action:"Communication with C&C site"; protection_name:"Example.Bot"`,
    ),
    { 'hinomi.event_class': 'c2', 'event.kind': 'alert' },
  ],
  [
    'a site with a bad reputation',
    SYSLOG(
      `action:"Prevent"; ${SYSTEM('Anti Malware')}; protection_type:"URL reputation"; resource:"http://bad.example.jp/"`,
    ),
    { 'hinomi.event_class': 'web_block', 'event.type': ['denied'] },
  ],
  [
    'a site blocked by its category',
    SYSLOG(
      `action:"Block"; ${SYSTEM('URL Filtering')}; matched_category:"Gambling"; app_rule_name:"No games"; resource:"https://games.example.jp/a?b=1"; src_user_name:"Yamada Hanako (hanako)(+)"`,
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'rule.category': 'Gambling',
      'url.query': 'b=1',
    },
  ],
  [
    'a site blocked because it phishes',
    SYSLOG(`action:"Block"; ${SYSTEM('URL Filtering')}; matched_category:"Phishing"`),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert' },
  ],
  [
    'an application',
    SYSLOG(`action:"Block"; ${SYSTEM('Application Control')}; appi_name:"BitTorrent"; app_rule_name:"No P2P"`),
    {
      'hinomi.event_class': 'app_control',
      'network.application': 'BitTorrent',
      'event.type': ['connection', 'denied'],
      'rule.name': 'No P2P',
    },
  ],
  [
    'spam',
    SYSLOG(
      `action:"Reject"; ${SYSTEM('Anti-Spam and Email Security')}; email_spam_category:"Spam"; from:"a@bad.example"; to:"hanako@example.jp;taro@example.jp"; email_subject:"win"`,
    ),
    {
      'hinomi.event_class': 'mail_spam',
      'event.kind': 'alert',
      'email.from.address': ['a@bad.example'],
      'email.to.address': ['hanako@example.jp', 'taro@example.jp'],
      'email.subject': 'win',
    },
  ],
  [
    'mail that is no spam',
    SYSLOG(`action:"Accept"; ${SYSTEM('Anti-Spam and Email Security')}; email_spam_category:"Non Spam"`),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'event' },
  ],
  [
    'a virus in mail',
    SYSLOG(`action:"Prevent"; ${SYSTEM('MTA')}; email_subject:"invoice"`),
    { 'hinomi.event_class': 'mail_malware', 'event.kind': 'alert' },
  ],
  [
    'a harmless file in the sandbox',
    SYSLOG(`action:"Accept"; ${SYSTEM('Threat Emulation')}; verdict:"Benign"`),
    { 'hinomi.event_class': 'malware', 'event.kind': 'event' },
  ],
  [
    'confidential data',
    SYSLOG(`action:"Prevent"; ${SYSTEM('DLP')}; dlp_rule_name:"My numbers"`),
    { 'hinomi.event_class': 'dlp', 'event.kind': 'alert' },
  ],
  [
    'a user of the VPN',
    SYSLOG(`action:"Log In"; ${SYSTEM('Mobile Access')}; user:"hanako"`),
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'success', 'user.name': 'hanako' },
  ],
  [
    'an administrator who logs in',
    SPLUNK(
      'product=SmartConsole|action=Accept|administrator=taro|client_ip=192.0.2.99|operation=Log In|subject=Administrator Login',
    ),
    { 'hinomi.event_class': 'auth', 'user.name': 'taro', 'event.outcome': 'success' },
  ],
  [
    'a change of the configuration',
    SPLUNK('product=SmartConsole|action=Accept|administrator=taro|operation=Modify Object|subject=Object Manipulation'),
    { 'hinomi.event_class': 'admin_change', 'event.type': ['change'], 'event.category': ['configuration'] },
  ],
  [
    'an update',
    SYSLOG(`${SYSTEM('URL Filtering')}; update_status:"updated"; description:"Gateway was updated"`),
    { 'hinomi.event_class': 'system', message: 'Gateway was updated' },
  ],
  [
    'an endpoint',
    SYSLOG(`${SYSTEM('Endpoint Compliance')}; os_name:"Windows"; host_type:"Desktop"`),
    { 'hinomi.event_class': 'endpoint', 'host.os.name': 'Windows' },
  ],
  [
    'CEF with an empty vendor',
    'CEF:0||Check Point|Check Point|Log|https|Unknown|act=Accept deviceDirection=0 rt=1795608000000 spt=50123 dpt=443 cs2Label=Rule Name cs2=Web out product=VPN-1 & FireWall-1 proto=6 src=192.0.2.10 dst=198.51.100.7 sourceTranslatedAddress=203.0.113.5 in=10 out=20',
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'observer.vendor': 'Check Point',
      'observer.product': 'VPN-1 & FireWall-1',
      'hinomi.event_class': 'traffic',
      'rule.name': 'Web out',
      'source.bytes': 20,
      'destination.bytes': 10,
      'source.nat.ip': '203.0.113.5',
    },
  ],
  [
    'CEF that lost its prefix, with a line break in it',
    '0|Check Point|Application Control|Check Point|Log|Log|Medium|act=Block src=192.0.2.10 spt=50123 dst=198.51.100.7 dpt=443 proto=6 msg=two\nlines cs6Label=Application Name cs6=BitTorrent',
    {
      ...ENDS,
      'observer.product': 'Application Control',
      'hinomi.event_class': 'app_control',
      'network.application': 'BitTorrent',
      'log.level': 'medium',
      message: 'two\nlines',
    },
  ],
  [
    'LEEF',
    '<134>Nov 25 21:00:00 gw-01 LEEF:2.0|Check Point|Anti-Bot|1.0|Detect|cat=Anti-Bot\tdevTime=1795608000\tsrcPort=50123\tdstPort=443\tproto=6\tsrc=192.0.2.10\tdst=198.51.100.7\tusrName=hanako\tsev=4',
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'hinomi.event_class': 'c2',
      'event.action': 'detect',
      'user.name': 'hanako',
      'event.severity': 90,
    },
  ],
])('Check Point: %s', (_, line, expected) => {
  expect(recordOf(line)).toMatchObject(expected);
});

it('gives every key that it does not know to vendor.*', () => {
  expect(recordOf(SYSLOG('action:"Accept"; product:"Firewall"; new_key:"7"'))).toMatchObject({ 'vendor.new_key': '7' });
});

it('leaves structured data of others alone', () => {
  expect(
    recordOf('<134>1 2026-11-25T12:00:00Z h app 1 - [x@1 action="Drop" src="192.0.2.1"] x')['observer.vendor'],
  ).toBeUndefined();
});
