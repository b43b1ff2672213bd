import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameGuard } from './frame-guard.js';

const LIMITS = { connectBytesMax: 100, frameBytesMax: 20_000 };

/** MQTT 3.1.1 2.2.3. */
function frame(type: number, length: number): Buffer {
  const bytes = [type << 4];
  let left = length;
  do {
    bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(bytes), Buffer.alloc(length, 0xff)]);
}

const lengths = fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 5 });

test('a stream is ended by its first frame that is too long, however it is cut into chunks', () => {
  fc.assert(
    fc.property(fc.nat(150), lengths, fc.array(fc.integer({ min: 1, max: 9_000 })), (first, others, cuts) => {
      const bytes = Buffer.concat([frame(1, first), ...others.map((length) => frame(3, length))]);
      const isBad = first > LIMITS.connectBytesMax || others.some((length) => length > LIMITS.frameBytesMax);
      const guard = new FrameGuard(LIMITS);
      let flaw: string | undefined;
      let at = 0;
      for (let turn = 0; at < bytes.length && flaw === undefined; turn++) {
        const end = at + (cuts[turn % Math.max(1, cuts.length)] ?? bytes.length);
        flaw = guard.check(bytes.subarray(at, end));
        at = end;
      }
      expect(flaw !== undefined).toBe(isBad);
    }),
  );
});

test('a length is refused in its last byte, before its frame comes', () => {
  const guard = new FrameGuard(LIMITS);
  expect(guard.check(frame(1, 50))).toBeUndefined();
  expect(guard.check(Buffer.from([0x30, 0xff, 0xff]))).toBeUndefined();
  expect(guard.check(Buffer.from([0x7f]))).toContain('20000 are allowed');
});
