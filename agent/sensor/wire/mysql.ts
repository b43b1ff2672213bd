import { type Bytes, u8, u16le, u32le } from './bytes.js';
import { textAt } from './text.js';

/** MySQL client/server protocol: three bytes of length, least first, and a number that counts up. */
export const MYSQL_HEADER_BYTES = 4;
const PROTOCOL_VERSION = 10;
/** Capability flags of a client. */
const WITH_DATABASE = 0x8;
const PROTOCOL_41 = 0x200;
const TLS = 0x800;
const SECURE = 0x8000;
const PLUGIN = 0x80000;
const LENGTH_ENCODED = 0x200000;
const SSL_REQUEST_BYTES = 32;
const OLD_FIXED_BYTES = 5;

export interface MysqlPacket {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** @returns undefined when the header is not all there */
export function mysqlPacket(b: Bytes, start: number, end: number): MysqlPacket | undefined {
  if (end - start < MYSQL_HEADER_BYTES) return undefined;
  const bytes = u16le(b, start) | (u8(b, start + 2) << 16);
  return { number: u8(b, start + 3), start: start + MYSQL_HEADER_BYTES, end: start + MYSQL_HEADER_BYTES + bytes };
}

/** The server's first words: its version. */
export function mysqlGreeting(b: Bytes, start: number, end: number): string | undefined {
  if (end - start < 10 || u8(b, start) !== PROTOCOL_VERSION) return undefined;
  const zero = b.indexOf(0, start + 1);
  const version = zero < 0 || zero >= end ? '' : textAt(b, start + 1, zero);
  return /^\d+\.\d+/.test(version) ? version : undefined;
}

export interface MysqlLogin {
  /** TLS follows: who it is comes inside of it. */
  readonly isTls: boolean;
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly plugin: string | undefined;
}

/** The client's first words. @returns undefined when they are cut */
export function mysqlLogin(b: Bytes, start: number, end: number): MysqlLogin | undefined {
  if (end - start >= OLD_FIXED_BYTES && (u16le(b, start) & PROTOCOL_41) === 0) return oldLogin(b, start, end);
  if (end - start < SSL_REQUEST_BYTES) return undefined;
  const flags = u32le(b, start);
  if ((flags & TLS) !== 0 && end - start === SSL_REQUEST_BYTES)
    return { isTls: true, user: undefined, database: undefined, plugin: undefined };
  const user = zeroText(b, start + SSL_REQUEST_BYTES, end);
  if (user === undefined) return undefined;
  let at = proofEnd(b, user.end, end, flags);
  const database = (flags & WITH_DATABASE) === 0 ? undefined : zeroText(b, at, end);
  at = database?.end ?? at;
  const plugin = (flags & PLUGIN) === 0 ? undefined : zeroText(b, at, end);
  return { isTls: false, user: user.text, database: database?.text, plugin: plugin?.text };
}

/** Before 4.1: two bytes of flags and three of a size, the user, what proves it, and the database behind that. */
function oldLogin(b: Bytes, start: number, end: number): MysqlLogin | undefined {
  const user = zeroText(b, start + OLD_FIXED_BYTES, end);
  if (user === undefined) return undefined;
  const isTls = (u16le(b, start) & TLS) !== 0 && end - start === OLD_FIXED_BYTES;
  const proof = (u16le(b, start) & WITH_DATABASE) === 0 ? undefined : zeroText(b, user.end, end);
  const database = proof === undefined ? undefined : zeroText(b, proof.end, end);
  return { isTls, user: user.text, database: database?.text, plugin: 'mysql_old_password' };
}

/** What proves the user is passed over. */
function proofEnd(b: Bytes, at: number, end: number, flags: number): number {
  if (at >= end) return end;
  if ((flags & (LENGTH_ENCODED | SECURE)) !== 0) {
    const first = u8(b, at);
    // A length of more than 250 has bytes of its own.
    if (first === 0xfc && at + 3 <= end && (flags & LENGTH_ENCODED) !== 0)
      return Math.min(end, at + 3 + u16le(b, at + 1));
    return Math.min(end, at + 1 + first);
  }
  return zeroText(b, at, end)?.end ?? end;
}

/** Text up to a zero, or to the end of the packet. */
function zeroText(b: Bytes, at: number, end: number): { text: string; end: number } | undefined {
  if (at >= end) return undefined;
  const zero = b.indexOf(0, at);
  const textEnd = zero < 0 || zero > end ? end : zero;
  return { text: textAt(b, at, textEnd), end: Math.min(end, textEnd + 1) };
}

/** An error: its number. */
export function mysqlError(b: Bytes, start: number, end: number): number | undefined {
  return end - start >= 3 && u8(b, start) === 0xff ? u16le(b, start + 1) : undefined;
}
