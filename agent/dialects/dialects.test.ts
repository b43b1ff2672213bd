import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RECORD_BYTES_MAX, RECORD_KEYS_MAX } from '../../protocol/base/limits.js';
import { type AnyRecord, flawOfRecord } from '../../protocol/records/records.js';
import type { Dialect, Fields } from './dialect.js';
import { Dialects } from './dialects.js';

const RECEIVED = Date.parse('2026-06-10T03:00:00Z');
const record = (text: string, zone = 'Asia/Tokyo'): AnyRecord => new Dialects({ zone }).record(text, RECEIVED);
/** A record of a dialect that makes these fields of everything. */
const made = (fields: Fields, text = 'x', status: 'full' | 'partial' = 'full'): AnyRecord => {
  const dialect: Dialect = { name: 'made', parse: () => ({ fields: { ...fields }, status }) };
  return new Dialects({ zone: 'UTC' }, { vendors: [dialect], formats: [], guesses: [] }).record(text, RECEIVED);
};

describe('every message is one valid record', () => {
  test('what nobody knows is told as unknown, its text as message', () => {
    expect(record('<13>Jun  9 08:00:00 sw1 fan[3]: fan 2 stopped')).toMatchObject({
      '@timestamp': '2026-06-08T23:00:00.000Z',
      'event.kind': 'event',
      'event.dataset': 'utm',
      'event.original': '<13>Jun  9 08:00:00 sw1 fan[3]: fan 2 stopped',
      message: 'fan 2 stopped',
      'hinomi.event_class': 'unknown',
      'hinomi.parse.status': 'unknown',
      'hinomi.parse.reason': 'no dialect knows it',
      'log.syslog.priority': 13,
      'log.syslog.facility.code': 1,
      'log.syslog.severity.code': 5,
      'log.syslog.hostname': 'sw1',
      'log.syslog.appname': 'fan',
      'log.syslog.procid': '3',
    });
  });

  test('a broken header is told as invalid, with what was read of it', () => {
    expect(record('<34>1 2026-06-09T00:00:00Z fw1 app - - [x')).toMatchObject({
      '@timestamp': '2026-06-09T00:00:00.000Z',
      'hinomi.parse.status': 'invalid',
      'hinomi.parse.reason': expect.stringContaining('RFC 5424'),
      'log.syslog.hostname': 'fw1',
      'log.syslog.version': '1',
    });
  });

  test('without any time, the time of receipt', () => {
    expect(record('hello')).toMatchObject({ '@timestamp': '2026-06-10T03:00:00.000Z', message: 'hello' });
  });

  test('an empty text too', () => {
    expect(record('')).toMatchObject({ 'event.original': '', 'hinomi.parse.status': 'unknown' });
  });

  test('any text at all', () => {
    const pieces = fc.constantFrom(
      '<13>',
      '<13>1 ',
      'CEF:0|a|b|c|d|e|5|',
      'LEEF:1.0|a|b|c|d|',
      'src=192.0.2.1 ',
      'dst=2001:db8::1 ',
      'spt=1 ',
      '{"a":',
      '}',
      '"',
      ',',
      '=',
      ' ',
      '\ud800',
      'é',
      '\u0000',
      'rt=1781060645123 ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    const dialects = new Dialects({ zone: 'Asia/Tokyo' });
    fc.assert(
      fc.property(texts, (text) => {
        const one = dialects.record(text, RECEIVED);
        expect(one['event.original']).toBe(text);
        expect(flawOfRecord(JSON.parse(JSON.stringify(one)))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
    expect(dialects.counts).toMatchObject({ thrown: 0, cut: 0 });
  });
});

describe('times', () => {
  test('the vendor’s own before the header’s, which is then kept', () => {
    expect(made({ '@timestamp': '2026-06-09T00:00:01.000Z' }, '<13>Jun  9 00:00:05 h a: b')).toMatchObject({
      '@timestamp': '2026-06-09T00:00:01.000Z',
      'event.created': '2026-06-09T00:00:05.000Z',
    });
  });
  test('a year and a zone that are missing come from receipt and source', () => {
    expect(record('<13>Dec 31 23:00:00 h a: b', 'UTC')['@timestamp']).toBe('2025-12-31T23:00:00.000Z');
    expect(record('<13>Jun  9 08:00:00 h a: b', 'America/New_York')['@timestamp']).toBe('2026-06-09T12:00:00.000Z');
  });
});

describe('a dialect that breaks its promises', () => {
  const broken: Dialect = {
    name: 'broken',
    parse: () => {
      throw new Error('our bug');
    },
  };
  test('by throwing: the message is told as unknown, and counted', () => {
    const dialects = new Dialects({ zone: 'UTC' }, { vendors: [broken], formats: [], guesses: [] });
    expect(dialects.record('hello', RECEIVED)).toMatchObject({
      'hinomi.parse.status': 'unknown',
      'hinomi.parse.reason': 'dialect broken failed: our bug',
      'event.original': 'hello',
    });
    expect(dialects.counts).toMatchObject({ thrown: 1, records: 1, byStatus: { unknown: 1 } });
  });
  test('by values of another kind: they are kept as the vendor’s', () => {
    const one = made({
      'source.ip': 'host',
      'source.port': '80',
      'event.severity': 'high',
      'event.category': 'network',
      'observer.name': 7,
      '@timestamp': 'now',
      'hinomi.site': 'x',
    });
    expect(one).toMatchObject({
      'vendor.source.ip': 'host',
      'source.port': 80,
      'vendor.event.severity': 'high',
      'event.category': ['network'],
      'observer.name': '7',
      'vendor.hinomi.site': 'x',
      'hinomi.parse.status': 'partial',
    });
    expect(one).not.toHaveProperty('source.ip');
    expect(flawOfRecord(one)).toBeUndefined();
  });
  test('by another kind of record: it stays a utm record', () => {
    expect(made({ 'event.dataset': 'flow' })['event.dataset']).toBe('utm');
  });
});

describe('limits of a record', () => {
  test('keys', () => {
    const one = made(Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`vendor.k${index}`, 'v'])));
    expect(Object.keys(one).length).toBeLessThanOrEqual(RECORD_KEYS_MAX);
    expect(one['hinomi.parse.reason']).toContain('512 keys');
    expect(flawOfRecord(one)).toBeUndefined();
  });
  test('one long key, one deep value, half of a pair', () => {
    const deep = { a: { b: { c: { d: { e: 1 } } } } };
    const one = made({ [`vendor.${'k'.repeat(200)}`]: 'v', 'vendor.deep': deep, 'vendor.\ud800': 'x' });
    expect(flawOfRecord(one)).toBeUndefined();
    expect(one['vendor.deep']).toBe(JSON.stringify(deep));
  });
  test.each([
    ['letters', 'a '],
    ['Japanese', '拒否 '],
    ['what JSON escapes', '\u0001'],
    ['pairs of units', '😀'],
  ])('bytes: of a message of %s what fits is kept, and it is told', (_, unit) => {
    const dialects = new Dialects({ zone: 'UTC' });
    const text = `<13>${unit.repeat(200_000 / unit.length)}`;
    const one = dialects.record(text, RECEIVED);
    expect(Buffer.byteLength(JSON.stringify(one))).toBeLessThanOrEqual(RECORD_BYTES_MAX);
    expect(text.startsWith(one['event.original'] as string)).toBe(true);
    expect(one['event.original']).not.toMatch(/\p{Surrogate}/u);
    expect(one['hinomi.parse.reason']).toContain('was cut');
    expect(flawOfRecord(one)).toBeUndefined();
    expect(dialects.counts.cut).toBe(1);
  });
  test('a message of 50,000 characters is kept whole, its longest values are not kept twice', () => {
    const text = `<13>CEF:0|a|b|1|2|n|5|src=192.0.2.1 dst=198.51.100.1 big=${'x'.repeat(30_000)} other=${'y'.repeat(19_000)}`;
    const one = record(text);
    expect(one['event.original']).toBe(text);
    expect(one['source.ip']).toBe('192.0.2.1');
    expect(Buffer.byteLength(JSON.stringify(one))).toBeLessThanOrEqual(RECORD_BYTES_MAX);
    expect(flawOfRecord(one)).toBeUndefined();
  });
});

describe('who talked to whom', () => {
  const ends = {
    'source.ip': '192.0.2.1',
    'destination.ip': '198.51.100.1',
    'source.port': 1_000,
    'destination.port': 443,
  };
  test('a 5-tuple has its community id', () => {
    expect(made({ ...ends, 'network.iana_number': '6' })).toMatchObject({
      'network.community_id': expect.stringMatching(/^1:/),
      'network.type': 'ipv4',
    });
  });
  test('without a port or a transport there is none', () => {
    expect(made(ends)).not.toHaveProperty('network.community_id');
    expect(made({ ...ends, 'source.port': undefined, 'network.iana_number': '6' })).not.toHaveProperty(
      'network.community_id',
    );
  });
  test('of two families there is none', () => {
    expect(made({ ...ends, 'source.ip': '2001:db8::1', 'network.iana_number': '6' })).not.toHaveProperty(
      'network.community_id',
    );
  });
});

describe('forms without a known maker', () => {
  test('CEF: the observer is in its header, the class in its words', () => {
    expect(
      record(
        '<134>Jun  9 08:00:00 gw CEF:0|Example|Gateway|1.2|100|Virus detected|High|rt=1781060645123 src=192.0.2.1 spt=1000 dst=198.51.100.1 dpt=80 proto=TCP act=Blocked cs1Label=Policy cs1=Office suser=taro',
      ),
    ).toMatchObject({
      '@timestamp': '2026-06-10T03:04:05.123Z',
      'observer.vendor': 'Example',
      'observer.product': 'Gateway',
      'event.code': '100',
      'event.action': 'blocked',
      'event.type': ['denied'],
      'event.severity': 75,
      'hinomi.event_class': 'malware',
      'source.ip': '192.0.2.1',
      'source.user.name': 'taro',
      'network.community_id': expect.stringMatching(/^1:/),
      'vendor.cs1': 'Office',
      'hinomi.parse.status': 'full',
    });
  });
  test('LEEF', () => {
    expect(
      record(
        '<134>LEEF:1.0|Example|Gateway|1.2|deny|src=192.0.2.1\tdst=198.51.100.1\tproto=17\tsrcPort=5\tdstPort=53\tsev=7\taction=Deny\tcat=Firewall traffic',
      ),
    ).toMatchObject({
      'observer.vendor': 'Example',
      'event.severity': 70,
      'network.transport': 'udp',
      'hinomi.event_class': 'traffic',
      'event.type': ['denied'],
    });
  });
  test('JSON, key=value and CSV: everything is kept, nothing is guessed', () => {
    expect(record('<134>{"a":{"b":1},"c":["x","y"],"d":[{"e":1}]}')).toMatchObject({
      'vendor.a.b': 1,
      'vendor.c': ['x', 'y'],
      'vendor.d': '[{"e":1}]',
      'hinomi.parse.status': 'partial',
      'hinomi.event_class': 'unknown',
    });
    expect(record('<134>src=192.0.2.1 user=taro x="a b"')).toMatchObject({
      'source.ip': '192.0.2.1',
      'user.name': 'taro',
      'vendor.x': 'a b',
    });
    expect(record('<134>1,2026/06/09 08:00:00,a,"b,c",d,e,f')).toMatchObject({
      'vendor.column4': 'b,c',
      'hinomi.parse.status': 'partial',
    });
  });
});
