import { type Bytes, u8, u16, u16le, u32, u32le } from './bytes.js';
import { type LinkEnd, readEthernet, readLlc } from './ethernet.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';

// IEEE 802.11-2020 9.2.
const HEADER_BYTES = 24;
const TYPE_DATA = 2;
const TO_DS = 0x0100;
const FROM_DS = 0x0200;
const PROTECTED = 0x4000;
const ORDER = 0x8000;
const SUBTYPE_NO_DATA = 4;
const SUBTYPE_QOS = 8;
const QOS_AGGREGATE = 0x80;
const FRAGMENT_NUMBER = 0x0f;

/**
 * Data frames that are not protected. Of an aggregate (A-MSDU, 9.3.2.2) the first packet is read; where the next one
 * begins stands in `frame.restStart`.
 * @param isPadded whether the header is filled up to a multiple of four bytes
 */
export function readWlan(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd, isPadded = false): Flaw {
  if (end - start < HEADER_BYTES) return Flaw.WlanTruncated;
  const control = u16le(b, start);
  const subtype = (control >> 4) & 15;
  if (((control >> 2) & 3) !== TYPE_DATA || (subtype & SUBTYPE_NO_DATA) !== 0) return Flaw.WlanNotData;
  if ((control & PROTECTED) !== 0) return Flaw.WlanEncrypted;
  // A later fragment of a frame has no header of its own.
  if ((u8(b, start + 22) & FRAGMENT_NUMBER) !== 0) return Flaw.WlanNotData;
  const toDs = (control & TO_DS) !== 0;
  const fromDs = (control & FROM_DS) !== 0;
  let bytes = toDs && fromDs ? HEADER_BYTES + 6 : HEADER_BYTES;
  let isAggregate = false;
  if ((subtype & SUBTYPE_QOS) !== 0) {
    if (end - start < bytes + 2) return Flaw.WlanTruncated;
    isAggregate = (u8(b, start + bytes) & QOS_AGGREGATE) !== 0;
    bytes += (control & ORDER) !== 0 ? 6 : 2;
  }
  if (isPadded) bytes = (bytes + 3) & ~3;
  if (end - start < bytes + 8) return Flaw.WlanTruncated;
  if (isAggregate) return readAggregate(frame, b, start + bytes, end, out);
  frame.destinationMac = start + (toDs ? 16 : 4);
  frame.sourceMac = start + (fromDs ? (toDs ? 24 : 16) : 10);
  return readLlc(b, start + bytes, end, out);
}

/** One packet of an aggregate: addresses, length and LLC as in 802.3; the next begins at a multiple of four bytes. */
export function readAggregate(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  frame.restStart = -1;
  if (end - start < 14) return Flaw.WlanTruncated;
  const bytes = 14 + u16(b, start + 12);
  const next = start + ((bytes + 3) & ~3);
  // A checksum of four bytes may stand at the end.
  if (next + 14 < end) frame.restStart = next;
  return readEthernet(frame, b, start, end, out);
}

/** radiotap.org: version 0, length in little-endian, bits of what is there; the 802.11 frame follows. */
export function readRadiotap(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 8) return Flaw.LinkTruncated;
  const bytes = u16le(b, start + 2);
  if (u8(b, start) !== 0 || bytes < 8 || bytes > end - start) return Flaw.LinkTruncated;
  return readWlan(frame, b, start + bytes, end, out, isRadiotapPadded(b, start, start + bytes));
}

const PRESENT_MAX = 8;
const PRESENT_MORE = 0x80;
const PRESENT_TIME = 1;
const PRESENT_FLAGS = 2;
const FLAG_PADDED = 0x20;

function isRadiotapPadded(b: Bytes, start: number, end: number): boolean {
  let at = start + 4;
  const present = u8(b, at);
  for (let count = 0; count < PRESENT_MAX && at + 8 <= end && (u8(b, at + 3) & PRESENT_MORE) !== 0; count++) at += 4;
  at += 4;
  // The time has eight bytes, at a multiple of eight from the beginning.
  if ((present & PRESENT_TIME) !== 0) at = start + ((at - start + 7) & ~7) + 8;
  return (present & PRESENT_FLAGS) !== 0 && at < end && (u8(b, at) & FLAG_PADDED) !== 0;
}

const PRISM_DID = 0x44;
const PRISM_DID_OLD = 0x41;
/** The first 20 bits of AVS's magic number; its version is in the rest. */
const AVS_MAGIC = 0x80211;

/** Prism's header says its length in the order of the machine; some drivers write AVS's under the same link type. */
export function readPrism(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 8) return Flaw.LinkTruncated;
  if (u32(b, start) >>> 12 === AVS_MAGIC) return readAvs(frame, b, start, end, out);
  const isLittle = isPrism(u32le(b, start));
  if (!isLittle && !isPrism(u32(b, start))) return Flaw.LinkTruncated;
  const bytes = isLittle ? u32le(b, start + 4) : u32(b, start + 4);
  if (bytes < 8 || bytes > end - start) return Flaw.LinkTruncated;
  return readWlan(frame, b, start + bytes, end, out);
}

const isPrism = (code: number): boolean => code === PRISM_DID || code === PRISM_DID_OLD;

/** The AVS header of linux-wlan: magic and version, then the length, in network order. */
export function readAvs(frame: Frame, b: Bytes, start: number, end: number, out: LinkEnd): Flaw {
  if (end - start < 8) return Flaw.LinkTruncated;
  const bytes = u32(b, start + 4);
  if (bytes < 8 || bytes > end - start) return Flaw.LinkTruncated;
  return readWlan(frame, b, start + bytes, end, out);
}
