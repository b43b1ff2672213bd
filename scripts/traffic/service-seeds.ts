/** Every small service once, as packets: what `scripts/fuzz-wire.ts` changes. */
import { ntp } from './applications.js';
import {
  IKE_HELLO,
  modbus,
  mysqlGreeting,
  mysqlLogin,
  mysqlOk,
  OPENVPN_RESET,
  PG_TLS_REQUEST,
  pgError,
  pgStartup,
  radius,
  redis,
  type Talk as Said,
  STUN_REQUEST,
  sip,
  TDS_PRELOGIN,
  tds,
  tdsLogin,
  tftp,
  VNC_TALK,
} from './logins.js';
import { cdpFrame, cdpMessage, lldpFrame, lldpMessage } from './neighbours.js';
import type { Packet } from './packet.js';
import { overTcp, overUdp } from './records.js';
import {
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
} from './services.js';
import type { Side } from './tcp.js';

type Talk = readonly [port: number, ...said: (readonly [Side, Buffer])[]];

const NOW_US = 1_700_000_000e6;
const MAC = '02:00:00:00:00:09';
const NAME = '1.3.6.1.2.1.1.5.0';
const TRAP = '1.3.6.1.6.3.1.1.4.1.0';
const text = (words: string): Buffer => Buffer.from(words);

const DATAGRAMS: readonly Talk[] = [
  [
    161,
    ['client', snmpGet('public', NAME)],
    ['server', snmp(1, 'public', snmpPdu(SNMP_TAG.response, [[NAME, derText('x')]]))],
  ],
  [161, ['client', snmp3('hanako', undefined)], ['server', snmp3('', snmpPdu(SNMP_TAG.report, [[NAME, derText('')]]))]],
  [162, ['client', snmp(1, 'x', snmpPdu(SNMP_TAG.trap2, [[TRAP, derOid('1.3.6.1.6.3.1.1.5.3')]]))]],
  [123, ['client', ntp(3, NOW_US)], ['server', ntp(4, NOW_US)]],
  [123, ['client', ntpControl(false, '')], ['server', ntpControl(true, 'version="ntpd 4.2"')]],
  [123, ['client', ntpPrivate(42)]],
  [1_900, ['client', SSDP_SEARCH], ['server', SSDP_ANSWER], ['client', SSDP_NOTIFY]],
];

const CONNECT = { clientId: 'plc', will: ['gone', 'bye'], user: 'hanako', password: 'secret' } as const;
const STREAMS: readonly Talk[] = [
  ...([3, 4, 5] as const).map(
    (level): Talk => [
      1_883,
      ['client', mqttConnect({ level, ...CONNECT })],
      ['server', mqttConnAck(0)],
      ['client', mqttSubscribe('a/#', 'b')],
      ['client', mqttPublish('a/b', text('41'))],
    ],
  ),
  [
    23,
    ['server', telnetOption('do', 24)],
    ['client', telnetSub(24, text('\0XTERM'))],
    ['client', telnetSub(39, text('\0\0USER\x01taro'))],
    ['server', text('login: ')],
    ['client', text('hanako\r\n')],
    ['server', text('Password: ')],
    ['client', text('secret\r\n')],
    ['server', text('\r\n$ ')],
  ],
  [513, ['client', text('\0taro\0root\0xterm/38400\0')], ['server', text('\0')]],
  [514, ['client', text('0\0taro\0root\0id\0')], ['server', text('\0')]],
  [512, ['client', text('0\0taro\0secret\0id\0')], ['server', text('\x01no\n')]],
];

const LOGINS: readonly (readonly [port: number, talk: Said])[] = [
  [5_900, VNC_TALK],
  [
    3_306,
    [
      ['server', mysqlGreeting('8.0.32')],
      ['client', mysqlLogin('a', 'b', 'c', Buffer.alloc(20))],
      ['server', mysqlOk(2)],
    ],
  ],
  [
    5_432,
    [
      ['client', PG_TLS_REQUEST],
      ['server', text('N')],
      ['client', pgStartup({ user: 'a' })],
      ['server', pgError('28P01')],
    ],
  ],
  [
    6_379,
    [
      ['client', redis('AUTH', 'a', 'b')],
      ['server', text('+OK\r\n')],
      ['client', redis('GET', 'k')],
    ],
  ],
  [
    1_433,
    [
      ['client', TDS_PRELOGIN],
      ['client', tdsLogin('a', 'b', 'c', 'd', 'e')],
      ['server', tds(4, Buffer.of(0xad))],
    ],
  ],
  [
    502,
    [
      ['client', modbus(1, 5, 3, 0, 0, 0, 1)],
      ['server', modbus(1, 5, 0x83, 2)],
    ],
  ],
  [
    554,
    [
      ['client', rtspOptions()],
      ['server', text('RTSP/1.0 200 OK\r\n\r\n')],
    ],
  ],
  [
    6_667,
    [
      ['client', text('NICK a\r\nUSER a 0 * :b\r\n')],
      ['server', text(':s 001 a :x\r\n')],
    ],
  ],
  [
    5_060,
    [
      ['client', sip('INVITE sip:a@b SIP/2.0', 'From: <sip:x@y>')],
      ['server', sip('SIP/2.0 200 OK')],
    ],
  ],
];
const MORE_DATAGRAMS: readonly (readonly [port: number, talk: Said])[] = [
  [
    1_812,
    [
      ['client', radius(1, 1, [1, 'a'], [79, Buffer.alloc(6, 2)])],
      ['server', radius(2, 1, [18, 'x'])],
    ],
  ],
  [
    5_060,
    [
      ['client', sip('REGISTER sip:b SIP/2.0', 'From: <sip:x@y>')],
      ['server', sip('SIP/2.0 401 No')],
    ],
  ],
  [69, [['client', tftp(1, 'boot')]]],
  [3_478, [['client', STUN_REQUEST]]],
  [500, [['client', IKE_HELLO]]],
  [1_194, [['client', OPENVPN_RESET]]],
];

function rtspOptions(): Buffer {
  return text('OPTIONS rtsp://a:b@c/d RTSP/1.0\r\nContent-Length: 0\r\n\r\n');
}

export function* serviceTraffic(): Generator<Packet> {
  for (const [serverPort, ...said] of DATAGRAMS) yield* overUdp(said, { serverPort });
  for (const [serverPort, said] of MORE_DATAGRAMS) yield* overUdp(said, { serverPort });
  for (const [serverPort, said] of LOGINS) yield* overTcp(said, { serverPort });
  for (const [serverPort, ...said] of STREAMS) yield* overTcp(said, { serverPort });
  yield { timeUs: NOW_US, bytes: lldpFrame(MAC, lldpMessage(MAC, 'sw1')) };
  yield { timeUs: NOW_US, bytes: cdpFrame(MAC, cdpMessage('sw2')) };
}
