import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { StreamEnd, Streams } from './stream.js';

const CONFIG = { sideBytesMax: 1_000, sidePiecesMax: 4, sidesMax: 8, bytesMax: 5_000 };
const SLOT = 3;
let streams: Streams;
beforeEach(() => {
  streams = new Streams(CONFIG);
});

/** Pushes text as the payload at a relative sequence number. */
function push(relative: number, text: string, side = 0, slot = SLOT): string | undefined {
  const bytes = Buffer.from(text);
  return streams.push(slot, side, relative, bytes, 0, bytes.length)?.toString();
}

test('payload in order comes out as it came in, until it is used', () => {
  expect(push(1, 'abc')).toBe('abc');
  expect(push(4, 'def')).toBe('abcdef');
  streams.use(SLOT, 0, 4);
  expect(push(7, 'g')).toBe('efg');
});

test('a segment ahead waits for what is missing', () => {
  expect(push(1, 'ab')).toBe('ab');
  expect(push(5, 'ef')).toBeUndefined();
  expect(push(3, 'cd')).toBe('abcdef');
});

test('a segment that was sent again adds nothing', () => {
  push(1, 'abc');
  expect(push(1, 'abc')).toBeUndefined();
  expect(push(2, 'XX')).toBeUndefined();
});

test('of bytes that come twice, the first are kept', () => {
  push(1, 'ab');
  push(5, 'EF');
  expect(push(3, 'cdef')).toBe('abcdEF');
  streams.free(SLOT);
  push(1, 'a');
  push(4, 'D');
  push(3, 'cde');
  expect(push(2, 'b')).toBe('abcDe');
});

test('a segment that reaches back gives its new part', () => {
  push(1, 'abc');
  expect(push(2, 'bcde')).toBe('abcde');
});

test('a hole in what is passed over is not waited for', () => {
  push(1, 'head');
  streams.use(SLOT, 0, 4 + 100);
  expect(push(55, 'x'.repeat(20))).toBeUndefined();
  expect(streams.unseen(SLOT, 0)).toBe(30);
  expect(push(20, 'late')).toBeUndefined();
  expect(push(100, 'xxxxxnext')).toBe('next');
  streams.use(SLOT, 0, 4);
  expect(push(110, 'more')).toBeUndefined();
  expect(push(109, '.')).toBe('.more');
});

test('a hole that will not be filled is gone over, and told', () => {
  const pushSettled = (relative: number, text: string, settled: number): string | undefined =>
    streams.push(SLOT, 0, relative, Buffer.from(text), 0, text.length, settled)?.toString();
  pushSettled(1, 'abc', 4);
  streams.use(SLOT, 0, 1);
  expect(pushSettled(10, 'xy', 4)).toBeUndefined();
  expect(pushSettled(14, 'z', 9)).toBeUndefined();
  expect(pushSettled(12, '..', 12)).toBe('xy..z');
  expect(streams.hasGap).toBe(true);
  streams.use(SLOT, 0, 5);
  expect(pushSettled(15, 'more', 19)).toBe('more');
  expect(streams.hasGap).toBe(false);
});

test('the two sides and other flows are apart', () => {
  push(1, 'a');
  expect(push(1, 'b', 1)).toBe('b');
  expect(push(1, 'c', 0, SLOT + 1)).toBe('c');
});

test('a stream found in its middle begins there', () => {
  expect(push(100, 'x')).toBe('x');
});

test('sequence numbers wrap', () => {
  const nearEnd = 2 ** 32 - 2;
  expect(push(nearEnd, 'abc')).toBe('abc');
  expect(push(3, 'f')).toBeUndefined();
  expect(push(1, 'de')).toBe('abcdef');
});

test('a side with too many bytes is given up and counted', () => {
  push(1, 'x'.repeat(900));
  expect(push(901, 'x'.repeat(200))).toBeUndefined();
  expect(streams.ended[StreamEnd.SideBytes]).toBe(1);
  expect(streams.bytes).toBe(0);
  expect(push(1_101, 'x')).toBeUndefined();
});

test('a side with too many holes goes on behind the first, and that is counted', () => {
  push(1, 'x');
  streams.use(SLOT, 0, 1);
  const came: (string | undefined)[] = [];
  for (let hole = 1; hole <= CONFIG.sidePiecesMax + 1; hole++) came.push(push(1 + hole * 10, `${hole}`));
  expect(came).toEqual([undefined, undefined, undefined, undefined, '1']);
  expect([streams.ended[StreamEnd.Hole], streams.ended[StreamEnd.SidePieces], streams.hasGap]).toEqual([1, 0, true]);
});

test('a side with too many bytes behind a hole goes on there', () => {
  push(1, 'x');
  push(10, 'y'.repeat(600));
  expect(push(610, 'z'.repeat(400))).toHaveLength(1_000);
  expect(streams.ended[StreamEnd.Hole]).toBe(1);
});

test('too many sides are refused and counted, until others end', () => {
  for (let slot = 0; slot < CONFIG.sidesMax; slot++) push(1, 'x', 0, slot);
  expect(push(1, 'x', 0, 100)).toBeUndefined();
  expect(streams.ended[StreamEnd.Sides]).toBe(1);
  streams.free(0);
  expect(push(1, 'x', 0, 101)).toBe('x');
});

test('all sides together have a limit', () => {
  for (let slot = 0; slot < 6; slot++) push(1, 'x'.repeat(990), 0, slot);
  expect(streams.ended[StreamEnd.Bytes]).toBe(1);
  expect(streams.bytes).toBe(5 * 990);
});

test('an ignored side stays so until its flow ends', () => {
  push(1, 'a');
  streams.ignore(SLOT, 0);
  expect(push(2, 'b')).toBeUndefined();
  streams.free(SLOT);
  expect(push(1, 'a')).toBe('a');
});

test('sides that are turned round keep what they hold', () => {
  push(1, 'ab', 0);
  streams.ignore(SLOT, 1);
  streams.flip(SLOT);
  expect(push(3, 'c', 1)).toBe('abc');
  expect(push(1, 'x', 0)).toBeUndefined();
});

test('an idle side holds no bytes', () => {
  push(1, 'abc');
  streams.use(SLOT, 0, 3);
  expect(streams.bytes).toBe(0);
});

test('segments in any order, cut anywhere, with repeats, give the text once', () => {
  const TEXT = 'the quick brown fox jumps over the lazy dog, twice and again';
  const segment = fc.tuple(fc.nat(TEXT.length - 1), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 60 }), fc.nat(2 ** 32 - 1), (segments, base) => {
      const roomy = new Streams({ ...CONFIG, sidePiecesMax: 100 });
      const start = Math.max(1, base);
      const at = (offset: number): number => (start + offset) % 2 ** 32;
      let out = '';
      const take = (offset: number, text: string): void => {
        const bytes = Buffer.from(text);
        const ready = roomy.push(SLOT, 0, at(offset), bytes, 0, bytes.length);
        if (ready === undefined) return;
        out += ready.toString();
        roomy.use(SLOT, 0, ready.length);
      };
      // The first segment fixes where the stream begins.
      take(0, TEXT.slice(0, 1));
      const seen = new Set([0]);
      for (const [offset, length] of segments) {
        take(offset, TEXT.slice(offset, offset + length));
        for (let i = offset; i < Math.min(TEXT.length, offset + length); i++) seen.add(i);
      }
      let inOrder = 0;
      while (seen.has(inOrder)) inOrder += 1;
      expect(out).toBe(TEXT.slice(0, inOrder));
      expect(roomy.bytes).toBe(seen.size - inOrder);
    }),
  );
});
