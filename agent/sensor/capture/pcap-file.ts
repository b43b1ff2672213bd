import { CodedError } from '../../../protocol/base/errors.js';
import { u32, u32le } from '../wire/bytes.js';
import type { ByteWindow } from './byte-window.js';
import { corrupt, PACKET_BYTES_MAX, type RecordingFormat, requireKnownLinkType } from './format.js';
import type { OnPacket } from './source.js';

// draft-ietf-opsawg-pcap, section 4: the file header.
export const PCAP_HEADER_BYTES = 24;
const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
/** Alexey Kuznetzov's patched libpcap (Linux 2.2 times): packet headers have more fields. */
const MAGIC_KUZNETZOV = 0xa1b2cd34;
const VERSION_MAJOR = 4;
const LINK_TYPE = 20;
/** The upper bits tell of the frame check sequence. */
const LINK_TYPE_MASK = 0x03ff_ffff;
const MAJOR = 2;

// Section 5: the packet header.
const RECORD_HEADER_BYTES = 16;
const FRACTION = 4;
const CAPTURED = 8;
const ORIGINAL = 12;

/** Whether these 4 bytes begin a pcap file, its relatives that cannot be read included. */
export function isPcapMagic(b: Buffer, start: number): boolean {
  return [b.readUInt32LE(start), b.readUInt32BE(start)].some(
    (magic) => magic === MAGIC_MICROS || magic === MAGIC_NANOS || magic === MAGIC_KUZNETZOV,
  );
}

/** Reads the file header at the window's start and passes over it. @throws CAPTURE_FORMAT, CAPTURE_LINK_TYPE */
export function openPcap(window: ByteWindow): PcapFile {
  const { buffer: b, start } = window;
  const isLittle = [MAGIC_MICROS, MAGIC_NANOS, MAGIC_KUZNETZOV].includes(b.readUInt32LE(start));
  const u32 = (at: number): number => (isLittle ? b.readUInt32LE(at) : b.readUInt32BE(at));
  const magic = u32(start);
  if (magic === MAGIC_KUZNETZOV)
    throw new CodedError('CAPTURE_FORMAT', "it is a pcap file of the modified kind (Kuznetzov's libpcap)");
  const major = isLittle ? b.readUInt16LE(start + VERSION_MAJOR) : b.readUInt16BE(start + VERSION_MAJOR);
  if (major !== MAJOR) throw new CodedError('CAPTURE_FORMAT', `pcap version ${major} is not known`);
  const linkType = u32(start + LINK_TYPE) & LINK_TYPE_MASK;
  requireKnownLinkType(linkType, window.offset + LINK_TYPE);
  window.start += PCAP_HEADER_BYTES;
  return new PcapFile(isLittle, magic === MAGIC_NANOS ? 1_000 : 1, linkType);
}

/** The packets of a pcap file, in either byte order, with microseconds or nanoseconds (rounded down). */
export class PcapFile implements RecordingFormat {
  neededBytes = RECORD_HEADER_BYTES;
  readonly #isLittle: boolean;
  readonly #fractionsPerUs: number;
  readonly #linkType: number;

  constructor(isLittle: boolean, fractionsPerUs: number, linkType: number) {
    this.#isLittle = isLittle;
    this.#fractionsPerUs = fractionsPerUs;
    this.#linkType = linkType;
  }

  takeSkip(): number {
    return 0;
  }

  deliver(window: ByteWindow, onPacket: OnPacket, packetsMax: number): number {
    const { buffer: b, end } = window;
    let count = 0;
    for (; count < packetsMax; count++) {
      const at = window.start;
      this.neededBytes = RECORD_HEADER_BYTES;
      if (end - at < RECORD_HEADER_BYTES) break;
      const captured = this.#u32(b, at + CAPTURED);
      if (captured > PACKET_BYTES_MAX) throw corrupt(window.offset, `a packet of ${captured} bytes`);
      this.neededBytes += captured;
      const packet = at + RECORD_HEADER_BYTES;
      if (end - packet < captured) break;
      const timeUs = this.#u32(b, at) * 1e6 + Math.floor(this.#u32(b, at + FRACTION) / this.#fractionsPerUs);
      const original = this.#u32(b, at + ORIGINAL);
      window.start = packet + captured;
      onPacket(b, packet, packet + captured, Math.max(original, captured), timeUs, this.#linkType);
    }
    return count;
  }

  /** Byte by byte: `readUInt32LE` checks its bounds again, which was known before. */
  #u32(b: Buffer, at: number): number {
    return this.#isLittle ? u32le(b, at) : u32(b, at);
  }
}
