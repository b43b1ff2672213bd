import { type Bytes, u8 } from './bytes.js';
import { huffmanText } from './hpack-huffman.js';
import { type HpackField, STATIC_TABLE } from './hpack-static.js';

/** RFC 7541 4.1: what an entry counts beside its characters. */
const ENTRY_BYTES = 32;
/** RFC 9113 6.5.2: what a side may use before it has heard the other's settings. */
const TABLE_BYTES_DEFAULT = 4_096;
/** Servers and tools use 4,096; a side that says that it uses more than this is not read any further. */
const TABLE_BYTES_MAX = 16_384;
/** Fields of one block: one byte can stand for a field of thousands. */
const FIELDS_MAX = 1_024;
/** Entries that have gone are cleared away together. */
const GONE_MAX = 256;

/** Field names and values as Latin-1. */
export type OnField = (name: string, value: string) => void;

/**
 * The header blocks of one side of an HTTP/2 connection, from its first on: each changes the table that those behind
 * it refer to. RFC 7541. Values are shared, never joined, so that a small block cannot become large.
 */
export class HpackReader {
  /** The newest last; those in front of `#first` have gone. */
  #dynamic: HpackField[] = [];
  #first = 0;
  #bytes = 0;
  #bytesMax = TABLE_BYTES_DEFAULT;
  #at = 0;

  /** Bytes of the dynamic table, as RFC 7541 4.1 counts them. */
  get tableBytes(): number {
    return this.#bytes;
  }

  /** @returns false when the block is damaged or passes a limit: no block behind it can be read */
  read(b: Bytes, start: number, end: number, onField: OnField): boolean {
    this.#at = start;
    for (let count = 0; this.#at < end; count++) {
      if (count >= FIELDS_MAX) return false;
      const first = u8(b, this.#at);
      if ((first & 0xe0) === 0x20) {
        if (!this.#resize(this.#integer(b, end, 5))) return false;
        continue;
      }
      const field = (first & 0x80) !== 0 ? this.#entry(this.#integer(b, end, 7)) : this.#literal(b, end, first);
      if (field === undefined) return false;
      onField(field.name, field.value);
    }
    return true;
  }

  /** RFC 7541 6.2: with a name of a table or a new one; only the first kind is remembered. */
  #literal(b: Bytes, end: number, first: number): HpackField | undefined {
    const isKept = (first & 0x40) !== 0;
    const index = this.#integer(b, end, isKept ? 6 : 4);
    if (index === undefined) return undefined;
    const name = index === 0 ? this.#string(b, end) : this.#entry(index)?.name;
    const value = name === undefined ? undefined : this.#string(b, end);
    if (name === undefined || value === undefined) return undefined;
    const field = { name, value };
    if (isKept) this.#keep(field);
    return field;
  }

  #entry(index: number | undefined): HpackField | undefined {
    if (index === undefined || index === 0) return undefined;
    const fixed = STATIC_TABLE[index - 1];
    if (fixed !== undefined) return fixed;
    const at = this.#dynamic.length - (index - STATIC_TABLE.length);
    return at < this.#first ? undefined : this.#dynamic[at];
  }

  #keep(field: HpackField): void {
    this.#dynamic.push(field);
    this.#bytes += sizeOf(field);
    this.#evict();
  }

  #resize(bytes: number | undefined): boolean {
    if (bytes === undefined || bytes > TABLE_BYTES_MAX) return false;
    this.#bytesMax = bytes;
    this.#evict();
    return true;
  }

  #evict(): void {
    for (; this.#bytes > this.#bytesMax; this.#first++) this.#bytes -= sizeOf(this.#dynamic[this.#first]!);
    if (this.#first < GONE_MAX) return;
    this.#dynamic = this.#dynamic.slice(this.#first);
    this.#first = 0;
  }

  /** RFC 7541 5.2. */
  #string(b: Bytes, end: number): string | undefined {
    if (this.#at >= end) return undefined;
    const isCoded = (u8(b, this.#at) & 0x80) !== 0;
    const bytes = this.#integer(b, end, 7);
    if (bytes === undefined || this.#at + bytes > end) return undefined;
    const from = this.#at;
    this.#at += bytes;
    return isCoded ? huffmanText(b, from, this.#at) : b.toString('latin1', from, this.#at);
  }

  /** RFC 7541 5.1: four bytes behind the prefix are more than any of its numbers needs. */
  #integer(b: Bytes, end: number, prefixBits: number): number | undefined {
    if (this.#at >= end) return undefined;
    const most = 2 ** prefixBits - 1;
    let value = u8(b, this.#at++) & most;
    if (value < most) return value;
    for (let shift = 0; shift < 28 && this.#at < end; shift += 7) {
      const byte = u8(b, this.#at++);
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    return undefined;
  }
}

function sizeOf({ name, value }: HpackField): number {
  return name.length + value.length + ENTRY_BYTES;
}
