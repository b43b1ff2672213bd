import { type Bytes, u8, u16 } from './bytes.js';

/** RFC 3244 2: the length of the message, its version, that of the ticket shown in it. */
export const KPASSWD_HEADER_BYTES = 6;
const VERSIONS: ReadonlySet<number> = new Set([0x0001, 0xff80]);
const AP_REQUEST = 0x6e;
const AP_REPLY = 0x6f;
const ERROR = 0x7e;

/**
 * A message by which a password is changed or set.
 * @returns where the ticket, its answer or an error is; undefined when it is no such message
 */
export function kpasswdMessage(
  b: Bytes,
  start: number,
  end: number,
): readonly [start: number, end: number] | undefined {
  const at = start + KPASSWD_HEADER_BYTES;
  if (at + 2 > end || u16(b, start) !== end - start || !VERSIONS.has(u16(b, start + 2))) return undefined;
  const bytes = u16(b, start + 4);
  const tag = u8(b, at);
  if (bytes === 0) return tag === ERROR ? [at, end] : undefined;
  return (tag === AP_REQUEST || tag === AP_REPLY) && at + bytes <= end ? [at, at + bytes] : undefined;
}
