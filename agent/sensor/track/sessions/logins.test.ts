import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import {
  BITTORRENT_HELLO,
  DHT_PING,
  IKE_HELLO,
  lines,
  modbus,
  mysqlDenied,
  mysqlGreeting,
  mysqlLogin,
  mysqlOk,
  mysqlSwitch,
  mysqlTlsRequest,
  OPENVPN_RESET,
  PG_TLS_REQUEST,
  pgAuthentication,
  pgError,
  pgMessage,
  pgParameter,
  pgStartup,
  radius,
  redis,
  STUN_REQUEST,
  sip,
  type Talk,
  TDS_PRELOGIN,
  tds,
  tdsLogin,
  tftp,
  VNC_TALK,
  WIREGUARD_HELLO,
} from '../../../../scripts/traffic/logins.js';
import { overTcp, overUdp, type Ports, recordsOf } from '../../../../scripts/traffic/records.js';

const sessions = (records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === 'session');
const tcp = (said: Talk, ports: Ports = {}): AnyRecord[] => sessions(recordsOf(overTcp(said, ports)));
const udp = (said: Talk, ports: Ports = {}): AnyRecord[] => sessions(recordsOf(overUdp(said, ports)));
const text = (words: string): Buffer => Buffer.from(words);

describe('MySQL', () => {
  const proof = Buffer.from('geheim');

  test('who logs in to which database, and that it worked', () => {
    const records = tcp([
      ['server', mysqlGreeting('5.5.5-10.11.6-MariaDB-0+deb12u1')],
      ['client', mysqlLogin('hanako', 'sales', 'mysql_native_password', proof)],
      ['server', mysqlOk(2)],
      ['client', text('\x10\0\0\0\x03select geheim')],
    ]);
    expect(records).toMatchObject([
      {
        'network.protocol': 'mysql',
        'user.name': 'hanako',
        'hinomi.session.database': 'sales',
        'hinomi.session.auth_method': 'mysql_native_password',
        'hinomi.session.server_software': 'MariaDB 10.11.6-MariaDB-0+deb12u1',
        'hinomi.session.outcome': 'success',
      },
    ]);
    expect(records[0]).not.toHaveProperty(['hinomi.session.cleartext_login']);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test('another way of proving, in clear text, and a refusal', () => {
    const records = tcp([
      ['server', mysqlGreeting('8.0.32')],
      ['client', mysqlLogin('taro', '', 'caching_sha2_password', proof)],
      ['server', mysqlSwitch('mysql_clear_password')],
      ['client', Buffer.concat([Buffer.of(7, 0, 0, 3), text('geheim\0')])],
      ['server', mysqlDenied(4)],
    ]);
    expect(records).toMatchObject([
      {
        'user.name': 'taro',
        'hinomi.session.auth_method': 'mysql_clear_password',
        'hinomi.session.cleartext_login': true,
        'hinomi.session.outcome': 'failure',
        'hinomi.session.error': 'ER_ACCESS_DENIED_ERROR',
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test('of old', () => {
    const login = Buffer.concat([Buffer.of(0x8, 0, 0, 0, 1), text('root\0geheim77\0sales\0')]);
    const records = tcp([
      ['server', mysqlGreeting('4.0.27')],
      ['client', Buffer.concat([Buffer.of(login.length, 0, 0, 1), login])],
      ['server', mysqlOk(2)],
    ]);
    expect(records).toMatchObject([
      { 'user.name': 'root', 'hinomi.session.database': 'sales', 'hinomi.session.outcome': 'success' },
    ]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test('goes on in TLS', () => {
    const said: Talk = [
      ['server', mysqlGreeting('8.0.32')],
      ['client', mysqlTlsRequest()],
    ];
    expect(tcp(said)).toMatchObject([{ 'hinomi.session.details': ['starttls=yes'] }]);
  });
});

describe('PostgreSQL', () => {
  const STARTUP = pgStartup({ user: 'hanako', database: 'sales', application_name: 'psql' });

  test('who logs in to which database, and that it worked', () => {
    const records = tcp([
      ['client', PG_TLS_REQUEST],
      ['server', text('N')],
      ['client', STARTUP],
      ['server', pgAuthentication(3)],
      ['client', pgMessage('p', text('geheim\0'))],
      [
        'server',
        Buffer.concat([pgAuthentication(0), pgParameter('server_version', '15.5'), pgMessage('Z', text('I'))]),
      ],
      ['client', pgMessage('Q', text('select geheim\0'))],
    ]);
    expect(records).toMatchObject([
      {
        'network.protocol': 'postgresql',
        'user.name': 'hanako',
        'hinomi.session.database': 'sales',
        'hinomi.session.client_software': 'psql',
        'hinomi.session.server_software': 'PostgreSQL 15.5',
        'hinomi.session.auth_method': 'password',
        'hinomi.session.cleartext_login': true,
        'hinomi.session.outcome': 'success',
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });

  test('a login that is refused, one that proves itself without its password, and TLS', () => {
    const refused: Talk = [
      ['client', STARTUP],
      ['server', pgAuthentication(10)],
      ['client', pgMessage('p', text('SCRAM-SHA-256\0geheim'))],
      ['server', pgError('28P01')],
    ];
    const [record] = tcp(refused);
    expect(record).toMatchObject({ 'hinomi.session.outcome': 'failure', 'hinomi.session.error': '28P01' });
    expect(record).not.toHaveProperty(['hinomi.session.cleartext_login']);
    expect(
      tcp([
        ['client', PG_TLS_REQUEST],
        ['server', text('S')],
      ]),
    ).toMatchObject([{ 'hinomi.session.details': ['starttls=yes'] }]);
  });
});

test('Redis: commands without keys and values, and a login', () => {
  const records = tcp([
    ['client', redis('CLIENT', 'SETNAME', 'web1')],
    ['server', text('+OK\r\n')],
    ['client', redis('AUTH', 'hanako', 'geheim99')],
    ['server', text('+OK\r\n')],
    ['client', Buffer.concat([redis('SET', 'key-geheim', 'x'.repeat(5_000)), redis('GET', 'key-geheim')])],
    ['server', text('+OK\r\n$1\r\nx\r\n')],
  ]);
  expect(records).toMatchObject([
    {
      'network.protocol': 'redis',
      'user.name': 'hanako',
      'host.name': 'web1',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
      'hinomi.session.commands': ['CLIENT', 'AUTH', 'SET', 'GET'],
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
  expect(
    tcp([
      ['client', redis('AUTH', 'geheim99')],
      ['server', text('-WRONGPASS invalid\r\n')],
    ]),
  ).toMatchObject([{ 'hinomi.session.outcome': 'failure', 'hinomi.session.error': 'WRONGPASS' }]);
});

describe('RADIUS', () => {
  const PORT = { serverPort: 1_812 };
  const login = (id: number): Buffer =>
    radius(1, id, [1, 'hanako'], [2, Buffer.alloc(16, 0x67)], [4, Buffer.of(10, 0, 0, 9)], [31, '02-00-00-00-00-01']);

  test('each login is a record of its own, sent twice or not', () => {
    const records = udp(
      [
        ['client', login(1)],
        ['client', login(1)],
        ['server', radius(2, 1, [8, Buffer.of(10, 1, 1, 1)], [18, 'hello'])],
        ['client', login(2)],
        ['server', radius(3, 2)],
        ['client', login(3)],
      ],
      PORT,
    );
    expect(records).toMatchObject([
      {
        'network.protocol': 'radius',
        'user.name': 'hanako',
        'hinomi.session.outcome': 'success',
        'hinomi.session.auth_method': 'pap',
        'hinomi.session.operation': 'access-request',
        'hinomi.radius.nas_ip': '10.0.0.9',
        'hinomi.radius.framed_ip': '10.1.1.1',
        'hinomi.radius.calling_station': '02-00-00-00-00-01',
        'hinomi.radius.reply': 'hello',
      },
      { 'hinomi.session.outcome': 'failure' },
      { 'hinomi.session.outcome': 'unknown' },
    ]);
  });

  test('EAP takes many rounds and is one record', () => {
    const eap = (id: number, type: number): Buffer => radius(1, id, [1, 'taro'], [79, Buffer.of(2, id, 0, 6, type, 0)]);
    const said: Talk = [
      ['client', eap(1, 1)],
      ['server', radius(11, 1)],
      ['client', eap(2, 25)],
      ['server', radius(11, 2)],
      ['client', eap(3, 25)],
      ['server', radius(2, 3)],
    ];
    expect(udp(said, PORT)).toMatchObject([{ 'user.name': 'taro', 'hinomi.session.auth_method': 'eap-peap' }]);
  });

  test('that somebody is still there is told once', () => {
    const interim = (id: number): Talk => [
      ['client', radius(4, id, [1, 'taro'], [40, Buffer.of(0, 0, 0, 3)])],
      ['server', radius(5, id)],
    ];
    expect(udp([...interim(1), ...interim(2), ...interim(3)], { serverPort: 1_813 })).toMatchObject([
      { 'hinomi.session.operation': 'accounting-interim' },
    ]);
  });
});

test('SIP: who registers, with which telephone, and who calls whom', () => {
  const head = ['From: "H" <sip:201:geheim@pbx.jp>;tag=1', 'To: <sip:202@pbx.jp>', 'Call-ID: 1', 'User-Agent: Phone/1'];
  const login = 'Authorization: Digest username="201", realm="pbx", response="geheim"';
  const said: Talk = [
    ['client', sip('REGISTER sip:pbx.jp SIP/2.0', ...head)],
    ['server', sip('SIP/2.0 401 Unauthorized', 'Server: PBX/2')],
    ['client', sip('REGISTER sip:pbx.jp SIP/2.0', ...head, login)],
    ['server', sip('SIP/2.0 200 OK')],
    ['client', sip('INVITE sip:202@pbx.jp SIP/2.0', ...head)],
  ];
  const expected = {
    'network.protocol': 'sip',
    'user.name': '201',
    'hinomi.session.auth_method': 'digest',
    'hinomi.session.commands': ['REGISTER', 'INVITE'],
    'hinomi.session.reply_codes': ['401', '200'],
    'hinomi.session.from': 'sip:201@pbx.jp',
    'hinomi.session.to': ['sip:202@pbx.jp'],
    'hinomi.session.client_software': 'Phone/1',
    'hinomi.session.server_software': 'PBX/2',
    'hinomi.session.outcome': 'success',
  };
  for (const records of [udp(said, { serverPort: 5_060 }), tcp(said, { serverPort: 5_060 })]) {
    expect(records).toMatchObject([expected]);
    expect(JSON.stringify(records)).not.toContain('geheim');
  }
});

test('SIP: that somebody is asked who it is is no failure, that he is unknown is one', () => {
  const asked: Talk = [
    ['client', sip('REGISTER sip:pbx.jp SIP/2.0', 'From: <sip:201@pbx.jp>')],
    ['server', sip('SIP/2.0 401 Unauthorized')],
  ];
  expect(udp(asked, { serverPort: 5_060 })).toMatchObject([{ 'hinomi.session.outcome': 'unknown' }]);
  expect(udp([...asked, ['server', sip('SIP/2.0 403 Forbidden')]], { serverPort: 5_060 })).toMatchObject([
    { 'hinomi.session.outcome': 'failure', 'hinomi.session.error': '403' },
  ]);
});

test('RTSP: who looks at which camera', () => {
  const login = `Authorization: Basic ${Buffer.from('admin:geheim').toString('base64')}`;
  const records = tcp([
    ['client', lines('DESCRIBE rtsp://admin:geheim@192.168.1.9/stream1 RTSP/1.0', 'CSeq: 1', 'User-Agent: VLC', '')],
    ['server', lines('RTSP/1.0 401 Unauthorized', 'CSeq: 1', 'Server: Cam/3', '')],
    ['client', lines('DESCRIBE rtsp://192.168.1.9/stream1 RTSP/1.0', 'CSeq: 2', login, '')],
    ['server', lines('RTSP/1.0 200 OK', 'CSeq: 2', 'Content-Length: 4', '', 'v=0')],
    ['server', Buffer.concat([text('$\0\0\x04'), text('RTP!')])],
  ]);
  expect(records).toMatchObject([
    {
      'network.protocol': 'rtsp',
      'user.name': 'admin',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.target': 'rtsp://192.168.1.9/stream1',
      'hinomi.session.client_software': 'VLC',
      'hinomi.session.server_software': 'Cam/3',
      'hinomi.session.outcome': 'success',
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

test('VNC: how somebody proves himself, whether he may, and what the desktop is called', () => {
  expect(tcp(VNC_TALK)).toMatchObject([
    {
      'network.protocol': 'vnc',
      'hinomi.session.version': '3.8',
      'hinomi.session.auth_method': 'vnc',
      'hinomi.session.outcome': 'success',
      'hinomi.session.server_name': 'pc1x',
      'hinomi.session.details': ['screen=1024x768'],
    },
  ]);
  const refused = VNC_TALK.slice(0, 6);
  expect(tcp([...refused, ['server', Buffer.of(0, 0, 0, 1)]])).toMatchObject([{ 'hinomi.session.outcome': 'failure' }]);
});

test('TDS: who logs in to which database', () => {
  const records = tcp([
    ['client', TDS_PRELOGIN],
    ['server', tds(4, Buffer.of(2))],
    ['client', tdsLogin('PC1', 'hanako', 'geheim', 'Sales', 'orders')],
    ['server', tds(4, Buffer.of(0xad, 0, 0))],
  ]);
  expect(records).toMatchObject([
    {
      'network.protocol': 'tds',
      'host.name': 'PC1',
      'user.name': 'hanako',
      'hinomi.session.client_software': 'Sales',
      'hinomi.session.database': 'orders',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

test('Modbus: what is asked of a machine, and what it refuses', () => {
  const records = tcp(
    [
      ['client', modbus(1, 5, 3, 0, 0, 0, 1)],
      ['server', modbus(1, 5, 3, 2, 0, 9)],
      ['client', modbus(2, 5, 6, 0, 1, 0, 1)],
      ['server', modbus(2, 5, 0x86, 2)],
    ],
    { serverPort: 502 },
  );
  expect(records).toMatchObject([
    {
      'network.protocol': 'modbus',
      'hinomi.modbus.units': ['5'],
      'hinomi.modbus.functions': ['read-holding-registers', 'write-single-register'],
      'hinomi.modbus.exceptions': ['illegal-data-address'],
    },
  ]);
});

test('IRC: who is there, in which channels', () => {
  const records = tcp(
    [
      ['client', lines('PASS geheim', 'NICK hanako', 'USER hana 0 * :Hanako')],
      ['server', lines(':irc.example 001 hanako :Welcome', ':irc.example 004 hanako irc.example ircd-2 ao mtov')],
      ['client', lines('JOIN #office,#lunch', 'PRIVMSG #office :geheim')],
    ],
    { serverPort: 6_667 },
  );
  expect(records).toMatchObject([
    {
      'network.protocol': 'irc',
      'user.name': 'hanako',
      'hinomi.session.client_user': 'hana',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
      'hinomi.session.server_software': 'ircd-2',
      'hinomi.irc.channels': ['#office', '#lunch'],
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

test('IRC goes on in TLS', () => {
  const said: Talk = [
    ['client', lines('CAP LS', 'STARTTLS')],
    ['server', lines(':irc.example 670 * :STARTTLS successful')],
  ];
  expect(tcp(said, { serverPort: 6_667 })).toMatchObject([{ 'hinomi.session.details': ['starttls=yes'] }]);
});

test('TFTP: which file', () => {
  const said: Talk = [['client', tftp(1, 'phones/設定.cfg')]];
  expect(udp(said, { serverPort: 69 })).toMatchObject([
    {
      'network.protocol': 'tftp',
      'hinomi.session.operation': 'read',
      'hinomi.session.file_names': ['phones/設定.cfg'],
    },
  ]);
  expect(udp([['client', tftp(2, 'a')]], { serverPort: 69 })).toMatchObject([{ 'hinomi.session.operation': 'write' }]);
});

test.each([
  ['stun', 3_478, STUN_REQUEST],
  ['wireguard', 51_820, WIREGUARD_HELLO],
  ['openvpn', 4_444, OPENVPN_RESET],
  ['ike', 500, IKE_HELLO],
  ['ike', 4_500, Buffer.concat([Buffer.alloc(4), IKE_HELLO])],
  ['l2tp', 1_701, Buffer.from('c80200140000000000000000000800000000000100', 'hex').subarray(0, 20)],
  ['bittorrent', 6_881, DHT_PING],
  ['syslog', 514, text('<34>Oct 11 22:14:15 host su: x')],
  ['syslog', 514, text('no number in front')],
  ['ws-discovery', 3_702, text('<?xml version="1.0"?><e xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"/>')],
])('%s over UDP port %i is noticed in its flow', (name, serverPort, message) => {
  const records = recordsOf(overUdp([['client', message]], { serverPort }));
  expect(records).toMatchObject([{ 'event.dataset': 'flow', 'network.protocol': name }]);
});

test.each([
  ['bittorrent', 51_413, BITTORRENT_HELLO],
  ['syslog', 514, text('17 <34>host su: geheim')],
  ['openvpn', 443, Buffer.concat([Buffer.of(0, OPENVPN_RESET.length), OPENVPN_RESET])],
])('%s over TCP port %i is noticed in its flow', (name, serverPort, message) => {
  const records = recordsOf(overTcp([['client', message]], { serverPort }));
  expect(records).toMatchObject([{ 'event.dataset': 'flow', 'network.protocol': name }]);
});

test('S7, which begins as RDP does, is not RDP', () => {
  const hello = Buffer.from('0300001611e00000000100c1020100c2020102c0010a', 'hex');
  const records = recordsOf(overTcp([['client', hello]], { serverPort: 102 }));
  expect(records).toMatchObject([{ 'event.dataset': 'flow' }]);
  expect(records[0]).not.toHaveProperty(['network.protocol']);
});

test('noise on their ports is none of them', () => {
  const noise = Buffer.from(Array.from({ length: 160 }, (_, index) => (index * 37 + 11) & 0xff));
  for (const serverPort of [
    69, 500, 502, 514, 1_194, 1_701, 1_812, 3_306, 3_478, 3_702, 4_500, 5_060, 5_432, 6_379, 6_667, 51_820,
  ]) {
    for (const records of [
      recordsOf(overUdp([['client', noise]], { serverPort })),
      recordsOf(overTcp([['client', noise]], { serverPort })),
    ])
      expect(records.map((record) => record['network.protocol'])).toEqual([undefined]);
  }
});

test('whatever is said, cut anywhere', () => {
  const talks: readonly Talk[] = [
    VNC_TALK,
    [
      ['server', mysqlGreeting('8.0')],
      ['client', mysqlLogin('a', 'b', 'c', Buffer.alloc(20))],
      ['server', mysqlSwitch('x')],
    ],
    [
      ['client', pgStartup({ user: 'a' })],
      ['server', Buffer.concat([pgAuthentication(3), pgError('1')])],
    ],
    [
      ['client', redis('AUTH', 'a', 'b')],
      ['server', text('-ERR x\r\n')],
    ],
    [
      ['client', TDS_PRELOGIN],
      ['client', tdsLogin('a', 'b', 'c', 'd', 'e')],
      ['server', tds(4, Buffer.of(0xaa))],
    ],
    [
      ['client', modbus(1, 5, 3, 0, 0)],
      ['server', modbus(1, 5, 0x83, 1)],
    ],
    [
      ['client', sip('INVITE sip:a@b SIP/2.0', 'From: <sip:x@y>')],
      ['server', sip('SIP/2.0 200 OK')],
    ],
    [
      ['client', lines('OPTIONS rtsp://a RTSP/1.0', 'Content-Length: 5', '')],
      ['server', lines('RTSP/1.0 200 OK', '')],
    ],
    [
      ['client', radius(1, 1, [1, 'a'], [79, Buffer.alloc(6, 2)])],
      ['server', radius(2, 1, [18, 'x'])],
    ],
    [
      ['client', lines('NICK a', 'USER a 0 * :b', 'JOIN #x')],
      ['server', lines(':s 001 a :x')],
    ],
  ];
  const change = fc.record({ step: fc.nat(2), at: fc.nat(120), byte: fc.nat(255), cut: fc.nat(120) });
  fc.assert(
    fc.property(
      fc.constantFrom(...talks),
      fc.array(change, { maxLength: 3 }),
      fc.constantFrom(502, 1_812, 5_060),
      (talk, changes, serverPort) => {
        const steps = talk.map(([side, bytes]) => [side, Buffer.from(bytes)] as const);
        for (const { step, at, byte } of changes) steps[step]?.[1].set([byte], Math.min(at, steps[step][1].length - 1));
        const said: Talk = steps.map(([side, bytes], index) => [
          side,
          bytes.subarray(0, changes.find(({ step, cut }) => step === index && cut > 60)?.cut ?? bytes.length),
        ]);
        recordsOf(
          overTcp(
            said.filter(([, bytes]) => bytes.length > 0),
            { serverPort },
          ),
        );
        recordsOf(overUdp(said, { serverPort }));
      },
    ),
    { numRuns: 400 },
  );
});
