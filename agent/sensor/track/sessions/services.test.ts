import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { ntp } from '../../../../scripts/traffic/applications.js';
import { overTcp, overUdp, type Ports, recordsOf } from '../../../../scripts/traffic/records.js';
import {
  derNumber,
  derOid,
  derText,
  mqttConnAck,
  mqttConnect,
  mqttPublish,
  mqttSubscribe,
  ntpControl,
  ntpPrivate,
  SNMP_TAG,
  SSDP_ANSWER,
  SSDP_NOTIFY,
  SSDP_SEARCH,
  snmp,
  snmp3,
  snmpGet,
  snmpPdu,
  telnetOption,
  telnetSub,
} from '../../../../scripts/traffic/services.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';

type Said = readonly (readonly [Side, Buffer])[];
const sessions = (records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === 'session');
const udpSessions = (said: Said, ports: Ports): AnyRecord[] => sessions(recordsOf(overUdp(said, ports)));
const tcpSessions = (said: readonly Step[], ports: Ports): AnyRecord[] => sessions(recordsOf(overTcp(said, ports)));
const protocolOfFlow = (records: readonly AnyRecord[]): unknown =>
  records.find((record) => record['event.dataset'] === 'flow')?.['network.protocol'];

describe('SNMP', () => {
  const [DESCRIPTION, OBJECT_ID, NAME] = ['1.3.6.1.2.1.1.1.0', '1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.5.0'];

  test('is one record for many requests: that a community passed, and what the device says of itself', () => {
    const answer = snmp(
      1,
      'public',
      snmpPdu(SNMP_TAG.response, [
        [DESCRIPTION, derText('Generated Printer 7')],
        [OBJECT_ID, derOid('1.3.6.1.4.1.11.2')],
        [NAME, derText('printer1')],
      ]),
    );
    const said: Said = [
      ['client', snmpGet('public', DESCRIPTION, OBJECT_ID, NAME)],
      ['server', answer],
      ['client', snmp(1, 'public', snmpPdu(SNMP_TAG.bulk, [['1.3.6.1.2.1.2', derNumber(0)]]))],
      ['server', answer],
    ];
    const records = recordsOf(overUdp(said, { serverPort: 161 }));
    expect(protocolOfFlow(records)).toBe('snmp');
    expect(sessions(records)).toMatchObject([
      {
        'network.protocol': 'snmp',
        'hinomi.session.version': '2c',
        'hinomi.session.cleartext_login': true,
        'hinomi.session.auth_method': 'community',
        'hinomi.snmp.community_default': true,
        'hinomi.snmp.pdu_types': ['get-request', 'get-response', 'get-bulk-request'],
        'hinomi.session.server_software': 'Generated Printer 7',
        'hinomi.session.server_name': 'printer1',
        'hinomi.snmp.system_object_id': '1.3.6.1.4.1.11.2',
        'hinomi.session.outcome': 'success',
      },
    ]);
  });

  test('never tells a community', () => {
    const records = udpSessions([['client', snmpGet('Geheim99', NAME)]], { serverPort: 161 });
    expect(records).toMatchObject([{ 'hinomi.snmp.community_default': false, 'hinomi.session.outcome': 'unknown' }]);
    expect(JSON.stringify(records)).not.toContain('Geheim');
  });

  test('of version 3: whose login, and why it was refused', () => {
    const refusal = snmp3('', snmpPdu(SNMP_TAG.report, [['1.3.6.1.6.3.15.1.1.5.0', derNumber(1)]]));
    const [record] = udpSessions(
      [
        ['client', snmp3('hanako', undefined)],
        ['server', refusal],
      ],
      { serverPort: 161 },
    );
    expect(record).toMatchObject({
      'user.name': 'hanako',
      'hinomi.session.version': '3',
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'usmStatsWrongDigests',
      'hinomi.snmp.engine_id': '8000000001020304',
    });
    expect(record).not.toHaveProperty(['hinomi.session.cleartext_login']);
  });

  test('two engines that get to know each other have not failed', () => {
    const discovery = snmp3('', snmpPdu(SNMP_TAG.report, [['1.3.6.1.6.3.15.1.1.4.0', derNumber(1)]]));
    expect(
      udpSessions(
        [
          ['client', snmp3('', snmpPdu(SNMP_TAG.get, []))],
          ['server', discovery],
        ],
        { serverPort: 161 },
      ),
    ).toMatchObject([{ 'hinomi.session.outcome': 'unknown' }]);
  });

  test('traps', () => {
    const trap = snmpPdu(SNMP_TAG.trap2, [['1.3.6.1.6.3.1.1.4.1.0', derOid('1.3.6.1.6.3.1.1.5.3')]]);
    expect(udpSessions([['client', snmp(1, 'x', trap)]], { serverPort: 162 })).toMatchObject([
      { 'hinomi.snmp.traps': ['1.3.6.1.6.3.1.1.5.3'], 'hinomi.snmp.pdu_types': ['snmpv2-trap'] },
    ]);
  });
});

