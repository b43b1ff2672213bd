import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAsSafe } from './authentic.js';

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(body.length < 0x80 ? [tag, body.length] : [tag, 0x81, body.length]), body]);
};
const number = (value: number): Buffer => tlv(0x02, Buffer.from([value]));
const octets = (text: string): Buffer => tlv(0x04, Buffer.from(text, 'latin1'));

/** RFC 3412 6, with the flags and the PDU given. */
function message(flags: number, pdu: number, isEncrypted = false): Buffer {
  const header = tlv(0x30, number(1), number(100), tlv(0x04, Buffer.from([flags])), number(3));
  const scoped = tlv(0x30, octets('engine'), octets(''), tlv(pdu, number(1), number(0), number(0), tlv(0x30)));
  const security = octets('x'.repeat(40));
  return tlv(0x30, number(3), header, security, isEncrypted ? octets('0123456789abcdef') : scoped);
}
const RESPONSE = 0xa2;
const REPORT = 0xa8;

test.each([
  ['an answer with authentication', message(1, RESPONSE), false, true],
  ['an answer without it', message(0, RESPONSE), false, false],
  ['an answer that is authenticated but not encrypted, where that was asked for', message(1, RESPONSE), true, false],
  ['an encrypted answer', message(3, RESPONSE, true), true, true],
  ['a report, by which an engine makes itself known', message(0, REPORT), true, true],
  ['something encrypted without authentication', message(2, RESPONSE, true), true, false],
])('%s', (_name, bytes, wantsPrivacy, isBelieved) => {
  expect(isAsSafe(bytes, wantsPrivacy)).toBe(isBelieved);
});

test('no beginning of a message is believed', () => {
  for (const whole of [message(3, RESPONSE, true), message(0, REPORT)])
    for (let length = 0; length < whole.length; length++) expect(isAsSafe(whole.subarray(0, length), true)).toBe(false);
});

test('lying lengths and noise never throw', () => {
  const lie = fc.record({ at: fc.nat(90), by: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(lie, { maxLength: 4 }), fc.uint8Array({ maxLength: 100 }), (lies, noise) => {
      const bytes = message(0, RESPONSE);
      for (const { at, by } of lies) bytes[at % bytes.length] = by;
      expect(typeof isAsSafe(bytes, true)).toBe('boolean');
      expect(typeof isAsSafe(Buffer.from(noise), true)).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});
