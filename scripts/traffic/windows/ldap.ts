/** Messages of LDAP. RFC 4511. */
import { der, enumerated, integer, octets, sequence } from './der.js';

export const ldap = (id: number, operation: Buffer): Buffer => sequence(integer(id), operation);

/** 4.2. */
export const ldapSimpleBind = (name: string, password: string): Buffer =>
  der(0x60, integer(3), octets(name), der(0x80, Buffer.from(password)));
export const ldapSaslBind = (mechanism: string, token: Buffer): Buffer =>
  der(0x60, integer(3), octets(''), der(0xa3, octets(mechanism), octets(token)));

/** 4.1.9. @param tag of the response */
export function ldapResult(tag: number, code: number, message = '', more: readonly Buffer[] = []): Buffer {
  return der(tag, enumerated(code), octets(''), octets(message), ...more);
}
export const ldapServerToken = (token: Buffer): Buffer => der(0x87, token);

/** 4.5.1. @param scope 0 base, 1 one, 2 sub */
export function ldapSearch(base: string, scope: number, filter: Buffer, attributes: readonly string[]): Buffer {
  const limits = [enumerated(0), integer(0), integer(0), der(1, Buffer.of(0))];
  return der(0x63, octets(base), enumerated(scope), ...limits, filter, sequence(...attributes.map(octets)));
}
export const filterAnd = (...parts: readonly Buffer[]): Buffer => der(0xa0, ...parts);
export const filterNot = (part: Buffer): Buffer => der(0xa2, part);
export const filterEqual = (name: string, value: string | Buffer): Buffer => der(0xa3, octets(name), octets(value));
export const filterPresent = (name: string): Buffer => der(0x87, Buffer.from(name));
export const filterSubstrings = (name: string, ...parts: readonly Buffer[]): Buffer =>
  der(0xa4, octets(name), sequence(...parts));

export function ldapEntry(name: string, attribute?: string, value: Buffer | string = ''): Buffer {
  const list = attribute === undefined ? [] : [sequence(octets(attribute), der(0x31, octets(value)))];
  return der(0x64, octets(name), sequence(...list));
}
export const ldapDelete = (name: string): Buffer => der(0x4a, Buffer.from(name));
export const ldapAdd = (name: string): Buffer => der(0x68, octets(name), sequence());
export const ldapExtended = (oid: string): Buffer => der(0x77, der(0x80, Buffer.from(oid)));
export const ldapUnbind = (): Buffer => der(0x42);

/** RFC 4121 4.2.6.2, signed and not hidden; RFC 4422 3.7. */
export function ldapSigned(message: Buffer): Buffer {
  const checksum = Buffer.alloc(12, 0xcc);
  const header = Buffer.alloc(16);
  header.set([5, 4, 1, 0xff]);
  header.writeUInt16BE(checksum.length, 4);
  header.writeUInt16BE(checksum.length, 6);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(header.length + checksum.length + message.length);
  return Buffer.concat([size, header, checksum, message]);
}

/** The same, hidden. */
export function ldapSealed(bytes: number): Buffer {
  const b = Buffer.alloc(4 + bytes, 0x5e);
  b.writeUInt32BE(bytes, 0);
  b.set([5, 4, 3, 0xff], 4);
  return b;
}
