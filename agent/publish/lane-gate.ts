import type { Ack } from '../../protocol/envelope.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';

/** Longest between two questions about a lane that is not taken. */
const RETRY_MS_MAX = 60_000;

interface Held {
  /** A batch may be sent as a question from here on. */
  askMs: number;
  waitMs: number;
}

/** Lanes that the collector does not take now. Any acknowledgement may open them; a question asks now and then. */
export class LaneGate {
  readonly #retryMs: number;
  readonly #held = new Map<Lane, Held>();

  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  get held(): readonly Lane[] {
    return LANES.filter((lane) => this.#held.has(lane));
  }

  isOpen(lane: Lane, nowMs: number): boolean {
    const held = this.#held.get(lane);
    return held === undefined || nowMs >= held.askMs;
  }

  /** One batch of a lane was sent; of a held one it is the only one for a while. */
  sent(lane: Lane, nowMs: number): void {
    const held = this.#held.get(lane);
    if (held === undefined) return;
    held.waitMs = Math.min(held.waitMs * 2, RETRY_MS_MAX);
    held.askMs = nowMs + held.waitMs;
  }

  onAck({ lanes }: Ack, nowMs: number): void {
    const shut = LANES.filter((lane) => lanes !== undefined && !lanes.includes(lane));
    for (const lane of LANES) if (!shut.includes(lane)) this.#held.delete(lane);
    for (const lane of shut) {
      if (!this.#held.has(lane)) this.#held.set(lane, { askMs: nowMs + this.#retryMs, waitMs: this.#retryMs });
    }
  }

  reset(): void {
    this.#held.clear();
  }
}
