import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { expectMutatedWhole } from '../testing/mutated.js';

const RECEIVED = Date.parse('2026-06-08T00:00:00Z');
const record = (line: string) => new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);

const old = (type: string, component: string, subtype: string, rest: string) =>
  `<30>device="SFW" date=2026-06-07 time=17:33:19 timezone="JST" device_name="XGS107" device_id=X00000000000001 log_id=010101600001 log_type="${type}" log_component="${component}" log_subtype="${subtype}" priority=Warning ${rest}`;
const fresh = (type: string, component: string, subtype: string, rest: string) =>
  `<30>device_name="SFW" timestamp="2026-06-07T17:33:19+0900" device_model="XGS107" device_serial_id="X00000000000001" log_id=050901616001 log_type="${type}" log_component="${component}" log_subtype="${subtype}" log_version=1 severity="Information" ${rest}`;
const ENDS = 'src_ip=192.0.2.10 dst_ip=198.51.100.7 protocol="TCP" src_port=51000 dst_port=443';
const MAIL =
  'from_email_address="a@example.com" to_email_address="b@example.jp" email_subject="invoice" mailid="m@example.com" mailsize=10';

const CASES: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'an allowed connection of the old layout, with empty and unquoted values',
    old(
      'Firewall',
      'Firewall Rule',
      'Allowed',
      `status="Allow" con_duration=12 fw_rule_id=2 user_name="EXAMPLE\\hanako" user_gp="office" application="" ether_type=Unknown (0x0000) in_interface="Port1" out_interface="Port2" src_mac= dst_mac=00:00:5E:00:53:01 ${ENDS} sent_pkts=18  recv_pkts=16 sent_bytes=2422 recv_bytes=9586 tran_src_ip=203.0.113.1 tran_src_port=40000 tran_dst_ip= tran_dst_port=0 srczone="LAN" dstzone="WAN" connevent="Stop" message=""`,
    ),
    {
      '@timestamp': '2026-06-07T08:33:19.000Z',
      'hinomi.event_class': 'traffic',
      'event.kind': 'event',
      'event.type': ['connection', 'end', 'allowed'],
      'event.action': 'allowed',
      'event.code': '010101600001',
      'event.severity': 50,
      'log.level': 'warning',
      'rule.id': '2',
      'user.name': 'hanako',
      'user.domain': 'EXAMPLE',
      'user.group.name': 'office',
      'destination.mac': '00-00-5E-00-53-01',
      'source.bytes': 2422,
      'destination.bytes': 9586,
      'source.packets': 18,
      'destination.packets': 16,
      'source.nat.ip': '203.0.113.1',
      'source.nat.port': 40000,
      'observer.ingress.interface.name': 'Port1',
      'observer.egress.interface.name': 'Port2',
      'observer.ingress.zone': 'LAN',
      'observer.serial_number': 'X00000000000001',
      'network.transport': 'tcp',
      'vendor.ether_type': 'Unknown (0x0000)',
    },
  ],
  [
    'a denied connection of the new layout',
    fresh(
      'Firewall',
      'Firewall Rule',
      'Denied',
      `status="Deny" fw_rule_id="5" fw_rule_name="no smb" ${ENDS} bytes_sent=1 bytes_received=2 con_event="Start"`,
    ),
    {
      '@timestamp': '2026-06-07T08:33:19.000Z',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'start', 'denied'],
      'rule.name': 'no smb',
      'source.bytes': 1,
      'destination.bytes': 2,
    },
  ],
  ['a flood', old('Firewall', 'DoS Attack', 'Denied', ENDS), { 'hinomi.event_class': 'dos', 'event.kind': 'alert' }],
  [
    'an attack that was dropped',
    old(
      'IDP',
      'Signatures',
      'Drop',
      `idp_policy_name="lan" fw_rule_id=2 signature_id=2307 signature_msg="SERVER-WEBAPP example" classification="Web Application Attack" rule_priority=1 ${ENDS}`,
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'rule.id': '2307',
      'rule.name': 'SERVER-WEBAPP example',
      'rule.category': 'Web Application Attack',
      'vendor.fw_rule_id': '2',
    },
  ],
  ['an attack that was seen', old('IDP', 'Anomaly', 'Detect', `signature_id=1 ${ENDS}`), { 'event.type': ['allowed'] }],
  [
    'a virus in a download',
    old(
      'Anti-Virus',
      'HTTP',
      'Virus',
      `fw_rule_id=2 virus="EICAR-AV-Test" url="http://bad.example.jp/eicar.com" domainname="bad.example.jp" ${ENDS} status_code=403`,
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'threat.software.name': 'EICAR-AV-Test',
      'url.domain': 'bad.example.jp',
      'http.response.status_code': 403,
    },
  ],
  [
    'a file that is clean',
    old('Anti-Virus', 'FTP', 'Allowed', `virus="" filename="/a.txt" ${ENDS}`),
    { 'hinomi.event_class': 'malware', 'event.kind': 'event', 'event.type': ['allowed'] },
  ],
  [
    'a virus in a mail',
    old(
      'Anti-Virus',
      'SMTP',
      'Virus',
      `virus="TR/Example" filename="x.zip" subject="invoice" from_email_address="a@example.com" to_email_address="b@example.jp" ${ENDS}`,
    ),
    {
      'hinomi.event_class': 'mail_malware',
      'event.kind': 'alert',
      'email.from.address': ['a@example.com'],
      'email.to.address': ['b@example.jp'],
      'email.subject': 'invoice',
    },
  ],
  [
    'spam that was refused',
    old('Anti-Spam', 'SMTP', 'Spam', `${MAIL} spamaction="Reject" reason="Mail detected as SPAM." ${ENDS}`),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'alert', 'event.type': ['denied'], 'event.action': 'reject' },
  ],
  [
    'spam that was marked',
    old('Anti-Spam', 'SMTPS', 'Probable Spam', `${MAIL} spamaction="Prefix Subject" ${ENDS}`),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'alert', 'event.type': ['allowed'] },
  ],
  [
    'a mail that is clean',
    old('Anti-Spam', 'SMTP', 'Clean', `${MAIL} spamaction="Accept" reason="Mail is Clean." ${ENDS}`),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'event', 'event.type': ['allowed'] },
  ],
  [
    'a leak by mail',
    old('Anti-Spam', 'SMTP', 'DLP', `${MAIL} spamaction="DROP" ${ENDS}`),
    { 'hinomi.event_class': 'dlp' },
  ],
  [
    'a mail that the sandbox found bad',
    old(
      'Anti-Spam',
      'SMTP',
      'Denied',
      `${MAIL} spamaction="DROP" reason="Email is marked Malicious by Sophos Sandstorm." ${ENDS}`,
    ),
    { 'hinomi.event_class': 'mail_malware', 'event.type': ['denied'] },
  ],
  [
    'a site denied by category',
    old(
      'Content Filtering',
      'HTTP',
      'Denied',
      `fw_rule_id=2 category="Gambling" category_type="Objectionable" url="https://games.example.jp/" domain="games.example.jp" ${ENDS}`,
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'rule.category': 'Gambling',
      'url.full': 'https://games.example.jp/',
    },
  ],
  [
    'a site that is bad',
    fresh(
      'Content Filtering',
      'HTTP',
      'Denied',
      `http_category="Phishing & Fraud" url="https://bad.example.jp/" ${ENDS}`,
    ),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'an application that was denied',
    fresh('Content Filtering', 'Application', 'Denied', `app_name="Torrent Clients P2P" app_category="P2P" ${ENDS}`),
    {
      'hinomi.event_class': 'app_control',
      'event.type': ['connection', 'denied'],
      'network.application': 'Torrent Clients P2P',
    },
  ],
  [
    'a callback',
    old(
      'ATP',
      'Firewall',
      'Drop',
      'protocol="TCP" src_port=22623 dst_port=80 sourceip=192.0.2.10 destinationip=203.0.113.66 url=203.0.113.66 threatname=C2/Generic-A eventid=00000000-0000-4000-8000-000000000001 eventtype="Standard" execution_path=""',
    ),
    {
      'hinomi.event_class': 'c2',
      'event.kind': 'alert',
      'event.type': ['connection', 'denied'],
      'source.ip': '192.0.2.10',
      'destination.ip': '203.0.113.66',
      'threat.software.name': 'C2/Generic-A',
    },
  ],
  [
    'a web application attack',
    old(
      'WAF',
      'Web Application Firewall',
      '',
      `sourceip=203.0.113.5 server=www.example.jp httpmethod=GET url=/x?id=1 status_code=403 reason="WAF Anomaly" ${ENDS}`,
    ),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert', 'http.request.method': 'GET', 'url.path': '/x' },
  ],
  [
    'what the sandbox says of a file',
    old(
      'Sandbox',
      'Web',
      'Denied',
      `filename="x.exe" sha1sum=da39a3ee5e6b4b0d3255bfef95601890afd80709 reason="eligible" ${ENDS}`,
    ),
    {
      'hinomi.event_class': 'malware',
      'event.type': ['denied'],
      'file.hash.sha1': 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    },
  ],
  [
    'an administrator who came in',
    fresh(
      'Event',
      'GUI',
      'Admin',
      'status="Successful" user_name="admin" src_ip="192.0.2.5" message="User admin logged in successfully to Web Admin Console through Local authentication mechanism"',
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'admin', 'source.ip': '192.0.2.5' },
  ],
  [
    'a change of configuration',
    fresh(
      'Event',
      'GUI',
      'Admin',
      'status="Successful" user_name="admin" src_ip="192.0.2.5" message="Firewall Rule \'lan\' was updated by admin from 192.0.2.5 using GUI"',
    ),
    { 'hinomi.event_class': 'admin_change', 'event.category': ['configuration'] },
  ],
  [
    'a user of the firewall',
    old(
      'Event',
      'Firewall Authentication',
      'Authentication',
      'status="Failed" user_name="hanako" src_ip=192.0.2.10 message="User hanako failed to login to Firewall because of wrong credentials"',
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure' },
  ],
  [
    'a VPN login that failed',
    fresh(
      'Event',
      'SSL VPN Authentication',
      'Authentication',
      'status="Failed" user_name="hanako@example.jp" src_ip="203.0.113.9" message="User hanako@example.jp failed to login to SSLVPN because of wrong credentials"',
    ),
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'failure', 'user.name': 'hanako@example.jp' },
  ],
  [
    'a tunnel',
    old(
      'Event',
      'IPSec',
      'System',
      'status="Established" connectionname="hq" message="hq-1 - IPSec Connection hq between 203.0.113.1 and 198.51.100.1 established."',
    ),
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'success', 'event.type': ['start'] },
  ],
  [
    'a lease',
    fresh(
      'Event',
      'DHCP Server',
      'System',
      'status="Renew" reported_ip="192.0.2.10" src_mac="00:00:5e:00:53:01" reported_host="PC-01" message="Lease IP 192.0.2.10 renewed"',
    ),
    { 'hinomi.event_class': 'system', 'host.ip': ['192.0.2.10'], 'host.name': 'PC-01' },
  ],
  [
    'the state of the device',
    old('System Health', 'CPU', 'Usage', 'system=10% user=2% idle=88%'),
    { 'hinomi.event_class': 'system', 'event.kind': 'event' },
  ],
  [
    'a missing heartbeat',
    old('Heartbeat', 'Heartbeat', 'Information', 'ep_name="PC-01" ep_ip=192.0.2.10 hb_status="Missing"'),
    { 'hinomi.event_class': 'endpoint', 'host.name': 'PC-01', 'host.ip': ['192.0.2.10'] },
  ],
  [
    'an access point',
    old('Wireless Protection', 'Wireless Protection', 'Information', 'ap="A1"'),
    { 'hinomi.event_class': 'system' },
  ],
  [
    'a text that a policy refused',
    old(
      'Content Filtering',
      'Web Content Policy',
      'Alert',
      'user="hanako" src_ip=192.0.2.10 site_category=Information Technology website="www.example.jp" direction="in" action="Deny" file_name="x.pl"',
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.action': 'deny',
      'event.type': ['access', 'denied'],
      'rule.category': 'Information Technology',
      'url.domain': 'www.example.jp',
      'user.name': 'hanako',
    },
  ],
  [
    'a tunnel with an epoch beside its date',
    old(
      'Event',
      'SSL VPN',
      'System',
      'status="Established" user_name="hanako" message="SSL VPN User \'hanako\' connected" timestamp=1580000000 remote_ip=203.0.113.9',
    ),
    { '@timestamp': '2026-06-07T08:33:19.000Z', 'hinomi.event_class': 'vpn', 'source.ip': '203.0.113.9' },
  ],
  ['a line of the SD-WAN', fresh('SD-WAN', 'SLA', 'Information', 'gw_status="up"'), { 'hinomi.event_class': 'system' }],
];

describe('Sophos Firewall', () => {
  test.each(CASES)('%s', (_name, line, expected) => {
    const got = record(line);
    expect(got).toMatchObject({ 'observer.vendor': 'Sophos', 'observer.product': 'Sophos Firewall', ...expected });
    expect(got['event.original']).toBe(line);
    expect(got['hinomi.parse.status']).toBe('full');
  });

  test.each([
    ['CDT', '2026-06-07T22:33:19.000Z'],
    ['CEST', '2026-06-07T15:33:19.000Z'],
    ['IST', '2026-06-07T12:03:19.000Z'],
    ['+09', '2026-06-07T08:33:19.000Z'],
  ])('tells the zone %s', (zone, time) => {
    expect(record(old('Event', 'x', 'System', '').replace('"JST"', `"${zone}"`))['@timestamp']).toBe(time);
  });

  test('a mutated line is one record of the same text, in time that grows with its length', () =>
    expectMutatedWhole(
      record,
      CASES.map(([, line]) => line),
      700,
    ));
});