describe('NTP', () => {
  const NOW_US = 1_700_000_000e6;
  const PORT = { serverPort: 123 };

  test('who asked whom for the time', () => {
    expect(
      udpSessions(
        [
          ['client', ntp(3, NOW_US)],
          ['server', ntp(4, NOW_US)],
        ],
        PORT,
      ),
    ).toMatchObject([
      {
        'network.protocol': 'ntp',
        'hinomi.session.version': '4',
        'hinomi.ntp.modes': ['client', 'server'],
        'hinomi.ntp.stratum': 2,
        'hinomi.ntp.reference_id': '192.0.2.123',
        'hinomi.session.outcome': 'success',
      },
    ]);
  });

  test('a server that is asked for its list of clients', () => {
    expect(udpSessions([['client', ntpPrivate(42)]], PORT)).toMatchObject([
      { 'hinomi.ntp.modes': ['private'], 'hinomi.ntp.operations': ['monlist'] },
    ]);
    expect(udpSessions([['client', ntpControl(false, '')]], PORT)).toMatchObject([
      { 'hinomi.ntp.operations': ['read-variables'] },
    ]);
  });

  test('on another port it is none', () => {
    expect(udpSessions([['client', ntp(3, NOW_US)]], { serverPort: 9_999 })).toEqual([]);
  });
});

test('SSDP: what is looked for, what answers, what is offered', () => {
  const search = udpSessions([['client', SSDP_SEARCH]], { serverPort: 1_900 });
  expect(search).toMatchObject([
    {
      'network.protocol': 'ssdp',
      'hinomi.ssdp.methods': ['m-search'],
      'hinomi.ssdp.targets': ['urn:schemas-upnp-org:device:MediaServer:1'],
      'hinomi.session.client_software': 'Generated/1 UPnP/1.1 Test/1',
    },
  ]);
  const offer = {
    'hinomi.ssdp.targets': ['upnp:rootdevice'],
    'hinomi.ssdp.locations': ['http://192.168.1.40:49152/device.xml'],
    'hinomi.ssdp.usn': ['uuid:4d696e69-0000::upnp:rootdevice'],
    'hinomi.session.server_software': 'Linux/5.4 UPnP/1.0 Nas/2.1',
  };
  const answers: Said = [
    ['client', SSDP_ANSWER],
    ['client', SSDP_ANSWER],
  ];
  expect(udpSessions(answers, { clientPort: 1_900, serverPort: 50_000 })).toMatchObject([
    { ...offer, 'hinomi.ssdp.methods': ['response'], 'hinomi.session.outcome': 'success' },
  ]);
  expect(udpSessions([['client', SSDP_NOTIFY]], { serverPort: 1_900 })).toMatchObject([
    { ...offer, 'hinomi.ssdp.methods': ['notify'], 'hinomi.ssdp.notifications': ['ssdp:alive'] },
  ]);
});

