import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHeader } from './header.js';

const clock = { receivedMs: Date.parse('2026-06-10T03:00:00Z'), zone: 'Asia/Tokyo' };
const read = (text: string) => readHeader(text, clock);

describe('RFC 5424', () => {
  test('every field is read', () => {
    const line = `<165>1 2026-06-10T02:14:15.003123+09:00 fw.example.jp evntslog 8710 ID47 [ex@32473 iut="3" path="C:\\\\a\\]\\""][b] hello`;
    expect(read(line)).toEqual({
      header: {
        priority: 165,
        version: 1,
        timestamp: '2026-06-10T02:14:15.003123+09:00',
        hostname: 'fw.example.jp',
        appname: 'evntslog',
        procid: '8710',
        msgid: 'ID47',
        structuredData: { 'ex@32473': { iut: '3', path: 'C:\\a]"' }, b: {} },
      },
      body: 'hello',
      time: '2026-06-09T17:14:15.003123Z',
    });
  });

  test('nil fields are absent, and a message may be missing', () => {
    expect(read('<0>1 - - - - - -')).toEqual({ header: { priority: 0, version: 1 }, body: '' });
    expect(read('<34>1 - - - - - - ')).toMatchObject({ body: '' });
  });

  test.each([
    ['<34>1', 'no blank behind the version'],
    ['<34>1 2026-02-30T00:00:00Z - - - - -', 'the timestamp is no time'],
    ['<34>1 2026-06-10t00:00:00Z - - - - -', 'the timestamp is wrong'],
    ['<34>1 2026-06-10T00:00:00.Z - - - - -', 'the timestamp is wrong'],
    ['<34>1 2026-06-10T00:00:60Z - - - - -', 'the timestamp is wrong'],
    ['<34>1 2026-06-10T00:00:00.123456789Z - - - - -', 'the timestamp is wrong'],
    ['<34>1 - - a\nb - - -', 'no blank behind the appname'],
    ['<34>1 - - \na - - -', 'the appname is missing'],
    [`<34>1 - ${'h'.repeat(256)} - - - -`, 'the hostname is longer than 255'],
    [`<34>1 - - ${'a'.repeat(49)} - - -`, 'the appname is longer than 48'],
    [`<34>1 - - - ${'p'.repeat(129)} - -`, 'the procid is longer than 128'],
    [`<34>1 - - - - ${'m'.repeat(33)} -`, 'the msgid is longer than 32'],
    ['<34>1 - - - - - x', 'the structured data is missing'],
    ['<34>1 - - - - - []', 'has no valid name'],
    [`<34>1 - - - - - [${'i'.repeat(33)}]`, 'has no valid name'],
    ['<34>1 - - - - - [a][a]', 'is there twice'],
    ['<34>1 - - - - - [a b="c"', 'something behind a parameter'],
    ['<34>1 - - - - - [a', 'an element of the structured data does not end'],
    ['<34>1 - - - - - [a b="c', 'does not end'],
    ['<34>1 - - - - - [a b="\\n"]', 'escapes nothing'],
    ['<34>1 - - - - - [a b="]"]', 'is not escaped'],
    ['<34>1 - - - - - [a b=c]', 'is wrong'],
    ['<34>1 - - - - - [a]b', 'no blank behind the structured data'],
    ['<34>1 - - - - - - \ufffd', 'no UTF-8'],
    ['<192>1 - - - - - -', 'above 191'],
    ['<034>1 - - - - - -', 'begins with a zero'],
  ])('%j is told to be wrong', (line, flaw) => {
    expect(read(line).flaw).toContain(flaw);
  });

  test('what was read before the fault is kept', () => {
    const { header, time } = read('<34>1 2026-06-10T00:00:00Z host app 12 [');
    expect(header).toMatchObject({ priority: 34, version: 1, hostname: 'host', appname: 'app', procid: '12' });
    expect(time).toBe('2026-06-10T00:00:00.000Z');
  });

  test('senders that nearly follow it: the body begins with what they put there', () => {
    expect(read('<134>1 1781060645.123456789 MX84 flows src=192.0.2.1')).toMatchObject({
      header: { version: 1, timestamp: '1781060645.123456789', hostname: 'MX84' },
      time: '2026-06-10T03:04:05.123456Z',
      body: 'flows src=192.0.2.1',
    });
    const cef = read('<29>1 2026-06-10T00:00:00Z host CEF:0|a|b|1|2|c|5|src=192.0.2.1');
    expect(cef.body).toBe('CEF:0|a|b|1|2|c|5|src=192.0.2.1');
    expect(cef.flaw).toBeUndefined();
    expect(read('<14>1 2026-06-10T00:00:00Z host CheckPoint 26 - [action:"Drop"; src:"192.0.2.1"]').body).toBe(
      '[action:"Drop"; src:"192.0.2.1"]',
    );
    expect(read('<14>1 2026-06-10T00:00:00Z host prog: three words more').body).toBe('prog: three words more');
  });

  test('a relay took the priority away', () => {
    expect(read('1 2026-06-10T00:00:00Z host app - - - hello')).toMatchObject({
      header: { hostname: 'host', appname: 'app' },
      body: 'hello',
    });
  });
});

