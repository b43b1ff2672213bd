/** Days whose longest silence is remembered, and how many must have been seen. */
const DAYS_KEPT = 14;
const DAYS_MIN = 7;

/** How long something is silent at most, by days. A silence counts when it is over: else each would excuse itself. */
export class LongestSilence {
  /** Newest first: the day's number and the longest silence in it, seconds. */
  #days: [day: number, longestS: number][] = [];

  /** How long it has been silent now, seconds. */
  silentS = 0;
  #overS = 0;

  /** @param isHeard whether there was something in the last `seconds` */
  follow(isHeard: boolean, seconds: number): void {
    if (isHeard) this.#overS = Math.max(this.#overS, this.silentS);
    this.silentS = isHeard ? 0 : this.silentS + seconds;
  }

  /** Takes what was followed since the last time for usual. */
  learn(day: number): void {
    // In the time of learning a silence that lasts counts as well: it may be the first weekend.
    if (this.longestS() === undefined) this.#overS = Math.max(this.#overS, this.silentS);
    const first = this.#days[0];
    if (first?.[0] === day) first[1] = Math.max(first[1], this.#overS);
    else this.#days.unshift([day, this.#overS]);
    this.#days.splice(DAYS_KEPT);
    this.#overS = 0;
  }

  /** What was followed since the last time is not usual. */
  forget(): void {
    this.#overS = 0;
  }

  /** Undefined while it is being learned. */
  longestS(): number | undefined {
    if (this.#days.length <= DAYS_MIN) return undefined;
    return Math.max(...this.#days.map(([, longestS]) => longestS));
  }

  save(): unknown {
    return this.#days;
  }

  load(state: unknown): void {
    if (!Array.isArray(state)) return;
    this.#days = state
      .filter(isEntry)
      .slice(0, DAYS_KEPT)
      .map(([day, longestS]) => [day, longestS]);
  }
}

function isEntry(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((number) => Number.isFinite(number) && number >= 0);
}
