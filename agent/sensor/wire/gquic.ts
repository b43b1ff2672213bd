import { type Bytes, u16le, u32le } from './bytes.js';

/** Where the hello may begin: behind flags, an id, a version, a number, a hash and the head of a frame. */
const HELLO_WITHIN_BYTES = 64;
const HELLO = Buffer.from('CHLO');
const TAGS_MAX = 128;
const TEXT_BYTES_MAX = 255;

/** What a client of Google's QUIC says before it was the IETF's, in clear text. QUIC Crypto, "CHLO". */
export interface GoogleQuicHello {
  /** Q043, Q046, ... */
  readonly version: string;
  readonly serverName: string | undefined;
  readonly userAgent: string | undefined;
}

/** @returns undefined when a datagram does not begin with such a hello. Those from Q050 on are encrypted. */
export function googleQuicHello(b: Bytes, start: number, end: number): GoogleQuicHello | undefined {
  const version = versionOf(b, start, end);
  const window = b.subarray(start, Math.min(end, start + HELLO_WITHIN_BYTES));
  const at = version === undefined ? -1 : window.indexOf(HELLO);
  if (version === undefined || at < 0 || start + at + 8 > end) return undefined;
  const tags = readTags(b, start + at + HELLO.length, end);
  return { version, serverName: tags.get('SNI'), userAgent: tags.get('UAID') };
}

/** Up to Q043 behind one byte of flags and an id of eight; from Q044 on where version 1 has it (RFC 8999 5.1). */
function versionOf(b: Bytes, start: number, end: number): string | undefined {
  for (const at of [start + 9, start + 1]) {
    const text = at + 4 <= end ? b.toString('latin1', at, at + 4) : '';
    if (/^Q0\d\d$/.test(text)) return text;
  }
  return undefined;
}

/** A count, then tags with the place where each value ends, then the values. */
function readTags(b: Bytes, at: number, end: number): Map<string, string> {
  const tags = new Map<string, string>();
  const count = Math.min(u16le(b, at), TAGS_MAX);
  const values = at + 4 + u16le(b, at) * 8;
  let from = values;
  for (let i = 0; i < count && at + 12 + i * 8 <= end; i++) {
    const entry = at + 4 + i * 8;
    const to = values + u32le(b, entry + 4);
    if (to < from || to > end) break;
    const name = b.toString('latin1', entry, entry + 4).replaceAll('\0', '');
    if (to > from) tags.set(name, b.toString('utf8', from, Math.min(to, from + TEXT_BYTES_MAX)));
    from = to;
  }
  return tags;
}
