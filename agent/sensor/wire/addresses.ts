import type { Bytes } from './bytes.js';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** `00:11:22:33:44:55` */
export function macText(b: Uint8Array, at: number): string {
  return `${HEX[b[at]!]}:${HEX[b[at + 1]!]}:${HEX[b[at + 2]!]}:${HEX[b[at + 3]!]}:${HEX[b[at + 4]!]}:${HEX[b[at + 5]!]}`;
}

export function ipv4Text(b: Uint8Array, at: number): string {
  return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
}

/** RFC 5952: lower case, the longest run of zero groups (two or more, the first of equals) as `::`. */
export function ipv6Text(b: Uint8Array, at: number): string {
  let bestStart = -1;
  let bestLength = 1;
  for (let group = 0; group < 8; ) {
    let length = 0;
    while (group + length < 8 && groupAt(b, at, group + length) === 0) length++;
    if (length > bestLength) {
      bestStart = group;
      bestLength = length;
    }
    group += length + 1;
  }
  if (isMapped(b, at)) return `::ffff:${ipv4Text(b, at + 12)}`;
  let text = '';
  for (let group = 0; group < 8; group++) {
    if (group === bestStart) {
      text += '::';
      group += bestLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += groupAt(b, at, group).toString(16);
  }
  return text;
}

function groupAt(b: Uint8Array, at: number, group: number): number {
  return (b[at + group * 2]! << 8) | b[at + group * 2 + 1]!;
}

/** RFC 5952 5: an IPv4-mapped address shows its IPv4 part. */
function isMapped(b: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (b[at + i] !== 0) return false;
  return b[at + 10] === 0xff && b[at + 11] === 0xff;
}

export function ipText(b: Bytes | Uint8Array, at: number, version: number): string {
  return version === 6 ? ipv6Text(b, at) : ipv4Text(b, at);
}
