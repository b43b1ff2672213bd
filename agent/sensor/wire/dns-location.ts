import { type Bytes, u8, u32 } from './bytes.js';

/** The equator and the prime meridian, in thousandths of a second of arc. RFC 1876 2. */
const MIDDLE = 2 ** 31;
/** Centimetres below the WGS 84 spheroid where altitudes begin. */
const ALTITUDE_BASE_CM = 10_000_000;

/** LOC of version 0, 16 bytes, as a zone file has it: `35 41 22.000 N 139 41 30.000 E 40.00m 1m 10000m 10m`. */
export function locationText(b: Bytes, at: number): string | undefined {
  if (u8(b, at) !== 0) return undefined;
  const latitude = angleText(u32(b, at + 4), 'N', 'S');
  const longitude = angleText(u32(b, at + 8), 'E', 'W');
  const altitude = ((u32(b, at + 12) - ALTITUDE_BASE_CM) / 100).toFixed(2);
  const sizes = [u8(b, at + 1), u8(b, at + 2), u8(b, at + 3)].map(sizeText);
  return `${latitude} ${longitude} ${altitude}m ${sizes.join(' ')}`;
}

function angleText(value: number, positive: string, negative: string): string {
  const thousandths = Math.abs(value - MIDDLE);
  const seconds = ((thousandths % 60_000) / 1000).toFixed(3);
  const minutes = Math.floor(thousandths / 60_000) % 60;
  return `${Math.floor(thousandths / 3_600_000)} ${minutes} ${seconds} ${value >= MIDDLE ? positive : negative}`;
}

/** A digit and a power of ten, in centimetres; whole metres without decimals. */
function sizeText(byte: number): string {
  const centimetres = (byte >> 4) * 10 ** (byte & 15);
  return centimetres % 100 === 0 ? `${centimetres / 100}m` : `${(centimetres / 100).toFixed(2)}m`;
}
