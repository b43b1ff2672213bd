/** Every small service once, as packets: what `scripts/fuzz-wire.ts` changes. */
import { ntp } from './applications.js';
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

export function* serviceTraffic(): Generator<Packet> {
  for (const [serverPort, ...said] of DATAGRAMS) yield* overUdp(said, { serverPort });
  for (const [serverPort, ...said] of STREAMS) yield* overTcp(said, { serverPort });
  yield { timeUs: NOW_US, bytes: lldpFrame(MAC, lldpMessage(MAC, 'sw1')) };
  yield { timeUs: NOW_US, bytes: cdpFrame(MAC, cdpMessage('sw2')) };
}
