import { createCipheriv } from 'node:crypto';
import { clientKeys, type QuicKeys, serverKeys } from '../../agent/sensor/wire/quic.js';
import { tlsClientHello, tlsServerHello } from './applications.js';
import type { Random } from './random.js';

const VERSION = 1;
const DATAGRAM_BYTES = 1_200;
const TAG_BYTES = 16;
const NUMBER_BYTES = 4;
const RECORD_HEADER_BYTES = 5;

/**
 * The first datagrams of both sides, each an Initial of full size with its hello. RFC 9000 17.2.2, RFC 9001 5.
 * @param serverFixedBit 0: the server greases it (RFC 9287)
 */
export function quicInitials(
  serverName: string,
  random: Random,
  serverFixedBit: 0 | 1 = 1,
): { client: Buffer; server: Buffer } {
  const id = Buffer.from(random.bytes(8));
  const client = clientKeys(VERSION, id);
  const server = serverKeys(VERSION, id);
  if (client === undefined || server === undefined) throw new Error('version 1 is known');
  const helloOf = (records: Buffer): Buffer => {
    const end = RECORD_HEADER_BYTES + records.readUInt16BE(3);
    return records.subarray(RECORD_HEADER_BYTES, end);
  };
  const source = Buffer.from(random.bytes(8));
  return {
    client: seal(id, source, helloOf(tlsClientHello(serverName, random)), client),
    server: seal(source, id, helloOf(tlsServerHello(random)), server, serverFixedBit),
  };
}

function seal(destination: Buffer, source: Buffer, hello: Buffer, keys: QuicKeys, fixedBit: 0 | 1 = 1): Buffer {
  const ids = Buffer.concat([Buffer.of(destination.length), destination, Buffer.of(source.length), source]);
  const headBytes = 1 + 4 + ids.length + 1 + 2 + NUMBER_BYTES;
  const rest = DATAGRAM_BYTES - headBytes + NUMBER_BYTES;
  const head = Buffer.concat([
    Buffer.of(0x80 | (fixedBit << 6) | (NUMBER_BYTES - 1), 0, 0, 0, VERSION),
    ids,
    Buffer.of(0, 0x40 | (rest >> 8), rest & 0xff, 0, 0, 0, 0),
  ]);
  const frames = Buffer.alloc(rest - NUMBER_BYTES - TAG_BYTES);
  frames.set([6, 0, 0x40 | (hello.length >> 8), hello.length & 0xff]);
  hello.copy(frames, 4);
  const cipher = createCipheriv('aes-128-gcm', keys.key, keys.iv).setAAD(head);
  const sealed = Buffer.concat([cipher.update(frames), cipher.final(), cipher.getAuthTag()]);
  const numberAt = head.length - NUMBER_BYTES;
  const sample = Buffer.concat([head, sealed]).subarray(numberAt + 4, numberAt + 20);
  const mask = createCipheriv('aes-128-ecb', keys.headerKey, null).update(sample);
  head[0] = head[0]! ^ (mask[0]! & 0x0f);
  for (let i = 0; i < NUMBER_BYTES; i++) head[numberAt + i] = head[numberAt + i]! ^ mask[1 + i]!;
  return Buffer.concat([head, sealed]);
}
