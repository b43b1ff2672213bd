import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const nxlog = (id: number, more: Readonly<Record<string, unknown>>) =>
  `<14>Nov 25 21:00:01 PC-01 Microsoft-Windows-Security-Auditing[612]: ${JSON.stringify({
    EventTime: '2026-11-25 21:00:00',
    Hostname: 'PC-01',
    EventID: id,
    SourceName: 'Microsoft-Windows-Security-Auditing',
    Channel: 'Security',
    EventType: 'AUDIT_SUCCESS',
    ...more,
  })}`;
const TEXT =
  'An account failed to log on.    Subject:   Security ID:  S-1-0-0   Account Name:  -   Account Domain:  -   Logon ID:  0x0    Logon Type:   3    Account For Which Logon Failed:   Security ID:  S-1-0-0   Account Name:  hanako   Account Domain:  EXAMPLE    Failure Information:   Failure Reason:  Unknown user name or bad password.   Status:   0xC000006D    Network Information:   Workstation Name: PC-02   Source Network Address: 192.0.2.10   Source Port:  50123    ';
const JAPANESE =
  'アカウントが正常にログオンしました。\r\n\r\nサブジェクト:\r\n\tセキュリティ ID:\t\tS-1-5-18\r\n\tアカウント名:\t\tPC-01$\r\n\r\nログオン タイプ:\t\t10\r\n\r\n新しいログオン:\r\n\tアカウント名:\t\thanako\r\n\tアカウント ドメイン:\t\tEXAMPLE\r\n\r\nネットワーク情報:\r\n\tソース ネットワーク アドレス:\t192.0.2.10\r\n\tソース ポート:\t\t50123\r\n';
const FAILED = {
  'event.code': '4625',
  'hinomi.event_class': 'auth',
  'event.outcome': 'failure',
  'event.action': 'logon-failed',
  'user.name': 'hanako',
  'user.domain': 'EXAMPLE',
  'source.ip': '192.0.2.10',
  'source.port': 50123,
  'event.category': ['authentication'],
};

