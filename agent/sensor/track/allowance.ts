const SECOND_US = 1e6;
/** What may be saved up, in seconds of it. */
const SAVED_S = 10;

/**
 * How many records of what nobody answers are made: a scan or a flood is a record a packet, and would fill the disk of
 * the box and the line of the office. What is not told is counted.
 */
export class Allowance {
  /** Records that were not made. */
  untold = 0;
  #perS: number;
  #left: number;
  #sinceUs = 0;

  /** @param perS records a second; 0: as many as there are */
  constructor(perS: number) {
    this.#perS = perS;
    this.#left = perS * SAVED_S;
  }

  /** Whether the last one that was asked for was not to be told. */
  get isSpent(): boolean {
    return this.#perS > 0 && this.#left < 1;
  }

  /** From now on every record is made. */
  lift(): void {
    this.#perS = 0;
  }

  /** Whether one more may be told now, in packet time. */
  take(timeUs: number): boolean {
    if (this.#perS === 0) return true;
    const passedS = (timeUs - this.#sinceUs) / SECOND_US;
    if (passedS > 0) this.#left = Math.min(this.#perS * SAVED_S, this.#left + passedS * this.#perS);
    // A clock that steps back must not stop it for ever.
    if (passedS !== 0) this.#sinceUs = timeUs;
    if (this.#left >= 1) {
      this.#left -= 1;
      return true;
    }
    this.untold += 1;
    return false;
  }
}
