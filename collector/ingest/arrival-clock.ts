import { type Clock, RELEASED_MS } from '../../protocol/base/time.js';

/** No release is in use for so long: a row from later came while the clock was wrong, and is no measure. */
const FAR_MS = 10 * 365 * 86_400_000;

/**
 * When records come. They are thrown away by the age of their arrival: a clock that is wrong by years, as after a power
 * cut without a battery, would cost what came meanwhile as soon as it is right. A clock from before this program was
 * written is not believed: time goes on from the newest arrival that is known.
 */
export class ArrivalClock implements Clock {
  readonly #clock: Clock;
  #newestMs = RELEASED_MS;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** Something came at this time. */
  learn(arrivedMs: number): void {
    if (arrivedMs <= this.#newestMs || arrivedMs > RELEASED_MS + FAR_MS) return;
    this.#newestMs = arrivedMs;
    this.#since = this.#clock.monotonic();
  }

  get isBelieved(): boolean {
    return this.#clock.now() >= RELEASED_MS;
  }

  now(): number {
    return this.isBelieved ? this.#clock.now() : this.#newestMs + this.#clock.monotonic() - this.#since;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }
}
