import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeQr, type Qr, times } from './qr.js';

const TEXT = 'otpauth://totp/Hinomi:admin?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Hinomi';
const rows = (qr: Qr): string[] =>
  Array.from({ length: qr.size }, (_, y) =>
    Array.from({ length: qr.size }, (_each, x) => (qr.isDark(x, y) ? '#' : '.')).join(''),
  );
const textOf = (length: number): string => TEXT.repeat(12).slice(0, length);

// Each was read by another program (zbarimg 0.23) when it was written down here: versions 1 to 20.
test.each([
  [5, 21, '3f0ba376ee847fff'],
  [40, 29, '547f04ad590f9afc'],
  [90, 37, '9ca624f69ae99b97'],
  [200, 53, 'f87a877831e8aaf6'],
  [858, 97, '56a2e7b559715213'],
])('a text of %i bytes is the picture that others read', (length, size, hash) => {
  const qr = makeQr(textOf(length))!;
  expect(qr.size).toBe(size);
  expect(createHash('sha256').update(rows(qr).join('\n')).digest('hex').slice(0, 16)).toBe(hash);
});

test('three corners, timing lines and the dark module are where readers look for them', () => {
  for (const length of [1, 90, 500]) {
    const picture = rows(makeQr(textOf(length))!);
    const last = picture.length - 7;
    for (const [x, y] of [
      [0, 0],
      [last, 0],
      [0, last],
    ] as const)
      expect(picture.slice(y, y + 7).map((row) => row.slice(x, x + 7))).toEqual([
        '#######',
        '#.....#',
        '#.###.#',
        '#.###.#',
        '#.###.#',
        '#.....#',
        '#######',
      ]);
    expect(picture[6]!.slice(8, last - 1)).toMatch(/^(#\.)*#$/);
    expect(picture[last - 1]![8]).toBe('#');
  }
});

test('a text that is too long for a picture gives none', () => {
  expect(makeQr(textOf(858))?.size).toBe(97);
  expect(makeQr(textOf(859))).toBeUndefined();
  // Bytes count, not characters.
  expect(makeQr('火'.repeat(287))).toBeUndefined();
});

test('multiplication in GF(256) has its laws', () => {
  expect(times(2, 128)).toBe(0x1d);
  for (let a = 0; a < 256; a += 7)
    for (let b = 0; b < 256; b += 11) {
      expect(times(a, b)).toBe(times(b, a));
      expect(times(a, 1)).toBe(a);
      expect(times(a, b ^ 3)).toBe(times(a, b) ^ times(a, 3));
    }
});
