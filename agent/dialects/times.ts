import type { MessageClock } from './clock.js';
import { fixedOffset, zoneOf } from './zones.js';

/** What a time says, before it is known which zone it is in. */
export interface Wall {
  /** 0: not said. */
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Digits behind the point. */
  fraction: string;
  /** As written behind it: an offset, an abbreviation, or nothing. */
  zone: string;
  end: number;
}

export interface TimeAt {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Behind the last character of it, its zone included. */
  readonly end: number;
  /** It says its zone itself. */
  readonly hasZone: boolean;
  readonly hasYear: boolean;
}

const DAY_MS = 86_400_000;
const YEAR_MIN = 1970;
const YEAR_MAX = 2299;
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** s, ms, us or ns since 1970 by its size, decimals too; what is finer than a microsecond is cut. */
export function epochTime(text: string): string | undefined {
  const match = /^(\d{9,19})(?:[.,](\d{1,12}))?$/.exec(text);
  if (match === null) return undefined;
  const whole = match[1] as string;
  const digits =
    whole.length <= 11
      ? whole.length
      : whole.length <= 14
        ? whole.length - 3
        : whole.length <= 17
          ? whole.length - 6
          : whole.length - 9;
  const seconds = Number(whole.slice(0, digits));
  return isoTime(seconds * 1000, `${whole.slice(digits)}${match[2] ?? ''}`);
}

/** @param wholeMs of a whole second  @param fraction its decimals */
function isoTime(wholeMs: number, fraction: string): string | undefined {
  if (!(wholeMs >= 0 && wholeMs < 10_413_792_000_000)) return undefined;
  const start = isoSecond(wholeMs);
  const micros = fraction.slice(0, 6).replace(/0+$/, '');
  return `${start}.${micros.length > 3 ? micros.padEnd(6, '0') : micros.padEnd(3, '0')}Z`;
}

/** Messages of one minute share its text. */
const minutes = new Map<number, string>();
const MINUTES_MAX = 256;

function isoSecond(wholeMs: number): string {
  const minute = Math.floor(wholeMs / 60_000);
  let text = minutes.get(minute);
  if (text === undefined) {
    if (minutes.size >= MINUTES_MAX) minutes.clear();
    text = new Date(minute * 60_000).toISOString().slice(0, 17);
    minutes.set(minute, text);
  }
  const second = (wholeMs - minute * 60_000) / 1_000;
  return second < 10 ? `${text}0${second}` : `${text}${second}`;
}

/**
 * A whole text that is a time, in any order that vendors use.
 * @param zone of the text, when it says none itself: `+0900`, `JST`, or an IANA name; without it the clock's
 */
