import { SNAP_BYTES_MAX } from '../../protocol/capture.js';

// draft-ietf-opsawg-pcap, sections 4 and 5.
const MAGIC_MICROS = 0xa1b2c3d4;
export const PCAP_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const CAPTURED = 8;
const LINKTYPE_ETHERNET = 1;

/** A file without packets. */
export function emptyPcap(): Buffer {
  const header = Buffer.alloc(PCAP_HEADER_BYTES);
  header.writeUInt32LE(MAGIC_MICROS, 0);
  header.writeUInt32LE(0x0004_0002, 4);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  return header;
}

/**
 * Cuts the sensor's stream of packets where packets end, so that what is handed on is a whole file at any moment: the
 * sensor may die in the middle of one. Holds one packet at most.
 */
export class PcapCutter {
  /** Of what was handed on. */
  packets = 0;
  bytes = 0;
  /** The stream is no pcap file: nothing of what follows is handed on. */
  isBroken = false;
  /** The file's header, once it has come. */
  header: Buffer | undefined;
  #rest: Buffer = Buffer.alloc(0);

  /** @returns whole packets, in front of the first ones the file's header; undefined while there is none */
  push(chunk: Buffer): Buffer | undefined {
    if (this.isBroken) return undefined;
    const b = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = this.#cut(b);
    this.#rest = this.isBroken ? Buffer.alloc(0) : b.subarray(end);
    this.bytes += end;
    return end === 0 ? undefined : b.subarray(0, end);
  }

  /** @returns where the last whole packet ends */
  #cut(b: Buffer): number {
    let at = 0;
    if (this.header === undefined) {
      if (b.length < PCAP_HEADER_BYTES) return 0;
      this.isBroken = b.readUInt32LE(0) !== MAGIC_MICROS;
      if (this.isBroken) return 0;
      this.header = Buffer.from(b.subarray(0, PCAP_HEADER_BYTES));
      at = PCAP_HEADER_BYTES;
    }
    while (b.length - at >= PACKET_HEADER_BYTES) {
      const captured = b.readUInt32LE(at + CAPTURED);
      this.isBroken = captured > SNAP_BYTES_MAX;
      const next = at + PACKET_HEADER_BYTES + captured;
      if (this.isBroken || next > b.length) break;
      this.packets += 1;
      at = next;
    }
    return at;
  }
}
