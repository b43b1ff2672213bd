import { writeSync } from 'node:fs';
import { SNAP_BYTES_MAX } from '../../../protocol/capture.js';

// draft-ietf-opsawg-pcap, sections 4 and 5: the file header, and the header of a packet.
export const PCAP_HEADER_BYTES = 24;
export const PACKET_HEADER_BYTES = 16;
const MAGIC_MICROS = 0xa1b2c3d4;
const VERSION = 0x0004_0002;
const US_PER_S = 1e6;

export function pcapHeader(linkType: number, snapBytes: number): Buffer {
  const header = Buffer.alloc(PCAP_HEADER_BYTES);
  header.writeUInt32LE(MAGIC_MICROS, 0);
  header.writeUInt32LE(VERSION, 4);
  header.writeUInt32LE(snapBytes, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

/** Sixteen bytes at `at`. */
export function writePacketHeader(b: Buffer, at: number, timeUs: number, captured: number, wireBytes: number): void {
  const seconds = Math.floor(timeUs / US_PER_S);
  writeWord(b, at, seconds);
  writeWord(b, at + 4, timeUs - seconds * US_PER_S);
  writeWord(b, at + 8, captured);
  writeWord(b, at + 12, Math.max(captured, wireBytes));
}

/** Little-endian, without a check of its own: a quarter of what `writeUInt32LE` costs. */
function writeWord(b: Buffer, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
  b[at + 2] = value >>> 16;
  b[at + 3] = value >>> 24;
}

export interface PcapOutputConfig {
  /** Open for writing and not blocking. */
  readonly fd: number;
  /** More than one packet. */
  readonly bufferBytes: number;
}

/** Above this, a write is worth its system call even in the middle of a burst. */
const FLUSH_BYTES = 64 * 1024;
/** Least that a buffer must hold. */
export const BUFFER_BYTES_MIN = 2 * (SNAP_BYTES_MAX + PACKET_HEADER_BYTES);

export interface PcapOutputDeps {
  /** Writes to `fd` what it takes, like fs.writeSync. */
  readonly write?: (fd: number, b: Buffer, start: number, bytes: number) => number;
}

/**
 * Packets on their way to the agent as a pcap file: one buffer of fixed size and writes that do not wait. What finds
 * no room is refused.
 */
export class PcapOutput {
  readonly #fd: number;
  readonly #write: (fd: number, b: Buffer, start: number, bytes: number) => number;
  readonly #buffer: Buffer;
  #start = 0;
  #end = 0;
  /** Nobody reads any more. */
  isBroken = false;

  constructor({ fd, bufferBytes }: PcapOutputConfig, { write = writeSync }: PcapOutputDeps = {}) {
    this.#fd = fd;
    this.#write = write;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(bufferBytes, BUFFER_BYTES_MIN));
  }

  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** @returns whether there was room */
  putHeader(linkType: number, snapBytes: number): boolean {
    if (!this.#makeRoom(PCAP_HEADER_BYTES)) return false;
    this.#end += pcapHeader(linkType, snapBytes).copy(this.#buffer, this.#end);
    return true;
  }

  /** `b[start, start + captured)` @returns whether there was room */
  putPacket(b: Buffer, start: number, captured: number, wireBytes: number, timeUs: number): boolean {
    if (!this.#makeRoom(PACKET_HEADER_BYTES + captured)) return false;
    writePacketHeader(this.#buffer, this.#end, timeUs, captured, wireBytes);
    b.copy(this.#buffer, this.#end + PACKET_HEADER_BYTES, start, start + captured);
    this.#end += PACKET_HEADER_BYTES + captured;
    if (this.pendingBytes >= FLUSH_BYTES) this.flush();
    return true;
  }

  /** Writes as much as the reader takes now. */
  flush(): void {
    while (this.pendingBytes > 0 && !this.isBroken) {
      try {
        this.#start += this.#write(this.#fd, this.#buffer, this.#start, this.pendingBytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        this.isBroken = true;
      }
    }
    this.#start = 0;
    this.#end = 0;
  }

  #makeRoom(bytes: number): boolean {
    if (this.isBroken || this.pendingBytes + bytes > this.#buffer.length) return false;
    if (this.#end + bytes <= this.#buffer.length) return true;
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    return true;
  }
}