describe('RFC 3164 and everything between', () => {
  test.each<[string, object]>([
    [
      "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
      { priority: 34, timestamp: 'Oct 11 22:14:15', hostname: 'mymachine', appname: 'su' },
    ],
    ['<13>Jun  9 08:00:00 host prog[12:0]: x', { hostname: 'host', appname: 'prog', procid: '12:0' }],
    ['<132> Jun  9 19:32:33 ix2105  IP6[015]: x', { priority: 132, hostname: 'ix2105', appname: 'IP6', procid: '015' }],
    ['<134>Jun  9 08:00:00 filterlog[77]: 5,,,', { appname: 'filterlog', procid: '77' }],
    ['Jun  9 08:00:00 host cron[1]: no priority', { hostname: 'host', appname: 'cron' }],
    ['<13>2026-06-09T08:00:00+09:00 host prog: iso', { hostname: 'host', appname: 'prog' }],
    ['<13>1781060645 host prog: epoch', { timestamp: '1781060645', hostname: 'host', appname: 'prog' }],
    ['<13>Jun 09 2026 08:00:00: %ASA-6-302013: x', { appname: '%ASA-6-302013' }],
    ['<13>Jun 09 2026 08:00:00 fw1 : %ASA-6-302013: x', { hostname: 'fw1', appname: '%ASA-6-302013' }],
    ['<189>000123: Jun  9 08:00:00.123: %SYS-5-CONFIG_I: x', { timestamp: 'Jun  9 08:00:00.123' }],
    ['<189>123: sw1: *Jun  9 08:00:00.123 JST: %SYS-5-CONFIG_I: x', { hostname: 'sw1' }],
    ['<189>sw1: .Jun  9 08:00:00: %SYS-5-CONFIG_I: x', { hostname: 'sw1' }],
    ['<189>sw1: 2026 Jun  9 08:00:00 JST: %MODULE-2-X: x', { hostname: 'sw1' }],
    ['<189>RP/0/RP0/CPU0:Jun  9 08:00:00: nfsvr[317]: %MGBL-6-X : x', { appname: 'nfsvr', procid: '317' }],
    ['<189>12: xr1 RP/0/RP0/CPU0:Jun  9 08:00:00 : SSHD_[1]: x', { hostname: 'xr1' }],
    ['<189>sw1: 00:01:01: %SYS-3-X: x', { hostname: 'sw1' }],
    ['<189>: Jun  9 08:00:00: %SYS-5-CONFIG_I: x', { timestamp: 'Jun  9 08:00:00' }],
    ['<13>Jun  9 08:00:00 daemon.info host prog: x', { hostname: 'host', appname: 'prog' }],
    ['<13>Jun  9 08:00:00 host: CEF:0|a|b|1|2|c|5|', { hostname: 'host' }],
    ['<13>Jun  9 08:00:00 2001:db8::1 prog: x', { hostname: '2001:db8::1' }],
    ['<13>Jun  9 08:00:00 relay Jun  9 08:00:01 host prog: x', { timestamp: 'Jun  9 08:00:01', hostname: 'host' }],
    ['<13>Jun  9 08:00:00 relay <132>Jun  9 08:00:01 host prog: x', { priority: 13, hostname: 'host' }],
  ])('%s', (line, header) => {
    const result = read(line);
    expect(result.header).toMatchObject(header);
    expect(result.flaw).toBeUndefined();
  });

  test.each([
    '<13>[INSPECT] LAN2[out][101098] TCP 192.0.2.73:52371 > 203.0.113.231:443',
    '<189>TUNNEL[1] Rejected at IN(300) filter: UDP 192.0.2.10:67 > 192.0.2.20:68',
    '<134>CEF:0|a|b|1|2|c|5|src=192.0.2.1',
    '<134>LEEF:1.0|a|b|1|2|src=192.0.2.1',
    '<134>{"a":1}',
    '<134>date=2026-06-09 time=08:00:00 devname="fw1"',
    '<30>device="SFW" date=2026-06-09',
    '<13>Jun  9 08:00:00 date=2026-06-09 time=08:00:00',
    '<13>Jun  9 08:00:00 last message repeated 3 times',
    '<13>Jun  9 08:00:00 - text of nobody',
    '<13>hello',
    'hello world',
  ])('no host is invented: %s', (line) => {
    expect(read(line).header.hostname).toBeUndefined();
  });

  test('the body has the tag, and nothing before it', () => {
    expect(read('<13>Jun  9 08:00:00 host prog[1]: text').body).toBe('prog[1]: text');
    expect(read('<134>CEF:0|a|b|1|2|c|5|x=1').body).toBe('CEF:0|a|b|1|2|c|5|x=1');
    expect(read('<13>[DHCPD] Extends 192.0.2.1: 00:00:5e:00:53:03').body).toMatch(/^\[DHCPD\]/);
  });

  test('a time of another host inside of a message stays there', () => {
    const { header, body } = read('<13>Jun  9 08:00:00 mail prog: Jun  9 07:00:00 10.0.0.1 other: x');
    expect(header).toMatchObject({ hostname: 'mail', appname: 'prog' });
    expect(body).toMatch(/^prog: Jun {2}9 07/);
  });

  test('a byte order mark before the priority is forgiven', () => {
    expect(read('\ufeff<13>Jun  9 08:00:00 host prog: x').header).toMatchObject({ priority: 13, hostname: 'host' });
  });
});

