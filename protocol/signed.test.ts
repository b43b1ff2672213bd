import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSigned, signMessage } from './signed.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const BODY = { id: 'x1', text: '監視装置\n"' };
const BYTES_MAX = 4_096;
const bytesOf = (text: string): Buffer => Buffer.from(text);

test('a signed body comes out as it went in', () => {
  expect(openSigned('command', bytesOf(signMessage('command', BODY, privateKey)), BYTES_MAX, publicKey)).toEqual(BODY);
});

test('a message for another purpose is refused', () => {
  expect(openSigned('grant', bytesOf(signMessage('command', BODY, privateKey)), BYTES_MAX, publicKey)).toBeUndefined();
});

test("a stranger's signature is refused", () => {
  const text = signMessage('command', BODY, stranger.privateKey);
  expect(openSigned('command', bytesOf(text), BYTES_MAX, publicKey)).toBeUndefined();
});

test('a message above its limit is not looked at', () => {
  const bytes = bytesOf(signMessage('command', BODY, privateKey));
  expect(openSigned('command', bytes, bytes.length - 1, publicKey)).toBeUndefined();
});

test('no changed byte gives another body', () => {
  const bytes = bytesOf(signMessage('command', BODY, privateKey));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ change;
      const opened = openSigned('command', changed, BYTES_MAX, publicKey);
      // A change of the last bits of base64 that carry nothing, or of the case of an escape, changes no byte of either.
      if (opened !== undefined) expect(opened).toEqual(BODY);
    }),
  );
});

test('whatever comes, it does not throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(bytesOf)), (bytes) => {
      expect(openSigned('command', bytes, BYTES_MAX, publicKey)).toBeUndefined();
    }),
  );
});
