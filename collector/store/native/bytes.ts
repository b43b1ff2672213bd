/** Bytes that grow, with the few writes that ClickHouse's Native format is made of. */
export class GrowingBytes {
  #buffer: Buffer;
  length = 0;

  constructor(bytes = 1_024) {
    this.#buffer = Buffer.allocUnsafe(bytes);
  }

  /** What was written; valid until the next write. */
  get written(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.length);
    this.#buffer = larger;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.length++] = value;
  }

  zeros(count: number): void {
    this.repeat(0, count);
  }

  repeat(value: number, count: number): void {
    if (count <= 0) return;
    this.#reserve(count);
    this.#buffer.fill(value, this.length, this.length + count);
    this.length += count;
  }

  /** What was written since `start`, so many times more. */
  repeatFrom(start: number, times: number): void {
    const bytes = this.length - start;
    if (times <= 0 || bytes === 0) return;
    this.#reserve(bytes * times);
    // Doubles what is there: few copies, whatever the number.
    for (let left = bytes * times; left > 0; ) {
      const copied = Math.min(left, this.length - start);
      this.#buffer.copyWithin(this.length, start, start + copied);
      this.length += copied;
      left -= copied;
    }
  }

  bytes(from: Uint8Array): void {
    this.#reserve(from.length);
    this.#buffer.set(from, this.length);
    this.length += from.length;
  }

  /** 7 bits a byte, the lowest first. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  /** A safe integer as eight bytes, little-endian, two's complement. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#buffer.writeUInt32LE(value - high * 2 ** 32, this.length);
    this.#buffer.writeInt32LE(high, this.length + 4);
    this.length += 8;
  }

  bigInt64(value: bigint): void {
    this.#reserve(8);
    this.#buffer.writeBigInt64LE(value, this.length);
    this.length += 8;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#buffer.writeDoubleLE(value, this.length);
    this.length += 8;
  }

  /** Its length, then UTF-8. The text must be well-formed. */
  text(text: string): void {
    if (text.length > SHORT_LENGTH || !this.#shortText(text)) this.#longText(text);
  }

  /** Most texts are short and ASCII: a loop is faster than a call into native code. */
  #shortText(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 1);
    const buffer = this.#buffer;
    let at = this.length;
    buffer[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.length = at;
    return true;
  }

  #longText(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.varint(bytes);
    this.#reserve(bytes);
    this.length += this.#buffer.write(text, this.length, 'utf8');
  }
}

/** Below 128, so that its length is one byte. */
const SHORT_LENGTH = 64;
