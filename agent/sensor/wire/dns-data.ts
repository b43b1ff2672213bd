import { ipv4Text, ipv6Text, macText } from './addresses.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';
import { locationText } from './dns-location.js';
import { nameCursor, readName } from './dns-names.js';
import { dnsTypeName } from './dns-types.js';

/** Text of one record's data that is kept. */
const TEXT_MAX = 4_096;
const cursor = nameCursor();

/**
 * The data of a record as dig prints it; TXT strings unquoted and joined.
 * @param start,end of the whole message, for pointers
 * @param at,dataEnd of the data, inside of the message
 * @returns undefined when the data do not fit their type
 */
export function dataText(
  b: Bytes,
  start: number,
  end: number,
  type: number,
  at: number,
  dataEnd: number,
): string | undefined {
  const reader = new DataReader(b, start, end, at, dataEnd);
  const text = (READERS[type] ?? unknown)(reader);
  return reader.isDamaged || text === undefined ? undefined : text.slice(0, TEXT_MAX);
}

type Reader = (r: DataReader) => string | undefined;

const READERS: Readonly<Record<number, Reader>> = {
  1: (r) => (r.left === 4 ? ipv4Text(r.b, r.skip(4)) : undefined),
  2: (r) => r.name(),
  5: (r) => r.name(),
  6: (r) => `${r.name()} ${r.name()} ${r.u32()} ${r.u32()} ${r.u32()} ${r.u32()} ${r.u32()}`,
  12: (r) => r.name(),
  13: (r) => `"${r.quoted()}" "${r.quoted()}"`,
  15: (r) => `${r.u16()} ${r.name()}`,
  16: (r) => r.strings(),
  17: (r) => `${r.name()} ${r.name()}`,
  18: (r) => `${r.u16()} ${r.name()}`,
  19: (r) => `"${r.quoted()}"`,
  21: (r) => `${r.u16()} ${r.name()}`,
  26: (r) => `${r.u16()} ${r.name()} ${r.name()}`,
  28: (r) => (r.left === 16 ? ipv6Text(r.b, r.skip(16)) : undefined),
  29: (r) => (r.left === 16 ? locationText(r.b, r.skip(16)) : undefined),
  33: (r) => `${r.u16()} ${r.u16()} ${r.u16()} ${r.name()}`,
  35: (r) => `${r.u16()} ${r.u16()} "${r.quoted()}" "${r.quoted()}" "${r.quoted()}" ${r.name()}`,
  36: (r) => `${r.u16()} ${r.name()}`,
  37: (r) => `${r.u16()} ${r.u16()} ${r.u8()} ${r.base64()}`,
  39: (r) => r.name(),
  43: (r) => `${r.u16()} ${r.u8()} ${r.u8()} ${r.hex().toUpperCase()}`,
  44: (r) => `${r.u8()} ${r.u8()} ${r.hex().toUpperCase()}`,
  46: signature,
  47: (r) => [r.name(), ...r.typeBitmaps()].join(' '),
  48: (r) => `${r.u16()} ${r.u8()} ${r.u8()} ${r.base64()}`,
  49: (r) => r.base64(),
  50: (r) => [`${r.u8()} ${r.u8()} ${r.u16()} ${r.salt()} ${r.base32Hex()}`, ...r.typeBitmaps()].join(' '),
  51: (r) => `${r.u8()} ${r.u8()} ${r.u16()} ${r.salt()}`,
  52: (r) => `${r.u8()} ${r.u8()} ${r.u8()} ${r.hex().toUpperCase()}`,
  53: (r) => `${r.u8()} ${r.u8()} ${r.u8()} ${r.hex().toUpperCase()}`,
  59: (r) => `${r.u16()} ${r.u8()} ${r.u8()} ${r.hex().toUpperCase()}`,
  60: (r) => `${r.u16()} ${r.u8()} ${r.u8()} ${r.base64()}`,
  61: (r) => r.base64(),
  64: service,
  65: service,
  99: (r) => r.strings(),
  108: (r) => (r.left === 6 ? macText(r.b, r.skip(6)).replaceAll(':', '-') : undefined),
  109: (r) => (r.left === 8 ? r.hex().replaceAll(/(?<=.)(?=(?:..)+$)/g, '-') : undefined),
  256: (r) => `${r.u16()} ${r.u16()} "${quote(r.rest())}"`,
  257: (r) => `${r.u8()} ${r.string()} "${quote(r.rest())}"`,
  32769: (r) => `${r.u16()} ${r.u8()} ${r.u8()} ${r.hex().toUpperCase()}`,
};

/** RFC 3597 5. */
function unknown(r: DataReader): string {
  const bytes = r.left;
  return bytes === 0 ? '\\# 0' : `\\# ${bytes} ${r.hex().toUpperCase()}`;
}

/** RFC 4034 3.2: times as YYYYMMDDHHMMSS. */
function signature(r: DataReader): string {
  const head = `${dnsTypeName(r.u16())} ${r.u8()} ${r.u8()} ${r.u32()}`;
  const times = `${signatureTime(r.u32())} ${signatureTime(r.u32())}`;
  return `${head} ${times} ${r.u16()} ${r.name()} ${r.base64()}`;
}

function signatureTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replaceAll(/[-:T]|\..*/g, '');
}

const SERVICE_KEYS = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint', 'dohpath'];

