/** Minutes east of UTC of the abbreviations that devices write. Where one has two meanings, the American one, as most devices. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  UCT: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 60,
  BST: 60,
  CET: 60,
  MET: 60,
  WAT: 60,
  CEST: 120,
  MEST: 120,
  EET: 120,
  SAST: 120,
  CAT: 120,
  EEST: 180,
  MSK: 180,
  EAT: 180,
  TRT: 180,
  MSD: 240,
  GST: 240,
  PKT: 300,
  IST: 330,
  ICT: 420,
  WIB: 420,
  HKT: 480,
  SGT: 480,
  PHT: 480,
  AWST: 480,
  WITA: 480,
  MYT: 480,
  JST: 540,
  KST: 540,
  WIT: 540,
  ACST: 570,
  AEST: 600,
  ACDT: 630,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  NDT: -150,
  NST: -210,
  ADT: -180,
  BRT: -180,
  ART: -180,
  AST: -240,
  EDT: -240,
  EST: -300,
  ET: -300,
  CDT: -300,
  CST: -360,
  CT: -360,
  MDT: -360,
  MST: -420,
  MT: -420,
  PDT: -420,
  PST: -480,
  PT: -480,
  AKDT: -480,
  AKST: -540,
  HST: -600,
  SST: -660,
};
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ZONES_MAX = 64;
const DAYS_MAX = 2_048;
const QUARTER_MS = 15 * MINUTE_MS;

/** Offset in ms of `Z`, `+09`, `+0900`, `+09:00`, `UTC+9`, `GMT+09:00`, `JST`; undefined for what is none of them. */
export function fixedOffset(text: string): number | undefined {
  const upper = text.toUpperCase();
  if (Object.hasOwn(ABBREVIATIONS, upper)) return (ABBREVIATIONS[upper] as number) * MINUTE_MS;
  const match = /^(?:UTC|GMT)? ?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(upper);
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

/** A zone of the tz database. Offsets are asked of Intl, which is slow, once a day of the calendar at most. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  /** By day: the offset, or NaN when it changes around that day. */
  readonly #days = new Map<number, number>();
  /** By quarter of an hour, in the days on which it changes. */
  readonly #quarters = new Map<number, number>();

  /** @throws RangeError of Intl for a name that is no zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /**
   * The instant at which clocks of the zone show it. A time that is there twice is its first; a time that a change to
   * summer time leaves out is as much later as the clocks were put forward.
   * @param wallMs the wall clock's time as if it were UTC
   */
  instantOf(wallMs: number): number {
    const steady = this.#offsetOfDay(Math.floor(wallMs / DAY_MS));
    if (!Number.isNaN(steady)) return wallMs - steady;
    const before = this.#offsetAt(wallMs - DAY_MS);
    const after = this.#offsetAt(wallMs + DAY_MS);
    if (this.#offsetAt(wallMs - before) === before) return wallMs - before;
    if (this.#offsetAt(wallMs - after) === after) return wallMs - after;
    return wallMs - before;
  }

  /** The same from one day before to two days after: no change can touch the day. */
  #offsetOfDay(day: number): number {
    let offset = this.#days.get(day);
    if (offset === undefined) {
      const start = this.#offsetAt((day - 1) * DAY_MS);
      offset = start === this.#offsetAt((day + 2) * DAY_MS) ? start : Number.NaN;
      if (this.#days.size >= DAYS_MAX) this.#days.clear();
      this.#days.set(day, offset);
    }
    return offset;
  }

  #offsetAt(ms: number): number {
    const quarter = Math.floor(ms / QUARTER_MS);
    let offset = this.#quarters.get(quarter);
    if (offset === undefined) {
      offset = this.#ask(quarter * QUARTER_MS);
      if (this.#quarters.size >= DAYS_MAX) this.#quarters.clear();
      this.#quarters.set(quarter, offset);
    }
    return offset;
  }

  #ask(ms: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(ms)) parts[type] = value;
    const shown = Date.UTC(
      Number(parts.year),
      Number(parts.month) - 1,
      Number(parts.day),
      Number(parts.hour),
      Number(parts.minute),
      Number(parts.second),
    );
    return shown - ms;
  }
}

const zones = new Map<string, Zone | undefined>();

/** Undefined for what is no zone of the tz database. */
export function zoneOf(name: string): Zone | undefined {
  if (zones.has(name)) return zones.get(name);
  if (zones.size >= ZONES_MAX) zones.clear();
  let zone: Zone | undefined;
  try {
    if (name.length <= 64) zone = new Zone(name);
  } catch {
    zone = undefined;
  }
  zones.set(name, zone);
  return zone;
}
