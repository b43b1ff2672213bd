import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentOf, boundaryOf, subjectLength } from './mail-header.js';

const b64 = (bytes: Buffer): string => bytes.toString('base64');
const JIS = Buffer.from('1b2442483848431b2842', 'hex'); // 半 in no real word: two characters of JIS X 0208.

describe('the length of a subject is that of what people see', () => {
  test.each([
    ['plain', 'Hello', 5],
    ['base64', `=?UTF-8?B?${b64(Buffer.from('見積の件'))}?=`, 4],
    ['quoted', '=?iso-8859-1?Q?caf=E9_=3D?=', 6],
    ['two words with a blank between', '=?UTF-8?Q?a?= =?UTF-8?Q?b?=', 2],
    ['two words around a plain one', '=?UTF-8?Q?a?= x =?UTF-8?Q?b?=', 5],
    ['a word with a language', '=?us-ascii*en?Q?abc?=', 3],
    ['ISO-2022-JP in a word', `=?ISO-2022-JP?B?${b64(JIS)}?=`, 2],
    ['ISO-2022-JP as it is', JIS.toString('latin1'), 2],
    ['no character set that there is', '=?x-none?Q?abc?=', 3],
    ['an emoji', `=?UTF-8?B?${b64(Buffer.from('😀'))}?=`, 1],
    ['nothing', '', 0],
  ])('%s', (_what, value, length) => {
    expect(subjectLength(value)).toBe(length);
  });

  test('a character that begins in one word and ends in the next', () => {
    const bytes = Buffer.from('請求');
    const words = [bytes.subarray(0, 4), bytes.subarray(4)].map((part) => `=?UTF-8?B?${b64(part)}?=`);
    expect(subjectLength(words.join('\t'))).toBe(2);
  });
});

describe('the name of an attachment', () => {
  const sjis = Buffer.from('8b8b975e', 'hex'); // 給与
  test.each([
    ['quoted', 'Content-Disposition: attachment; filename="a b.pdf"', 'a b.pdf'],
    ['not quoted', 'Content-Disposition: attachment; filename=a.pdf; size=9', 'a.pdf'],
    ['of the type', 'Content-Type: application/pdf; name="a.pdf"', 'a.pdf'],
    ['with a quote in it', 'Content-Disposition: attachment; filename="a\\"b.pdf"', 'a"b.pdf'],
    ['with a semicolon in it', 'Content-Disposition: attachment; filename="a;b.pdf"', 'a;b.pdf'],
    ['an encoded word', `Content-Type: x/y; name="=?Shift_JIS?B?${b64(sjis)}?=.xls"`, '給与.xls'],
    ['of RFC 2231', "Content-Disposition: attachment; filename*=UTF-8'ja'%E8%AB%8B%E6%B1%82.pdf", '請求.pdf'],
    [
      'in pieces',
      'Content-Disposition: attachment; filename*0*=UTF-8\'\'%E8%AB%8B; filename*1*=%E6%B1%82; filename*2=".pdf"',
      '請求.pdf',
    ],
    ['in plain pieces', 'Content-Disposition: attachment; filename*0="long"; filename*1="er.txt"', 'longer.txt'],
    ['the better of two', "Content-Disposition: attachment; filename=x.pdf; filename*=UTF-8''y.pdf", 'y.pdf'],
    ['with a path in front', 'Content-Disposition: attachment; filename="C:\\\\Users\\\\x\\\\a.doc"', 'a.doc'],
    ['none', 'Content-Type: text/plain; charset=utf-8', undefined],
    ['empty', 'Content-Disposition: attachment; filename=""', undefined],
  ])('%s', (_what, header, name) => {
    expect(attachmentOf(header)).toBe(name);
  });

  test('is no longer than 255 characters', () => {
    expect(attachmentOf(`Content-Type: x/y; name="${'a'.repeat(2_000)}"`)).toHaveLength(255);
  });
});

test('the boundary of a multipart, and of nothing else', () => {
  expect(boundaryOf('Content-Type: multipart/mixed; boundary="=_x y"')).toBe('=_x y');
  expect(boundaryOf('Content-Type: multipart/mixed; charset=x; boundary=abc')).toBe('abc');
  expect(boundaryOf('Content-Type: text/plain; boundary=abc')).toBeUndefined();
});

test('whatever a header says, in a short time', () => {
  const words = fc.constantFrom(
    '=?',
    '?=',
    'UTF-8',
    '?B?',
    '?Q?',
    '=',
    ';',
    'filename',
    '*0*',
    '*',
    "''",
    '"',
    '\\',
    ' ',
    '\t',
    'a',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 2_000, size: 'max' }), (parts) => {
      const header = `Content-Type: ${parts.join('')}`.slice(0, 4_096);
      const startMs = performance.now();
      subjectLength(header);
      attachmentOf(header);
      boundaryOf(header);
      expect(performance.now() - startMs).toBeLessThan(100);
    }),
    { numRuns: 300 },
  );
  for (const sign of [' ', '"', ';', '=?', '?=', 'a;a=', '\\', '=?a?q?']) {
    const startMs = performance.now();
    attachmentOf(`Content-Type: x;${sign.repeat(2_000)}`.slice(0, 4_096));
    subjectLength(sign.repeat(2_000).slice(0, 4_096));
    expect(performance.now() - startMs).toBeLessThan(20);
  }
});
