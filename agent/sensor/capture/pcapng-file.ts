import { type ByteWindow, WINDOW_BYTES } from './byte-window.js';
import { corrupt, PACKET_BYTES_MAX, type RecordingFormat, requireKnownLinkType } from './format.js';
import { BLOCK_INTERFACE, BLOCK_SECTION, type Interface, isPacketBlock, readInterface } from './pcapng-blocks.js';
import type { OnPacket } from './source.js';

// draft-ietf-opsawg-pcapng, section 3.1: type, length of the whole block, body, the length again.
const BLOCK_TRAILER_BYTES = 4;
const BLOCK_BYTES_MIN = 12;
// Section 4.1: the section header.
const SECTION_BYTES_MIN = 28;
const BYTE_ORDER = 8;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const SECTION_MAJOR = 12;
const MAJOR = 1;
/** Interfaces of one section; each costs about 100 bytes of memory. */
const INTERFACES_MAX = 65_536;
// Sections 4.3, 4.4 and A.2: offsets in packet blocks, from the block's start.
const ENHANCED = { interface: 8, high: 12, low: 16, captured: 20, original: 24, data: 28 } as const;
/** The same, but for its interface of two bytes. */
const OBSOLETE = { block: 2, interface: 8 } as const;
const SIMPLE = { block: 3, original: 8, data: 12 } as const;

export function isPcapngMagic(b: Buffer, start: number): boolean {
  return b.readUInt32LE(start) === BLOCK_SECTION;
}

/** The packets of a pcapng file: any number of sections, each in its own byte order with its own interfaces. */
export class PcapngFile implements RecordingFormat {
  neededBytes = BLOCK_BYTES_MIN;
  #isLittle = true;
  #interfaces: Interface[] = [];
  #skip = 0;
  /** Simple packet blocks carry no time; they get that of the packet before. */
  #lastUs = 0;

  takeSkip(): number {
    const skip = this.#skip;
    this.#skip = 0;
    return skip;
  }

  deliver(window: ByteWindow, onPacket: OnPacket, packetsMax: number): number {
    const b = window.buffer;
    let count = 0;
    while (count < packetsMax) {
      const at = window.start;
      this.neededBytes = BLOCK_BYTES_MIN;
      if (window.end - at < BLOCK_BYTES_MIN) break;
      const type = this.#u32(b, at);
      if (type === BLOCK_SECTION) this.#isLittle = this.#orderOf(window);
      const length = this.#blockLength(window, type);
      if (!isNeededWhole(type)) {
        this.#skip = length;
        break;
      }
      this.neededBytes = length;
      if (window.end - at < length) break;
      if (this.#u32(b, at + length - BLOCK_TRAILER_BYTES) !== length)
        throw corrupt(window.offset, 'the two lengths of a block differ');
      if (isPacketBlock(type)) {
        this.#packet(window, type, length, onPacket);
        count += 1;
      } else {
        this.#describe(window, type, length);
        window.start = at + length;
      }
    }
    return count;
  }

  /** The byte order of the section that starts here. */
  #orderOf(window: ByteWindow): boolean {
    const at = window.start + BYTE_ORDER;
    if (window.buffer.readUInt32LE(at) === BYTE_ORDER_MAGIC) return true;
    if (window.buffer.readUInt32BE(at) === BYTE_ORDER_MAGIC) return false;
    throw corrupt(window.offset, 'a section without byte-order magic');
  }

  #blockLength(window: ByteWindow, type: number): number {
    const length = this.#u32(window.buffer, window.start + 4);
    const smallest = type === BLOCK_SECTION ? SECTION_BYTES_MIN : BLOCK_BYTES_MIN;
    if (length < smallest || length % 4 !== 0) throw corrupt(window.offset, `a block of ${length} bytes`);
    if (isNeededWhole(type) && length > WINDOW_BYTES) throw corrupt(window.offset, `a block of ${length} bytes`);
    return length;
  }

  #describe(window: ByteWindow, type: number, length: number): void {
    if (type === BLOCK_INTERFACE) {
      if (this.#interfaces.length >= INTERFACES_MAX) throw corrupt(window.offset, 'too many interfaces');
      this.#interfaces.push(readInterface(window, length, this.#isLittle));
      return;
    }
    const at = window.start + SECTION_MAJOR;
    const major = this.#isLittle ? window.buffer.readUInt16LE(at) : window.buffer.readUInt16BE(at);
    if (major !== MAJOR) throw corrupt(window.offset, `pcapng version ${major} is not known`);
    this.#interfaces = [];
  }

  #packet(window: ByteWindow, type: number, length: number, onPacket: OnPacket): void {
    if (type === SIMPLE.block) this.#simplePacket(window, length, onPacket);
    else this.#timedPacket(window, type === OBSOLETE.block, length, onPacket);
  }

  #timedPacket(window: ByteWindow, isObsolete: boolean, length: number, onPacket: OnPacket): void {
    const { buffer: b, start: at } = window;
    const room = length - ENHANCED.data - BLOCK_TRAILER_BYTES;
    if (room < 0) throw corrupt(window.offset, `a packet block of ${length} bytes`);
    const from = this.#interface(
      window,
      isObsolete ? this.#u16(b, at + OBSOLETE.interface) : this.#u32(b, at + ENHANCED.interface),
    );
    const captured = this.#u32(b, at + ENHANCED.captured);
    if (captured > room || captured > PACKET_BYTES_MAX) throw corrupt(window.offset, `a packet of ${captured} bytes`);
    this.#lastUs = from.toUs(this.#u32(b, at + ENHANCED.high), this.#u32(b, at + ENHANCED.low));
    const original = this.#u32(b, at + ENHANCED.original);
    const data = at + ENHANCED.data;
    window.start = at + length;
    onPacket(b, data, data + captured, Math.max(original, captured), this.#lastUs, from.linkType);
  }

  #simplePacket(window: ByteWindow, length: number, onPacket: OnPacket): void {
    const { buffer: b, start: at } = window;
    const room = length - SIMPLE.data - BLOCK_TRAILER_BYTES;
    if (room < 0) throw corrupt(window.offset, `a packet block of ${length} bytes`);
    const from = this.#interface(window, 0);
    const original = this.#u32(b, at + SIMPLE.original);
    const captured = Math.min(original, room, from.snapBytes || PACKET_BYTES_MAX, PACKET_BYTES_MAX);
    const data = at + SIMPLE.data;
    window.start = at + length;
    onPacket(b, data, data + captured, Math.max(original, captured), this.#lastUs, from.linkType);
  }

  #interface(window: ByteWindow, index: number): Interface {
    const found = this.#interfaces[index];
    if (found === undefined) throw corrupt(window.offset, `a packet of interface ${index}, which is not described`);
    if (!found.isChecked) requireKnownLinkType(found.linkType, found.offset);
    found.isChecked = true;
    return found;
  }

  #u16(b: Buffer, at: number): number {
    return this.#isLittle ? b.readUInt16LE(at) : b.readUInt16BE(at);
  }

  #u32(b: Buffer, at: number): number {
    return this.#isLittle ? b.readUInt32LE(at) : b.readUInt32BE(at);
  }
}

/** Other blocks (names, statistics, secrets, comments) are passed over, whatever their length. */
function isNeededWhole(type: number): boolean {
  return type === BLOCK_SECTION || type === BLOCK_INTERFACE || isPacketBlock(type);
}
