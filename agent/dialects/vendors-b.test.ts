import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dialects } from './dialects.js';
import { RECEIVED } from './record-of.js';

/** A line of each form, to be broken. */
const LINES = [
  '<134>1 2026-11-25T12:00:00Z gw CheckPoint 18160 - [action:"Drop"; product:"Firewall"; src:"192.0.2.10"; dst:"198.51.100.7"; rule_name:"a \\"b\\""]',
  'time=1795608000|hostname=gw|product=IPS|action=Detect|loguid={0x1}|src=192.0.2.10|dst=198.51.100.7|',
  'CEF:0||Check Point|Check Point|Log|https|Unknown|act=Accept rt=1795608000000 cs2Label=Rule Name cs2=Web src=192.0.2.10',
  '<14>Nov 25 21:00:02 pa 1,2026/11/25 21:00:00,001,THREAT,url,2561,2026/11/25 21:00:00,192.0.2.10,198.51.100.7,,,"a, ""b""",ex\\hanako,,web,vsys1,a,b,e1,e2,,,1,1,50123,80,0,0,0x0,tcp,block-url,bad.example.jp/,(9999),malware,high',
  '<134>1 1795608000.834663913 mx security_event ids_alerted signature=1:1:1 protocol=tcp/ip src=198.51.100.7:80 dst=192.0.2.10:50123 message: x',
  '<166>Nov 25 2026 21:00:00 fw : %ASA-6-302014: Teardown TCP connection 4 for outside:198.51.100.7/443 to inside:192.0.2.10/50123 duration 0:01:30 bytes 8000 TCP FINs',
  '<166>Nov 25 2026 21:00:00 fw : %FTD-1-430001: SrcIP: 192.0.2.10, DstIP: 198.51.100.7, Protocol: tcp, SID: 58742, Message: a, b, InlineResult: Blocked',
  '<13>Nov 25 21:00:00 h CEF:0|Trend Micro|Apex Central|2.0|CnC:Block|CnC Callback|8|rt=Nov 25 2026 12:00:00 GMT+00:00 src=192.0.2.10#015',
  '<133>Nov 25 21:00:01 ids suricata[5]: {"timestamp":"2026-11-25T21:00:00.1+0900","event_type":"alert","src_ip":"192.0.2.10","alert":{"signature":"x","severity":2}}',
  '<14>Nov 25 21:00:01 PC MSWinEventLog\t1\tSecurity\t4711\tWed Nov 25 21:00:00 2026\t4625\tMicrosoft-Windows-Security-Auditing\tu\tN/A\tFailure Audit\tPC\tLogon\t\tSubject:   Account Name:  hanako   Source Port:  1',
  "<14>Nov 25 21:00:01 r <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><EventID>4625</EventID><Data Name='IpAddress'>192.0.2.10</Data></Event>",
  '<14>Nov 25 21:00:00 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.0.2.10/50123->198.51.100.7/443 junos-https 203.0.113.5/1->198.51.100.7/443 n None 6 out trust untrust 6316',
  '<14>Nov 25 21:00:01 w a: Info: 1795608000.123 35 192.0.2.10 TCP_MISS/200 4646 GET http://www.example.jp/a hanako DIRECT/www.example.jp text/html DEFAULT_CASE_12-a-b <"IW_news",6.9,1,"-",>',
  '<14>Nov 25 21:00:01 h CylancePROTECT: Event Type: Threat, Event Name: x, IP Address: (192.0.2.10, 192.0.2.11), File Name: e.exe',
  '<14>Nov 25 21:00:01 h reason=x\taction=Blocked\tvendor=Zscaler\tClientIP=192.0.2.10\turl="bad.example.jp/"',
];
const dialects = new Dialects({ zone: 'Asia/Tokyo' });

function check(text: string): void {
  const record = dialects.record(text, RECEIVED);
  // Compared here, for a failure to print no book; the door cuts what no record can hold.
  const original = String(record['event.original']);
  expect(text.length < 8_192 ? original === text : text.startsWith(original.slice(0, 8_192))).toBe(true);
  expect(typeof record['@timestamp']).toBe('string');
  expect(typeof record['hinomi.event_class']).toBe('string');
}

it('makes one record of every beginning of every line', () => {
  for (const line of LINES) for (let end = 0; end <= line.length; end++) check(line.slice(0, end));
});

const lineAt = fc.constantFrom(...LINES);

it('makes one record of lines with pieces cut, repeated, moved and garbled', () => {
  const piece = fc.tuple(
    fc.nat(400),
    fc.nat(60),
    fc.constantFrom('cut', 'twice', 'garble', 'insert'),
    fc.string({ maxLength: 12, unit: 'binary' }),
  );
  fc.assert(
    fc.property(lineAt, fc.array(piece, { minLength: 1, maxLength: 6 }), (line, pieces) => {
      let text = line;
      for (const [at, length, how, noise] of pieces) {
        const [before, middle, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
        const turned: Record<string, string> = {
          cut: '',
          twice: middle + middle,
          garble: noise,
          insert: middle + noise,
        };
        text = before + (turned[how] ?? '') + after;
      }
      check(text);
    }),
    { numRuns: 600 },
  );
});

it('takes marks of one form inside of another', () => {
  fc.assert(
    fc.property(lineAt, lineAt, fc.nat(200), (a, b, at) => check(a.slice(0, at) + b)),
    { numRuns: 300 },
  );
});

/** Two hundred thousand characters: what is quadratic takes minutes there, what is linear milliseconds; the limit is for slow machines. */
const REPEATED = [
  'a="',
  'key=',
  '\\"',
  '[x:"',
  ' Account Name:  ',
  'Subject: ',
  ', Key: ',
  "<Data Name='x'>",
  '192.0.2.1/1->',
  ':::::',
  '-->',
  ' {',
  'from ',
  'cs1Label=a cs1=b ',
  ' not',
  '&lt;',
  ',,,,',
  '||||',
  '\t',
  '#011',
  ' to inside:1/',
  'TCP_MISS/200 1 GET ',
];

it('takes time in proportion to the length', () => {
  const slow: string[] = [];
  for (const line of LINES) {
    for (const unit of REPEATED) {
      const long = line + unit.repeat(Math.ceil(200_000 / unit.length));
      const began = performance.now();
      check(long);
      const ms = performance.now() - began;
      if (ms > 1_500) slow.push(`${Math.round(ms)} ms: ${unit} behind ${line.slice(0, 60)}`);
    }
  }
  expect(slow).toEqual([]);
}, 300_000);
