/** Counters of RFC 2578 7.1.6 and 7.1.10 begin again at zero after their largest value. */
const COUNTER32 = 2n ** 32n;
/** TimeTicks: hundredths of a second, which begin again after 497 days. */
const TICKS_END = 2 ** 32;
const TICKS_PER_MS = 0.1;
/** How far the two clocks may go apart between two questions. */
const TICKS_SLACK = 6_000;
const KEYS_MAX = 8_192;
const MS_MIN = 1_000;

interface Seen {
  readonly value: bigint;
  readonly atMs: number;
}

/**
 * What the counters of one target say per second, from what they said before. A counter of 32 bits may have begun again
 * in between, one of 64 bits cannot have: less than before means that it was set back, and says nothing. The same
 * for all of them after a reboot.
 */
export class Rates {
  #before = new Map<string, Seen>();
  #now = new Map<string, Seen>();
  #atMs = 0;
  #ticks: number | undefined;
  #ticksAtMs = 0;

  /**
   * Begins a round: what is not asked for in it is forgotten.
   * @param ticks sysUpTime, where the device told it
   * @returns whether the device was started anew since the round before
   */
  begin(nowMs: number, ticks: number | undefined): boolean {
    this.#before = this.#now;
    this.#now = new Map();
    this.#atMs = nowMs;
    const isReboot = ticks !== undefined && this.#isReboot(nowMs, ticks);
    if (isReboot) this.#before.clear();
    if (ticks !== undefined) [this.#ticks, this.#ticksAtMs] = [ticks, nowMs];
    return isReboot;
  }

  #isReboot(nowMs: number, ticks: number): boolean {
    if (this.#ticks === undefined || ticks >= this.#ticks) return false;
    const expected = this.#ticks + (nowMs - this.#ticksAtMs) * TICKS_PER_MS;
    const isEnd = expected >= TICKS_END - TICKS_SLACK && ticks <= expected - TICKS_END + TICKS_SLACK;
    return !isEnd;
  }

  /**
   * Per second since the round before; undefined at the first time and where it cannot be told.
   * @param perSecondMax more is not possible: the counter was set back, or lies
   */
  rate(key: string, value: bigint, bits: 32 | 64, perSecondMax: number): number | undefined {
    if (this.#now.size >= KEYS_MAX) return undefined;
    this.#now.set(key, { value, atMs: this.#atMs });
    const before = this.#before.get(key);
    if (before === undefined || this.#atMs - before.atMs < MS_MIN) return undefined;
    let difference = value - before.value;
    if (difference < 0n && bits === 32) difference += COUNTER32;
    if (difference < 0n) return undefined;
    const perSecond = (Number(difference) * 1_000) / (this.#atMs - before.atMs);
    return perSecond > perSecondMax ? undefined : perSecond;
  }
}