export function wallTime(text: string, clock: MessageClock, zone?: string): string | undefined {
  const bare = text.length > 80 ? '' : text.replace(/^[\s"'([]+|[\s"')\]]+$/g, '');
  if (bare === '') return undefined;
  const found = timeAt(bare, 0, clock, zone);
  return found !== undefined && found.end === bare.length ? found.time : undefined;
}

/** The time that begins at `at`, if one does. */
export function timeAt(text: string, at: number, clock: MessageClock, zone?: string): TimeAt | undefined {
  const wall = wallAt(text, at);
  if (wall === undefined) return undefined;
  const time = resolve(wall, clock, zone);
  if (time === undefined) return undefined;
  return { time, end: wall.end, hasZone: wall.zone !== '', hasYear: wall.year !== 0 };
}

/** The same of what a format took apart. */
export function timeOf(wall: Omit<Wall, 'end'>, clock: MessageClock, zone?: string): string | undefined {
  return resolve({ ...wall, end: 0 }, clock, zone);
}

function resolve(wall: Wall, clock: MessageClock, zone: string | undefined): string | undefined {
  if (wall.year !== 0) return instantOf(wall, wall.year, clock, zone)?.iso;
  // The latest year that is not more than a day after receipt.
  const latest = new Date(clock.receivedMs + DAY_MS).getUTCFullYear() + 1;
  for (let year = latest; year > latest - 10; year--) {
    const instant = instantOf(wall, year, clock, zone);
    if (instant !== undefined && instant.ms <= clock.receivedMs + DAY_MS) return instant.iso;
  }
  return undefined;
}

function instantOf(
  wall: Wall,
  year: number,
  clock: MessageClock,
  zone: string | undefined,
): { ms: number; iso: string } | undefined {
  if (year < YEAR_MIN || year > YEAR_MAX || wall.hour > 23 || wall.minute > 59 || wall.second > 59) return undefined;
  if (wall.month < 1 || wall.month > 12 || wall.day < 1 || wall.day > daysOf(year, wall.month)) return undefined;
  const wallMs = Date.UTC(year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  const ms = toInstant(wallMs, wall.zone, zone, clock.zone);
  const iso = isoTime(ms, wall.fraction);
  return iso === undefined ? undefined : { ms, iso };
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** By the first of the three that means something; UTC when none does. */
function toInstant(wallMs: number, ...zones: (string | undefined)[]): number {
  for (const name of zones) {
    if (name === undefined || name === '') continue;
    const offset = fixedOffset(name);
    if (offset !== undefined) return wallMs - offset;
    const zone = zoneOf(name);
    if (zone !== undefined) return zone.instantOf(wallMs);
  }
  return wallMs;
}

/** Hour, minute, second and its decimals, AM or PM. */
const CLOCK = '(\\d{1,2}):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,12}))?)?(?: ?([AaPp][Mm])\\b)?';
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\\.?';
/** `2026-06-07T17:33:19.123`, `2026/06/07 17:33:19`, `2026-06-07_17:33:19`. */
const YEAR_FIRST = new RegExp(`(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?: {1,3}|[Tt_:,-] ?)${CLOCK}`, 'y');
/** `20260607T173319`, `20260607173319`. */
const COMPACT = /(\d{4})(\d\d)(\d\d)[Tt ]?(\d\d)(\d\d)(\d\d)(?:[.,](\d{1,12}))?(?!\d)/y;
/** `07/Jun/2026:17:33:19`, `7 June 2026 17:33:19`, `07-Jun-26 17:33:19`. */
const DAY_MONTH = new RegExp(`(\\d{1,2})[-/. ]{1,2}${MONTH}[-/., ]{1,2}(\\d{4}|\\d\\d)(?:[ ,:T-]{1,3})${CLOCK}`, 'yi');
/** `06/07/2026 17:33:19`, month first; `07.06.2026` and `07-06-2026`, day first. */
const YEAR_LAST = new RegExp(`(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d\\d)(?: {1,3}|[T,:-] ?)${CLOCK}`, 'y');
/** `Jun  7 17:33:19`, `Jun 07 2026 17:33:19`, `Jun 7, 2026, 5:33:19 PM`. */
const MONTH_FIRST = new RegExp(`${MONTH}[ -]{1,3}(\\d{1,2})(?:,? {1,2}(\\d{4})(?!:))?(?:[ ,]{1,3}|T|-)${CLOCK}`, 'yi');
/** `2026 Jun  7 17:33:19`. */
const YEAR_MONTH = new RegExp(`(\\d{4})[ -]{1,2}${MONTH}[ -]{1,3}(\\d{1,2})(?: {1,3}|T)${CLOCK}`, 'yi');
/** `17:33:19 2026/06/07`, `17:33:19.123 UTC Sun Jun 7 2026`. */
const CLOCK_FIRST = new RegExp(
  `${CLOCK}(?: {1,2}([A-Z]{2,5}))?[ ,]{1,2}(?:(\\d{4})[-/](\\d\\d)[-/](\\d\\d)|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?${MONTH} {1,2}(\\d{1,2}),? (\\d{4}))`,
  'y',
);
const DAY_OF_WEEK = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}[,.]? {1,2}/iy;
const YEAR_BEHIND = / (\d{4})(?![\d:.-])/y;

function wallAt(text: string, at: number): Wall | undefined {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return digitsFirst(text, at);
  if ((code | 0x20) < 0x61 || (code | 0x20) > 0x7a) return undefined;
  DAY_OF_WEEK.lastIndex = at;
  const start = DAY_OF_WEEK.test(text) ? DAY_OF_WEEK.lastIndex : at;
  if (start > at && text.charCodeAt(start) <= 0x39) return digitsFirst(text, start);
  const match = matchAt(MONTH_FIRST, text, start);
  if (match === undefined) return undefined;
  const wall = make(text, MONTH_FIRST.lastIndex, Number(match[3] ?? 0), monthOf(match[1]), match[2], match, 4);
  if (wall.year === 0) {
    // Behind the zone, as date(1) and ctime(3) print it.
    YEAR_BEHIND.lastIndex = wall.end;
    const year = YEAR_BEHIND.exec(text);
    if (year !== null) {
      wall.year = Number(year[1]);
      wall.end = YEAR_BEHIND.lastIndex;
      if (wall.zone === '') takeZone(text, wall);
    }
  }
  return wall;
}

function digitsFirst(text: string, at: number): Wall | undefined {
  let match = matchAt(YEAR_FIRST, text, at);
  if (match) return make(text, YEAR_FIRST.lastIndex, Number(match[1]), Number(match[3]), match[4], match, 5);
  match = matchAt(DAY_MONTH, text, at);
  // `1 Jun 10 03:04:05` is a number, a month and a day.
  const isShortYear = match !== undefined && match[3]?.length === 2 && match[0].includes(` ${match[3]}`);
  if (match && !isShortYear)
    return make(text, DAY_MONTH.lastIndex, yearOf(match[3]), monthOf(match[2]), match[1], match, 4);
  match = matchAt(YEAR_LAST, text, at);
  if (match) {
    const isDayFirst = match[2] !== '/' || Number(match[1]) > 12;
    const [month, day] = isDayFirst ? [match[3], match[1]] : [match[1], match[3]];
    return make(text, YEAR_LAST.lastIndex, yearOf(match[4]), Number(month), day, match, 5);
  }
  match = matchAt(YEAR_MONTH, text, at);
  if (match) return make(text, YEAR_MONTH.lastIndex, Number(match[1]), monthOf(match[2]), match[3], match, 4);
  match = matchAt(COMPACT, text, at);
  if (match) return make(text, COMPACT.lastIndex, Number(match[1]), Number(match[2]), match[3], match, 4);
  match = matchAt(CLOCK_FIRST, text, at);
  if (match === undefined) return undefined;
  const month = match[8] === undefined ? monthOf(match[10]) : Number(match[8]);
  const wall = make(text, CLOCK_FIRST.lastIndex, Number(match[7] ?? match[12]), month, match[9] ?? match[11], match, 1);
  if (match[6] !== undefined) wall.zone = match[6];
  return wall;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** 1 to 12 of the first three letters; not a whole number where they are no month's. */
export const monthOf = (name: string | undefined): number => MONTHS.indexOf((name ?? '').toLowerCase()) / 3 + 1;
const yearOf = (text: string | undefined): number => ((text ?? '').length === 2 ? 2000 + Number(text) : Number(text));

/** @param first the group of the hour: minute, second, fraction and AM or PM are behind it */
function make(
  text: string,
  end: number,
  year: number,
  month: number,
  day: string | undefined,
  match: RegExpExecArray,
  first: number,
): Wall {
  const half = match[first + 4]?.toLowerCase();
  const hour = Number(match[first]);
  const wall: Wall = {
    year,
    month,
    day: Number(day),
    hour: half === undefined ? hour : hour > 12 ? 99 : (hour % 12) + (half === 'pm' ? 12 : 0),
    minute: Number(match[first + 1]),
    second: Number(match[first + 2] ?? 0),
    fraction: match[first + 3] ?? '',
    zone: '',
    end,
  };
  takeZone(text, wall);
  return wall;
}

/** `Z`, `+09:00`, ` +0900`, ` GMT+00:00`, ` JST`, ` (JST)`. */
const OFFSET =
  / ?(Z(?![A-Za-z0-9])|[+-]\d\d:?\d\d(?!\d)|[+-]\d{1,2}(?![\d:])|(?:UTC|GMT) ?[+-]\d{1,2}(?::?\d\d)?(?!\d)|[A-Z]{2,5}(?![A-Za-z0-9_.[-])|\([A-Z]{3,5}\))/y;

function takeZone(text: string, wall: Wall): void {
  OFFSET.lastIndex = wall.end;
  const match = OFFSET.exec(text);
  if (match === null) return;
  const name = (match[1] as string).replace(/[()]/g, '');
  if (fixedOffset(name) === undefined) return;
  // A lone ` -12` behind a blank is the next field, not an offset.
  if (match[0].startsWith(' ') && /^[+-]\d{1,2}$/.test(name)) return;
  wall.zone = name;
  wall.end = OFFSET.lastIndex;
}
