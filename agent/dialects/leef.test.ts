import { describe, expect, test } from 'vitest';
import { javaTime } from './java-time.js';
import { leefTime, readLeef } from './leef.js';

const clock = { receivedMs: Date.parse('2026-06-10T03:00:00Z'), zone: 'Asia/Tokyo' };
const pairs = (text: string) => Object.fromEntries(readLeef(text)?.pairs ?? []);

describe('LEEF', () => {
  test('1.0: five fields and tabs', () => {
    expect(readLeef('LEEF:1.0|Example|Gateway|1.2|allow|src=192.0.2.1\tmsg=two words\tsev=5')).toEqual({
      version: '1.0',
      vendor: 'Example',
      product: 'Gateway',
      deviceVersion: '1.2',
      eventId: 'allow',
      pairs: new Map([
        ['src', '192.0.2.1'],
        ['msg', 'two words'],
        ['sev', '5'],
      ]),
    });
  });

  test.each([
    ['a sign', 'LEEF:2.0|A|B|1|2|^|a=1^b=2 3', { a: '1', b: '2 3' }],
    ['0x and digits', 'LEEF:2.0|A|B|1|2|0x5E|a=1^b=2', { a: '1', b: '2' }],
    ['x and digits', 'LEEF:2.0|A|B|1|2|x5E|a=1^b=2', { a: '1', b: '2' }],
    ['a tab by its number', 'LEEF:2.0|A|B|1|2|x09|a=1\tb=2', { a: '1', b: '2' }],
    ['empty, which is a tab', 'LEEF:2.0|A|B|1|2||a=1\tb=2', { a: '1', b: '2' }],
    ['missing', 'LEEF:2.0|A|B|1|2|a=1\tb=2', { a: '1', b: '2' }],
  ])('2.0: a delimiter that is %s', (_, text, expected) => expect(pairs(text)).toEqual(expected));

  test('tabs as rsyslog writes them', () => {
    expect(pairs('LEEF:1.0|A|B|1|2|a=1#011b=2 3#011c=4')).toEqual({ a: '1', b: '2 3', c: '4' });
  });
  test('a prefix that was lost', () => {
    expect(readLeef('1.0|WatchGuard|XTM|12.7|1AFF0024|a=1#011b=2')).toMatchObject({
      vendor: 'WatchGuard',
      eventId: '1AFF0024',
    });
  });
  test('bars or blanks in the place of tabs', () => {
    expect(pairs('LEEF:1.0|A|B|1|allow|cat=TRAFFIC|src=192.0.2.1|usrName=x y|z=1')).toEqual({
      cat: 'TRAFFIC',
      src: '192.0.2.1',
      usrName: 'x y',
      z: '1',
    });
    expect(pairs('LEEF:1.0|A|B|1|2|a=1 b=2 3 c=4')).toEqual({ a: '1', b: '2 3', c: '4' });
  });
  test('a value with the delimiter in it goes on', () => {
    expect(pairs('LEEF:2.0|A|B|1|2|^|a=1^and more^b=2')).toEqual({ a: '1^and more', b: '2' });
  });
  test.each(['', 'LEEF:', 'LEEF:1.0|a|b', 'LEEF:9|a|b|c|d|e', 'x'])('%j is none', (text) =>
    expect(readLeef(text)).toBeUndefined(),
  );

  test('devTime as devTimeFormat says', () => {
    const leef = readLeef('LEEF:1.0|A|B|1|2|devTime=09-06-2026 17:33:19\tdevTimeFormat=dd-MM-yyyy HH:mm:ss');
    expect(leefTime(leef!, clock)).toBe('2026-06-09T08:33:19.000Z');
    expect(leefTime(readLeef('LEEF:1.0|A|B|1|2|devTime=1781060645123\tx=1')!, clock)).toBe('2026-06-10T03:04:05.123Z');
    expect(leefTime(readLeef('LEEF:1.0|A|B|1|2|x=1\ty=2')!, clock)).toBeUndefined();
  });
});

describe('SimpleDateFormat', () => {
  test.each([
    ['2026-06-09T17:33:19.123+0900', "yyyy-MM-dd'T'HH:mm:ss.SSSZ", '2026-06-09T08:33:19.123Z'],
    ['2026-06-09T17:33:19+09:00', "yyyy-MM-dd'T'HH:mm:ssXXX", '2026-06-09T08:33:19.000Z'],
    ['Jun 09 2026 08:33:19 GMT', 'MMM dd yyyy HH:mm:ss z', '2026-06-09T08:33:19.000Z'],
    ['Jun 09 2026 08:33:19.123 GMT+00:00', 'MMM dd yyyy HH:mm:ss.SSS z', '2026-06-09T08:33:19.123Z'],
    ['Tue Jun 09 17:33:19 JST 2026', 'EEE MMM dd HH:mm:ss zzz yyyy', '2026-06-09T08:33:19.000Z'],
    ['06/09/26 5:33:19 PM', 'MM/dd/yy h:mm:ss a', '2026-06-09T08:33:19.000Z'],
    ['12:00:00 AM 2026-06-09', 'hh:mm:ss a yyyy-MM-dd', '2026-06-08T15:00:00.000Z'],
    ['2026-06-09 24:10:00', 'yyyy-MM-dd kk:mm:ss', '2026-06-08T15:10:00.000Z'],
    ["Jun 9 o'clock 17:33:19", "MMM d 'o''clock' HH:mm:ss", '2026-06-09T08:33:19.000Z'],
  ])('%s by %s', (text, format, time) => expect(javaTime(text, format, clock)).toBe(time));

  test.each([
    ['2026-06-09', 'yyyy/MM/dd'],
    ['2026-06-09 x', 'yyyy-MM-dd'],
    ['x', 'QQQ'],
    ['2026-06-09', `yyyy-MM-dd${"'".repeat(80)}`],
  ])('%s is not by %s', (text, format) => expect(javaTime(text, format, clock)).toBeUndefined());
});
