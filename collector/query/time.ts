import { CodedError } from '../../protocol/base/errors.js';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** Days begin in the SOC's time zone. */
const TOKYO_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * A time as people write it: `now`, `now-15m`, `today`, `yesterday`, a date, or RFC 3339. Dates and times without a
 * zone are Tokyo's. @throws QUERY_INVALID @returns milliseconds since the epoch
 */
export function parseTime(text: string, nowMs: number): number {
  const relative = /^now(?:([-+])(\d{1,6})([smhdw]))?$/.exec(text);
  if (relative) {
    const [, sign, count, unit] = relative;
    return nowMs + (sign === '-' ? -1 : 1) * Number(count ?? 0) * (UNIT_MS[unit ?? 's'] ?? 0);
  }
  if (text === 'today') return startOfDay(nowMs);
  if (text === 'yesterday') return startOfDay(nowMs) - DAY_MS;
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[-+]\d\d:?\d\d)?)?$/.exec(text);
  const ms = parts ? Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${parts[3] ?? '+09:00'}`) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new CodedError(
      'QUERY_INVALID',
      `not a time: ${JSON.stringify(text.slice(0, 40))}; write now-15m, today, 2026-11-23 or 2026-11-23T09:00:00+09:00`,
    );
  }
  return ms;
}

function startOfDay(ms: number): number {
  return Math.floor((ms + TOKYO_MS) / DAY_MS) * DAY_MS - TOKYO_MS;
}
