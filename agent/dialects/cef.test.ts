import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelled, readCef } from './cef.js';

const HEAD = 'CEF:0|Example|Gateway|1.2|100|Virus found|8|';
const extension = (text: string) => Object.fromEntries(readCef(HEAD + text)?.extension ?? []);

describe('the header', () => {
  test('has seven fields', () => {
    expect(readCef(`${HEAD}src=192.0.2.1`)).toMatchObject({
      version: '0',
      vendor: 'Example',
      product: 'Gateway',
      deviceVersion: '1.2',
      signature: '100',
      name: 'Virus found',
      severity: '8',
    });
  });
  test('may have escaped bars and backslashes', () => {
    expect(readCef('CEF:0|A\\|B|C\\\\|1|2|n|5|x=1')).toMatchObject({ vendor: 'A|B', product: 'C\\' });
  });
  test('may have no vendor', () => {
    expect(readCef('CEF:0||Check Point|x|Log|Drop|Unknown|act=Drop')).toMatchObject({
      vendor: '',
      product: 'Check Point',
      severity: 'Unknown',
    });
  });
  test('may have lost its prefix', () => {
    expect(readCef('0|Check Point|VPN-1|x|Log|Drop|5|act=Drop')).toMatchObject({ vendor: 'Check Point' });
  });
  test('may have a blank behind its prefix', () => {
    expect(readCef('CEF: 0|Example|G|1|2|n|5|x=1')).toMatchObject({ vendor: 'Example' });
  });
  test('may stand behind a tag', () => {
    expect(readCef('fenotify-1.warning: CEF:0|Example|G|1|2|n|5|x=1')).toMatchObject({ vendor: 'Example' });
  });
  test('may have no extension', () => {
    expect(readCef('CEF:0|Example|G|1|2|n|5')?.extension.size).toBe(0);
    expect(readCef('CEF:0|Example|G|1|2|n|5|')?.extension.size).toBe(0);
  });
  test('of six fields is none', () => expect(readCef('CEF:0|a|b|c|d|e')).toBeUndefined());
  test.each(['', 'CEF:', 'CEF:0', 'CEF:x|a|b|c|d|e|5|', 'text', '5|a|b|c|d|e|f|g'])('%j is none', (text) =>
    expect(readCef(text)).toBeUndefined(),
  );
});

describe('the extension', () => {
  test.each<[string, Record<string, string>]>([
    ['src=192.0.2.1 dst=198.51.100.1', { src: '192.0.2.1', dst: '198.51.100.1' }],
    ['msg=several words here act=blocked', { msg: 'several words here', act: 'blocked' }],
    ['request=http://x.example/?a\\=b&c=d act=x', { request: 'http://x.example/?a=b&c=d', act: 'x' }],
    ['filePath=C:\\\\a\\\\b msg=one\\ntwo', { filePath: 'C:\\a\\b', msg: 'one\ntwo' }],
    ['spt= 12345 dpt=80', { spt: '12345', dpt: '80' }],
    ['cs1="Default Access Rule" cs1Label=Rule', { cs1: 'Default Access Rule', cs1Label: 'Rule' }],
    ['a=1 a=2', { a: '2' }],
    ['a=1 a= b=2', { a: '1', b: '2' }],
    ['fname= dvc= shost=192.0.2.10', { fname: '', dvc: '', shost: '192.0.2.10' }],
    ['msg=line one\nline two act=x', { msg: 'line one\nline two', act: 'x' }],
    ['ad.key[0]=x ad_b-c=y', { 'ad.key[0]': 'x', 'ad_b-c': 'y' }],
    ['UNIFIconnectedToDeviceName=U7 Pro UNIFIchannel=6', { UNIFIconnectedToDeviceName: 'U7 Pro', UNIFIchannel: '6' }],
    ['msg=a | b act=x', { msg: 'a | b', act: 'x' }],
    ['', {}],
  ])('%j', (text, expected) => expect(extension(text)).toEqual(expected));

  test('labels name their values', () => {
    const cef = readCef(`${HEAD}cs1Label=Rule Name cs1=Default cn1Label=Count cn1=3 cs2Label=Empty cs2= cs3=alone`);
    expect(Object.fromEntries(labelled(cef!))).toEqual({ 'Rule Name': 'Default', Count: '3' });
  });

  test('has no more than 500 keys', () => {
    expect(
      readCef(HEAD + 'k=v '.repeat(3) + Array.from({ length: 700 }, (_, i) => `k${i}=v`).join(' '))?.extension.size,
    ).toBe(500);
  });
});

test('what was escaped comes back', () => {
  const value = fc
    .string({ unit: fc.constantFrom('a', ' ', '=', '\\', '|', 'é', '"', '\n') })
    .map((text) => text.trim());
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.stringMatching(/^[a-z]{1,8}$/),
        value.filter((text) => !(text.startsWith('"') && text.endsWith('"'))),
      ),
      (object) => {
        const text = Object.entries(object)
          .map(([key, inner]) => `${key}=${inner.replace(/[\\=]/g, '\\$&').replaceAll('\n', '\\n')}`)
          .join(' ');
        expect(extension(text)).toEqual({ ...object });
      },
    ),
  );
});

test('any text, in time', () => {
  const unit = fc.array(fc.constantFrom('CEF:', '0|', '|', 'a=', ' ', '\\', '=', ' k=v', '"', 'x'), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(unit, fc.constantFrom('', HEAD), (parts, head) => {
      const text = head + parts.join('').repeat(Math.ceil(65_536 / parts.join('').length));
      const startMs = performance.now();
      readCef(text);
      expect(performance.now() - startMs).toBeLessThan(1_500);
    }),
    { numRuns: 150 },
  );
});
