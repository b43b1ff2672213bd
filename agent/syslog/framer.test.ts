import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FrameReason, Framer } from './framer.js';

const BYTES_MAX = 1_000;

interface Seen {
  readonly texts: string[];
  readonly reasons: (FrameReason | undefined)[];
  readonly isOpen: boolean;
}

/** What comes out of these bytes, cut at these places. */
function frames(bytes: Buffer, cuts: readonly number[] = [], bytesMax = BYTES_MAX): Seen {
  const texts: string[] = [];
  const reasons: (FrameReason | undefined)[] = [];
  const framer = new Framer(bytesMax, {
    frame: (frame, reason) => {
      texts.push(frame.toString('utf8'));
      reasons.push(reason);
    },
  });
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let isOpen = true;
  for (let index = 1; index < places.length && isOpen; index++)
    isOpen = framer.push(bytes.subarray(places[index - 1], places[index]));
  framer.end();
  return { texts, reasons, isOpen };
}

const counted = (...messages: string[]): Buffer =>
  Buffer.from(messages.map((message) => `${Buffer.byteLength(message)} ${message}`).join(''));
const textsOf = (text: string): string[] => frames(Buffer.from(text, 'utf8')).texts;

const message = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => `<13>${text.replaceAll(/[\n\r\0]/g, '')}x`);
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('a framer', () => {
  test.each([
    ['line feed', '<1>one\n<2>two\n'],
    ['carriage return and line feed', '<1>one\r\n<2>two\r\n'],
    ['NUL', '<1>one\0<2>two\0'],
    ['octet counts', '6 <1>one6 <2>two'],
    ['octet counts and a line feed that they leave out', '6 <1>one\n6 <2>two\n'],
    ['a last line without an end', '<1>one\n<2>two'],
    ['empty lines between', '\n\n<1>one\n\r\n\n<2>two\n\n'],
    ['octet counts, then lines', '6 <1>one<2>two\n'],
    ['lines, then octet counts', '<1>one\n6 <2>two'],
  ])('finds messages by %s', (_name, text) => {
    expect(textsOf(text)).toEqual(['<1>one', '<2>two']);
  });

  test('keeps line feeds in a message that counts its bytes', () => {
    expect(frames(counted('<1>a\nb\n', '<2>c')).texts).toEqual(['<1>a\nb\n', '<2>c']);
  });

  test('keeps line feeds in a message that ends with NUL, once it is known', () => {
    expect(textsOf('<1>first\0<2>a\nb\0<3>c\0')).toEqual(['<1>first', '<2>a\nb', '<3>c']);
  });

  test('counts bytes, not characters', () => {
    expect(frames(counted('<1>日本語', '<2>ログ')).texts).toEqual(['<1>日本語', '<2>ログ']);
  });

  test('takes a year or a version at the start of a line for what it is', () => {
    const lines = [
      '2026 Nov 25 01:02:03 fw up',
      '1 2026-11-25T01:02:03Z h a - - - m',
      '25 packets were dropped by the filter',
    ];
    expect(textsOf(`${lines.join('\n')}\n`)).toEqual(lines);
  });

  test('finds octet counts of messages without a priority', () => {
    const messages = ['date=2026-11-25 time=10:00:00 devname="fw"', 'date=2026-11-25 time=10:00:01 devname="fw"'];
    expect(frames(counted(...messages)).texts).toEqual(messages);
  });

  test('a single message without an end or a priority comes out at the end', () => {
    expect(textsOf('42')).toEqual(['42']);
    expect(frames(counted('date=2026-11-25 time=10:00:00')).texts).toEqual(['date=2026-11-25 time=10:00:00']);
  });

  test('tells half a counted message at the end of a connection', () => {
    const seen = frames(Buffer.from('20 <1>half'));
    expect(seen).toMatchObject({ texts: ['<1>half'], reasons: ['half_frame'] });
  });

  test.each([
    ['lines', Buffer.from(`<1>${'a'.repeat(2 * BYTES_MAX)}\n<2>b\n`)],
    ['octet counts', counted(`<1>${'a'.repeat(2 * BYTES_MAX)}`, '<2>b')],
  ])('cuts what is too long and goes on behind it: %s', (_name, bytes) => {
    const seen = frames(bytes, [7, 900, 1_500]);
    expect(seen.texts.map((text) => text.length)).toEqual([BYTES_MAX, 4]);
    expect(seen.reasons).toEqual(['cut', undefined]);
  });

  test('ends a connection whose count is beyond reason, or whose counts do not fit', () => {
    expect(frames(Buffer.from('9999999 <1>x'))).toMatchObject({ isOpen: false, reasons: ['count_too_large'] });
    const lost = frames(Buffer.from('6 <1>one garbage'));
    expect(lost).toMatchObject({ isOpen: false, texts: ['<1>one', ' garbage'], reasons: [undefined, 'lost_sync'] });
  });

  test('ends a connection that sends a megabyte without an end', () => {
    const framer = new Framer(BYTES_MAX, { frame: () => {} });
    const chunk = Buffer.alloc(65_536, 'a');
    let sent = 0;
    while (framer.push(chunk) && sent < 100) sent += 1;
    expect(sent).toBeLessThan(20);
    expect(framer.pendingBytes).toBe(0);
  });

  test.each([
    ['line feeds', (all: string[]) => Buffer.from(all.map((each) => `${each}\n`).join(''))],
    ['NUL', (all: string[]) => Buffer.from(all.map((each) => `${each}\0`).join(''))],
    ['CR LF', (all: string[]) => Buffer.from(all.map((each) => `${each}\r\n`).join(''))],
    ['octet counts', (all: string[]) => counted(...all)],
  ])('the same messages come out however the bytes are cut: %s', (_name, join) => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), cuts, (all, places) => {
        const bytes = join(all);
        expect(frames(bytes, places).texts).toEqual(all);
        expect(frames(bytes, [...bytes.keys()]).texts).toEqual(all);
      }),
    );
  });

  test('any bytes give the same messages however they are cut, as long as the thread is not lost', () => {
    const piece = fc.constantFrom(
      '<1>',
      '6 <1>one',
      '20 ',
      '12 abc',
      '\n',
      '\0',
      '\r\n',
      'text ',
      '2026 Nov',
      '7',
      ' ',
      '<2>日本',
      '900 ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), cuts, (pieces, places) => {
        const bytes = Buffer.from(pieces.join(''));
        const [whole, cut, single] = [
          frames(bytes, [], 40),
          frames(bytes, places, 40),
          frames(bytes, [...bytes.keys()], 40),
        ];
        expect(cut.isOpen).toBe(whole.isOpen);
        expect(single.isOpen).toBe(whole.isOpen);
        const told = whole.isOpen ? whole.texts.length : whole.reasons.lastIndexOf(undefined) + 1;
        expect(cut.texts.slice(0, told)).toEqual(whole.texts.slice(0, told));
        expect(single.texts.slice(0, told)).toEqual(whole.texts.slice(0, told));
      }),
      { numRuns: 2_000 },
    );
  });
});
