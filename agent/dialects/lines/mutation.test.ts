import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dialect } from '../dialect.js';
import { Dialects } from '../dialects.js';
import { SyslogMessage } from '../message.js';
import { VENDORS } from '../registry.js';
import { RECEIVED_MS } from './cases.js';

// One line of each way of writing that is read with expressions here.
const LINES = [
  '<134>Nov 25 19:00:00 filterlog[1]: 71,,,1618231412,igb1,match,pass,in,4,0x0,,64,4821,0,DF,6,tcp,60,192.0.2.10,198.51.100.7,51234,443,0,S,33,,64240,,mss',
  '<134>firewall,info DROP forward: in:ether1 out:bridge, proto TCP (SYN), 192.0.2.10:5->198.51.100.7:8000, NAT (192.0.2.10:5->203.0.113.1:5)->198.51.100.7:8000, len 64',
  '<4>Nov 25 19:00:00 gw kernel: [WAN_LOCAL-4000-D]IN=eth8 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=203.0.113.9 DST=192.0.2.1 LEN=44 PROTO=TCP SPT=4 DPT=22 SYN',
  '<30>Nov 25 19:00:00 U7PG2,00005e005301,v4.0.66.10832: hostapd: ath0: STA 00:00:5e:00:53:07 IEEE 802.11: associated',
  'CEF:0|Ubiquiti|UniFi OS|4.3.6|admins|1|msg=taro accessed the UniFi OS. Source IP: 203.0.113.4',
  '<142>Nov 25 19:00:00 usg src="192.0.2.33:5" dst="198.51.100.8:53" msg="priority:1, from LAN1 to WAN, UDP, ACCEPT" note="ACCESS FORWARD" cat="Firewall"',
  '<13>[INSPECT] LAN2[out][101098] TCP 192.0.2.73:52371 > 203.0.113.231:443 (2026/11/25 18:33:19)',
  '<190>[NAT(1000):LAN2] Released UDP 192.0.2.3.44249 <-> 203.0.113.254.10708 ==> 198.51.100.1.53',
  '<190>Login succeeded for HTTP: 192.0.2.5 admin',
  '<132> Nov 25 19:00:00 ix2215  FLT[007]: BLOCK tcp 203.0.113.9:4 > 192.0.2.1:22, match wan-in, GigaEthernet0.0 in',
  '<174>Nov 25 19:00:00 awplus IPS[2014]: [Drop] MALWARE: bad URL:http://bad.example.jp/a.exe [http] 203.0.113.9:80 -> 192.0.2.10:60820',
  '<134>Nov 25 19:00:00 ap FIREWALL: TCP connection denied from 203.0.113.9:443 to 192.0.2.1:60000 (ppp0)',
  '<38>Nov 25 19:00:00 srv sshd[1234]: Failed password for invalid user admin from 203.0.113.66 port 40022 ssh2',
  '<85>Nov 25 19:00:00 srv sudo:     taro : TTY=pts/0 ; PWD=/home/taro ; USER=root ; COMMAND=/usr/bin/apt update',
  '<20>Nov 25 19:00:00 srv postfix/smtpd[5]: NOQUEUE: reject: RCPT from a[203.0.113.6]: 554 x; from=<a@example.jp> to=<b@example.jp>',
  '<13>Nov 25 19:00:00 ns1 httpd: 2026-11-25 09:59:58.612Z [taro]: Login_Allowed - - to=AdminConnector ip=192.0.2.5',
  '<189>84027: Nov 25 19:00:00.123 JST: %SYS-5-CONFIG_I: Configured from console by taro on vty0 (192.0.2.5)',
  '<166>Nov 25 19:00:00 dev Core: @@204,clientDisconnect,"apMac"="00:00:5E:00:53:01"',
  '<134>1 2026-11-25T19:00:00+09:00 esx1 Hostd 2100 - [a@1 b="c"] [Originator@6876 sub=Vimsvc] Event : User root@192.0.2.5 logged in',
];

const mutation = fc.record({
  line: fc.constantFrom(...LINES),
  start: fc.nat(200),
  length: fc.nat(60),
  put: fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '',
      ' ',
      '  ',
      '[',
      ']',
      '"',
      '=',
      ':',
      '->',
      ' > ',
      '%',
      ',',
      '\\',
      '\n',
      '\u0000',
      '999999999999',
      '::',
      '::ffff:1.2.3.4%eth0',
    ),
  ),
  times: fc.constantFrom(1, 2, 50),
});
const mutated = ({
  line,
  start,
  length,
  put,
  times,
}: {
  line: string;
  start: number;
  length: number;
  put: string;
  times: number;
}): string => line.slice(0, start) + put.repeat(times) + line.slice(start + length);

// The dialects of this folder's patterns.
const READ_BY_PATTERNS = new Set(
  'pfsense unifi zyxel yamaha mikrotik allied-telesis nec-ix cisco-ios infoblox japan-soho gear linux'.split(' '),
);

const DIALECTS = VENDORS.filter(({ name }) => READ_BY_PATTERNS.has(name));

/** The slowest that a text of a kind may be, for twice its length: linear, with room for a machine that is busy. */
const MILLISECONDS_MAX = 2_000;
const LONG = 60_000;

describe('whatever is done to a line', () => {
  test('one record comes of it, with the text as it was', () => {
    const dialects = new Dialects({ zone: 'Asia/Tokyo' });
    fc.assert(
      fc.property(mutation, (change) => {
        const text = mutated(change);
        expect(dialects.record(text, RECEIVED_MS)['event.original']).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  const fillers = [
    'a',
    ' ',
    '1',
    '1.',
    ':',
    ',',
    '=',
    '"',
    '[',
    '(',
    '%',
    '-',
    '/',
    'a b',
    'k=v ',
    'key=',
    '192.0.2.1 ',
    'user ',
    'from ',
    'login ',
    'config ',
    'link ',
    'A-1-',
    'ab:',
    '->',
    ' > ',
    '::',
    '00:',
    '\\',
  ];
  test.each(LINES)('time stays linear when it is very long: %s', (line) => {
    for (const filler of fillers) {
      const fill = filler.repeat(Math.ceil(LONG / filler.length));
      for (const at of [0, 5, Math.floor(line.length / 2), line.length]) {
        const slow = slowest(DIALECTS, line.slice(0, at) + fill + line.slice(at));
        expect(slow.ms, `${slow.name} with ${JSON.stringify(filler)} at ${at}`).toBeLessThan(MILLISECONDS_MAX);
      }
    }
  });
});

function slowest(dialects: readonly Dialect[], text: string): { name: string; ms: number } {
  const message = new SyslogMessage(text, { receivedMs: RECEIVED_MS, zone: 'Asia/Tokyo' });
  let worst = { name: '', ms: 0 };
  for (const dialect of dialects) {
    const start = performance.now();
    dialect.parse(message);
    const ms = performance.now() - start;
    if (ms > worst.ms) worst = { name: dialect.name, ms };
  }
  return worst;
}
