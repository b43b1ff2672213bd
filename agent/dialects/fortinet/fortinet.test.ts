import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { expectMutatedWhole } from '../testing/mutated.js';

const RECEIVED = Date.parse('2026-06-08T00:00:00Z');
const record = (line: string) => new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);

const HEAD =
  'date=2026-06-07 time=17:33:19 devname="FG-EXAMPLE" devid="FGT60FTK00000001" eventtime=1780821199541881380 tz="+0900"';
const ENDS =
  'srcip=192.0.2.10 srcport=51000 srcintf="internal" dstip=198.51.100.7 dstport=443 dstintf="wan1" proto=6 policyid=7';
const utm = (subtype: string, rest: string, level = 'warning') =>
  `<188>${HEAD} logid="0316013056" type="utm" subtype="${subtype}" level="${level}" vd="root" ${ENDS} service="HTTPS" ${rest}`;
const event = (subtype: string, logid: string, rest: string) =>
  `<189>${HEAD} logid="${logid}" type="event" subtype="${subtype}" level="notice" vd="root" ${rest}`;
const traffic = (rest: string) =>
  `<189>${HEAD} logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" ${ENDS} ${rest}`;

const CLASSES: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'an accepted session that ended',
    traffic('action="close" policyname="lan to wan" sentbyte=1200 rcvdbyte=5400 sentpkt=9 rcvdpkt=11 duration=12'),
    {
      'hinomi.event_class': 'traffic',
      'event.kind': 'event',
      'event.type': ['connection', 'end', 'allowed'],
      'event.duration': 12e9,
      'source.bytes': 1200,
      'destination.bytes': 5400,
      'source.packets': 9,
      'destination.packets': 11,
      'rule.id': '7',
      'rule.name': 'lan to wan',
      'network.transport': 'tcp',
      'observer.ingress.interface.name': 'internal',
      'observer.egress.interface.name': 'wan1',
      'observer.name': 'FG-EXAMPLE',
      'observer.serial_number': 'FGT60FTK00000001',
    },
  ],
  [
    'a reset by one side, which is no denial',
    traffic('action="client-rst"'),
    { 'event.type': ['connection', 'end', 'allowed'], 'event.action': 'client-rst' },
  ],
  ['a denied session', traffic('action="deny"'), { 'event.type': ['connection', 'denied'], 'event.action': 'deny' }],
  [
    'a session that a profile stopped',
    traffic('action="accept" utmaction="block"'),
    { 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'denied'] },
  ],
  [
    'a virus in a download',
    utm(
      'virus',
      'eventtype="infected" action="blocked" filename="eicar.com" virus="EICAR_TEST_FILE" filesize=68 url="http://bad.example.jp/eicar.com" analyticscksum="275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"',
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.category': ['malware'],
      'event.type': ['denied'],
      'threat.software.name': 'EICAR_TEST_FILE',
      'file.name': 'eicar.com',
      'file.size': 68,
      'file.hash.sha256': '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
      'url.domain': 'bad.example.jp',
    },
  ],
  [
    'a virus in a mail',
    utm(
      'virus',
      'eventtype="infected" action="blocked" virus="EICAR_TEST_FILE" from="a@example.jp" to="b@example.jp" subject="invoice"',
    ).replace('"HTTPS"', '"SMTP"'),
    {
      'hinomi.event_class': 'mail_malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'email.from.address': ['a@example.jp'],
      'email.to.address': ['b@example.jp'],
      'email.subject': 'invoice',
    },
  ],
  [
    'a file too big to look into',
    utm('virus', 'eventtype="oversize" action="passthrough" msg="Size limit is exceeded."', 'notice'),
    { 'hinomi.event_class': 'malware', 'event.kind': 'event', 'event.type': ['allowed'] },
  ],
  [
    'a callback',
    utm('virus', 'eventtype="botnet" action="blocked" virus="Botnet.Example"'),
    { 'hinomi.event_class': 'c2', 'event.kind': 'alert', 'event.type': ['connection', 'denied'] },
  ],
  [
    'a site blocked for its category',
    utm(
      'webfilter',
      'eventtype="ftgd_blk" action="blocked" hostname="games.example.jp" url="/play" cat=20 catdesc="Games"',
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'url.domain': 'games.example.jp',
      'url.path': '/play',
      'rule.category': 'Games',
    },
  ],
  [
    'a site allowed by its category',
    utm(
      'webfilter',
      'eventtype="ftgd_allow" action="passthrough" hostname="www.example.jp" url="https://www.example.jp/" cat=52 catdesc="Information Technology"',
    ),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'allowed'], 'url.full': 'https://www.example.jp/' },
  ],
  [
    'a site that is bad',
    utm(
      'webfilter',
      'eventtype="ftgd_blk" action="blocked" hostname="bad.example.jp" url="/" cat=61 catdesc="Phishing"',
    ),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a bad site that was let through',
    utm('webfilter', 'eventtype="ftgd_allow" action="passthrough" hostname="bad.example.jp" url="/" cat=26'),
    { 'hinomi.event_class': 'web_block', 'event.type': ['allowed'] },
  ],
  [
    'an attack that was dropped',
    utm(
      'ips',
      'eventtype="signature" severity="critical" action="dropped" attack="Example.Command.Injection" attackid=50000',
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'event.severity': 90,
      'log.level': 'warning',
      'rule.id': '50000',
      'rule.name': 'Example.Command.Injection',
      'vendor.policyid': '7',
    },
  ],
  ['an attack that was seen', utm('ips', 'action="detected" attack="X" attackid=1'), { 'event.type': ['allowed'] }],
  [
    'a flood',
    `<185>${HEAD} logid="0720018432" type="utm" subtype="anomaly" eventtype="anomaly" level="alert" severity="critical" ${ENDS} action="clear_session" count=100 attack="tcp_syn_flood" attackid=100663396`,
    { 'hinomi.event_class': 'dos', 'event.kind': 'alert', 'event.type': ['denied'], 'rule.name': 'tcp_syn_flood' },
  ],
  [
    'spam',
    utm(
      'emailfilter',
      'eventtype="smtp" action="tagged" from="a@example.com" to="b@example.jp,c@example.jp" subject="win" banword="win"',
    ),
    {
      'hinomi.event_class': 'mail_spam',
      'event.kind': 'alert',
      'event.type': ['allowed'],
      'email.to.address': ['b@example.jp', 'c@example.jp'],
    },
  ],
  [
    'an application that was blocked',
    utm('app-ctrl', 'eventtype="signature" action="block" appid=6 appcat="P2P" app="BitTorrent" apprisk="high"'),
    {
      'hinomi.event_class': 'app_control',
      'event.kind': 'event',
      'event.type': ['connection', 'denied'],
      'network.application': 'BitTorrent',
    },
  ],
  [
    'an application that passed',
    utm('app-ctrl', 'action="pass" app="DNS"'),
    { 'event.type': ['connection', 'allowed'] },
  ],
  [
    'a leak',
    utm('dlp', 'action="block" filename="list.xlsx"'),
    { 'hinomi.event_class': 'dlp', 'event.type': ['denied'] },
  ],
  [
    'a web application attack',
    utm('waf', 'action="blocked" http_host="www.example.jp"'),
    { 'hinomi.event_class': 'ips' },
  ],
  [
    'a name that was filtered',
    utm(
      'dns',
      'eventtype="dns-response" action="redirect" qname="games.example.jp" qtype="A" xid=7 ipaddr="192.0.2.1, 192.0.2.2" cat=20 catdesc="Games"',
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'denied'],
      'dns.question.name': 'games.example.jp',
      'dns.question.type': 'A',
      'dns.resolved_ip': ['192.0.2.1', '192.0.2.2'],
    },
  ],
  [
    'a name of a botnet',
    utm('dns', 'eventtype="dns-query" action="block" qname="c2.example.com" botnetdomain="c2.example.com"'),
    { 'hinomi.event_class': 'c2', 'event.kind': 'alert' },
  ],
  [
    'an administrator who came in',
    event(
      'system',
      '0100032001',
      'logdesc="Admin login successful" user="admin" ui="https(192.0.2.5)" action="login" status="success" msg="Administrator admin logged in"',
    ),
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'user.name': 'admin',
      'source.ip': '192.0.2.5',
      'event.code': '0100032001',
      'event.action': 'login',
    },
  ],
  [
    'an administrator who did not, of version 4, without quotes',
    '<5>date=2011-06-07 time=08:00:00 devname=FG50B device_id=FGT-000000000001 log_id=0104032002 type=event subtype=admin pri=alert vd=root user="admin" ui=https(192.0.2.5) action=login status=failed reason="passwd_invalid" msg="Administrator admin login failed"',
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'failure',
      'event.reason': 'passwd_invalid',
      'source.ip': '192.0.2.5',
      'log.level': 'alert',
      '@timestamp': '2011-06-06T23:00:00.000Z',
    },
  ],
  [
    'a change of configuration',
    event(
      'system',
      '0100044547',
      'logdesc="Object attribute configured" user="admin" ui="GUI(192.0.2.5)" action="Edit" cfgpath="firewall.policy" cfgobj="7" cfgattr="status[enable->disable]" msg="Edit firewall.policy 7"',
    ),
    {
      'hinomi.event_class': 'admin_change',
      'event.category': ['configuration'],
      'user.name': 'admin',
      'event.action': 'edit',
    },
  ],
  [
    'a VPN user who came in',
    event(
      'vpn',
      '0101039947',
      'logdesc="SSL VPN tunnel up" action="tunnel-up" tunneltype="ssl-tunnel" remip=203.0.113.9 tunnelip=192.0.2.200 user="hanako" group="vpn" reason="tunnel established" msg="SSL tunnel established"',
    ),
    {
      'hinomi.event_class': 'vpn',
      'event.outcome': 'success',
      'event.type': ['start'],
      'source.ip': '203.0.113.9',
      'user.name': 'hanako',
    },
  ],
  [
    'a VPN login that failed',
    event(
      'vpn',
      '0101039426',
      'logdesc="SSL VPN login fail" action="ssl-login-fail" remip=203.0.113.9 user="hanako" reason="sslvpn_login_permission_denied" msg="SSL user failed to logged in"',
    ),
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'failure' },
  ],
  [
    'a user who was authenticated',
    event(
      'user',
      '0102043008',
      'logdesc="Authentication success" srcip=192.0.2.10 user="hanako" action="authentication" status="success" msg="User hanako succeeded in authentication"',
    ),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success' },
  ],
  [
    'an endpoint',
    event(
      'endpoint',
      '0107045057',
      'logdesc="FortiClient connection added" action="add" status="success" ip=192.0.2.10 user="hanako"',
    ),
    { 'hinomi.event_class': 'endpoint', 'host.ip': ['192.0.2.10'] },
  ],
  [
    'the state of the device',
    event('system', '0100040704', 'logdesc="System performance statistics" action="perf-stats" cpu=0 mem=10'),
    { 'hinomi.event_class': 'system', message: 'System performance statistics', 'vendor.cpu': '0' },
  ],
  [
    'a tunnel that the device began itself',
    event(
      'vpn',
      '0101037127',
      'logdesc="Progress IPsec phase 1" action="negotiate" remip=198.51.100.1 locip=203.0.113.1 remport=500 locport=501 user="N/A" status="success" init="local" dir="outbound"',
    ),
    {
      'hinomi.event_class': 'vpn',
      'source.ip': '203.0.113.1',
      'source.port': 501,
      'destination.ip': '198.51.100.1',
      'destination.port': 500,
      'event.outcome': 'success',
    },
  ],
  [
    'a call, whose ends are no mail addresses',
    utm('voip', 'voip_proto="sip" kind="register" action="permit" from="sip:1@192.0.2.1" to="sip:2@192.0.2.1"'),
    { 'hinomi.event_class': 'traffic', 'vendor.from': 'sip:1@192.0.2.1' },
  ],
  [
    'a login to FortiManager',
    'date=2026-06-07 time=17:33:19 tz="+0900" devname=fm device_id=FMG-VM0000000001 log_id=0001010018 type=event subtype=system pri=information desc="User login/logout successful" user="taro" userfrom="JSON(192.0.2.5)" msg="login accepted from JSON(192.0.2.5)"',
    {
      'observer.product': 'FortiManager',
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'source.ip': '192.0.2.5',
      'user.name': 'taro',
    },
  ],
];

