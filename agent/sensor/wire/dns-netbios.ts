import { ipv4Text } from './addresses.js';
import { type Bytes, u8 } from './bytes.js';

/** RFC 1002 4.2.18: 15 bytes of name, one of suffix, two of flags. */
const STATUS_NAME_BYTES = 18;
const NAME_BYTES = 15;
/** RFC 1002 4.2.13: two bytes of flags and an address. */
const ADDRESS_BYTES = 6;

/**
 * NetBIOS first-level encoding (RFC 1001 14.1): 32 letters of half-bytes. Returns the name without its padding and
 * its suffix byte, or undefined when it is none.
 */
export function decodeNetbios(label: string): { name: string; suffix: number } | undefined {
  const encoded = label.split('.')[0] ?? '';
  if (!/^[A-P]{32}$/.test(encoded)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < 32; at += 2) {
    bytes.push(((encoded.charCodeAt(at) - 65) << 4) | (encoded.charCodeAt(at + 1) - 65));
  }
  const suffix = bytes.pop() ?? 0;
  return { name: plainName(bytes), suffix };
}

/** Printable bytes as they are, zeros and padding left out. */
function plainName(bytes: readonly number[]): string {
  const text = bytes.map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0 ? '' : `\\${String(byte).padStart(3, '0')}`,
  );
  return text.join('').trimEnd();
}

/** The addresses of a name; several for a group. RFC 1002 4.2.13. */
export function netbiosAddresses(b: Bytes, start: number, end: number, max: number): string[] {
  const list: string[] = [];
  for (let at = start; at + ADDRESS_BYTES <= end && list.length < max; at += ADDRESS_BYTES) {
    list.push(ipv4Text(b, at + 2));
  }
  return list;
}

/** The names that a node has, with their suffixes: `PC1<20>, OFFICE<00>`. RFC 1002 4.2.18. */
export function netbiosStatus(b: Bytes, start: number, end: number): string | undefined {
  if (start >= end) return undefined;
  const count = u8(b, start);
  const list: string[] = [];
  for (let i = 0, at = start + 1; i < count; i++, at += STATUS_NAME_BYTES) {
    if (at + STATUS_NAME_BYTES > end) return undefined;
    const suffix = u8(b, at + NAME_BYTES)
      .toString(16)
      .padStart(2, '0');
    list.push(`${plainName([...b.subarray(at, at + NAME_BYTES)])}<${suffix}>`);
  }
  return list.join(', ');
}
