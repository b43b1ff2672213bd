const HOURS_OF_DAY = 24;
const HOURS_OF_WEEK = 168;
/** One week weighs so much at least, so that a habit may change. */
const WEIGHT_MIN = 0.25;
/** An hour far below what is usual is believed so much less: it may be a fault. */
const FAULT_WEIGHT = 0.25;
/** A day counts for hours that no week has had yet when so many days have had it. */
const DAYS_MIN = 2;
/** A long silence is forgotten by half in three days. */
const GAP_DECAY_PER_HOUR = 0.99;

/** As it is kept on disk. */
export interface StoredHabit {
  readonly week: readonly number[];
  readonly weeks: readonly number[];
  readonly day: readonly number[];
  readonly days: readonly number[];
  readonly gapMs: number;
}

/** What is usual of one source: messages in each hour of the week, and how long it is silent at times. */
export class Habit {
  readonly #week: number[];
  readonly #weeks: number[];
  readonly #day: number[];
  readonly #days: number[];
  gapMs: number;

  constructor(stored?: StoredHabit) {
    this.#week = listOf(stored?.week, HOURS_OF_WEEK);
    this.#weeks = listOf(stored?.weeks, HOURS_OF_WEEK);
    this.#day = listOf(stored?.day, HOURS_OF_DAY);
    this.#days = listOf(stored?.days, HOURS_OF_DAY);
    this.gapMs = Number.isFinite(stored?.gapMs) ? (stored?.gapMs as number) : 0;
  }

  /** Messages that this hour of the week has, or of the day where no week is known; undefined: it was never seen. */
  usual(hour: number): number | undefined {
    if (this.#weeks[hour]! > 0) return this.#week[hour]!;
    const ofDay = hour % HOURS_OF_DAY;
    return this.#days[ofDay]! >= DAYS_MIN ? this.#day[ofDay]! : undefined;
  }

  /** How many weeks had this hour. */
  weeksOf(hour: number): number {
    return this.#weeks[hour]!;
  }

  /** An hour that was attended as a whole. */
  addHour(hour: number, messages: number, isFault: boolean): void {
    const factor = isFault ? FAULT_WEIGHT : 1;
    learn(this.#week, this.#weeks, hour, messages, factor);
    learn(this.#day, this.#days, hour % HOURS_OF_DAY, messages, factor);
    this.gapMs *= GAP_DECAY_PER_HOUR;
  }

  /** A silence that ended. One that was told as a fault counts by half: it may have been one. */
  addGap(ms: number, wasTold: boolean): void {
    this.gapMs = Math.max(this.gapMs, wasTold ? ms / 2 : ms);
  }

  stored(): StoredHabit {
    return {
      ...{ week: this.#week.map(Math.round), weeks: this.#weeks },
      ...{ day: this.#day.map(Math.round), days: this.#days, gapMs: Math.round(this.gapMs) },
    };
  }
}

const COUNT_MAX = 1_000;

function learn(means: number[], counts: number[], at: number, value: number, factor: number): void {
  const weight = Math.max(1 / (counts[at]! + 1), WEIGHT_MIN) * factor;
  means[at] = means[at]! + (value - means[at]!) * weight;
  counts[at] = Math.min(COUNT_MAX, counts[at]! + 1);
}

function listOf(stored: readonly number[] | undefined, length: number): number[] {
  return Array.from({ length }, (_, index) => {
    const value = stored?.[index];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
  });
}

const formats = new Map<string, Intl.DateTimeFormat>();
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** 0 is midnight of Sunday, 167 the last hour of Saturday, by the clock of the zone. */
export function hourOfWeek(nowMs: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' });
    formats.set(zone, format);
  }
  const parts = format.formatToParts(nowMs);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return Math.max(0, DAYS.indexOf(of('weekday'))) * HOURS_OF_DAY + (Number(of('hour')) % HOURS_OF_DAY);
}
