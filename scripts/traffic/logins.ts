/** Messages of databases, RADIUS and their like, for tests and for fuzzing. Contents are made up. */
import type { Side } from './tcp.js';

export type Talk = readonly (readonly [Side, Buffer])[];

const text = (words: string): Buffer => Buffer.from(words);
const zero = (words: string): Buffer => Buffer.from(`${words}\0`);
const u32be = (value: number): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(value >>> 0);
  return b;
};

export type RadiusAttribute = readonly [type: number, value: Buffer | string];

/** RFC 2865 3. */
export function radius(code: number, id: number, ...attributes: readonly RadiusAttribute[]): Buffer {
  const parts = attributes.map(([type, value]) => {
    const body = Buffer.from(value);
    return Buffer.concat([Buffer.of(type, body.length + 2), body]);
  });
  const head = Buffer.alloc(20, 7);
  const body = Buffer.concat(parts);
  head.set([code, id]);
  head.writeUInt16BE(20 + body.length, 2);
  return Buffer.concat([head, body]);
}

function mysqlPacket(number: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(body.length & 0xff, body.length >> 8, 0, number), body]);
}

export const mysqlGreeting = (version: string): Buffer =>
  mysqlPacket(0, Buffer.of(10), zero(version), Buffer.alloc(40, 1));

/** @param proof bytes that prove the user */
export function mysqlLogin(user: string, database: string, plugin: string, proof: Buffer): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0x8 | 0x200 | 0x8000 | 0x80000, 0);
  return mysqlPacket(1, head, zero(user), Buffer.of(proof.length), proof, zero(database), zero(plugin));
}
export function mysqlTlsRequest(): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0x200 | 0x800, 0);
  return mysqlPacket(1, head);
}
export const mysqlOk = (number: number): Buffer => mysqlPacket(number, Buffer.of(0, 0, 0, 2, 0, 0, 0));
export const mysqlDenied = (number: number): Buffer =>
  mysqlPacket(number, Buffer.of(0xff, 0x15, 0x04), text('#28000Access denied'));
export const mysqlSwitch = (plugin: string): Buffer =>
  mysqlPacket(2, Buffer.of(0xfe), zero(plugin), Buffer.alloc(21, 1));

export function pgStartup(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Object.entries(parameters).flatMap(([name, value]) => [zero(name), zero(value)]);
  const rest = Buffer.concat([u32be(0x30000), ...body, Buffer.of(0)]);
  return Buffer.concat([u32be(rest.length + 4), rest]);
}
export const PG_TLS_REQUEST = Buffer.concat([u32be(8), u32be(80_877_103)]);
export const pgMessage = (kind: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([text(kind), u32be(body.length + 4), body]);
};
export const pgAuthentication = (method: number): Buffer => pgMessage('R', u32be(method));
export const pgError = (code: string): Buffer =>
  pgMessage('E', zero('SFATAL'), zero(`C${code}`), zero('Mno'), Buffer.of(0));
export const pgParameter = (name: string, value: string): Buffer => pgMessage('S', zero(name), zero(value));

/** A command of RESP. */
export const redis = (...words: readonly string[]): Buffer =>
  text(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);

/** MODBUS over TCP. @param data behind the function */
export function modbus(transaction: number, unit: number, code: number, ...data: readonly number[]): Buffer {
  return Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0, 2 + data.length, unit, code, ...data]);
}

/** [MS-TDS] 2.2.6.4: host, user, password, program, server, and the database in the ninth place. */
export function tdsLogin(host: string, user: string, password: string, program: string, database: string): Buffer {
  const fixed = Buffer.alloc(94);
  const texts: Buffer[] = [];
  let at = fixed.length;
  [host, user, password, program, 'srv', '', '', '', database].forEach((words, index) => {
    const wide = Buffer.from(words, 'utf16le');
    fixed.writeUInt16LE(at, 36 + index * 4);
    fixed.writeUInt16LE(words.length, 38 + index * 4);
    texts.push(wide);
    at += wide.length;
  });
  return tds(0x10, fixed, ...texts);
}
export function tds(kind: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.of(kind, 1, 0, 0, 0, 0, 1, 0);
  head.writeUInt16BE(8 + body.length, 2);
  return Buffer.concat([head, body]);
}
export const TDS_PRELOGIN = tds(
  0x12,
  Buffer.from('00000b0006010011000 1ff'.replaceAll(' ', ''), 'hex'),
  Buffer.alloc(7),
);

export const lines = (...list: readonly string[]): Buffer => text(`${list.join('\r\n')}\r\n`);
export const sip = (...list: readonly string[]): Buffer => lines(...list, 'Content-Length: 0', '');

export const tftp = (code: 1 | 2, file: string): Buffer =>
  Buffer.concat([Buffer.of(0, code), zero(file), zero('octet')]);

/** RFC 6143 7: a server that wants a password, and lets somebody in. */
export const VNC_TALK: Talk = [
  ['server', text('RFB 003.008\n')],
  ['client', text('RFB 003.008\n')],
  ['server', Buffer.of(2, 1, 2)],
  ['client', Buffer.of(2)],
  ['server', Buffer.alloc(16, 9)],
  ['client', Buffer.alloc(16, 8)],
  ['server', Buffer.alloc(4)],
  ['client', Buffer.of(1)],
  ['server', Buffer.concat([Buffer.of(4, 0, 3, 0), Buffer.alloc(16), u32be(4), text('pc1x')])],
];

/** RFC 8489 5: a binding request without attributes. */
export const STUN_REQUEST = Buffer.concat([Buffer.from('000100002112a442', 'hex'), Buffer.alloc(12, 3)]);
export const WIREGUARD_HELLO = Buffer.concat([Buffer.of(1, 0, 0, 0), Buffer.alloc(144, 5)]);
/** A client's first reset: session id, nothing acknowledged, packet 0. */
export const OPENVPN_RESET = Buffer.concat([Buffer.of(0x38), Buffer.alloc(8, 6), Buffer.alloc(5)]);
/** RFC 7296 3.1: IKE_SA_INIT with nothing in it. */
export const IKE_HELLO = Buffer.concat([
  Buffer.alloc(8, 1),
  Buffer.alloc(8),
  Buffer.of(0, 0x20, 34, 8),
  u32be(0),
  u32be(28),
]);
export const BITTORRENT_HELLO = Buffer.concat([text('\x13BitTorrent protocol'), Buffer.alloc(48, 2)]);
export const DHT_PING = Buffer.concat([text('d1:ad2:id20:'), Buffer.alloc(20, 0x61), text('e1:q4:ping1:t2:aa1:y1:qe')]);
