import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH_BYTES_MAX, BATCH_UNPACKED_BYTES_MAX } from './base/limits.js';
import { decodeAck, decodeBatch, decodeStatus, encodeAck, encodeBatch, encodeStatus } from './codec.js';
import type { BatchHeader } from './envelope.js';
import { LANES } from './records/lanes.js';

const HEADER: BatchHeader = { v: 1, epoch: 'epoch', lane: 'p2', seq: 7, count: 2, boot: 'boot', clock: 1 };
const lines = (...values: unknown[]): Buffer[] => values.map((value) => Buffer.from(JSON.stringify(value)));
const VALID = encodeBatch(HEADER, lines({ a: 1 }, { b: '二' }));
const pack = (text: string): Buffer => gzipSync(Buffer.from(text));

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const header = fc.record({
  v: fc.constant(1 as const),
  epoch: id,
  lane: fc.constantFrom(...LANES),
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  boot: fc.string({ maxLength: 64, unit: 'grapheme-ascii' }),
  clock: fc.maxSafeInteger(),
});

test('a batch comes back as it was', () => {
  const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(header, records, (fields, values) => {
      const plain = JSON.parse(JSON.stringify(values)) as unknown[];
      const whole = { ...fields, count: plain.length };
      expect(decodeBatch(encodeBatch(whole, lines(...plain)))).toEqual({
        ok: true,
        value: { header: whole, records: plain, unpackedBytes: expect.any(Number) },
      });
    }),
  );
});

test('every prefix of a batch is refused', () => {
  for (let end = 0; end < VALID.length; end++) expect(decodeBatch(VALID.subarray(0, end)).ok).toBe(false);
});

test('damaged bytes never throw', () => {
  fc.assert(
    fc.property(fc.nat(VALID.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(VALID);
      bytes[at]! ^= change;
      decodeBatch(bytes);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !decodeBatch(bytes).ok));
});

test.each([
  ['a count that lies', pack(`${JSON.stringify({ ...HEADER, count: 3 })}\n{}\n{}\n`)],
  ['another version', pack(`${JSON.stringify({ ...HEADER, v: 2, count: 1 })}\n{}\n`)],
  ['an unknown lane', pack(`${JSON.stringify({ ...HEADER, lane: 'p4', count: 1 })}\n{}\n`)],
  ['a record that is no JSON', pack(`${JSON.stringify({ ...HEADER, count: 1 })}\n{]\n`)],
  ['a last line without its end', pack(`${JSON.stringify({ ...HEADER, count: 1 })}\n{}`)],
  ['no records', pack(`${JSON.stringify({ ...HEADER, count: 0 })}\n`)],
  ['no header', pack('')],
  ['a bomb', gzipSync(Buffer.alloc(BATCH_UNPACKED_BYTES_MAX + 1))],
  ['more than a batch may be', Buffer.alloc(BATCH_BYTES_MAX + 1)],
])('%s is refused with a reason', (_name, bytes) => {
  expect(decodeBatch(bytes)).toMatchObject({ ok: false, reason: expect.stringMatching(/./) });
});

test('an acknowledgement comes back as it was, and anything else is undefined', () => {
  const ack = { epoch: 'epoch', lane: 'p0' as const, seq: 1, credit: 4, pauseMs: 0 };
  expect(decodeAck(encodeAck(ack))).toEqual(ack);
  for (const wrong of [
    { ...ack, seq: -1 },
    { ...ack, lane: 'p9' },
    { ...ack, credit: 1e9 },
    { ...ack, epoch: 'a/b' },
    1,
    null,
  ])
    expect(decodeAck(Buffer.from(JSON.stringify(wrong)))).toBeUndefined();
  expect(decodeAck(Buffer.from('{'))).toBeUndefined();
  expect(decodeAck(Buffer.from(JSON.stringify({ ...ack, more: 'x'.repeat(10_000) })))).toBeUndefined();
});

test('a status comes back as it was', () => {
  const status = { state: 'online' as const, connection: 'c', version: '1', boot: 'b', clock: 1 };
  expect(decodeStatus(encodeStatus(status))).toEqual(status);
  expect(decodeStatus(Buffer.from('{"state":"asleep","connection":"c"}'))).toBeUndefined();
});
