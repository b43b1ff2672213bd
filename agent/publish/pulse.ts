/** Quiet for so long and the collector is asked for a sign of life. An agent with records hears from it every few seconds. */
const QUIET_MS = 10_000;
/** A line over a satellite answers within two seconds; one that is shared with an upload, within five. */
const ANSWER_MS = 6_000;
/** Looks after the question: when this process itself stood still, the answer may lie unread. */
const LOOKS_MIN = 8;

/**
 * Tells a connection that leads nowhere (a pulled cable, a NAT that forgot it, an address that changed) from a quiet one,
 * long before TCP gives up or MQTT's own keepalive does. Time is an argument.
 */
export class Pulse {
  #heardMs: number;
  #askedMs = Number.POSITIVE_INFINITY;
  #looks = 0;

  constructor(nowMs: number) {
    this.#heardMs = nowMs;
  }

  /** An answer is waited for. */
  get isAsking(): boolean {
    return this.#askedMs !== Number.POSITIVE_INFINITY;
  }

  onHeard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#askedMs = Number.POSITIVE_INFINITY;
  }

  /** @returns `ask`: for a sign of life, once; `dead`: there was none */
  check(nowMs: number): 'alive' | 'ask' | 'dead' {
    if (this.isAsking) {
      this.#looks += 1;
      return nowMs - this.#askedMs >= ANSWER_MS && this.#looks >= LOOKS_MIN ? 'dead' : 'alive';
    }
    if (nowMs - this.#heardMs < QUIET_MS) return 'alive';
    this.#askedMs = nowMs;
    this.#looks = 0;
    return 'ask';
  }
}
