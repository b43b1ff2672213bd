import { expect, test } from 'vitest';
import { ntp } from '../../../scripts/traffic/applications.js';
import { decodeHostile } from '../../../scripts/traffic/hostile.js';
import { ntpControl, ntpPrivate } from '../../../scripts/traffic/services.js';
import { decodeNtp, looksLikeNtp } from './ntp.js';

const NOW_US = 1_700_000_000e6;
const all = (b: Buffer) => decodeNtp(b, 0, b.length);

function server(stratum: number, id: Buffer): Buffer {
  const b = ntp(4, NOW_US);
  b[1] = stratum;
  id.copy(b, 12);
  return b;
}

test('a client says nothing but its version', () => {
  expect(all(ntp(3, NOW_US))).toMatchObject({ version: 4, mode: 'client', isResponse: false, referenceId: undefined });
});

test.each([
  ['a clock', server(1, Buffer.from('GPS\0')), { stratum: 1, referenceId: 'GPS', kiss: undefined }],
  ['a server', server(2, Buffer.of(192, 0, 2, 1)), { stratum: 2, referenceId: '192.0.2.1' }],
  ['a refusal', server(0, Buffer.from('RATE')), { stratum: 0, referenceId: undefined, kiss: 'RATE' }],
])('what %s is known by', (_what, message, expected) => {
  expect(all(message)).toMatchObject({ mode: 'server', isResponse: true, ...expected });
});

test('mode 6 asks for variables, and the answer names the software', () => {
  const text = 'version="ntpd 4.2.8p15@1.3728-o", processor="x86_64", system="Linux/5.10"';
  expect(all(ntpControl(false, ''))).toMatchObject({ mode: 'control', operation: 'read-variables', isResponse: false });
  expect(all(ntpControl(true, text))).toMatchObject({
    isResponse: true,
    software: 'ntpd 4.2.8p15@1.3728-o Linux/5.10',
  });
});

test('mode 7 is known by what it asks for', () => {
  expect(all(ntpPrivate(42))).toMatchObject({ mode: 'private', operation: 'monlist', stratum: undefined });
  expect(all(ntpPrivate(99))).toMatchObject({ operation: 'private-99' });
});

test('versions that there are not, and short ones', () => {
  for (const first of [0x03, 0x2b, 0x00]) {
    const b = ntp(3, NOW_US);
    b[0] = first;
    expect(looksLikeNtp(b, 0, b.length)).toBe(false);
  }
  expect(looksLikeNtp(ntp(3, NOW_US), 0, 47)).toBe(false);
});

test('cut anywhere, lying anywhere', () => {
  for (const message of [ntp(4, NOW_US), ntpControl(true, 'version="x"'), ntpPrivate(42)])
    decodeHostile(decodeNtp, message);
});
