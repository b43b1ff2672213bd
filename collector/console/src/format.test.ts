import { expect, test } from 'vitest';
import { agoText, bytesText, dayClockText, harmless, shortened, timeText, valueText } from './format.js';
import { en } from './texts-en.js';
import { ja } from './texts-ja.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const before = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

test.each([
  [0, 'たった今', 'just now'],
  [-3, 'たった今', 'just now'],
  [42, '42 秒前', '42 s ago'],
  [119, '1 分前', '1 min ago'],
  [7_200, '2 時間前', '2 h ago'],
  [3 * 86_400 + 5, '3 日前', '3 d ago'],
])('%i seconds ago is %s, %s', (seconds, japanese, english) => {
  expect(agoText(before(seconds), NOW, ja)).toBe(japanese);
  expect(agoText(before(seconds), NOW, en)).toBe(english);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [2_500_000_000, '2.5 GB'],
  [Number.NaN, '—'],
])('%d bytes read %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test('what turns, hides or controls text is shown instead of obeyed', () => {
  expect(harmless('abc\u202egpj.exe')).toBe('abc\\u{202e}gpj.exe');
  expect(harmless('a\u0000b\u200bc\ufeff')).toBe('a\\u{0}b\\u{200b}c\\u{feff}');
  expect(harmless('tag\u{e0041}')).toBe('tag\\u{e0041}');
  expect(harmless('half \ud800 pair')).toBe('half \\u{d800} pair');
  expect(harmless('日本語 é 🗼')).toBe('日本語 é 🗼');
});

test('a long value is cut between characters', () => {
  expect(shortened('🗼🗼🗼', 2)).toBe('🗼🗼…');
  expect(shortened('abc', 3)).toBe('abc');
  expect(shortened('x'.repeat(10_000), 5)).toBe('xxxxx…');
});

test('any value has a text', () => {
  expect(valueText(undefined)).toBe('');
  expect(valueText(['a', 'b'])).toBe('a, b');
  expect(valueText({ a: 1 })).toBe('{"a":1}');
});

test('a time names its day only when that is not today', () => {
  const local = new Date(2026, 10, 23, 9, 5, 7, 42);
  expect(timeText(local.toISOString(), local.getTime())).toBe('09:05:07.042');
  expect(dayClockText(local.getTime(), local.getTime() + 86_400_000)).toBe('11/23 09:05:07');
  expect(timeText('never', NOW)).toBe('never');
});
