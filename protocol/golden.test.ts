import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeBatch } from './codec.js';

/**
 * Batches as released versions wrote them, byte for byte. A box may send one that waited through an upgrade of the
 * collector: every file here stays, and stays readable.
 */
const FOLDER = new URL('./golden/', import.meta.url);

test.each(readdirSync(FOLDER).filter((name) => name.endsWith('.bin')))('%s is read as it was meant', (name) => {
  const decoded = decodeBatch(readFileSync(new URL(name, FOLDER)));
  const expected: unknown = JSON.parse(readFileSync(new URL(name.replace(/\.bin$/, '.json'), FOLDER), 'utf8'));
  expect(decoded).toEqual({ ok: true, value: { ...(expected as object), unpackedBytes: expect.any(Number) } });
});
