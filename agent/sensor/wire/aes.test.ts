import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encryptAesBlock } from './aes.js';

it('encrypts a block as OpenSSL does, wherever it stands', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(bytes(16), bytes(24), fc.nat(8), (key, b, start) => {
      const expected = createCipheriv('aes-128-ecb', key, null).update(b.subarray(start, start + 16));
      expect(encryptAesBlock(Buffer.from(key), Buffer.from(b), start)).toEqual(expected);
    }),
  );
});
