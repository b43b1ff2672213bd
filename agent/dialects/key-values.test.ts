import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPairs } from './key-values.js';

const pairs = (text: string, options = {}) => Object.fromEntries(readPairs(text, options));

test.each<[string, Record<string, string>]>([
  ['a=1 b=2', { a: '1', b: '2' }],
  ['a="one two" b=\'three four\' c=5', { a: 'one two', b: 'three four', c: '5' }],
  ['msg="say \\"hi\\" now" b=2', { msg: 'say "hi" now', b: '2' }],
  [
    'ether_type=Unknown (0x0000) src_mac= dst_mac= c=1',
    { ether_type: 'Unknown (0x0000)', src_mac: '', dst_mac: '', c: '1' },
  ],
  ['name=U7 Pro  model=x', { name: 'U7 Pro', model: 'x' }],
  ['msg="a "quoted" word" b=2', { msg: 'a "quoted" word', b: '2' }],
  ['a="one" rest b="two"', { a: 'one', b: 'two' }],
  ['url=http://x.example/?q=1&r=2 b=3', { url: 'http://x.example/?q=1&r=2', b: '3' }],
  ['a=1 a= b=2', { a: '1', b: '2' }],
  ['a= a=2', { a: '2' }],
  ['date=2026-06-09 time=08:00:00', { date: '2026-06-09', time: '08:00:00' }],
  ['text before a=1', { a: '1' }],
  ['a="never ends b=2', { a: '"never ends', b: '2' }],
  ['ui=https(192.0.2.3) user="x"', { ui: 'https(192.0.2.3)', user: 'x' }],
  ["msg= 'one two' b=1", { msg: 'one two', b: '1' }],
  ['キー=値 b=2', { キー: '値', b: '2' }],
  ['a=1\tb=2\r\nc=3', { a: '1', b: '2', c: '3' }],
  ['path="C:\\temp\\" next="x"', { path: 'C:\\temp\\', next: 'x' }],
  ['', {}],
  ['=', {}],
])('%s', (text, expected) => expect(pairs(text)).toEqual(expected));

test('other separators and assignments', () => {
  expect(pairs('action:"Drop"; src:"192.0.2.1"; rule name:"a; b"; x:""', { separator: ';', assign: ':' })).toEqual({
    action: 'Drop',
    src: '192.0.2.1',
    'rule name': 'a; b',
    x: '',
  });
  expect(pairs('time=1|hostname=h|product=VPN-1 & FW|a=b=c', { separator: '|' })).toEqual({
    time: '1',
    hostname: 'h',
    product: 'VPN-1 & FW',
    a: 'b=c',
  });
  expect(pairs('a=1,2,b=3', { separator: ',' })).toEqual({ a: '1,2', b: '3' });
});

test('no more than 500 pairs', () => {
  expect(readPairs(Array.from({ length: 600 }, (_, i) => `k${i}=v`).join(' ')).size).toBe(500);
});

test('what was quoted comes back', () => {
  const value = fc.string({ unit: fc.constantFrom('a', ' ', 'é', ':', ',', '(', '.') });
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value), (object) => {
      const text = Object.entries(object)
        .map(([key, inner]) => `${key}="${inner}"`)
        .join(' ');
      expect(pairs(text)).toEqual({ ...object });
    }),
  );
});

test('time grows with the length, not with its square', () => {
  const unit = fc.array(fc.constantFrom('a=', 'k="x', '"', ' ', '\\"', "'", 'k', ' k=', '" ', '=', ';'), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(unit, fc.constantFrom(' ', ';', '|'), (parts, separator) => {
      const text = `a="${parts.join('').repeat(Math.ceil(65_536 / parts.join('').length))}`;
      const startMs = performance.now();
      readPairs(text, { separator });
      expect(performance.now() - startMs).toBeLessThan(1_500);
    }),
    { numRuns: 150 },
  );
});
