import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';
import { COLUMNS } from './columns.js';

const HEAD = '<14>Nov 25 21:00:02 pa-01 ';
const TIME = '2026/11/25 21:00:00';

/** A row of the type with these values; `cut` columns from its end left off, as older releases do. */
function row(type: string, subtype: string, values: Readonly<Record<string, string>>, cut = 0): string {
  const names = COLUMNS[type] ?? [];
  const cells = names.slice(0, names.length - cut).map((name) => quoted(values[name] ?? ''));
  return `${HEAD}1,${TIME},001122334455,${type},${subtype},2561,${TIME},${cells.join(',')}`;
}

function quoted(text: string): string {
  return /[,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const SESSION = {
  ...{
    src: '192.0.2.10',
    dst: '198.51.100.7',
    natsrc: '203.0.113.5',
    natdst: '198.51.100.7',
    rule: 'web out',
    srcuser: 'example\\hanako',
  },
  ...{
    app: 'web-browsing',
    vsys: 'vsys1',
    from: 'trust',
    to: 'untrust',
    inbound_if: 'ethernet1/2',
    outbound_if: 'ethernet1/1',
  },
  ...{
    sessionid: '661375',
    repeatcnt: '1',
    sport: '50123',
    dport: '80',
    natsport: '10001',
    natdport: '80',
    proto: 'tcp',
  },
  ...{ device_name: 'pa-01', vsys_name: 'main' },
};
const ENDS = {
  'source.ip': '192.0.2.10',
  'source.port': 50123,
  'destination.ip': '198.51.100.7',
  'destination.port': 80,
};

const threat = (subtype: string, more: Readonly<Record<string, string>>) =>
  row('THREAT', subtype, { ...SESSION, severity: 'high', direction: 'server-to-client', ...more });

it.each<[string, string, Record<string, unknown>]>([
  [
    'the end of a session',
    row('TRAFFIC', 'end', {
      ...SESSION,
      action: 'allow',
      bytes: '300',
      bytes_sent: '100',
      bytes_received: '200',
      packets: '7',
      pkts_sent: '3',
      pkts_received: '4',
      start: '2026/11/25 20:59:00',
      elapsed: '60',
      category: 'any',
      session_end_reason: 'tcp-fin',
      rule_uuid: '11111111-2222-3333-4444-555555555555',
      high_res_timestamp: '2026-11-25T21:00:00.125+09:00',
    }),
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.125Z',
      'observer.vendor': 'Palo Alto Networks',
      'observer.product': 'PAN-OS',
      'observer.serial_number': '001122334455',
      'observer.name': 'pa-01',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end', 'allowed'],
      'event.action': 'allow',
      'event.reason': 'tcp-fin',
      'event.start': '2026-11-25T11:59:00.000Z',
      'event.duration': 60e9,
      'source.bytes': 100,
      'destination.bytes': 200,
      'source.packets': 3,
      'destination.packets': 4,
      'network.bytes': 300,
      'source.nat.ip': '203.0.113.5',
      'source.nat.port': 10001,
      'user.name': 'hanako',
      'user.domain': 'example',
      'network.application': 'web-browsing',
      'observer.ingress.interface.name': 'ethernet1/2',
      'observer.egress.zone': 'untrust',
      'rule.name': 'web out',
      'rule.uuid': '11111111-2222-3333-4444-555555555555',
    },
  ],
  [
    'a denied session of an older release',
    row('TRAFFIC', 'drop', { ...SESSION, action: 'deny', natsrc: '0.0.0.0', natsport: '0' }, 60),
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
    },
  ],
  [
    'a virus',
    threat('virus', {
      action: 'reset-both',
      misc: 'eicar.com',
      threatid: 'Example/Eicar.file(100000)',
      app: 'web-browsing',
    }),
    {
      ...ENDS,
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'file.name': 'eicar.com',
      'rule.id': '100000',
      'rule.name': 'Example/Eicar.file',
      'event.severity': 75,
      'log.level': 'high',
    },
  ],
  [
    'a virus in mail',
    threat('virus', {
      action: 'reset-both',
      app: 'smtp',
      threatid: 'Example(100000)',
      sender: 'a@bad.example',
      recipient: 'hanako@example.jp',
      subject: 'bill, please',
    }),
    {
      'hinomi.event_class': 'mail_malware',
      'email.from.address': ['a@bad.example'],
      'email.to.address': ['hanako@example.jp'],
      'email.subject': 'bill, please',
    },
  ],
  [
    'WildFire: malicious',
    threat('wildfire', {
      action: 'allow',
      category: 'malicious',
      misc: 'x.exe',
      threatid: 'Windows Executable (EXE)(52020)',
      filedigest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    }),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['allowed'],
      'file.hash.sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    },
  ],
  [
    'WildFire: benign',
    threat('wildfire', { action: 'allow', category: 'benign', misc: 'x.exe' }),
    { 'hinomi.event_class': 'malware', 'event.kind': 'event' },
  ],
  [
    'spyware',
    threat('spyware', {
      action: 'sinkhole',
      misc: 'c2.example.net',
      threatid: 'generic:c2.example.net(109010001)',
      thr_category: 'dns-c2',
      app: 'dns',
    }),
    {
      'hinomi.event_class': 'c2',
      'event.kind': 'alert',
      'event.type': ['connection', 'denied'],
      'dns.question.name': 'c2.example.net',
    },
  ],
  [
    'a vulnerability',
    threat('vulnerability', {
      action: 'alert',
      misc: '/cgi-bin/x',
      threatid: 'Example Remote Code Execution Vulnerability(91991)',
    }),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert', 'event.type': ['allowed'], 'rule.id': '91991' },
  ],
  [
    'a scan',
    threat('scan', { action: 'drop', threatid: 'SCAN: TCP Port Scan(8001)' }),
    { 'hinomi.event_class': 'ips' },
  ],
  [
    'a flood',
    threat('flood', { action: 'drop', threatid: 'TCP Flood(8501)' }),
    { 'hinomi.event_class': 'dos', 'event.kind': 'alert' },
  ],
  [
    'a site by category',
    threat('url', {
      action: 'block-url',
      misc: 'games.example.jp/a?b=1',
      threatid: '(9999)',
      category: 'gambling',
      http_method: 'get',
      user_agent: 'Mozilla/5.0 (X11, "q")',
    }),
    {
      'hinomi.event_class': 'url_filter',
      'event.kind': 'event',
      'event.type': ['access', 'denied'],
      'url.domain': 'games.example.jp',
      'url.path': '/a',
      'rule.name': 'web out',
      'rule.category': 'gambling',
      'user_agent.original': 'Mozilla/5.0 (X11, "q")',
    },
  ],
  [
    'a site that is let through',
    threat('url', { action: 'alert', misc: 'www.example.jp/', threatid: '(9999)', category: 'business-and-economy' }),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'allowed'] },
  ],
  [
    'a bad site',
    threat('url', { action: 'block-url', misc: 'bad.example.jp/', threatid: '(9999)', category: 'malware' }),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a file',
    threat('file', { action: 'forward', misc: 'a.pdf', threatid: 'Adobe PDF(52021)' }),
    { 'hinomi.event_class': 'dlp', 'event.kind': 'event', 'file.name': 'a.pdf' },
  ],
  [
    'data',
    threat('data', { action: 'block', misc: 'a.csv', threatid: 'My numbers(60000)' }),
    { 'hinomi.event_class': 'dlp', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'the system',
    row('SYSTEM', 'general', {
      eventid: 'general',
      module: 'general',
      severity: 'informational',
      opaque: 'Installed content, version 8000',
    }),
    {
      'hinomi.event_class': 'system',
      message: 'Installed content, version 8000',
      'event.code': 'general',
      'event.severity': 10,
    },
  ],
  [
    'a failed login to the device',
    row('SYSTEM', 'auth', {
      eventid: 'auth-fail',
      severity: 'medium',
      opaque: "failed authentication for user 'taro'",
    }),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'failure' },
  ],
  [
    'a change',
    row('CONFIG', '0', {
      host: '192.0.2.99',
      cmd: 'set',
      admin: 'taro',
      client: 'Web',
      result: 'Succeeded',
      path: ' config shared',
      seqno: '12',
      actionflags: '0x0',
    }),
    { 'hinomi.event_class': 'admin_change', 'user.name': 'taro', 'event.action': 'succeeded', 'vendor.cmd': 'set' },
  ],
  [
    'GlobalProtect',
    row('GLOBALPROTECT', '0', {
      eventid: 'gateway-auth',
      stage: 'login',
      srcuser: 'hanako',
      machinename: 'PC-01',
      public_ip: '198.51.100.20',
      private_ip: '192.0.2.50',
      status: 'failure',
      reason: 'bad password',
      client_os: 'Windows',
    }),
    {
      'hinomi.event_class': 'vpn',
      'event.outcome': 'failure',
      'source.ip': '198.51.100.20',
      'user.name': 'hanako',
      'host.name': 'PC-01',
      'event.reason': 'bad password',
    },
  ],
  [
    'HIP match',
    row('HIPMATCH', '0', {
      srcuser: 'hanako',
      machinename: 'PC-01',
      os: 'Mac',
      src: '192.0.2.10',
      matchname: 'patched',
      matchtype: 'profile',
    }),
    { 'hinomi.event_class': 'endpoint', 'host.name': 'PC-01', 'source.ip': '192.0.2.10' },
  ],
  [
    'User-ID',
    row('USERID', 'login', { ip: '192.0.2.10', user: 'example\\hanako', datasource: 'agent' }),
    {
      'hinomi.event_class': 'auth',
      'source.ip': '192.0.2.10',
      'user.name': 'hanako',
      'event.outcome': 'success',
      'event.type': ['start'],
    },
  ],
  [
    'decryption',
    row('DECRYPTION', 'start', {
      ...SESSION,
      action: 'allow',
      tls_version: 'TLS1.3',
      sni: 'www.example.jp',
      cn: 'www.example.jp',
    }),
    {
      ...ENDS,
      'hinomi.event_class': 'traffic',
      'tls.client.server_name': 'www.example.jp',
      'tls.version': '1.3',
      'tls.version_protocol': 'tls',
    },
  ],
  [
    'authentication',
    row('AUTHENTICATION', 'auth', { ip: '192.0.2.10', user: 'hanako', event: 'Authentication succeeded', desc: 'ok' }),
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'hanako' },
  ],
  [
    'correlation',
    row('CORRELATION', 'beacon', {
      src: '192.0.2.10',
      category: 'compromised-host',
      severity: 'medium',
      objectname: 'Beacon Detection',
      evidence: 'Host visited known malware URL (19 times).',
    }),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'rule.name': 'Beacon Detection',
      'source.ip': '192.0.2.10',
    },
  ],
  [
    'a tunnel',
    row('TUNNEL', 'end', { ...SESSION, action: 'allow', bytes: '30', bytes_sent: '10', bytes_received: '20' }),
    { ...ENDS, 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'end', 'allowed'], 'source.bytes': 10 },
  ],
  [
    'a type of tomorrow',
    `${HEAD}1,${TIME},001122334455,NEWTYPE,x,1,${TIME},a,b`,
    { 'observer.vendor': 'Palo Alto Networks', 'hinomi.parse.status': 'partial' },
  ],
  [
    'LEEF with bars',
    '<14>1 2026-11-25T12:00:00Z pa-01 LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|10.1|allow|cat=TRAFFIC|ReceiveTime=2026/11/25 21:00:00|SerialNumber=001122334455|Type=TRAFFIC|Subtype=end|devTime=Nov 25 2026 12:00:00 GMT|src=192.0.2.10|dst=198.51.100.7|srcPostNAT=0.0.0.0|RuleName=web out|usrName=|Application=ssl|srcPort=50123|dstPort=80|proto=tcp|action=allow|srcBytes=100|dstBytes=200',
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end', 'allowed'],
      'source.bytes': 100,
      'rule.name': 'web out',
      'network.application': 'ssl',
    },
  ],
  [
    'CEF',
    'CEF:0|Palo Alto Networks|PAN-OS|10.1|url|THREAT|4|rt=Nov 25 2026 12:00:00 GMT deviceExternalId=001122334455 src=192.0.2.10 dst=198.51.100.7 cs1Label=Rule cs1=web out suser=example\\\\hanako app=web-browsing cs4Label=Source Zone cs4=trust spt=50123 dpt=80 proto=tcp act=block-url request=bad.example.jp/ cs2Label=URL Category cs2=phishing cat=(9999) dvchost=pa-01',
    {
      ...ENDS,
      'hinomi.event_class': 'web_block',
      'event.type': ['denied'],
      'user.name': 'hanako',
      'observer.ingress.zone': 'trust',
      'event.severity': 75,
    },
  ],
])('PAN-OS: %s', (_, line, expected) => {
  expect(recordOf(line)).toMatchObject(expected);
});

it('knows no address where translation has none', () => {
  expect(
    recordOf(row('TRAFFIC', 'end', { ...SESSION, action: 'allow', natsrc: '0.0.0.0', natsport: '0' })),
  ).not.toHaveProperty(['source.nat.ip']);
});
