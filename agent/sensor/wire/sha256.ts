import type { Bytes } from './bytes.js';

// FIPS 180-4, 6.2: SHA-256. Our own, because a hash of one block is done before a call into OpenSSL has begun.
export const SHA256_BYTES = 32;
export const SHA256_BLOCK_BYTES = 64;
const STATE_WORDS = 8;
const BLOCK_WORDS = 16;
const ROUNDS = 64;

/** The first 32 bits of the fractional parts of the square and cube roots of the first primes (4.2.2, 5.3.3). */
const { roots, constants } = primeRoots();
const schedule = new Int32Array(ROUNDS);

function primeRoots(): { roots: Int32Array; constants: Int32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < ROUNDS; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const bits = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
  return {
    roots: Int32Array.from(primes.slice(0, STATE_WORDS), (prime) => bits(Math.sqrt(prime))),
    constants: Int32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
  };
}

/** Sixteen big-endian words of a message. */
export type Sha256Block = Int32Array;
export type Sha256State = Int32Array;

export function newSha256State(): Sha256State {
  return new Int32Array(roots);
}

/** Takes one block into the state (6.2.2). */
export function compressSha256(state: Sha256State, block: Sha256Block): void {
  extend(block);
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let round = 0; round < ROUNDS; round++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + constants[round]! + schedule[round]!) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}

function extend(block: Sha256Block): void {
  for (let word = 0; word < BLOCK_WORDS; word++) schedule[word] = block[word]!;
  for (let word = BLOCK_WORDS; word < ROUNDS; word++) {
    const early = schedule[word - 15]!;
    const late = schedule[word - 2]!;
    const small0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const small1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    schedule[word] = schedule[word - 16]! + small0 + schedule[word - 7]! + small1;
  }
}

const INNER = 0x36363636;
const OUTER = 0x5c5c5c5c;
/** What one padded block holds behind the marker bit and the length. */
const MESSAGE_BYTES_MAX = SHA256_BLOCK_BYTES - 9;
const work = new Int32Array(BLOCK_WORDS);
const state = new Int32Array(STATE_WORDS);

/** HMAC-SHA-256 (RFC 2104) of short messages: the key's two blocks are taken in once. */
export class ShortHmac {
  readonly #inner = newSha256State();
  readonly #outer = newSha256State();

  /** @param key 64 bytes at most */
  constructor(key: Bytes | Uint8Array) {
    for (const [into, mask] of [[this.#inner, INNER] as const, [this.#outer, OUTER] as const]) {
      putBytes(key, 0, Math.min(key.length, SHA256_BLOCK_BYTES));
      for (let word = 0; word < BLOCK_WORDS; word++) work[word] = work[word]! ^ mask;
      compressSha256(into, work);
    }
  }

  /** @param message 55 bytes at most @returns 32 bytes of its own */
  digest(message: Bytes | Uint8Array): Buffer {
    state.set(this.#inner);
    finish(message);
    for (let word = 0; word < BLOCK_WORDS; word++) work[word] = word < STATE_WORDS ? state[word]! : 0;
    work[STATE_WORDS] = 0x80000000 | 0;
    work[BLOCK_WORDS - 1] = (SHA256_BLOCK_BYTES + SHA256_BYTES) * 8;
    state.set(this.#outer);
    compressSha256(state, work);
    const digest = Buffer.allocUnsafe(SHA256_BYTES);
    for (let word = 0; word < STATE_WORDS; word++) digest.writeInt32BE(state[word]!, word * 4);
    return digest;
  }
}

/** The message's last block behind one that was taken in before: marker and length (5.1.1). */
function finish(message: Bytes | Uint8Array): void {
  const bytes = Math.min(message.length, MESSAGE_BYTES_MAX);
  putBytes(message, 0, bytes);
  const word = bytes >> 2;
  work[word] = work[word]! | (0x80 << (24 - 8 * (bytes & 3)));
  work[BLOCK_WORDS - 1] = (SHA256_BLOCK_BYTES + bytes) * 8;
  compressSha256(state, work);
}

/** Bytes as big-endian words, zeros behind them. */
function putBytes(from: Bytes | Uint8Array, start: number, bytes: number): void {
  work.fill(0);
  for (let i = 0; i < bytes; i++) {
    const word = i >> 2;
    work[word] = work[word]! | (from[start + i]! << (24 - 8 * (i & 3)));
  }
}
