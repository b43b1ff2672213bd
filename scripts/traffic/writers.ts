/** Recordings on disk: pcap, pcapng, gzip'd or not. Streams, so memory stays bounded whatever the length. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Packet } from './packet.js';

export const FORMATS = ['pcap', 'pcap-ns', 'pcap-be', 'pcapng'] as const;
export type Format = (typeof FORMATS)[number];
const LINKTYPE_ETHERNET = 1;
const CHUNK_BYTES = 256 * 1024;
const SNAP_BYTES = 262_144;

/** @param path gzip'd when it ends in `.gz` */
export async function writeRecording(path: string, packets: Iterable<Packet>, format: Format = 'pcap'): Promise<void> {
  const chunks = Readable.from(gathered(recordingParts(packets, format)), { objectMode: true });
  if (path.endsWith('.gz')) await pipeline(chunks, createGzip(), createWriteStream(path));
  else await pipeline(chunks, createWriteStream(path));
}

/** The parts of a file, small ones included: headers and packets in turn. */
export function* recordingParts(packets: Iterable<Packet>, format: Format): Generator<Buffer> {
  if (format === 'pcapng') yield* pcapngParts(packets);
  else yield* pcapParts(packets, format);
}

function* pcapParts(packets: Iterable<Packet>, format: Format): Generator<Buffer> {
  const isBig = format === 'pcap-be';
  const isNano = format === 'pcap-ns';
  const words = (values: readonly number[]) => wordBytes(values, isBig);
  yield words([isNano ? 0xa1b23c4d : 0xa1b2c3d4, isBig ? 0x00020004 : 0x00040002, 0, 0, SNAP_BYTES, LINKTYPE_ETHERNET]);
  for (const { timeUs, bytes } of packets) {
    const seconds = Math.floor(timeUs / 1e6);
    const fraction = (timeUs - seconds * 1e6) * (isNano ? 1_000 : 1);
    yield words([seconds, fraction, bytes.length, bytes.length]);
    yield bytes;
  }
}

/** Section header, one interface (microseconds by default), enhanced packets. draft-ietf-opsawg-pcapng 4. */
function* pcapngParts(packets: Iterable<Packet>): Generator<Buffer> {
  const words = (values: readonly number[]) => wordBytes(values, false);
  yield words([0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28]);
  yield words([1, 20, LINKTYPE_ETHERNET, SNAP_BYTES, 20]);
  for (const { timeUs, bytes } of packets) {
    const padding = (4 - (bytes.length % 4)) % 4;
    const total = 32 + bytes.length + padding;
    yield words([6, total, 0, Math.floor(timeUs / 2 ** 32), timeUs % 2 ** 32, bytes.length, bytes.length]);
    yield bytes;
    yield Buffer.concat([Buffer.alloc(padding), words([total])]);
  }
}

function wordBytes(values: readonly number[], isBig: boolean): Buffer {
  const b = Buffer.allocUnsafe(values.length * 4);
  values.forEach((value, index) => {
    if (isBig) b.writeUInt32BE(value >>> 0, index * 4);
    else b.writeUInt32LE(value >>> 0, index * 4);
  });
  return b;
}

function* gathered(parts: Iterable<Buffer>): Generator<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for (const part of parts) {
    pieces.push(part);
    bytes += part.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}
