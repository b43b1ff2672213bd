import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackReader } from './hpack.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function readWith(reader: HpackReader, b: Buffer): string[] | undefined {
  const fields: string[] = [];
  return reader.read(b, 0, b.length, (name, value) => fields.push(`${name}: ${value}`)) ? fields : undefined;
}
const read = (b: Buffer): string[] | undefined => readWith(new HpackReader(), b);

/** RFC 7541 C.4: three requests of one connection. */
const REQUESTS = [
  '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
  '8286 84be 5886 a8eb 1064 9cbf',
  '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
].map(hex);
const FIRST = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];

describe('header blocks', () => {
  test('refer to what came in those before them', () => {
    const reader = new HpackReader();
    expect(REQUESTS.map((request) => readWith(reader, request))).toEqual([
      FIRST,
      [...FIRST, 'cache-control: no-cache'],
      [':method: GET', ':scheme: https', ':path: /index.html', FIRST[3], 'custom-key: custom-value'],
    ]);
    expect(reader.tableBytes).toBe(164);
  });

  test('tell fields that no table keeps', () => {
    const reader = new HpackReader();
    expect(readWith(reader, hex('0001610162 100163 0164'))).toEqual(['a: b', 'c: d']);
    expect(reader.tableBytes).toBe(0);
  });

  test('empty the table when they say so', () => {
    const reader = new HpackReader();
    readWith(reader, REQUESTS[0]!);
    expect(readWith(reader, hex('20 82'))).toEqual([':method: GET']);
    expect(reader.tableBytes).toBe(0);
  });

  test.each([
    ['an index that no table has', 'be'],
    ['index 0', '80'],
    ['a number without an end', 'ffffffffffffff'],
    ['a text longer than the block', '0001610a62'],
    ['the end of a string as a symbol of it', '00016184ffffffff'],
    ['padding of more than seven bits', '0001618207ff'],
    ['a table larger than is kept', '3fe1ff07'],
  ])('are given up at %s', (_what, bytes) => {
    expect(read(hex(bytes))).toBeUndefined();
  });

  test('of which a part is missing are never more than their beginning', () => {
    for (const [index, request] of REQUESTS.entries()) {
      for (let size = 0; size < request.length; size++) {
        const reader = new HpackReader();
        for (const earlier of REQUESTS.slice(0, index)) readWith(reader, earlier);
        const fields = readWith(reader, request.subarray(0, size)) ?? [];
        expect(fields.length).toBeLessThan(6);
      }
    }
  });

  test('cannot grow: each byte stands for a field of thousands, and they are counted', () => {
    const reader = new HpackReader();
    const large = Buffer.concat([hex('4001 61 7f a11e'), Buffer.alloc(4_000, 0x62)]);
    expect(readWith(reader, large)).toHaveLength(1);
    expect(readWith(reader, Buffer.alloc(1_000, 0xbe))).toHaveLength(1_000);
    expect(readWith(reader, Buffer.alloc(1_100, 0xbe))).toBeUndefined();
  });

  test('keep the table within its limit whatever they hold', () => {
    const piece = fc.constantFrom('82', 'be', 'bf', '20', '3fe11f', '4001610162', '0001610162', '7f00', '400181ff0162');
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 60 }), { maxLength: 20 }), (blocks) => {
        const reader = new HpackReader();
        for (const block of blocks) {
          if (readWith(reader, hex(block.join(''))) === undefined) break;
          expect(reader.tableBytes).toBeLessThanOrEqual(4_096);
        }
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read(Buffer.from(bytes))));
  });

  test('forget the oldest fields first', () => {
    const reader = new HpackReader();
    for (let i = 0; i < 1_000; i++) readWith(reader, hex(`4001610${(i % 2) + 1}${i % 2 === 0 ? '62' : '6363'}`));
    expect(reader.tableBytes).toBeLessThanOrEqual(4_096);
    expect(readWith(reader, hex('be bf'))).toEqual(['a: cc', 'a: b']);
  });
});
