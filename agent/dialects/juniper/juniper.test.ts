import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const line = (tag: string, event: string, pairs: string) =>
  `<14>1 2026-11-25T12:00:00.123Z srx-01 ${tag} - ${event} [junos@2636.1.1.1.2.129 source-address="192.0.2.10" source-port="50123" destination-address="198.51.100.7" destination-port="443" protocol-id="6" source-zone-name="trust" destination-zone-name="untrust" ${pairs}]`;
const ENDS = {
  'source.ip': '192.0.2.10',
  'source.port': 50123,
  'destination.ip': '198.51.100.7',
  'destination.port': 443,
  'network.transport': 'tcp',
};

it.each<[string, string, Record<string, unknown>]>([
  [
    'a session begins',
    line(
      'RT_FLOW',
      'RT_FLOW_SESSION_CREATE',
      'nat-source-address="203.0.113.5" nat-source-port="10001" policy-name="out" username="hanako" packet-incoming-interface="ge-0/0/1.0"',
    ),
    {
      ...ENDS,
      'observer.vendor': 'Juniper',
      'observer.product': 'SRX',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'start', 'allowed'],
      'source.nat.ip': '203.0.113.5',
      'rule.name': 'out',
      'user.name': 'hanako',
      'observer.ingress.zone': 'trust',
      'observer.ingress.interface.name': 'ge-0/0/1.0',
    },
  ],
  [
    'a session ends',
    line(
      'RT_FLOW',
      'RT_FLOW_SESSION_CLOSE',
      'reason="TCP FIN" bytes-from-client="100" bytes-from-server="200" packets-from-client="3" packets-from-server="4" elapsed-time="9"',
    ),
    {
      ...ENDS,
      'event.type': ['connection', 'end', 'allowed'],
      'source.bytes': 100,
      'destination.packets': 4,
      'event.duration': 9e9,
      'event.reason': 'TCP FIN',
    },
  ],
  [
    'a session is denied',
    line('RT_FLOW', 'RT_FLOW_SESSION_DENY', 'policy-name="deny-all"'),
    { ...ENDS, 'event.type': ['connection', 'denied'] },
  ],
  [
    'a session in plain text',
    '<14>Nov 25 21:00:00 srx-01 RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.0.2.10/50123->198.51.100.7/443 junos-https 203.0.113.5/10001->198.51.100.7/443 nat-out None 6 out trust untrust 6316 N/A(N/A) ge-0/0/1.0',
    { ...ENDS, 'event.type': ['connection', 'start', 'allowed'], 'source.nat.port': 10001, 'rule.name': 'out' },
  ],
  [
    'a site by category',
    line('RT_UTM', 'WEBFILTER_URL_BLOCKED', 'category="Gambling" url="games.example.jp" obj="/"'),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'denied'], 'url.domain': 'games.example.jp' },
  ],
  [
    'a site let through',
    line('RT_UTM', 'WEBFILTER_URL_PERMITTED', 'category="News" url="www.example.jp"'),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'allowed'] },
  ],
  [
    'a bad site',
    line('RT_UTM', 'WEBFILTER_URL_BLOCKED', 'category="Enhanced_Malicious_Web_Sites" url="bad.example.jp"'),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert' },
  ],
  [
    'a virus',
    line('RT_UTM', 'AV_VIRUS_DETECTED_MT', 'filename="e.com" name="EICAR" action="BLOCK"'),
    {
      'hinomi.event_class': 'malware',
      'event.type': ['denied'],
      'file.name': 'e.com',
      'threat.software.name': 'EICAR',
    },
  ],
  [
    'spam',
    line('RT_UTM', 'ANTISPAM_SPAM_DETECTED_MT', 'action="BLOCKED" reason="Match local blacklist"'),
    { 'hinomi.event_class': 'mail_spam', 'event.type': ['denied'] },
  ],
  [
    'an attack',
    line('RT_IDP', 'IDP_ATTACK_LOG_EVENT', 'attack-name="HTTP:EXAMPLE" action="DROP" threat-severity="HIGH"'),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert', 'event.type': ['denied'], 'rule.name': 'HTTP:EXAMPLE' },
  ],
  [
    'a flood',
    line('RT_IDS', 'RT_SCREEN_TCP', 'attack-name="SYN flood!" action="drop"'),
    { 'hinomi.event_class': 'dos', 'event.type': ['denied'] },
  ],
  [
    'an application',
    line('RT_FLOW', 'APPTRACK_SESSION_CREATE', 'application="BITTORRENT"'),
    { 'hinomi.event_class': 'app_control', 'network.application': 'BITTORRENT' },
  ],
  [
    'a controller',
    line('RT_SECINTEL', 'SECINTEL_ACTION_LOG', 'sub-category="CC" action="BLOCK"'),
    { 'hinomi.event_class': 'c2', 'event.type': ['connection', 'denied'] },
  ],
  [
    'a login',
    '<37>1 2026-11-25T12:00:00Z srx-01 mgd 3046 UI_LOGIN_EVENT [junos@2636.1.1.1.2.18 username="taro"] User taro login',
    { 'hinomi.event_class': 'auth', 'user.name': 'taro', 'event.outcome': 'success' },
  ],
  [
    'a commit',
    '<37>1 2026-11-25T12:00:00Z srx-01 mgd 3046 UI_COMMIT [junos@2636.1.1.1.2.18 username="taro" command="commit"] User taro commits',
    { 'hinomi.event_class': 'admin_change' },
  ],
])('Juniper SRX: %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
