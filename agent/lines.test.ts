import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lines } from './lines.js';

async function* pieces(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
async function read(chunks: readonly Uint8Array[], bytesMax = 100): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(pieces(chunks), bytesMax)) found.push(line.toString('latin1'));
  return found;
}

test('however a stream is cut, the lines are the same', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é'), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, fc.nat(8), async (whole, size) => {
      const bytes = Buffer.from(whole, 'latin1');
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size + 1) chunks.push(bytes.subarray(at, at + size + 1));
      const expected = whole.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(await read(chunks)).toEqual(expected);
    }),
  );
});

test('of a line that is too long its start is left', async () => {
  expect(await read([Buffer.from('a'.repeat(70)), Buffer.from(`${'b'.repeat(70)}\nshort\n`)])).toEqual([
    `${'a'.repeat(70)}${'b'.repeat(30)}`,
    'short',
  ]);
});
