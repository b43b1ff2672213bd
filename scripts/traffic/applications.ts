/** Payloads that look like the applications of an office. Contents are filler. */
import type { Random } from './random.js';

export function httpRequest(host: string, path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: generated-traffic\r\nAccept: */*\r\n\r\n`);
}

export function httpResponse(bodyBytes: number): Buffer {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bodyBytes, 'generated ')]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** A TLS record. RFC 8446 5.1. */
function tlsRecord(type: number, version: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), u16(version), u16(body.length), body]);
}

function handshake(type: number, body: Buffer): Buffer {
  return tlsRecord(22, 0x0303, Buffer.concat([Buffer.from([type, 0]), u16(body.length), body]));
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([u16(type), u16(body.length), body]);
}

/** RFC 8446 4.1.2, with server_name, supported_groups, ALPN, signature_algorithms, supported_versions and key_share. */
export function tlsClientHello(serverName: string, random: Random): Buffer {
  const name = Buffer.from(serverName);
  const entry = Buffer.concat([Buffer.from([0]), u16(name.length), name]);
  const extensions = Buffer.concat([
    extension(0, Buffer.concat([u16(entry.length), entry])),
    extension(10, Buffer.from([0, 4, 0, 0x1d, 0, 0x17])),
    extension(16, Buffer.from('\0\x0c\x02h2\x08http/1.1', 'latin1')),
    extension(13, Buffer.from([0, 4, 4, 3, 8, 4])),
    extension(43, Buffer.from([4, 3, 4, 3, 3])),
    extension(51, Buffer.concat([Buffer.from([0, 36, 0, 0x1d, 0, 32]), random.bytes(32)])),
  ]);
  const ciphers = Buffer.from([0, 6, 0x13, 1, 0x13, 2, 0xc0, 0x2f]);
  const session = Buffer.concat([Buffer.from([32]), random.bytes(32)]);
  const head = Buffer.concat([u16(0x0303), random.bytes(32), session, ciphers, Buffer.from([1, 0])]);
  return handshake(1, Buffer.concat([head, u16(extensions.length), extensions]));
}

/** ServerHello, change of cipher, and the encrypted rest of the handshake. RFC 8446 4.1.3. */
export function tlsServerHello(random: Random): Buffer {
  const extensions = Buffer.concat([
    extension(43, Buffer.from([3, 4])),
    extension(51, Buffer.concat([Buffer.from([0, 0x1d, 0, 32]), random.bytes(32)])),
  ]);
  const session = Buffer.concat([Buffer.from([32]), random.bytes(32)]);
  const head = Buffer.concat([u16(0x0303), random.bytes(32), session, Buffer.from([0x13, 1, 0])]);
  const hello = handshake(2, Buffer.concat([head, u16(extensions.length), extensions]));
  return Buffer.concat([hello, tlsRecord(20, 0x0303, Buffer.from([1])), tlsData(1_800, 7)]);
}

const TLS_RECORD_BYTES = 16_000;

/** Encrypted records. @param fill stands for the cipher text */
export function tlsData(bytes: number, fill: number): Buffer {
  const records: Buffer[] = [];
  for (let left = bytes; left > 0; left -= TLS_RECORD_BYTES) {
    records.push(tlsRecord(23, 0x0303, Buffer.alloc(Math.min(left, TLS_RECORD_BYTES), fill)));
  }
  return Buffer.concat(records);
}

/** A short-header packet of QUIC. RFC 9000 17.3.1. */
export function quicShort(bytes: number, random: Random): Buffer {
  return Buffer.concat([Buffer.from([0x43]), random.bytes(16), Buffer.alloc(Math.max(0, bytes - 17), 0x5e)]);
}

/** RFC 5905 7.3. @param mode 3 is a client, 4 a server; @param timeUs since the Unix epoch */
export function ntp(mode: 3 | 4, timeUs: number): Buffer {
  const b = Buffer.alloc(48);
  b[0] = (4 << 3) | mode;
  b[1] = mode === 4 ? 2 : 0;
  b[2] = 6;
  if (mode === 4) Buffer.from([192, 0, 2, 123]).copy(b, 12);
  b.writeUInt32BE((Math.floor(timeUs / 1e6) + 2_208_988_800) >>> 0, 40);
  return b;
}

/** An SMB2 header with a READ, in the NetBIOS session frame of direct TCP. [MS-SMB2] 2.1, 2.2.1.2. */
function smb2(messageId: number, isResponse: boolean, body: Buffer): Buffer {
  const b = Buffer.alloc(68);
  b.writeUInt32BE(64 + body.length, 0);
  b.set([0xfe, 0x53, 0x4d, 0x42, 64, 0], 4);
  b.writeUInt16LE(8, 16);
  b.writeUInt16LE(1, 18);
  b.writeUInt32LE(isResponse ? 1 : 0, 20);
  b.writeUInt32LE(messageId, 28);
  return Buffer.concat([b, body]);
}

/** [MS-SMB2] 2.2.19. */
export function smbReadRequest(messageId: number, bytes: number): Buffer {
  const body = Buffer.alloc(49);
  body.writeUInt16LE(49, 0);
  body.writeUInt32LE(bytes, 4);
  return smb2(messageId, false, body);
}

/** [MS-SMB2] 2.2.20. */
export function smbReadResponse(messageId: number, bytes: number): Buffer {
  const body = Buffer.alloc(16 + bytes, 0x2e);
  body.fill(0, 0, 16);
  body.writeUInt16LE(17, 0);
  body[2] = 80;
  body.writeUInt32LE(bytes, 4);
  return smb2(messageId, true, body);
}
