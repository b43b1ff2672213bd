import type { Scene } from './scene.js';

const DAYS_KEPT = 5;
const HOURS = 24;
/** Minutes of an hour that must have been seen for it to count, and the lowest of them that are taken for accidents. */
const MINUTES_MIN = 50;
const ACCIDENTS = 2;
/** Days of a kind (a working day, or one of the weekend) before anything is called unusual. */
const DAYS_MIN = [3, 2] as const;

/** Of so many days the lowest may be an accident. */
const DAYS_FOR_ACCIDENT = 4;

/** By day of the kind, newest first: the low of each hour, -1 where it is not known. */
type Days = number[][];

/**
 * How few packets a minute may have, by the hour of working days and weekends. Of the last days of a kind the lowest
 * is not believed: a holiday in the middle of a week looks like a Sunday.
 */
export class HourlyLows {
  readonly #days: [Days, Days] = [[], []];
  #day = -1;
  #kind = 0;
  #hour = -1;
  #minutes = 0;
  /** What `low` said last, and of which hour. */
  #low: number | undefined;
  #lowDay = -1;
  #lowHour = -1;
  /** The lowest minutes of the hour, ascending. */
  #lowest: number[] = [];

  learn(scene: Scene, perMinute: number): void {
    if (scene.day !== this.#day || scene.hour !== this.#hour) this.#turn(scene);
    this.#minutes += 1;
    this.#lowest.push(perMinute);
    this.#lowest.sort((a, b) => a - b).splice(ACCIDENTS + 1);
  }

  /** What this hour and its neighbours have at least; undefined while it is being learned. */
  low(scene: Scene): number | undefined {
    if (scene.day !== this.#lowDay || scene.hour !== this.#lowHour) {
      this.#low = this.#findLow(scene);
      this.#lowDay = scene.day;
      this.#lowHour = scene.hour;
    }
    return this.#low;
  }

  #findLow(scene: Scene): number | undefined {
    const kind = scene.isWeekend ? 1 : 0;
    const lows = this.#days[kind]
      .map((hours) => this.#lowAround(hours, scene.hour))
      .filter((low) => low >= 0)
      .sort((a, b) => a - b);
    if (lows.length < DAYS_MIN[kind]) return undefined;
    return lows[lows.length >= DAYS_FOR_ACCIDENT ? 1 : 0];
  }

  /** The lowest hour of all, nights and weekends too. */
  floor(): number {
    const all = this.#days.flat(2).filter((low) => low >= 0);
    return all.length === 0 ? 0 : Math.min(...all);
  }

  save(): unknown {
    return this.#days;
  }

  load(state: unknown): void {
    if (!Array.isArray(state)) return;
    for (const kind of [0, 1] as const) {
      const days: unknown = state[kind];
      if (Array.isArray(days))
        this.#days[kind] = days
          .filter(isDay)
          .slice(0, DAYS_KEPT)
          .map((hours) => [...hours]);
    }
  }

  #lowAround(hours: readonly number[], hour: number): number {
    const around = [hour - 1, hour, hour + 1].map((at) => hours[(at + HOURS) % HOURS]!).filter((low) => low >= 0);
    return around.length === 0 ? -1 : Math.min(...around);
  }

  #turn(scene: Scene): void {
    const days = this.#days[this.#kind as 0 | 1];
    if (this.#minutes >= MINUTES_MIN && days[0] !== undefined) days[0][this.#hour] = this.#lowest.at(-1)!;
    if (scene.day !== this.#day) this.#newDay(scene);
    this.#hour = scene.hour;
    this.#minutes = 0;
    this.#lowest = [];
  }

  #newDay(scene: Scene): void {
    this.#day = scene.day;
    this.#kind = scene.isWeekend ? 1 : 0;
    const days = this.#days[this.#kind as 0 | 1];
    // A day of which nothing is known, because the sensor was begun anew in it, takes no place.
    if (days[0]?.every((low) => low < 0)) days.shift();
    days.unshift(new Array<number>(HOURS).fill(-1));
    days.splice(DAYS_KEPT);
  }
}

function isDay(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === HOURS && value.every((low) => Number.isFinite(low));
}
