/**
 * QR codes (ISO/IEC 18004), as much of them as a secret for an authenticator needs: byte mode, error correction level L,
 * versions 1 to 20. Level L, since a screen has no dirt on it.
 */
const VERSION_MAX = 20;
/** By version from 1 on, level L: codewords of error correction in a block, and blocks. ISO/IEC 18004 table 9. */
const ECC_OF_BLOCK = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];
/** Indicator of level L in the format information. */
const LEVEL = 1;

/** A square of modules: true is dark. */
export interface Qr {
  readonly size: number;
  isDark(x: number, y: number): boolean;
}

/** Undefined for a text that is longer than 858 bytes. */
export function makeQr(text: string): Qr | undefined {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  if (version === undefined) return undefined;
  const codewords = interleave(dataCodewords(bytes, version), version);
  const masked = [0, 1, 2, 3, 4, 5, 6, 7].map((mask) => draw(version, codewords, mask));
  return masked.reduce((best, grid) => (penalty(grid) < penalty(best) ? grid : best));
}

function versionFor(length: number): number | undefined {
  for (let version = 1; version <= VERSION_MAX; version++)
    if (4 + lengthBits(version) + 8 * length <= 8 * dataCount(version)) return version;
  return undefined;
}

const lengthBits = (version: number): number => (version < 10 ? 8 : 16);
const eccOf = (version: number): number => ECC_OF_BLOCK[version - 1]!;
const blocksOf = (version: number): number => BLOCKS[version - 1]!;
const dataCount = (version: number): number => codewordCount(version) - eccOf(version) * blocksOf(version);

/** Modules that are left for codewords, in eights. */
function codewordCount(version: number): number {
  const grid = new Grid(version);
  let free = 0;
  for (let index = 0; index < grid.reserved.length; index++) if (grid.reserved[index] === 0) free++;
  return free >> 3;
}

/** Mode 0100, the length, the bytes, and filling. */
function dataCodewords(bytes: Uint8Array, version: number): Uint8Array {
  const bits: number[] = [];
  const push = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  push(4, 4);
  push(bytes.length, lengthBits(version));
  for (const byte of bytes) push(byte, 8);
  const room = dataCount(version) * 8;
  push(0, Math.min(4, room - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let filler = 0xec; bits.length < room; filler ^= 0xec ^ 0x11) push(filler, 8);
  return Uint8Array.from({ length: room / 8 }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => (byte << 1) | bit, 0),
  );
}

/** Blocks, the longer ones last, each with its error correction; then the first of each, the second of each ... */
function interleave(data: Uint8Array, version: number): number[] {
  const [count, ecc] = [blocksOf(version), eccOf(version)];
  const short = Math.floor(data.length / count);
  const longFrom = count - (data.length % count);
  const blocks: Uint8Array[] = [];
  for (let block = 0, start = 0; block < count; block++) {
    const length = short + (block >= longFrom ? 1 : 0);
    blocks.push(data.subarray(start, start + length));
    start += length;
  }
  const corrections = blocks.map((block) => correction(block, ecc));
  return [...columns(blocks, short + 1), ...columns(corrections, ecc)];
}

function columns(rows: readonly Uint8Array[], length: number): number[] {
  return Array.from({ length }, (_, index) => rows.flatMap((row) => (index < row.length ? [row[index]!] : []))).flat();
}

/** The remainder of Reed and Solomon's division, over GF(256) by x^8 + x^4 + x^3 + x^2 + 1. */
function correction(data: Uint8Array, count: number): Uint8Array {
  const generator = generatorOf(count);
  const rest = new Uint8Array(count);
  for (const byte of data) {
    const factor = byte ^ rest[0]!;
    rest.copyWithin(0, 1);
    rest[count - 1] = 0;
    for (let index = 0; index < count; index++) rest[index]! ^= times(generator[index]!, factor);
  }
  return rest;
}

/** (x - 1)(x - 2)(x - 4) ..., without its leading 1. */
function generatorOf(count: number): Uint8Array {
  const generator = new Uint8Array(count);
  generator[count - 1] = 1;
  for (let step = 0, root = 1; step < count; step++, root = times(root, 2))
    for (let index = 0; index < count; index++)
      generator[index] = times(generator[index]!, root) ^ (index + 1 < count ? generator[index + 1]! : 0);
  return generator;
}

export function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  return product;
}

class Grid implements Qr {
  readonly size: number;
  readonly dark: Uint8Array;
  /** Not for codewords. */
  readonly reserved: Uint8Array;

  constructor(version: number) {
    this.size = 17 + 4 * version;
    this.dark = new Uint8Array(this.size ** 2);
    this.reserved = new Uint8Array(this.size ** 2);
    this.#drawFixed(version);
  }

  isDark(x: number, y: number): boolean {
    return this.dark[y * this.size + x] === 1;
  }

