import { addCounts, type CoverageCounts, NO_COUNTS } from '../sight/counts.js';

/** Seconds of a look; a minute is three of them. */
export const LOOK_S = 20;
export const LOOKS_PER_MINUTE = 3;
/** Looks that are remembered: what a rule may reach back for. */
const LOOKS_KEPT = 9;

/** What rules look at: the last looks, and when it is. */
export class Scene {
  /** Start of the newest look, seconds since the epoch. */
  timeS = 0;
  /** 0 to 23, on the office's clock. */
  hour = 0;
  isWeekend = false;
  /** Whole days since the epoch, on the office's clock. */
  day = 0;
  /** The last minute. */
  minute = NO_COUNTS;
  /** Packets by VLAN since the start. */
  vlans: Readonly<Float64Array> = new Float64Array(0);
  /** Newest first. */
  readonly #looks: CoverageCounts[] = [];
  /** Of the newest looks: at 0 of one, and so on; as far as they were asked for. */
  readonly #sums: CoverageCounts[] = [];
  readonly #offsetS: number;

  constructor(utcOffsetMin: number) {
    this.#offsetS = utcOffsetMin * 60;
  }

  /** Whether a whole minute was looked at without a pause. */
  get isWhole(): boolean {
    return this.#looks.length >= LOOKS_PER_MINUTE;
  }

  /** The newest look. */
  get look(): CoverageCounts {
    return this.#looks[0] ?? this.minute;
  }

  add(timeS: number, look: CoverageCounts, vlans: Readonly<Float64Array>): void {
    // Packets of a sensor that slept, or a clock that was set, are no minute.
    if (timeS - this.timeS !== LOOK_S) this.#looks.length = 0;
    this.timeS = timeS;
    this.vlans = vlans;
    const local = timeS + this.#offsetS;
    this.day = Math.floor(local / 86_400);
    this.hour = Math.floor((local % 86_400) / 3_600);
    // 1 January 1970 was a Thursday.
    const weekday = (this.day + 4) % 7;
    this.isWeekend = weekday === 0 || weekday === 6;
    this.#looks.unshift(look);
    this.#looks.splice(LOOKS_KEPT);
    this.#sums.length = 0;
    this.minute = this.#sum(Math.min(LOOKS_PER_MINUTE, this.#looks.length));
  }

  /**
   * The last minute, or as much more of the last three as is needed for enough to judge by.
   * @returns undefined when there is not enough
   */
  enough(weightOf: (counts: CoverageCounts) => number, weightMin: number): CoverageCounts | undefined {
    for (let looks = LOOKS_PER_MINUTE; looks <= this.#looks.length; looks++) {
      const counts = this.#sum(looks);
      if (weightOf(counts) >= weightMin) return counts;
    }
    return undefined;
  }

  #sum(looks: number): CoverageCounts {
    for (let have = this.#sums.length; have < looks; have++) {
      this.#sums.push(have === 0 ? this.#looks[0]! : addCounts(this.#sums[have - 1]!, this.#looks[have]!));
    }
    return this.#sums[looks - 1]!;
  }
}
