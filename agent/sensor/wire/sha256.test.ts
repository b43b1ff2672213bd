import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ShortHmac } from './sha256.js';

it('agrees with OpenSSL for every key of a block and every message of a block less the padding', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
  fc.assert(
    fc.property(bytes(64), bytes(55), (key, message) => {
      expect(new ShortHmac(key).digest(message)).toEqual(createHmac('sha256', key).update(message).digest());
    }),
  );
});

it('gives the same for the same message when it is asked again', () => {
  const hmac = new ShortHmac(Buffer.from('key'));
  const first = hmac.digest(Buffer.from('one'));
  hmac.digest(Buffer.from('another'));
  expect(hmac.digest(Buffer.from('one'))).toEqual(first);
});
