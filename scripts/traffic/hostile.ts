import fc from 'fast-check';

type Decode = (b: Buffer, start: number, end: number) => unknown;

const FRONT = 7;
const CHANGES_MAX = 4;

/**
 * Gives a decoder every prefix of a valid message, and the message with bytes that lie, in the middle of a larger
 * buffer whose other bytes must never be read into the result.
 * @throws what the decoder throws
 */
export function decodeHostile(decode: Decode, valid: Buffer, runs = 300): void {
  const whole = Buffer.concat([Buffer.alloc(FRONT, 0xff), valid, Buffer.alloc(FRONT, 0xff)]);
  for (let bytes = 0; bytes <= valid.length; bytes++) decode(whole, FRONT, FRONT + bytes);
  const change = fc.record({
    at: fc.nat(valid.length - 1),
    byte: fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255)),
  });
  const liar = fc.record({ cut: fc.nat(valid.length), changes: fc.array(change, { maxLength: CHANGES_MAX }) });
  fc.assert(
    fc.property(liar, ({ cut, changes }) => {
      const lying = Buffer.from(whole);
      for (const { at, byte } of changes) lying[FRONT + at] = byte;
      decode(lying, FRONT, FRONT + (cut === 0 ? valid.length : cut));
    }),
    { numRuns: runs },
  );
}
