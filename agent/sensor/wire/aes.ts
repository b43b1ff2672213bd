import type { Bytes } from './bytes.js';

// FIPS 197: AES-128, one block in one direction. Our own, because QUIC wants it of a single block for each packet, and a
// cipher of OpenSSL takes longer to be made than that.
export const AES_BLOCK_BYTES = 16;
const KEY_WORDS = 4;
const ROUNDS = 10;
const KEY_SCHEDULE_WORDS = (ROUNDS + 1) * KEY_WORDS;

const SBOX = new Uint8Array(256);
/** SubBytes and MixColumns of a byte in the first row (5.1.1, 5.1.3); the other rows are rotations of it. */
const MIXED = new Int32Array(256);
makeTables();

/** Inverses in GF(2^8) by powers of 3, then the affine map (5.1.1). */
function makeTables(): void {
  const powers = new Uint8Array(256);
  const logarithms = new Uint8Array(256);
  for (let exponent = 0, value = 1; exponent < 255; exponent++) {
    powers[exponent] = value;
    logarithms[value] = exponent;
    value ^= twice(value);
  }
  for (let value = 0; value < 256; value++) {
    const inverse = value === 0 ? 0 : powers[(255 - logarithms[value]!) % 255]!;
    let bits = inverse;
    for (let turn = 1; turn <= 4; turn++) bits ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
    const s = bits ^ 0x63;
    SBOX[value] = s;
    MIXED[value] = (twice(s) << 24) | (s << 16) | (s << 8) | (twice(s) ^ s);
  }
}

function twice(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x1b : 0)) & 0xff;
}

const schedule = new Int32Array(KEY_SCHEDULE_WORDS);
const word = (b: Bytes, at: number): number => b.readInt32BE(at);
const rotated = (value: number, bits: number): number => (value >>> bits) | (value << (32 - bits));

/** The block at `start` of `b`, encrypted with a key of 16 bytes. */
export function encryptAesBlock(key: Bytes, b: Bytes, start: number): Buffer {
  expandKey(key);
  let state: readonly [number, number, number, number] = [
    word(b, start) ^ schedule[0]!,
    word(b, start + 4) ^ schedule[1]!,
    word(b, start + 8) ^ schedule[2]!,
    word(b, start + 12) ^ schedule[3]!,
  ];
  for (let round = 1; round < ROUNDS; round++) {
    const [s0, s1, s2, s3] = state;
    const at = round * KEY_WORDS;
    state = [
      mixedColumn(s0, s1, s2, s3) ^ schedule[at]!,
      mixedColumn(s1, s2, s3, s0) ^ schedule[at + 1]!,
      mixedColumn(s2, s3, s0, s1) ^ schedule[at + 2]!,
      mixedColumn(s3, s0, s1, s2) ^ schedule[at + 3]!,
    ];
  }
  const [s0, s1, s2, s3] = state;
  const at = ROUNDS * KEY_WORDS;
  const out = Buffer.allocUnsafe(AES_BLOCK_BYTES);
  out.writeInt32BE(lastColumn(s0, s1, s2, s3) ^ schedule[at]!, 0);
  out.writeInt32BE(lastColumn(s1, s2, s3, s0) ^ schedule[at + 1]!, 4);
  out.writeInt32BE(lastColumn(s2, s3, s0, s1) ^ schedule[at + 2]!, 8);
  out.writeInt32BE(lastColumn(s3, s0, s1, s2) ^ schedule[at + 3]!, 12);
  return out;
}

/** A column behind ShiftRows, SubBytes and MixColumns: its rows come from four columns. */
function mixedColumn(row0: number, row1: number, row2: number, row3: number): number {
  return (
    MIXED[row0 >>> 24]! ^
    rotated(MIXED[(row1 >>> 16) & 0xff]!, 8) ^
    rotated(MIXED[(row2 >>> 8) & 0xff]!, 16) ^
    rotated(MIXED[row3 & 0xff]!, 24)
  );
}

/** The last round has no MixColumns. */
function lastColumn(row0: number, row1: number, row2: number, row3: number): number {
  return (
    (SBOX[row0 >>> 24]! << 24) |
    (SBOX[(row1 >>> 16) & 0xff]! << 16) |
    (SBOX[(row2 >>> 8) & 0xff]! << 8) |
    SBOX[row3 & 0xff]!
  );
}

/** FIPS 197 5.2. */
function expandKey(key: Bytes): void {
  for (let i = 0; i < KEY_WORDS; i++) schedule[i] = word(key, i * 4);
  let constant = 1;
  for (let i = KEY_WORDS; i < KEY_SCHEDULE_WORDS; i++) {
    let previous = schedule[i - 1]!;
    if (i % KEY_WORDS === 0) {
      const turned = rotated(previous, 24);
      previous = lastColumn(turned, turned, turned, turned) ^ (constant << 24);
      constant = twice(constant);
    }
    schedule[i] = schedule[i - KEY_WORDS]! ^ previous;
  }
}