const FORMS: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'commas between pairs, names of version 4',
    '<5>date=2011-06-07,time=08:00:00,devname=FG50B,device_id=FGT-000000000001,log_id=0021000002,type=traffic,subtype=allowed,pri=notice,vd=root,src=192.0.2.5,src_port=1025,src_int="internal",dst=198.51.100.8,dst_port=25,dst_int="wan1",status=accept,policyid=1,proto=6,service=SMTP,sent=100,rcvd=200,tran_disp=snat,tran_ip=203.0.113.1,tran_port=1026',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'allowed'],
      'source.ip': '192.0.2.5',
      'source.port': 1025,
      'source.bytes': 100,
      'destination.bytes': 200,
      'source.nat.ip': '203.0.113.1',
      'source.nat.port': 1026,
      'network.protocol': 'smtp',
    },
  ],
  [
    'CEF with FTNTFGT keys, where the category of the site is a second `cat`',
    'Jun  7 17:33:19 fw CEF:0|Fortinet|Fortigate|v7.4.1|13312|utm:webfilter ftgd_blk blocked|4|deviceExternalId=FGT60FTK00000001 FTNTFGTeventtime=1780821199541881 FTNTFGTtz=+0900 FTNTFGTlogid=0316013056 cat=utm:webfilter FTNTFGTsubtype=webfilter FTNTFGTeventtype=ftgd_blk FTNTFGTlevel=warning src=192.0.2.10 spt=51000 deviceInboundInterface=lan dst=198.51.100.9 dpt=443 deviceOutboundInterface=wan proto=6 app=HTTPS dhost=bad.example.jp act=blocked request=https://bad.example.jp/x out=100 in=7 requestContext=Malicious Websites FTNTFGTcat=26 FTNTFGTpolicyid=1 sourceTranslatedAddress=203.0.113.1 sourceTranslatedPort=40000 msg=URL belongs to a denied category',
    {
      '@timestamp': '2026-06-07T08:33:19.541881Z',
      'observer.product': 'FortiGate',
      'observer.version': '7.4.1',
      'observer.serial_number': 'FGT60FTK00000001',
      'hinomi.event_class': 'web_block',
      'event.type': ['denied'],
      'event.code': '0316013056',
      'vendor.type': 'utm',
      'source.bytes': 100,
      'destination.bytes': 7,
      'source.nat.ip': '203.0.113.1',
      'rule.id': '1',
      'rule.category': 'Malicious Websites',
    },
  ],
  [
    'CEF with FortinetFortiGate keys and nanoseconds',
    'CEF:0|Fortinet|Fortigate|v7.2.9|32102|event:system|7|deviceExternalId=FGVM00000000001 FortinetFortiGatelogid=0100032102 cat=event:system FortinetFortiGatesubtype=system FortinetFortiGatelevel=alert FortinetFortiGatevd=root FortinetFortiGateeventtime=1780821199541881380 FortinetFortiGatetz=+0900 FortinetFortiGatelogdesc=Configuration changed duser=admin sproc=GUI(192.0.2.5) msg=Configuration is changed in the admin session',
    {
      '@timestamp': '2026-06-07T08:33:19.541881Z',
      'hinomi.event_class': 'admin_change',
      'user.name': 'admin',
      'source.ip': '192.0.2.5',
      'log.level': 'alert',
    },
  ],
  [
    'JSON',
    '<189>{"date":"2026-06-07","time":"17:33:19","eventtime":1780821199541881380,"tz":"+0900","logid":"0000000013","type":"traffic","subtype":"forward","level":"notice","devid":"FGT60FTK00000001","srcip":"192.0.2.10","srcport":51000,"dstip":"198.51.100.7","dstport":443,"proto":6,"action":"deny","policyid":0}',
    { 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'denied'], 'source.port': 51000 },
  ],
  [
    'FortiMail',
    'date=2026-06-07,time=17:33:19.123,device_id=FE100C0000000001,log_id=0200001075,type=statistics,pri=information,session_id="x",client_name="mx.example.com",disposition="Reject",classifier="FortiGuard AntiSpam",from="a@example.com",to="b@example.jp",subject="win"',
    {
      'observer.product': 'FortiMail',
      'observer.type': 'mail',
      'hinomi.event_class': 'mail_spam',
      'event.action': 'reject',
      'event.type': ['denied'],
      'email.from.address': ['a@example.com'],
    },
  ],
  [
    'FortiWeb',
    'date=2026-06-07 time=17:33:19 log_id=20000008 msg_id=000000000001 device_id=FV-0000000000001 vd="root" timezone="(GMT+9:00)Tokyo" type=attack pri=alert main_type="Signature Detection" sub_type="SQL Injection" action=Alert_Deny src=203.0.113.5 src_port=40000 dst=192.0.2.20 dst_port=80 http_method=get http_url="/x?id=1" http_host="www.example.jp" signature_id="030000136" severity_level=High',
    {
      'observer.product': 'FortiWeb',
      'hinomi.event_class': 'ips',
      'event.type': ['denied'],
      'event.severity': 75,
      'source.ip': '203.0.113.5',
      'url.domain': 'www.example.jp',
    },
  ],
];