it.each<[string, string, Record<string, unknown>]>([
  [
    'NXLog JSON: a logon',
    nxlog(4624, {
      TargetUserName: 'hanako',
      TargetDomainName: 'EXAMPLE',
      SubjectUserName: 'PC-01$',
      IpAddress: '192.0.2.10',
      IpPort: '50123',
      LogonType: '10',
      Message: 'An account was successfully logged on.\r\n\r\nSubject:',
    }),
    {
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'observer.vendor': 'Microsoft',
      'observer.product': 'Windows',
      'host.name': 'PC-01',
      'event.code': '4624',
      'event.provider': 'Microsoft-Windows-Security-Auditing',
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'event.type': ['start'],
      'user.name': 'hanako',
      'user.domain': 'EXAMPLE',
      'source.ip': '192.0.2.10',
      'vendor.logon_type': 'RemoteInteractive',
      message: 'An account was successfully logged on.',
    },
  ],
  [
    'NXLog JSON: a logoff',
    nxlog(4634, { TargetUserName: 'hanako' }),
    { 'event.type': ['end'], 'event.action': 'logged-out' },
  ],
  [
    'NXLog JSON: special rights',
    nxlog(4672, { SubjectUserName: 'taro' }),
    { 'event.action': 'logged-in-special', 'user.name': 'taro' },
  ],
  [
    'NXLog JSON: a process',
    nxlog(4688, {
      SubjectUserName: 'hanako',
      NewProcessName: 'C:\\Windows\\System32\\cmd.exe',
      NewProcessId: '0x1a4',
      CommandLine: 'cmd /c dir',
      ParentProcessName: 'C:\\x.exe',
    }),
    {
      'hinomi.event_class': 'endpoint',
      'process.name': 'cmd.exe',
      'process.pid': 420,
      'process.command_line': 'cmd /c dir',
      'process.parent.executable': 'C:\\x.exe',
      'event.category': ['process'],
    },
  ],
  [
    'NXLog JSON: a new user',
    nxlog(4720, { SubjectUserName: 'taro', TargetUserName: 'jiro' }),
    {
      'hinomi.event_class': 'admin_change',
      'user.name': 'taro',
      'user.target.name': 'jiro',
      'event.category': ['iam'],
      'event.type': ['user', 'creation'],
    },
  ],
  [
    'NXLog JSON: a locked account',
    nxlog(4740, { TargetUserName: 'hanako' }),
    { 'event.action': 'locked-out-user-account', 'user.name': 'hanako' },
  ],
  [
    'NXLog JSON: a group',
    nxlog(4732, { SubjectUserName: 'taro', TargetUserName: 'Administrators' }),
    { 'event.action': 'added-member-to-group', 'hinomi.event_class': 'admin_change' },
  ],
  [
    'NXLog JSON: Kerberos refuses',
    nxlog(4768, {
      TargetUserName: 'hanako',
      Status: '0x6',
      IpAddress: '::ffff:192.0.2.10',
      EventType: 'AUDIT_FAILURE',
    }),
    { 'event.outcome': 'failure', 'source.ip': '192.0.2.10' },
  ],
  [
    'NXLog JSON: a service',
    nxlog(7045, {
      SourceName: 'Service Control Manager',
      Channel: 'System',
      ServiceName: 'evil',
      ImagePath: 'C:\\evil.exe',
      EventType: 'INFO',
    }),
    {
      'hinomi.event_class': 'admin_change',
      'service.name': 'evil',
      'process.executable': 'C:\\evil.exe',
      'event.action': 'service-installed',
    },
  ],
  [
    'NXLog JSON: the log cleared',
    nxlog(1102, { SubjectUserName: 'taro' }),
    { 'event.kind': 'alert', 'event.action': 'audit-log-cleared' },
  ],
  [
    'NXLog JSON: Defender',
    nxlog(1116, {
      SourceName: 'Microsoft-Windows-Windows Defender',
      Channel: 'Microsoft-Windows-Windows Defender/Operational',
      'Threat Name': 'Virus:DOS/EICAR_Test_File',
    }),
    { 'hinomi.event_class': 'malware', 'event.kind': 'alert', 'threat.software.name': 'Virus:DOS/EICAR_Test_File' },
  ],
  [
    'NXLog JSON: the filtering platform',
    nxlog(5157, { SourceAddress: '192.0.2.10', SourcePort: '50123', DestAddress: '198.51.100.7', DestPort: '443' }),
    { 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'denied'], 'destination.port': 443 },
  ],
  ['NXLog JSON: an id of no entry', nxlog(4999, {}), { 'event.code': '4999', 'observer.product': 'Windows' }],
  [
    'NXLog RFC 5424',
    '<14>1 2026-11-25T12:00:00Z PC-01 Microsoft-Windows-Security-Auditing 612 - [NXLOG@14506 Keywords="-9218868437227405312" EventType="AUDIT_FAILURE" EventID="4625" TargetUserName="hanako" TargetDomainName="EXAMPLE" IpAddress="192.0.2.10" IpPort="50123"] An account failed to log on.',
    FAILED,
  ],
  [
    'Snare with tabs',
    `<14>Nov 25 21:00:01 PC-01 MSWinEventLog\t1\tSecurity\t4711\tWed Nov 25 21:00:00 2026\t4625\tMicrosoft-Windows-Security-Auditing\thanako\tN/A\tFailure Audit\tPC-01\tLogon\t\t${TEXT}\t12`,
    {
      ...FAILED,
      '@timestamp': '2026-11-25T12:00:00.000Z',
      'host.name': 'PC-01',
      'log.level': 'warning',
      'source.domain': 'PC-02',
    },
  ],
  [
    'Snare with tabs as rsyslog writes them',
    `<14>Nov 25 21:00:01 PC-01 MSWinEventLog#0111#011Security#0114711#011Wed Nov 25 21:00:00 2026#0114625#011Microsoft-Windows-Security-Auditing#011hanako#011N/A#011Failure Audit#011PC-01#011Logon#011#011${TEXT}`,
    FAILED,
  ],
  [
    'Snare with blanks',
    `<14>Nov 25 21:00:01 PC-01 MSWinEventLog 1 Security 4711 Wed Nov 25 21:00:00 2026 4625 Microsoft-Windows-Security-Auditing EXAMPLE\\hanako N/A Failure Audit PC-01 Logon ${TEXT}`,
    FAILED,
  ],
  [
    'Winlogbeat',
    `<14>Nov 25 21:00:01 relay ${JSON.stringify({ '@timestamp': '2026-11-25T12:00:00.123Z', winlog: { event_id: 4625, channel: 'Security', provider_name: 'Microsoft-Windows-Security-Auditing', computer_name: 'PC-01', event_data: { TargetUserName: 'hanako', TargetDomainName: 'EXAMPLE', IpAddress: '192.0.2.10', IpPort: '50123' }, keywords: ['Audit Failure'] }, message: 'An account failed to log on.' })}`,
    { ...FAILED, '@timestamp': '2026-11-25T12:00:00.123Z', 'host.name': 'PC-01' },
  ],
  [
    'XML',
    "<14>Nov 25 21:00:01 relay <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4625</EventID><TimeCreated SystemTime='2026-11-25T12:00:00.1234567Z'/><Channel>Security</Channel><Computer>PC-01</Computer></System><EventData><Data Name='TargetUserName'>hanako</Data><Data Name='TargetDomainName'>EXAMPLE</Data><Data Name='IpAddress'>192.0.2.10</Data><Data Name='IpPort'>50123</Data></EventData></Event>",
    FAILED,
  ],
  ['eventlog-to-syslog', `<14>Nov 25 21:00:01 PC-01 Security-Auditing: 4625: AUDIT_FAILURE ${TEXT}`, FAILED],
  [
    'a Japanese text',
    nxlog(4624, { Message: JAPANESE }),
    {
      'user.name': 'hanako',
      'user.domain': 'EXAMPLE',
      'source.ip': '192.0.2.10',
      'source.port': 50123,
      'vendor.logon_type': 'RemoteInteractive',
    },
  ],
])('Windows by %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