/** Milliseconds that 64 KiB of anything may take on a busy machine; a quadratic reader needs ten times as many. */
const MS_MAX = 1_500;

describe('hostile input', () => {
  const pieces = fc.constantFrom(
    '<13>',
    '<13>1 ',
    ' ',
    ': ',
    '*',
    '.',
    '[',
    ']',
    '"',
    '\\',
    '=',
    'Jun  9 08:00:00 ',
    '2026-06-09T08:00:00Z ',
    '1781060645 ',
    'host ',
    'a',
    '0',
    'relay: ',
    'é',
    'CEF:0|',
    '\u0000',
    '(',
    '%',
    '-',
  ); // prettier-ignore

  test('any text is read without an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          const { body, header } = read(text);
          expect(text.endsWith(body)).toBe(true);
          if (header.priority !== undefined) expect(header.priority).toBeLessThanOrEqual(191);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('time grows with the length, not with its square', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { minLength: 1, maxLength: 5 }),
        fc.array(pieces, { maxLength: 4 }),
        (unit, head) => {
          const text = head.join('') + unit.join('').repeat(Math.ceil(65_536 / unit.join('').length));
          const startMs = performance.now();
          read(text);
          expect(performance.now() - startMs).toBeLessThan(MS_MAX);
        },
      ),
      { numRuns: 150 },
    );
  });
});