describe('FortiGate', () => {
  test.each(CLASSES)('%s', (_name, line, expected) => {
    const got = record(line);
    expect(got).toMatchObject({ 'observer.vendor': 'Fortinet', 'event.original': line, ...expected });
    expect(got['hinomi.parse.status']).toBe('full');
  });

  test.each(FORMS)('is read from %s', (_name, line, expected) => {
    expect(record(line)).toMatchObject({ 'observer.vendor': 'Fortinet', 'event.original': line, ...expected });
  });

  test.each([
    ['seconds', '1780821199', '2026-06-07T08:33:19.000Z'],
    ['milliseconds', '1780821199541', '2026-06-07T08:33:19.541Z'],
    ['microseconds', '1780821199541881', '2026-06-07T08:33:19.541881Z'],
    ['nanoseconds', '1780821199541881380', '2026-06-07T08:33:19.541881Z'],
  ])('tells an eventtime in %s', (_unit, text, time) => {
    expect(record(traffic('action="accept"').replace('1780821199541881380', text))['@timestamp']).toBe(time);
  });

  test('the date and its zone are used where there is no eventtime', () => {
    const line = traffic('action="accept"').replace('eventtime=1780821199541881380 ', '').replace('+0900', '-0500');
    expect(record(line)['@timestamp']).toBe('2026-06-07T22:33:19.000Z');
  });

  test('a mutated line is one record of the same text, in time that grows with its length', () =>
    expectMutatedWhole(
      record,
      [...CLASSES, ...FORMS].map(([, line]) => line),
      700,
    ));
});
