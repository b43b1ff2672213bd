import { expect, test } from 'vitest';
import { decodeText } from './encoding.js';

// 接続を拒否しました, as each encoding has it.
const SHIFT_JIS = Buffer.from('90da91b182f08b9194db82b582dc82b582bd', 'hex');
const EUC_JP = Buffer.from('c0dcc2b3a4f2b5f1c8ddA4b7a4dea4b7a4bf', 'hex');
const TEXT = '接続を拒否しました';

test('UTF-8 is UTF-8, its byte order mark included', () => {
  expect(decodeText(Buffer.from(TEXT))).toBe(TEXT);
  expect(decodeText(Buffer.from('\ufeffx'))).toBe('\ufeffx');
});

test('Japanese in an older encoding is found out', () => {
  expect(decodeText(Buffer.concat([Buffer.from('<13>sw1: '), SHIFT_JIS]))).toBe(`<13>sw1: ${TEXT}`);
  expect(decodeText(Buffer.concat([Buffer.from('<13>sw1: '), EUC_JP]))).toBe(`<13>sw1: ${TEXT}`);
});

test('a source may say what it writes', () => {
  expect(decodeText(Buffer.from('8b91', 'hex'), 'shift_jis')).toBe('拒');
  expect(decodeText(Buffer.from('b5f1', 'hex'), 'euc-jp')).toBe('拒');
  expect(decodeText(Buffer.from('b5f1', 'hex'), 'utf-8')).toBe('\ufffd\ufffd');
});

test.each(['c1bf', 'e228a1', 'eda080', 'edadbf', 'fefeffff', 'f8808080af', 'efbbbfc1', 'e9'])(
  'a few wrong bytes (%s) are no Japanese',
  (hex) => {
    expect(decodeText(Buffer.concat([Buffer.from('caf'), Buffer.from(hex, 'hex')]))).toContain('\ufffd');
  },
);
