/**
 * Converts 64-bit timestamps of pcapng, given as two halves, to microseconds since the epoch, rounded down.
 * draft-ietf-opsawg-pcapng 4.2, if_tsresol: the top bit chooses powers of 2 or of 10, the rest is the exponent.
 * Nanoseconds since 1970 exceed what a double holds exactly, so the halves are divided before they are joined.
 */
export type TimeScale = (high: number, low: number) => number;

const HALF = 2 ** 32;
const US_PER_S = 1e6;
const EXPONENT_EXACT_MAX = 12;
/** Finer steps than 2^-63 s leave no room for the date; they are read as well as a double can. */
const BINARY_EXPONENT_MAX = 63;

/** @param tsresol 0 to 255 @param offsetSeconds if_tsoffset */
export function timeScale(tsresol: number, offsetSeconds: number): TimeScale {
  const exponent = tsresol & 0x7f;
  const toUs = (tsresol & 0x80) !== 0 ? binary(exponent) : decimal(exponent);
  if (offsetSeconds === 0) return toUs;
  const offsetUs = offsetSeconds * US_PER_S;
  return (high, low) => toUs(high, low) + offsetUs;
}

function decimal(exponent: number): TimeScale {
  if (exponent <= 6) {
    const usPerTick = 10 ** (6 - exponent);
    return (high, low) => (high * HALF + low) * usPerTick;
  }
  const ticksPerUs = 10 ** (exponent - 6);
  if (exponent > EXPONENT_EXACT_MAX) return (high, low) => Math.floor((high * HALF + low) / ticksPerUs);
  const whole = Math.floor(HALF / ticksPerUs);
  const rest = HALF % ticksPerUs;
  return (high, low) => high * whole + Math.floor((high * rest + low) / ticksPerUs);
}

function binary(exponent: number): TimeScale {
  if (exponent > BINARY_EXPONENT_MAX) return (high, low) => Math.floor((high * HALF + low) * 2 ** -exponent * US_PER_S);
  if (exponent <= 32) {
    const perHigh = 2 ** (32 - exponent);
    const ticks = 2 ** exponent;
    return (high, low) => (high * perHigh + Math.floor(low / ticks)) * US_PER_S + fraction(0, low % ticks, ticks);
  }
  const highTicks = 2 ** (exponent - 32);
  return (high, low) => Math.floor(high / highTicks) * US_PER_S + fraction(high % highTicks, low, 2 ** exponent);
}

function fraction(high: number, low: number, ticks: number): number {
  return Math.floor((high * HALF * US_PER_S) / ticks + (low * US_PER_S) / ticks);
}
