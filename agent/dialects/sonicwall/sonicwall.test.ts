import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { expectMutatedWhole } from '../testing/mutated.js';

const RECEIVED = Date.parse('2026-06-08T00:00:00Z');
const record = (line: string) => new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);

const native = (m: number, msg: string, rest: string, pri = 6, c = 1024) =>
  `<134>id=firewall sn=0017C5000001 time="2026-06-07 08:33:19 UTC" fw=203.0.113.1 pri=${pri} c=${c} m=${m} msg="${msg}" n=7 ${rest}`;
const ENDS = 'src=192.0.2.59:61254:X0:pc-01 dst=198.51.100.7:443:X1:www.example.jp proto=tcp/https';

const CASES: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'a connection that ended',
    native(
      537,
      'Connection Closed',
      `${ENDS} srcMac=00:00:5e:00:53:01 srcZone=LAN dstZone=WAN natSrc=203.0.113.1:40000 natDst=198.51.100.7:443 usr="hanako" sent=59 rcvd=134 spkt=1 rpkt=2 cdur=30016 rule="15 (LAN->WAN)" appName='General HTTPS' fw_action="NA"`,
    ),
    {
      '@timestamp': '2026-06-07T08:33:19.000Z',
      'hinomi.event_class': 'traffic',
      'event.kind': 'event',
      'event.type': ['connection', 'end', 'allowed'],
      'event.code': '537',
      'event.duration': 30_016_000_000,
      'log.level': 'informational',
      'event.severity': 10,
      'source.ip': '192.0.2.59',
      'source.port': 61254,
      'source.domain': 'pc-01',
      'source.mac': '00-00-5E-00-53-01',
      'source.nat.ip': '203.0.113.1',
      'source.nat.port': 40000,
      'source.bytes': 59,
      'destination.bytes': 134,
      'destination.packets': 2,
      'destination.domain': 'www.example.jp',
      'observer.ingress.interface.name': 'X0',
      'observer.egress.interface.name': 'X1',
      'observer.ingress.zone': 'LAN',
      'observer.serial_number': '0017C5000001',
      'observer.ip': ['203.0.113.1'],
      'network.transport': 'tcp',
      'network.protocol': 'https',
      'network.application': 'General HTTPS',
      'rule.id': '15',
      'rule.name': '15 (LAN->WAN)',
      'user.name': 'hanako',
    },
  ],
  [
    'a connection that began',
    native(98, 'Connection Opened', 'src=192.0.2.59:61254:X0: dst=198.51.100.7:53:X1: proto=udp/dns', 6, 262144),
    { 'event.type': ['connection', 'start', 'allowed'], 'network.protocol': 'dns' },
  ],
  [
    'a packet that was dropped, without a port',
    native(38, 'ICMP packet dropped', 'src=203.0.113.9::X1 dst=203.0.113.1::X0 proto=icmp type=3 code=3', 5, 256),
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'source.ip': '203.0.113.9',
      'observer.ingress.interface.name': 'X1',
      'network.transport': 'icmp',
    },
  ],
  [
    'IPv6, whose addresses have fields of their own',
    native(
      98,
      'Connection Opened',
      'src=:61254:X0:pc-01 srcV6=2001:db8::5 dst=::X1:www dstV6=2001:db8:1::1 proto=tcp/443',
    ),
    {
      'source.ip': '2001:db8::5',
      'source.port': 61254,
      'destination.ip': '2001:db8:1::1',
      'destination.domain': 'www',
      'network.type': 'ipv6',
    },
  ],
  [
    'a site that was denied',
    native(
      14,
      'Web site access denied',
      `${ENDS} dstname=games.example.jp arg=/play code=49 Category="Games" fw_action="drop"`,
      3,
      4,
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'url.domain': 'games.example.jp',
      'url.path': '/play',
      'rule.category': 'Games',
      'event.action': 'drop',
    },
  ],
  [
    'a site that was seen',
    native(
      97,
      'Web site hit',
      `${ENDS} op=1 sent=1749 rcvd=968 dstname=www.example.jp arg=/ code=27 Category="Information Technology/Computers" fw_action="NA"`,
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'allowed'],
      'http.request.method': 'GET',
      'source.bytes': 1749,
    },
  ],
  [
    'a bad site',
    native(14, 'Web site access denied', `${ENDS} dstname=bad.example.jp arg=/ Category="Malware"`, 3, 4),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'an attack that was stopped',
    native(
      609,
      'IPS Prevention Alert: WEB-ATTACKS Example',
      `sid=2307 ipscat="WEB-ATTACKS Example" ipspri=2 ${ENDS} fw_action="drop"`,
      1,
      32,
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'event.severity': 90,
      'log.level': 'alert',
      'rule.id': '2307',
      'rule.name': 'WEB-ATTACKS Example',
    },
  ],
  [
    'an attack that was seen',
    native(
      608,
      'IPS Detection Alert: ICMP Echo Reply',
      'sid=316 ipscat="ICMP Echo Reply" ipspri=3 src=203.0.113.9:8:X1 dst=192.0.2.3:1850:X0 fw_action="NA"',
      1,
      32,
    ),
    { 'hinomi.event_class': 'ips', 'event.type': ['allowed'] },
  ],
  [
    'a virus',
    native(809, 'Gateway Anti-Virus Alert: EICAR (Trojan) blocked.', ENDS, 1, 32),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'threat.software.name': 'EICAR (Trojan)',
    },
  ],
  [
    'a virus in a mail',
    native(
      809,
      'Gateway Anti-Virus Alert: EICAR (Trojan) blocked.',
      'src=203.0.113.9:1:X1 dst=192.0.2.3:25:X0 proto=tcp/smtp',
      1,
      32,
    ),
    { 'hinomi.event_class': 'mail_malware', 'event.kind': 'alert' },
  ],
  [
    'spyware that was seen',
    native(795, 'Anti-Spyware Detection Alert: Example', `${ENDS} sid=9 spycat="Example"`, 1, 32),
    { 'hinomi.event_class': 'malware', 'event.type': ['allowed'], 'rule.id': '9' },
  ],
  [
    'an application that was stopped',
    native(1155, 'Application Control Prevention Alert: P2P BitTorrent', `${ENDS} sid=5 appcat="P2P" appid=1`, 1, 32),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'denied'] },
  ],
  [
    'an application that was seen',
    native(1154, 'Application Control Detection Alert: P2P BitTorrent', ENDS, 1, 32),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'allowed'] },
  ],
  [
    'a botnet',
    native(1200, 'Suspected Botnet initiator blocked: Responder IP:203.0.113.66', ENDS, 1, 32),
    { 'hinomi.event_class': 'c2', 'event.kind': 'alert', 'event.type': ['connection', 'denied'] },
  ],
  [
    'spam',
    native(
      798,
      'Inbound connection from RBL-listed SMTP server dropped',
      'src=203.0.113.9:1:X1 dst=192.0.2.3:25:X0 proto=tcp/smtp',
      5,
      64,
    ),
    { 'hinomi.event_class': 'mail_spam', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a flood',
    native(25, 'Possible SYN flood attack detected', 'src=203.0.113.9:1:X1 dst=192.0.2.3:80:X0', 4, 32),
    { 'hinomi.event_class': 'dos', 'event.kind': 'alert' },
  ],
  [
    'a scan',
    native(82, 'Possible port scan detected', 'src=203.0.113.9:1:X1 dst=192.0.2.3:80:X0', 1, 32),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert' },
  ],
  [
    'an administrator who came in',
    native(29, 'Administrator login allowed', 'src=192.0.2.5:0:X0 dst=192.0.2.1:443:X0 usr="admin"', 6, 16),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'admin', 'event.type': ['start'] },
  ],
  [
    'an administrator who did not',
    native(
      30,
      'Administrator login denied due to bad credentials',
      'src=203.0.113.9:36701:WAN dst=203.0.113.1:443:WAN',
      1,
      32,
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure' },
  ],
  [
    'a VPN user',
    native(1080, 'SSL VPN zone remote user login allowed', 'src=203.0.113.9::X1 usr="hanako" sess="sslvpnc"', 6, 16),
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'success', 'user.name': 'hanako' },
  ],
  [
    'a tunnel',
    native(
      427,
      'IKE Responder: IPSec proposal does not match (Phase 2)',
      'src=203.0.113.9:500 dst=203.0.113.1:500',
      4,
      16,
    ),
    { 'hinomi.event_class': 'vpn' },
  ],
  [
    'a change of configuration',
    native(1382, 'Configuration succeeded: changed value', 'usr="admin" src=192.0.2.5', 6, 1),
    { 'hinomi.event_class': 'admin_change', 'event.outcome': 'success' },
  ],
  [
    'the state of the device',
    native(4, 'Network Security Appliance activated', 'src= dst=', 1, 1),
    { 'hinomi.event_class': 'system', 'event.kind': 'event' },
  ],
  [
    'CEF with a blank behind `spt=` and a quoted rule',
    '<134>Jun  7 17:33:20 sw CEF:0|SonicWall|TZ 400|6.5.4.4-44n|14|Web site access denied|4|cat=4 gcat=2 src=192.0.2.10 spt= 12345 deviceInboundInterface=X0 cs1="Default Access Rule" dst=198.51.100.7 dpt=443 deviceOutboundInterface=X1 proto=tcp/https in=7 out=9 dhost=games.example.jp Category="Gambling" fw_action="drop"',
    {
      'observer.version': '6.5.4.4-44n',
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'denied'],
      'event.code': '14',
      'source.port': 12345,
      'source.bytes': 9,
      'destination.bytes': 7,
      'rule.name': 'Default Access Rule',
      'observer.ingress.interface.name': 'X0',
      'url.domain': 'games.example.jp',
    },
  ],
  [
    'CEF whose labels are the values',
    'CEF:0|SonicWall|NSa 2700|7.0.1-5000|537|Connection Closed|4|cat=1024 gcat=6 src=192.0.2.10 spt=40000 deviceInboundInterface=X0-V12 cs1Label=203.0.113.1 snpt=12345 cs3Label=LAN dst=198.51.100.7 dpt=53 deviceOutboundInterface=X1 cs4Label=WAN susr="hanako" proto=udp/dns out=77 in=99 cn2Label=1 cn1Label=2 cn3Label=30000 cs1="Default Access Rule" app=49169 appName="General DNS" fw_action="NA"',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end', 'allowed'],
      'source.nat.ip': '203.0.113.1',
      'source.nat.port': 12345,
      'observer.ingress.zone': 'LAN',
      'observer.egress.zone': 'WAN',
      'source.packets': 1,
      'destination.packets': 2,
      'event.duration': 30_000_000_000,
      'rule.name': 'Default Access Rule',
      'user.name': 'hanako',
      'network.application': 'General DNS',
    },
  ],
];

describe('SonicWall', () => {
  test.each(CASES)('%s', (_name, line, expected) => {
    const got = record(line);
    expect(got).toMatchObject({ 'observer.vendor': 'SonicWall', ...expected });
    expect(got['event.original']).toBe(line);
  });

  test('behind the header of a relay, without a priority', () => {
    const line =
      'Jan  3 13:45:36 192.0.2.1 id=firewall sn=000SERIAL time="2026-06-07 17:33:19" fw=203.0.113.1 pri=6 c=262144 m=98 msg="Connection Opened" n=1 src=192.0.2.2:1:WAN dst=203.0.113.1:2:WAN proto=tcp/2';
    expect(record(line)).toMatchObject({ 'observer.vendor': 'SonicWall', '@timestamp': '2026-06-07T08:33:19.000Z' });
  });

  test('a mutated line is one record of the same text, in time that grows with its length', () =>
    expectMutatedWhole(
      record,
      CASES.map(([, line]) => line),
      500,
    ));
});
