import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { RECEIVED_MS } from '../lines/cases.js';

const dialects = new Dialects({ zone: 'Asia/Tokyo' });
const AT = 'Nov 25 19:00:00 dev1';

/** Line, maker, product, class, source. */
const LINES: readonly (readonly [
  line: string,
  vendor: string,
  product: string,
  eventClass: string,
  source?: string,
])[] = [
  [`<166>${AT} swlogd: bcmd esm info(5) link up`, 'Alcatel-Lucent Enterprise', 'OmniSwitch', 'system'],
  [
    `<46>${AT} CPPM_Alert 11 1 0 session_id=R01,service_name=RADIUS,alert=Authentication failed,timestamp=2026-11-25 19:00:00`,
    'Aruba',
    'ClearPass',
    'auth',
  ],
  [
    `<141>${AT} authmgr[1234]: <522008> <NOTI> <ap1 192.0.2.9> User Authentication Successful: username=taro MAC=00:00:5e:00:53:07 IP=192.0.2.10`,
    'Aruba',
    'ArubaOS',
    'auth',
    '192.0.2.10',
  ],
  [`<29>${AT} 00179 mgr: SME SSH from 192.0.2.5 - MANAGER Mode`, 'HPE', 'ArubaOS-Switch', 'system', '192.0.2.5'],
  [`<189>${AT} %%10SHELL/5/SHELL_LOGIN: admin logged in from 192.0.2.5.`, 'HPE', 'Comware', 'auth', '192.0.2.5'],
  [
    `<189>${AT} %%01SSH/5/SSH_USER_LOGIN(s): The SSH user logged in. (UserIP=192.0.2.5)`,
    'Huawei',
    'VRP',
    'auth',
    '192.0.2.5',
  ],
  [
    `<166>${AT} Severity: Informational, Category: Audit, MessageID: USR0030, Message: Successfully logged in using root, from 192.0.2.5 and GUI.`,
    'Dell',
    'iDRAC',
    'auth',
    '192.0.2.5',
  ],
  [
    `<134>${AT} <Noti:AAA.authPass> Login passed for user admin through ssh (192.0.2.5)`,
    'Extreme Networks',
    'EXOS',
    'auth',
  ],
  [
    `<166>${AT} raslogd: 2026/11/25-19:00:00, [SEC-1203], 3117, FID 128, INFO, sw1, Login information: Login successful via SSH. IP Addr: 192.0.2.5`,
    'Brocade',
    'Fabric OS',
    'auth',
    '192.0.2.5',
  ],
  [
    `<166>${AT} Core: @@204,clientDisconnect,"apMac"="00:00:5E:00:53:01","clientIP"="192.0.2.10"`,
    'Ruckus',
    'SmartZone',
    'system',
    '192.0.2.10',
  ],
  [
    '<134>1 2026-11-25T19:00:00+09:00 esx1 Hostd 2100 - - [Originator@6876 sub=Vimsvc.ha-eventmgr] Event 12 : User root@192.0.2.5 logged in',
    'VMware',
    'ESXi',
    'auth',
  ],
  [
    `<30>${AT} qlogd[10]: conn log: Users: admin, Source IP: 192.0.2.5, Computer name: ---, Connection type: HTTPS, Accessed resources: Administration, Action: Login Fail`,
    'QNAP',
    'QTS',
    'auth',
    '192.0.2.5',
  ],
  [
    `<14>${AT} Connection: User [admin] from [192.0.2.5] failed to log in via [DSM] due to authorization failure.`,
    'Synology',
    'DSM',
    'auth',
    '192.0.2.5',
  ],
  [
    `<27>${AT} System: Web user 'apc' logged in from 192.0.2.5. 0x0014`,
    'Schneider Electric',
    'APC',
    'auth',
    '192.0.2.5',
  ],
  [
    `<12>25/11/2026:10:00:00 GMT ns1 0-PPE-0 : default AAA LOGIN_FAILED 5687021 0 : User taro - Client_ip 203.0.113.7 - Failure_reason "invalid password"`,
    'Citrix',
    'NetScaler',
    'auth',
    '203.0.113.7',
  ],
];

describe('gear that is known by its words', () => {
  for (const [line, vendor, product, eventClass, source] of LINES) {
    test(line, () => {
      const record = dialects.record(line, RECEIVED_MS);
      expect(record).toMatchObject({
        'observer.vendor': vendor,
        'observer.product': product,
        'hinomi.event_class': eventClass,
      });
      expect(record['source.ip']).toBe(source);
    });
  }

  const anyones = [
    `<111>${AT} test something else`,
    `<111>${AT} porttest: something else`,
    '<13>hello',
    `<13>${AT} app: user taro logged in`,
  ];
  test.each(anyones)('what anyone could say has no maker: %s', (line: string) => {
    expect(dialects.record(line, RECEIVED_MS)['observer.vendor']).toBeUndefined();
  });
});
