import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const line = (product: string, id: string, name: string, extension: string, severity = '8') =>
  `<13>Nov 25 21:00:00 host-01 CEF: 0|Trend Micro|${product}|2.0|${id}|${name}|${severity}|${extension}#015`;
const TIME = 'rt=Nov 25 2026 12:00:00 GMT+00:00';
const APEX = (id: string, name: string, extension: string) =>
  line('Apex Central', id, name, `${TIME} dvchost=PC-01 ${extension}`);
const EDGE = (id: string, name: string, extension: string) =>
  line(
    'Cloud Edge',
    id,
    name,
    `${TIME} dvchost=edge-01 src=192.0.2.10 spt=50123 dst=198.51.100.7 dpt=443 proto=TCP ${extension}`,
  );

it.each<[string, string, Record<string, unknown>]>([
  [
    'Apex Central: a virus',
    APEX(
      'AV:File quarantined',
      'Example_EICAR',
      'deviceFacility=Apex One cs1Label=Virus/Malware cs1=Example_EICAR fname=e.com filePath=C:\\\\temp\\\\ act=File quarantined cat=AV fileHash=44d88612fea8a8f36de82e1278abb02f',
    ),
    {
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'observer.vendor': 'Trend Micro',
      'observer.product': 'Apex Central',
      'observer.type': 'edr',
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'host.name': 'PC-01',
      'file.name': 'e.com',
      'file.hash.md5': '44d88612fea8a8f36de82e1278abb02f',
      'threat.software.name': 'Example_EICAR',
      'event.severity': 80,
    },
  ],
  [
    'Apex Central: a callback',
    APEX('CnC:Block', 'CnC Callback', 'src=192.0.2.10 dst=198.51.100.7 cs1Label=Policy cs1=x'),
    {
      'hinomi.event_class': 'c2',
      'event.kind': 'alert',
      'event.type': ['connection', 'denied'],
      'event.action': 'block',
      'source.ip': '192.0.2.10',
    },
  ],
  [
    'Apex Central: a site',
    APEX('WB:Block', 'Web Violation', 'request=http://bad.example.jp/ act=Block'),
    { 'hinomi.event_class': 'web_block', 'event.type': ['denied'], 'url.domain': 'bad.example.jp' },
  ],
  [
    'Apex Central: behaviour',
    APEX('BM:1000', 'Behavior Monitoring', 'sproc=C:\\\\x.exe act=Terminate'),
    { 'hinomi.event_class': 'malware', 'event.type': ['denied'] },
  ],
  ['Apex Central: data loss', APEX('DLP:Block', 'Data Loss Prevention', 'act=Block'), { 'hinomi.event_class': 'dlp' }],
  [
    'Apex Central: an application',
    APEX('EAC:Block', 'Application Control Violation', 'act=Block'),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'denied'] },
  ],
  [
    'Deep Security: intrusion, detected',
    line(
      'Deep Security Agent',
      '1001111',
      'Example rule',
      'cn1=1 cn1Label=Host ID dvchost=SRV-01 src=192.0.2.10 spt=50123 dst=198.51.100.7 dpt=80 proto=TCP act=IDS:Reset',
    ),
    {
      'observer.product': 'Deep Security Agent',
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['allowed'],
      'host.name': 'SRV-01',
      'rule.id': '1001111',
      'rule.name': 'Example rule',
    },
  ],
  [
    'Deep Security: intrusion, prevented',
    line('Deep Security Agent', '1001111', 'Example rule', 'src=192.0.2.10 dst=198.51.100.7 act=Reset'),
    { 'event.type': ['denied'] },
  ],
  [
    'Deep Security: firewall',
    line('Deep Security Agent', '21', 'Unsolicited UDP', 'src=192.0.2.10 dst=198.51.100.7 act=Deny proto=UDP'),
    { 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'denied'] },
  ],
  [
    'Deep Security: malware',
    line('Deep Security Agent', '4000000', 'Eicar_test_file', 'filePath=/tmp/e.com act=Delete'),
    { 'hinomi.event_class': 'malware', 'file.name': 'e.com' },
  ],
  [
    'Deep Security: web reputation',
    line('Deep Security Agent', '5000000', 'WebReputation', 'request=http://bad.example.jp/ act=Block'),
    { 'hinomi.event_class': 'web_block' },
  ],
  [
    'Deep Security: integrity',
    line('Deep Security Agent', '2000001', 'hosts changed', 'act=updated filePath=/etc/hosts'),
    { 'hinomi.event_class': 'endpoint' },
  ],
  [
    'Deep Security: log inspection',
    line(
      'Deep Security Agent',
      '3002795',
      'Microsoft Windows Events',
      'cs1Label=LI Description cs1=Multiple Windows Logon Failures msg=An account failed to log on',
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure' },
  ],
  [
    'Deep Security: application control',
    line('Deep Security Agent', '6001100', 'AppControl detectOnly', 'act=detectOnly'),
    { 'hinomi.event_class': 'app_control' },
  ],
  [
    'Deep Security: a login to the manager',
    line('Deep Security Manager', '600', 'User Signed In', 'src=192.0.2.99 suser=taro msg=User signed in'),
    {
      'observer.product': 'Deep Security Manager',
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'user.name': 'taro',
    },
  ],
  [
    'Cloud Edge: malware',
    EDGE('VS:Block', 'Virus Scan', 'act=Block cs1Label=Virus Name cs1=Example_EICAR'),
    {
      'observer.product': 'Cloud Edge',
      'observer.type': 'firewall',
      'observer.name': 'edge-01',
      'hinomi.event_class': 'malware',
      'event.type': ['denied'],
      'source.port': 50123,
      'destination.port': 443,
      'network.transport': 'tcp',
      'threat.software.name': 'Example_EICAR',
    },
  ],
  [
    'Cloud Edge: reputation',
    EDGE('WRS:Block', 'Web Reputation', 'act=Block request=http://bad.example.jp/'),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert' },
  ],
  [
    'Cloud Edge: URL filter',
    EDGE(
      'URLF:Block',
      'URL Filtering',
      'act=Block request=http://games.example.jp/ cs2Label=URL Category cs2=Gambling cs3Label=Policy Name cs3=office',
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'rule.category': 'Gambling',
      'rule.name': 'office',
    },
  ],
  [
    'Cloud Edge: URL filter allows',
    EDGE('URLF:Allow', 'URL Filtering', 'act=Allow request=http://www.example.jp/'),
    { 'event.type': ['access', 'allowed'] },
  ],
  [
    'Cloud Edge: intrusion',
    EDGE('IPS:Block', 'Intrusion Prevention', 'act=Block'),
    { 'hinomi.event_class': 'ips', 'event.type': ['denied'] },
  ],
  [
    'Cloud Edge: application',
    EDGE('APP:Monitor', 'Application Control', 'act=Monitor cs1Label=Application Name cs1=BitTorrent'),
    {
      'hinomi.event_class': 'app_control',
      'event.type': ['connection', 'allowed'],
      'network.application': 'BitTorrent',
    },
  ],
  [
    'Cloud Edge: spam',
    EDGE('SPAM:Tag', 'Anti-Spam', 'act=Tag suser=a@bad.example duser=hanako@example.jp'),
    {
      'hinomi.event_class': 'mail_spam',
      'email.from.address': ['a@bad.example'],
      'email.to.address': ['hanako@example.jp'],
    },
  ],
  [
    'Cloud Edge: a virus in mail',
    EDGE('MS:Clean', 'Mail virus', 'act=Clean'),
    { 'hinomi.event_class': 'mail_malware', 'event.type': ['denied'] },
  ],
  [
    'Email Security',
    line(
      'TMES',
      '100101',
      'DETECTION',
      'cat=Spam suser=a@bad.example duser=hanako@example.jp act=Quarantine mailMsgSubject=win',
    ),
    {
      'observer.product': 'Email Security',
      'observer.type': 'mail',
      'hinomi.event_class': 'mail_spam',
      'event.type': ['denied'],
      'email.subject': 'win',
    },
  ],
  [
    'Email Security by its labels',
    line(
      'TMES',
      '100101',
      'DETECTION',
      'cs1Label=eventType cs1=virus suser=a@bad.example duser=hanako@example.jp cs4Label=messageId cs4=<1@bad.example> msg=bill cs5Label=policyAction cs5=Quarantine cs6Label=policyName cs6=scan',
    ),
    {
      'hinomi.event_class': 'mail_malware',
      'event.type': ['denied'],
      'email.subject': 'bill',
      'email.message_id': '<1@bad.example>',
      'rule.name': 'scan',
    },
  ],
  [
    'Web Security',
    line('TMWS', '100', 'Access', 'act=allow request=http://www.example.jp/ suser=hanako'),
    {
      'observer.product': 'Web Security',
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'allowed'],
      'user.name': 'hanako',
    },
  ],
  [
    'Vision One',
    line('Trend Micro Vision One', 'WB-1', 'Possible credential theft', 'shost=PC-01'),
    { 'observer.product': 'Trend Vision One', 'observer.type': 'edr' },
  ],
  [
    'TippingPoint',
    'CEF:0|TippingPoint|UnityOne|1.0|1234|1234: HTTP: Example Overflow|4|src=192.0.2.10 dst=198.51.100.7 act=Block cnt=1',
    {
      'observer.vendor': 'Trend Micro',
      'observer.product': 'TippingPoint',
      'hinomi.event_class': 'ips',
      'event.type': ['denied'],
    },
  ],
])('Trend Micro, %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
