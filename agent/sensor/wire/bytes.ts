/** Captured bytes. Valid until the packet callback returns: what is kept is copied. */
export type Bytes = Buffer;

/** Big-endian reads without bounds checks of their own: each layer's `check` has proven that they are inside. */
export const u8 = (b: Bytes, at: number): number => b[at]!;
export const u16 = (b: Bytes, at: number): number => (b[at]! << 8) | b[at + 1]!;
export const u32 = (b: Bytes, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
/** The same 32 bits as a signed number: never needs an object of its own, where `u32` may. */
export const i32 = (b: Bytes, at: number): number =>
  (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
export const u16le = (b: Bytes, at: number): number => b[at]! | (b[at + 1]! << 8);
export const u32le = (b: Bytes, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;

/**
 * A copy that may be kept for long. Small buffers are cut out of pools of 8 KiB, and one that is kept keeps its whole
 * pool: this one has memory of its own.
 */
export function keepBytes(b: Bytes, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(end - start);
  b.copy(copy, 0, start, end);
  return copy;
}