/** RFC 9460 2.1. */
function service(r: DataReader): string {
  const parts = [`${r.u16()} ${r.name()}`];
  while (r.left >= 4 && !r.isDamaged) {
    const key = r.u16();
    const length = r.u16();
    const at = r.skip(length);
    if (r.isDamaged) break;
    const value = serviceValue(r.b, key, at, at + length);
    parts.push(value === '' ? serviceKey(key) : `${serviceKey(key)}=${value}`);
  }
  return parts.join(' ');
}

function serviceKey(key: number): string {
  return SERVICE_KEYS[key] ?? `key${key}`;
}

function serviceValue(b: Bytes, key: number, at: number, end: number): string {
  const list: string[] = [];
  switch (key) {
    case 0:
      for (let i = at; i + 1 < end; i += 2) list.push(serviceKey(u16(b, i)));
      return list.join(',');
    case 1:
      for (let i = at; i < end; i += 1 + u8(b, i)) list.push(printable(b, i + 1, Math.min(end, i + 1 + u8(b, i))));
      return `"${list.join(',')}"`;
    case 3:
      return end - at === 2 ? String(u16(b, at)) : '';
    case 4:
      for (let i = at; i + 3 < end; i += 4) list.push(ipv4Text(b, i));
      return list.join(',');
    case 5:
      return b.toString('base64', at, end);
    case 6:
      for (let i = at; i + 15 < end; i += 16) list.push(ipv6Text(b, i));
      return list.join(',');
    default:
      return end > at ? `"${printable(b, at, end)}"` : '';
  }
}

function printable(b: Bytes, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end && text.length < TEXT_MAX; at++) {
    const byte = u8(b, at);
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

/** RFC 1035 5.1: what stands in quotation marks has its own marks and backslashes quoted. */
function quote(text: string): string {
  return text.replaceAll(/\\(?!\d{3})|"/g, (character) => `\\${character}`);
}

/** Reads one record's data in order; beyond its end everything is empty and `isDamaged`. */
class DataReader {
  isDamaged = false;
  readonly b: Bytes;
  readonly #start: number;
  readonly #messageEnd: number;
  readonly #end: number;
  #at: number;

  constructor(b: Bytes, start: number, messageEnd: number, at: number, end: number) {
    this.b = b;
    this.#start = start;
    this.#messageEnd = messageEnd;
    this.#at = at;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  /** Moves on and returns where it was. */
  skip(bytes: number): number {
    const at = this.#at;
    if (bytes > this.left) {
      this.isDamaged = true;
      return at;
    }
    this.#at += bytes;
    return at;
  }

  u8(): number {
    const at = this.skip(1);
    return this.isDamaged ? 0 : u8(this.b, at);
  }

  u16(): number {
    const at = this.skip(2);
    return this.isDamaged ? 0 : u16(this.b, at);
  }

  u32(): number {
    const at = this.skip(4);
    return this.isDamaged ? 0 : u32(this.b, at);
  }

  /** A domain name with its last dot, as dig prints names in data. */
  name(): string {
    const text = readName(this.b, this.#start, this.#messageEnd, this.#at, cursor);
    if (text === undefined || cursor.at > this.#end) {
      this.isDamaged = true;
      return '';
    }
    this.#at = cursor.at;
    return `${text}.`;
  }

  /** A string with its length in front. */
  string(): string {
    const length = this.u8();
    const at = this.skip(length);
    return this.isDamaged ? '' : printable(this.b, at, at + length);
  }

  /** A string for quotation marks. */
  quoted(): string {
    return quote(this.string());
  }

  strings(): string {
    let text = '';
    while (this.left > 0 && !this.isDamaged) text += this.string();
    return text;
  }

  rest(): string {
    const bytes = this.left;
    const at = this.skip(bytes);
    return printable(this.b, at, at + bytes);
  }

  hex(): string {
    const bytes = this.left;
    return this.b.toString('hex', this.skip(bytes), this.#end);
  }

  base64(): string {
    const bytes = this.left;
    return this.b.toString('base64', this.skip(bytes), this.#end);
  }

  /** RFC 5155 3.3: `-` for none. */
  salt(): string {
    const length = this.u8();
    const at = this.skip(length);
    return length === 0 || this.isDamaged ? '-' : this.b.toString('hex', at, at + length).toUpperCase();
  }

  /** RFC 4648 7 without padding, as NSEC3 shows hashed names. */
  base32Hex(): string {
    const length = this.u8();
    const at = this.skip(length);
    if (this.isDamaged) return '';
    let bits = '';
    for (let i = 0; i < length; i++)
      bits += u8(this.b, at + i)
        .toString(2)
        .padStart(8, '0');
    return (bits.match(/.{1,5}/g) ?? [])
      .map((five) => Number.parseInt(five.padEnd(5, '0'), 2).toString(32).toUpperCase())
      .join('');
  }

  /** RFC 4034 4.1.2: windows of bitmaps. */
  typeBitmaps(): string[] {
    const types: string[] = [];
    while (this.left >= 2 && !this.isDamaged) {
      const window = this.u8();
      const length = this.u8();
      const at = this.skip(length);
      for (let bit = 0; !this.isDamaged && bit < length * 8; bit++) {
        if ((u8(this.b, at + (bit >> 3)) & (0x80 >> (bit & 7))) !== 0) types.push(dnsTypeName(window * 256 + bit));
      }
    }
    return types;
  }
}