describe('MQTT', () => {
  const login = { level: 4, clientId: 'plc-7', user: 'hanako', password: 'geheim99', will: ['gone/7', 'bye'] } as const;

  test('who logs in, and about what it talks', () => {
    const records = tcpSessions(
      [
        ['client', mqttConnect(login)],
        ['server', mqttConnAck(0)],
        ['client', mqttSubscribe('office/+/light', 'office/door')],
        ['client', mqttPublish('office/temperature', Buffer.alloc(40_000, 0x31))],
        ['client', mqttPublish('office/humidity', Buffer.from('41'))],
        ['server', mqttPublish('office/door', Buffer.from('geheim open'))],
      ],
      { serverPort: 1_884 },
    );
    expect(records).toMatchObject([
      {
        'network.protocol': 'mqtt',
        'user.name': 'hanako',
        'hinomi.session.version': '3.1.1',
        'hinomi.session.cleartext_login': true,
        'hinomi.session.outcome': 'success',
        'hinomi.mqtt.client_id': 'plc-7',
        'hinomi.mqtt.will_topic': 'gone/7',
        'hinomi.mqtt.keep_alive_s': 60,
        'hinomi.mqtt.subscribed': ['office/+/light', 'office/door'],
        'hinomi.mqtt.published': ['office/temperature', 'office/humidity'],
        'hinomi.mqtt.received': ['office/door'],
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test.each([
    [4, 5, 'not authorized'],
    [5, 134, 'bad user name or password'],
  ] as const)('of level %i: code %i is a failure', (level, code, error) => {
    expect(
      tcpSessions(
        [
          ['client', mqttConnect({ ...login, level })],
          ['server', mqttConnAck(code)],
        ],
        { serverPort: 1_883 },
      ),
    ).toMatchObject([{ 'hinomi.session.outcome': 'failure', 'hinomi.session.error': error }]);
  });

  test('no more than 64 topics', () => {
    const many = Array.from({ length: 200 }, (_, index) => ['client', mqttPublish(`t/${index}`, Buffer.of(1))] as Step);
    const [record] = tcpSessions([['client', mqttConnect(login)], ...many], { serverPort: 1_883 });
    expect(record!['hinomi.mqtt.published']).toHaveLength(64);
  });
});

describe('Telnet', () => {
  const PORT = { serverPort: 2_323 };
  const shown = (text: string): Step => ['server', Buffer.from(text)];
  /** Character by character, as it is typed, and echoed. */
  const typed = (text: string, isEchoed = true): Step[] =>
    [...text].flatMap((each): Step[] => [
      ['client', Buffer.from(each)],
      ...(isEchoed ? [shown(each === '\r' ? '\r\n' : each)] : []),
    ]);
  const OPTIONS: readonly Step[] = [
    ['server', telnetOption('do', 24)],
    ['client', Buffer.concat([telnetOption('will', 24), telnetSub(24, Buffer.from('\0XTERM-256COLOR'))])],
  ];

  test('who logs in, and that it worked', () => {
    const records = tcpSessions(
      [
        ...OPTIONS,
        shown('Debian GNU/Linux 12\r\nnas login: '),
        ...typed('hanx\x7fako\r'),
        shown('Password: '),
        ...typed('geheim99\r', false),
        shown('\r\nLast login: Mon Nov 24 from pc1\r\n'),
        shown('hanako@nas:~$ '),
        ...typed('cat geheim.txt\r'),
      ],
      PORT,
    );
    expect(records).toMatchObject([
      {
        'network.protocol': 'telnet',
        'user.name': 'hanako',
        'hinomi.session.cleartext_login': true,
        'hinomi.session.auth_method': 'password',
        'hinomi.session.outcome': 'success',
        'hinomi.telnet.terminal_type': 'xterm-256color',
        'hinomi.telnet.options': ['terminal-type'],
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test('that it did not work', () => {
    const records = tcpSessions(
      [
        ...OPTIONS,
        shown('Username: '),
        ...typed('admin\r\n'),
        shown('Password: '),
        ...typed('geheim99\r\n', false),
        shown('\r\n% Login invalid\r\n\r\nUsername: '),
        ...typed('exit\r\n'),
      ],
      PORT,
    );
    expect(records).toMatchObject([{ 'user.name': 'admin', 'hinomi.session.outcome': 'failure' }]);
  });

  test('a device that asks for a password alone, on its own port without options', () => {
    const records = tcpSessions(
      [shown('\r\nPassword: '), ...typed('geheim99\r', false), shown('\r\nRTX1210 Rev.14.01.42\r\n> ')],
      { serverPort: 23 },
    );
    expect(records).toMatchObject([{ 'hinomi.session.cleartext_login': true, 'hinomi.session.outcome': 'success' }]);
    expect(records[0]).not.toHaveProperty(['user.name']);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test('a line feed that comes behind the next prompt is no password', () => {
    const records = tcpSessions(
      [...OPTIONS, shown('login: '), ...typed('hanako\r'), shown('Password: '), ['client', Buffer.from('\n')]],
      PORT,
    );
    expect(records).toMatchObject([{ 'user.name': 'hanako' }]);
    expect(records[0]).not.toHaveProperty(['hinomi.session.cleartext_login']);
  });

  test('a password typed before its prompt is shown is nobody’s name', () => {
    const records = tcpSessions(
      [...OPTIONS, shown('login: '), ['client', Buffer.from('hanako\r\ngeheim99\r\n')], shown('Password: ')],
      PORT,
    );
    expect(records).toMatchObject([{ 'user.name': 'hanako' }]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });
});

test('rlogin, rsh and rexec: who comes as whom', () => {
  const rlogin: Step[] = [
    ['client', Buffer.from('\0taro\0root\0xterm/38400\0')],
    ['server', Buffer.from('\0Password: ')],
    ['client', Buffer.from('geheim99\r')],
    ['server', Buffer.from('\r\n# ')],
  ];
  const rsh: Step[] = [
    ['client', Buffer.from('0\0taro\0root\0cat /etc/geheim\0')],
    ['server', Buffer.from('\0')],
  ];
  const rexec: Step[] = [
    ['client', Buffer.from('0\0hanako\0geheim99\0id\0')],
    ['server', Buffer.from('\x01Login incorrect.\n')],
  ];
  const records = [
    ...tcpSessions(rlogin, { serverPort: 513 }),
    ...tcpSessions(rsh, { serverPort: 514 }),
    ...tcpSessions(rexec, { serverPort: 512 }),
  ];
  expect(records).toMatchObject([
    {
      'network.protocol': 'rlogin',
      'user.name': 'root',
      'hinomi.session.client_user': 'taro',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
      'hinomi.telnet.terminal_type': 'xterm',
    },
    {
      'network.protocol': 'rsh',
      'user.name': 'root',
      'hinomi.session.operation': 'cat',
      'hinomi.session.outcome': 'success',
    },
    {
      'network.protocol': 'rexec',
      'user.name': 'hanako',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'failure',
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

test('a conversation without an end is told now and then, when there is something new', () => {
  const at = (minutes: number, oid: string) =>
    [...overUdp([['client', snmpGet('x', oid)]], { serverPort: 161 })].map(({ bytes, timeUs }) => ({
      bytes,
      timeUs: timeUs + minutes * 60e6,
    }));
  const packets = Array.from({ length: 100 }, (_, index) => at(index * 0.9, `1.3.6.1.2.1.${index < 40 ? 1 : 2}.0`));
  const records = sessions(recordsOf(packets.flat()));
  expect(records.map((record) => record['hinomi.snmp.objects'])).toEqual([
    ['1.3.6.1.2.1.1.0'],
    ['1.3.6.1.2.1.1.0', '1.3.6.1.2.1.2.0'],
  ]);
});

test('whatever is said, cut anywhere', () => {
  const messages = [SSDP_SEARCH, snmpGet('public', '1.3.6.1'), ntp(4, 1e15), mqttConnect({ level: 5, clientId: 'a' })];
  fc.assert(
    fc.property(fc.constantFrom(...messages), fc.uint8Array({ maxLength: 60 }), fc.nat(60), (message, noise, cut) => {
      const said = Buffer.concat([message.subarray(0, cut), Buffer.from(noise)]);
      for (const serverPort of [23, 123, 161, 512, 513, 514, 1_900]) {
        recordsOf(
          overUdp(
            [
              ['client', message],
              ['client', said],
            ],
            { serverPort },
          ),
        );
        recordsOf(
          overTcp(
            [
              ['client', message],
              ['server', said],
              ['client', said],
            ],
            { serverPort },
          ),
        );
      }
    }),
    { numRuns: 60 },
  );
});
