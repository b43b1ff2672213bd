import { type Bytes, u8, u16, u32, u32le } from './bytes.js';
import { readLdapHead } from './ldap.js';

/** RFC 4422 3.7: four bytes of length in front of what a security layer wraps. */
export const WRAP_LENGTH_BYTES = 4;
const WRAP_BYTES_MAX = 2 ** 24;
/** RFC 4121 4.2.6.2. */
const KERBEROS_WRAP = 0x0504;
const KERBEROS_HEADER_BYTES = 16;
/** [MS-NLMP] 2.2.2.9. */
const NTLM_SIGNATURE_BYTES = 16;
/** RFC 1964 1.2.2, with or without a confounder. */
const OLD_TOKEN = 0x60;
const OLD_HEADER_BYTES_MAX = 64;

/** Whether [at, end) begins with a length and a token of GSS-API. */
export function isLdapWrap(b: Bytes, at: number, end: number): boolean {
  if (end - at < WRAP_LENGTH_BYTES + 8) return false;
  const bytes = u32(b, at);
  if (bytes < 12 || bytes > WRAP_BYTES_MAX) return false;
  const token = at + WRAP_LENGTH_BYTES;
  return (
    u16(b, token) === KERBEROS_WRAP || u32le(b, token) === 1 || (u8(b, token) === OLD_TOKEN && u8(b, token + 1) < 0x86)
  );
}

/** Where the message begins that a token signs and does not hide; undefined when it is hidden. */
export function ldapWrapped(b: Bytes, token: number, end: number): number | undefined {
  return candidates(b, token, end).find((at) => at < end && readLdapHead(b, at, end) !== undefined);
}

function candidates(b: Bytes, token: number, end: number): number[] {
  if (end - token < KERBEROS_HEADER_BYTES) return [];
  if (u16(b, token) === KERBEROS_WRAP) {
    // The checksum stands behind the message; a rotation to the right brings it in front.
    return [token + KERBEROS_HEADER_BYTES + u16(b, token + 6), token + KERBEROS_HEADER_BYTES];
  }
  if (u8(b, token) !== OLD_TOKEN) return [token + NTLM_SIGNATURE_BYTES];
  const list: number[] = [];
  for (let at = token + 20; at < Math.min(end, token + OLD_HEADER_BYTES_MAX); at++)
    if (u8(b, at) === 0x30) list.push(at);
  return list;
}