  set(x: number, y: number, isDark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y * this.size + x] = isDark ? 1 : 0;
    this.reserved[y * this.size + x] = 1;
  }

  #drawFixed(version: number): void {
    const end = this.size - 1;
    for (let at = 0; at < this.size; at++) {
      this.set(at, 6, at % 2 === 0);
      this.set(6, at, at % 2 === 0);
    }
    const places = alignmentPlaces(version, this.size);
    for (const x of places)
      for (const y of places) {
        const isFinder = (x === 6 && (y === 6 || y === end - 6)) || (x === end - 6 && y === 6);
        if (!isFinder) this.#square(x, y, 2, [0, 2]);
      }
    for (const [x, y] of [
      [3, 3],
      [end - 3, 3],
      [3, end - 3],
    ] as const)
      this.#square(x, y, 4, [0, 1, 3]);
    this.drawFormat(0);
    if (version >= 7) this.#drawVersion(version);
  }

  /** Rings around a place; those at the distances are dark. */
  #square(centreX: number, centreY: number, reach: number, dark: readonly number[]): void {
    for (let y = -reach; y <= reach; y++)
      for (let x = -reach; x <= reach; x++)
        this.set(centreX + x, centreY + y, dark.includes(Math.max(Math.abs(x), Math.abs(y))));
  }

  /** Level and mask in 15 bits, twice. ISO/IEC 18004 section 7.9. */
  drawFormat(mask: number): void {
    const value = (LEVEL << 3) | mask;
    const bits = ((value << 10) | remainder(value, 10, 0x537)) ^ 0x5412;
    const isSet = (bit: number): boolean => ((bits >> bit) & 1) === 1;
    const { size } = this;
    for (let bit = 0; bit < 15; bit++) {
      const [x, y] = bit < 6 ? [8, bit] : bit < 8 ? [8, bit + 1] : bit === 8 ? [7, 8] : [14 - bit, 8];
      this.set(x!, y!, isSet(bit));
      if (bit < 8) this.set(size - 1 - bit, 8, isSet(bit));
      else this.set(8, size - 15 + bit, isSet(bit));
    }
    this.set(8, size - 8, true);
  }

  /** From version 7 on, in 18 bits, twice. Section 7.10. */
  #drawVersion(version: number): void {
    const bits = (version << 12) | remainder(version, 12, 0x1f25);
    for (let bit = 0; bit < 18; bit++) {
      const [across, along] = [this.size - 11 + (bit % 3), Math.floor(bit / 3)];
      this.set(across, along, ((bits >> bit) & 1) === 1);
      this.set(along, across, ((bits >> bit) & 1) === 1);
    }
  }
}

/** Of a code of Bose, Chaudhuri and Hocquenghem. */
function remainder(value: number, bits: number, generator: number): number {
  let rest = value;
  for (let step = 0; step < bits; step++) rest = (rest << 1) ^ ((rest >> (bits - 1)) * generator);
  return rest;
}

/** Centres of the small squares, the same across and down. Annex E. */
function alignmentPlaces(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => size - 7 - (count - 2 - index) * step)];
}

const MASKS: ReadonlyArray<(x: number, y: number) => boolean> = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function draw(version: number, codewords: readonly number[], mask: number): Grid {
  const grid = new Grid(version);
  let bit = 0;
  for (const [x, y] of freePlaces(grid)) {
    const isSet = bit < codewords.length * 8 && ((codewords[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1;
    grid.dark[y * grid.size + x] = isSet !== MASKS[mask]!(x, y) ? 1 : 0;
    bit++;
  }
  grid.drawFormat(mask);
  return grid;
}

/** In the order of the codewords' bits: two columns at a time from the right, up and down in turn. Section 7.7.3. */
function* freePlaces(grid: Grid): Generator<readonly [number, number]> {
  const { size } = grid;
  let isUpward = true;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++)
      for (const x of [right, right - 1]) {
        const y = isUpward ? size - 1 - step : step;
        if (grid.reserved[y * size + x] === 0) yield [x, y];
      }
    isUpward = !isUpward;
  }
}

/** How hard a code is to read. Section 7.8.3, tables 11. */
function penalty(grid: Grid): number {
  const { size } = grid;
  const lines = Array.from({ length: size }, (_, at) => [
    Array.from({ length: size }, (_each, along) => (grid.isDark(along, at) ? '1' : '0')).join(''),
    Array.from({ length: size }, (_each, along) => (grid.isDark(at, along) ? '1' : '0')).join(''),
  ]).flat();
  let points = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) points += run.length - 2;
    for (const _like of line.matchAll(/(?=10111010000|00001011101)/g)) points += 40;
  }
  for (let y = 0; y + 1 < size; y++)
    for (let x = 0; x + 1 < size; x++) {
      const same = grid.isDark(x, y);
      if (grid.isDark(x + 1, y) === same && grid.isDark(x, y + 1) === same && grid.isDark(x + 1, y + 1) === same)
        points += 3;
    }
  const share = grid.dark.reduce((sum, dark) => sum + dark, 0) / size ** 2;
  return points + Math.floor(Math.abs(share * 100 - 50) / 5) * 10;
}
