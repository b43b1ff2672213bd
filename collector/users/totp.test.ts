import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeRecoveryCodes } from './recovery-codes.js';
import { makeTotpSecret, matchTotp, plainCode, toBase32, totpCode, totpStep, totpUri } from './totp.js';

/** RFC 6238 appendix B, SHA-1; the last six of its eight digits. */
const SECRET = toBase32(Buffer.from('12345678901234567890'));

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code of second %i is that of RFC 6238', (second, code) => {
  expect(totpCode(SECRET, totpStep(second * 1000))).toBe(code);
});

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %j is that of RFC 4648 without padding', (text, encoded) => {
  expect(toBase32(Buffer.from(text))).toBe(encoded);
});

test('one step before and after is taken, two are not', () => {
  const nowMs = 1_000_000_000_000;
  const now = totpStep(nowMs);
  for (let away = -4; away <= 4; away++) {
    const found = matchTotp(SECRET, totpCode(SECRET, now + away), nowMs, -1);
    expect(found).toBe(Math.abs(away) <= 1 ? now + away : undefined);
  }
});

test('a step that was used, and every one before it, is refused', () => {
  const nowMs = 1_000_000_000_000;
  const now = totpStep(nowMs);
  const code = totpCode(SECRET, now);
  expect(matchTotp(SECRET, code, nowMs, now - 1)).toBe(now);
  expect(matchTotp(SECRET, code, nowMs, now)).toBeUndefined();
  expect(matchTotp(SECRET, totpCode(SECRET, now - 1), nowMs, now)).toBeUndefined();
});

test('whatever is given as a code is refused or right, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(2 ** 45), (text, nowMs) => {
      const found = matchTotp(SECRET, plainCode(text), nowMs, -1);
      if (found !== undefined) expect(totpCode(SECRET, found)).toBe(plainCode(text));
    }),
  );
});

test('codes are read as people type them', () => {
  expect(plainCode('123 456')).toBe('123456');
  expect(plainCode('123　４５６')).toBe('123456');
  expect(plainCode(' AbCd-ef12ー')).toBe('abcdef12');
});

test('the address for an authenticator names issuer and account, whatever is in them', () => {
  const uri = new URL(totpUri(SECRET, 'Hinomi', '山田 花子?&'));
  expect(uri.protocol).toBe('otpauth:');
  expect(decodeURIComponent(uri.pathname)).toContain('Hinomi:山田 花子?&');
  expect(uri.searchParams.get('secret')).toBe(SECRET);
  expect(uri.searchParams.get('issuer')).toBe('Hinomi');
});

test('secrets have 160 bits, recovery codes 80, and none is like another', () => {
  expect(makeTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  const codes = makeRecoveryCodes();
  for (const code of codes) expect(code).toMatch(/^([a-z0-9]{4}-){3}[a-z0-9]{4}$/);
  expect(new Set(codes).size).toBe(10);
});
