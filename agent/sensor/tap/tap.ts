import type { PacketFilter } from '../filter/filter.js';
import { LinkType } from '../wire/link-types.js';
import { PACKET_HEADER_BYTES, PCAP_HEADER_BYTES, type PcapOutput } from './pcap-output.js';

export interface TapConfig {
  readonly filter: PacketFilter;
  readonly snapBytes: number;
  /** Of the whole file. */
  readonly bytesMax?: number;
  /** In any second of packet time; packets beyond are left out and counted. */
  readonly bytesPerSMax?: number;
}

const UNKNOWN = -1;
const US_PER_S = 1e6;

/** Packets that pass a filter, as one pcap file: one link type, that of the first packet that is seen. */
export class Tap {
  /** Written. */
  packets = 0;
  bytes = 0;
  /** Passed the filter and were not written. */
  dropped = 0;
  /** The next packet would have made the file too long. */
  isFull = false;
  readonly #filter: PacketFilter;
  readonly #snapBytes: number;
  readonly #bytesMax: number;
  readonly #bytesPerSMax: number;
  readonly #output: PcapOutput;
  #linkType = UNKNOWN;
  #second = 0;
  #secondBytes = 0;

  constructor(config: TapConfig, output: PcapOutput) {
    this.#filter = config.filter;
    this.#snapBytes = config.snapBytes;
    this.#bytesMax = config.bytesMax ?? Number.POSITIVE_INFINITY;
    this.#bytesPerSMax = config.bytesPerSMax ?? Number.POSITIVE_INFINITY;
    this.#output = output;
  }

  onPacket(b: Buffer, start: number, end: number, wireBytes: number, timeUs: number, linkType: number): void {
    if (this.isFull) return;
    if (this.#linkType === UNKNOWN) this.#begin(linkType);
    if (!this.#filter.matches(b, start, end, wireBytes, linkType)) return;
    const captured = Math.min(end - start, this.#snapBytes);
    const bytes = PACKET_HEADER_BYTES + captured;
    if (this.bytes + bytes > this.#bytesMax) {
      this.isFull = true;
      return;
    }
    const isTaken =
      linkType === this.#linkType &&
      this.#isWithinSecond(bytes, timeUs) &&
      this.#output.putPacket(b, start, captured, wireBytes, timeUs);
    if (!isTaken) {
      this.dropped += 1;
      return;
    }
    this.packets += 1;
    this.bytes += bytes;
  }

  /** A file without packets is a file. */
  finish(): void {
    if (this.#linkType === UNKNOWN) this.#begin(LinkType.Ethernet);
  }

  /** Without room for it there is no file yet: the next packet tries again. */
  #begin(linkType: number): void {
    if (!this.#output.putHeader(linkType, this.#snapBytes)) return;
    this.#linkType = linkType;
    this.bytes = PCAP_HEADER_BYTES;
  }

  #isWithinSecond(bytes: number, timeUs: number): boolean {
    const second = Math.floor(timeUs / US_PER_S);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondBytes = 0;
    }
    if (this.#secondBytes + bytes > this.#bytesPerSMax) return false;
    this.#secondBytes += bytes;
    return true;
  }
}
