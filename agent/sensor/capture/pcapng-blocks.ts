import type { ByteWindow } from './byte-window.js';
import { corrupt } from './format.js';
import { type TimeScale, timeScale } from './time-scale.js';

/** Reads the same in both byte orders. draft-ietf-opsawg-pcapng, section 4.1. */
export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
const BLOCK_PACKET_OBSOLETE = 2;
const BLOCK_PACKET_SIMPLE = 3;
const BLOCK_PACKET_ENHANCED = 6;

export function isPacketBlock(type: number): boolean {
  return type === BLOCK_PACKET_ENHANCED || type === BLOCK_PACKET_SIMPLE || type === BLOCK_PACKET_OBSOLETE;
}

/** An interface description block. */
export interface Interface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapBytes: number;
  readonly toUs: TimeScale;
  /** Where in the recording it is described. */
  readonly offset: number;
  /** Whether the link type was looked at: only one that carries packets has to be known. */
  isChecked: boolean;
}

// Section 4.2, offsets from the block's start.
const LINK_TYPE = 8;
const SNAP_BYTES = 12;
const OPTIONS = 16;
const BLOCK_TRAILER_BYTES = 4;
// Section 3.5: options.
const OPTION_HEADER_BYTES = 4;
const OPTION_END = 0;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
const TSRESOL_MICROS = 6;

/** Reads the whole block at the window's start. @throws CAPTURE_CORRUPT */
export function readInterface(window: ByteWindow, length: number, isLittle: boolean): Interface {
  if (length < OPTIONS + BLOCK_TRAILER_BYTES) throw corrupt(window.offset, `an interface block of ${length} bytes`);
  const { buffer: b, start } = window;
  const clock = readClock(window, length, isLittle);
  return {
    linkType: isLittle ? b.readUInt16LE(start + LINK_TYPE) : b.readUInt16BE(start + LINK_TYPE),
    snapBytes: isLittle ? b.readUInt32LE(start + SNAP_BYTES) : b.readUInt32BE(start + SNAP_BYTES),
    toUs: timeScale(clock.tsresol, clock.offsetSeconds),
    offset: window.offset,
    isChecked: false,
  };
}

function readClock(window: ByteWindow, length: number, isLittle: boolean): { tsresol: number; offsetSeconds: number } {
  const { buffer: b, start } = window;
  const clock = { tsresol: TSRESOL_MICROS, offsetSeconds: 0 };
  const end = start + length - BLOCK_TRAILER_BYTES;
  let at = start + OPTIONS;
  while (end - at >= OPTION_HEADER_BYTES) {
    const code = isLittle ? b.readUInt16LE(at) : b.readUInt16BE(at);
    const bytes = isLittle ? b.readUInt16LE(at + 2) : b.readUInt16BE(at + 2);
    const value = at + OPTION_HEADER_BYTES;
    if (code === OPTION_END) break;
    if (bytes > end - value) throw corrupt(window.offset, 'an option is longer than its block');
    if (code === OPTION_TSRESOL && bytes >= 1) clock.tsresol = b.readUInt8(value);
    if (code === OPTION_TSOFFSET && bytes >= 8) clock.offsetSeconds = i64(b, value, isLittle);
    at = value + Math.ceil(bytes / 4) * 4;
  }
  return clock;
}

/** As near as a double comes. */
function i64(b: Buffer, at: number, isLittle: boolean): number {
  return Number(isLittle ? b.readBigInt64LE(at) : b.readBigInt64BE(at));
}
