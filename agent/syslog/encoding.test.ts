import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextReader } from './encoding.js';

/** `ウイルスを検出しました` and `不正な通信を遮断` as a device writes them. */
const SJIS_VIRUS = Buffer.from('83458343838b835882f08c9f8f6f82b582dc82b582bd', 'hex');
const EUC_VIRUS = Buffer.from('a5a6a5a4a5eba5b9a4f2b8a1bdd0a4b7a4dea4b7a4bf', 'hex');
const VIRUS = 'ウイルスを検出しました';

describe('texts of a source', () => {
  test('are UTF-8 where they are', () => {
    const reader = new TextReader();
    expect(reader.read(Buffer.from('ログ log'))).toBe('ログ log');
    expect(reader.encoding).toBeUndefined();
  });

  test('are found to be Shift_JIS or EUC-JP, message by message', () => {
    expect(new TextReader().read(SJIS_VIRUS)).toBe(VIRUS);
    expect(new TextReader().read(EUC_VIRUS)).toBe(VIRUS);
  });

  test('are read as what the source was found to write, where both would do', () => {
    const both = Buffer.from('c0bd', 'hex'); // EUC-JP 製, Shift_JIS ﾀｽ.
    const reader = new TextReader();
    reader.read(SJIS_VIRUS);
    expect(reader.encoding).toBe('shift_jis');
    expect(reader.read(both)).toBe('ﾀｽ');
    expect(new TextReader().read(both)).toBe('製');
  });

  test('are what the configuration says', () => {
    expect(new TextReader('euc-jp').read(EUC_VIRUS)).toBe(VIRUS);
    expect(new TextReader('shift_jis').read(Buffer.from('c0bd', 'hex'))).toBe('ﾀｽ');
  });

  test('that are in no encoding have U+FFFD, which is counted', () => {
    const reader = new TextReader();
    expect(reader.read(Buffer.from([0x61, 0xff, 0xfe, 0x62]))).toBe('a\ufffd\ufffdb');
    expect(reader.undecodable).toBe(1);
  });

  test('of UTF-8 that was cut within a character stay UTF-8', () => {
    const reader = new TextReader();
    expect(reader.read(Buffer.from('検知しました').subarray(0, -1))).toBe('検知しまし\ufffd');
    expect(reader.encoding).toBeUndefined();
  });

  test('any bytes give a text, and never throw', () => {
    const reader = new TextReader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof reader.read(Buffer.from(bytes)) === 'string'),
    );
  });
});
