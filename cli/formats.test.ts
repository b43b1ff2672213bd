import { expect, test } from 'vitest';
import { formatRecords } from './formats.js';
import { fitTo, harmless, widthOf } from './width.js';

const DNS = {
  '@timestamp': '2026-11-23T01:02:03.456789Z',
  'event.dataset': 'dns',
  'hinomi.site': '盛岡本社の第二別館',
  'source.ip': '192.168.1.5',
  'dns.question.name': 'www.example.jp',
  'dns.question.type': 'A',
  'dns.response_code': 'NOERROR',
  'dns.answers': [{ name: 'www.example.jp', type: 'A', data: '192.0.2.1' }],
};
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

test.each([60, 80, 160])('no line of a table is wider than a terminal of %i columns', (columns) => {
  const lines = linesOf(formatRecords([DNS, { ...DNS, 'dns.question.name': '日本語'.repeat(40) }], 'table', columns));
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, 72));
  expect(lines[1]).toContain('盛岡本社');
  expect(new Set(lines.map((line) => widthOf(line.slice(0, line.search(/ {2}(DATASET|dns)/))))).size).toBe(1);
});

test('a hostile name moves no cursor and turns no text', () => {
  const [, line] = linesOf(formatRecords([{ ...DNS, 'dns.question.name': 'a\u001b[2J\u202egpj.exe\n' }], 'table', 200));
  expect(line).toContain('a\\u{1b}[2J\\u{202e}gpj.exe\\u{a}');
  expect(harmless('普通の文')).toBe('普通の文');
});

test('NDJSON is the records as they are', () => {
  expect(linesOf(formatRecords([DNS, DNS], 'ndjson', 80)).map((line) => JSON.parse(line))).toEqual([DNS, DNS]);
});

test('CSV quotes what must be quoted, and disarms formulas', () => {
  const text = formatRecords(
    [{ '@timestamp': 'T', a: '=HYPERLINK("http://x")', b: 'x,"y"\nz', c: -5, d: true, e: ['q', 'r'] }, { f: null }],
    'csv',
    80,
  );
  expect(text).toBe(
    '@timestamp,a,b,c,d,e,f\r\nT,"\'=HYPERLINK(""http://x"")","x,""y""\nz",-5,true,"[""q"",""r""]",\r\n,,,,,,\r\n',
  );
});

test('nothing is nothing', () => {
  for (const format of ['table', 'ndjson', 'csv'] as const) expect(formatRecords([], format, 80)).toBe('');
});

test('widths count what a terminal shows', () => {
  expect([widthOf('abc'), widthOf('日本'), widthOf('e\u0301'), widthOf('ｱ'), widthOf('🔥')]).toEqual([3, 4, 1, 1, 2]);
  expect([fitTo('日本語', 5), fitTo('日本語', 6), fitTo('ab', 4)]).toEqual(['日本…', '日本語', 'ab  ']);
  expect(widthOf(fitTo('日本語', 4))).toBe(4);
});
