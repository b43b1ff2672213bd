/** Minutes with something to judge by, and days over which they were seen, before anything is called unusual. */
const MINUTES_MIN = 240;
const LEARN_S = 86_400;
/** What was seen once is forgotten by half in a week. */
const HALF_LIFE_S = 7 * 86_400;

export interface UsualState {
  readonly high: number;
  readonly atS: number;
  readonly sinceS: number;
  readonly minutes: number;
}

/** The highest share that is usual here: what was seen, slowly forgotten. */
export class UsualShare {
  #state: UsualState = { high: 0, atS: 0, sinceS: 0, minutes: 0 };

  /** Undefined while it is being learned. */
  usual(timeS: number): number | undefined {
    const { minutes, sinceS } = this.#state;
    if (minutes < MINUTES_MIN || timeS - sinceS < LEARN_S) return undefined;
    return this.#highAt(timeS);
  }

  learn(timeS: number, share: number): void {
    const { minutes, sinceS } = this.#state;
    this.#state = {
      high: Math.max(this.#highAt(timeS), share),
      atS: timeS,
      sinceS: sinceS === 0 ? timeS : sinceS,
      minutes: Math.min(minutes + 1, MINUTES_MIN),
    };
  }

  save(): UsualState {
    return this.#state;
  }

  load(state: unknown): void {
    const { high, atS, sinceS, minutes } = (state ?? {}) as Partial<UsualState>;
    if (![high, atS, sinceS, minutes].every((value) => Number.isFinite(value) && value! >= 0)) return;
    this.#state = { high: high!, atS: atS!, sinceS: sinceS!, minutes: minutes! };
  }

  #highAt(timeS: number): number {
    const { high, atS } = this.#state;
    return high * 0.5 ** (Math.max(0, timeS - atS) / HALF_LIFE_S);
  }
}
