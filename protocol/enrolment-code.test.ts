import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ENROLMENT_RANDOM_BYTES,
  fingerprintOfAuthority,
  hashEnrolmentSecret,
  makeEnrolmentCode,
  parseEnrolmentCode,
} from './enrolment-code.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const random = fc.uint8Array({ minLength: ENROLMENT_RANDOM_BYTES, maxLength: ENROLMENT_RANDOM_BYTES });
const fingerprint = fc.uint8Array({ minLength: 1, maxLength: 40 }).map(fingerprintOfAuthority);
const code = fc.tuple(random, fingerprint).map(([bytes, ca]) => makeEnrolmentCode(bytes, ca));

test('a code gives back the fingerprint and a secret that depends on the random bytes alone', () => {
  fc.assert(
    fc.property(random, fingerprint, fingerprint, (bytes, one, other) => {
      const first = parseEnrolmentCode(makeEnrolmentCode(bytes, one));
      const second = parseEnrolmentCode(makeEnrolmentCode(bytes, other));
      expect(first?.caFingerprint).toBe(one);
      expect(second?.secret).toBe(first?.secret);
    }),
  );
});

test('the layout stays what printed codes have', () => {
  const ca = fingerprintOfAuthority(Buffer.from('authority'));
  const text = makeEnrolmentCode(Buffer.from('0123456789abcdef01', 'hex'), ca);
  expect(text).toBe('04HM-ASW9-NF6Y-YHXV-FTM0-VPT7-FE7V');
  expect(parseEnrolmentCode(text)).toEqual({ secret: '04HMASW9NF6YY', caFingerprint: ca });
  expect(hashEnrolmentSecret('04HMASW9NF6YY')).toMatch(/^[0-9a-f]{64}$/);
});

test('every wrong symbol is found', () => {
  fc.assert(
    fc.property(code, fc.nat(27), fc.nat(31), (text, index, symbol) => {
      const plain = text.replaceAll('-', '');
      const replacement = ALPHABET.charAt(symbol);
      fc.pre(plain[index] !== replacement);
      expect(parseEnrolmentCode(plain.slice(0, index) + replacement + plain.slice(index + 1))).toBeUndefined();
    }),
  );
});

test('every exchange of two symbols is found', () => {
  fc.assert(
    fc.property(code, fc.nat(27), fc.nat(27), (text, one, other) => {
      const symbols = text.replaceAll('-', '').split('');
      fc.pre(symbols[one] !== symbols[other]);
      [symbols[one], symbols[other]] = [symbols[other]!, symbols[one]!];
      expect(parseEnrolmentCode(symbols.join(''))).toBeUndefined();
    }),
  );
});

test('what people type is understood: any case, spaces, O for 0, I and L for 1', () => {
  fc.assert(
    fc.property(code, fc.constantFrom('I', 'i', 'l', 'L'), (text, one) => {
      const typed = ` ${text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', one)}\n`;
      expect(parseEnrolmentCode(typed)).toEqual(parseEnrolmentCode(text));
    }),
  );
});

test('what is no code is refused', () => {
  for (const text of ['', '-', 'U'.repeat(28), '0'.repeat(27), '0'.repeat(29), ' '.repeat(1_000_000)])
    expect(parseEnrolmentCode(text)).toBeUndefined();
});
