/** The control channel of OpenVPN: resets, and a handshake of TLS in pieces. */
import { tlsClientHello, tlsServerHello } from './applications.js';
import type { Random } from './random.js';
import type { Side } from './tcp.js';

const CLIENT_RESET = 7;
const SERVER_RESET = 8;
const CONTROL = 4;
const PIECE_BYTES = 100;

function u32(value: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(value);
  return b;
}

/** @param hmacBytes of tls-auth, 0 without */
export function openVpnHandshake(serverName: string, random: Random, hmacBytes: number): [Side, Buffer][] {
  const sent = { client: 0, server: 0 };
  const packet = (from: Side, opcode: number, body: Buffer, acks: readonly number[]): [Side, Buffer] => {
    const number = sent[from]++;
    const auth = hmacBytes === 0 ? [] : [random.bytes(hmacBytes), u32(number + 1), u32(1_700_000_000)];
    const acked = acks.length === 0 ? [] : [...acks.map(u32), Buffer.alloc(8, 7)];
    const head = [Buffer.of(opcode << 3), Buffer.alloc(8, from === 'client' ? 5 : 7), ...auth, Buffer.of(acks.length)];
    return [from, Buffer.concat([...head, ...acked, u32(number), body])];
  };
  const pieces = (from: Side, bytes: Buffer): [Side, Buffer][] => {
    const list: [Side, Buffer][] = [];
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      list.push(packet(from, CONTROL, bytes.subarray(at, at + PIECE_BYTES), at === 0 ? [0] : []));
    return list;
  };
  return [
    packet('client', CLIENT_RESET, Buffer.alloc(0), []),
    packet('server', SERVER_RESET, Buffer.alloc(0), [0]),
    ...pieces('client', tlsClientHello(serverName, random)),
    ...pieces('server', tlsServerHello(random)),
  ];
}

/** As over TCP: each with its length in front. */
export function openVpnFrame(packet: Buffer): Buffer {
  return Buffer.concat([Buffer.of(packet.length >> 8, packet.length & 255), packet]);
}
