import { type Clock, sleep } from '../../protocol/base/time.js';
import type { BatchHeader } from '../../protocol/envelope.js';
import type { Sender, Waiting } from './batches.js';

/**
 * From one round to the next, and how long a batch may wait before its sender is spoken to. Twice this, and a round of
 * many thousands, is well below the 10 s after which a box sends again (`publish.ackTimeoutMs`).
 */
const ROUND_MS = 3_000;
/** So many words in a row; then others have their turn. */
const WORDS_MAX = 100;

interface Guest {
  readonly sender: Sender;
  /** The newest: its spool is the one that the sender has now. */
  header: BatchHeader;
  /** When each of its batches came, the oldest first. */
  readonly batches: Map<Waiting, number>;
}

/**
 * Whose batches wait for the disk, and since when. While the disk stands still, who has waited long is spoken to in
 * each round, so that nobody takes the collector for dead, comes by another connection and sends everything again.
 */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #say: (sender: Sender, newest: BatchHeader) => void;
  /** By agent. */
  readonly #guests = new Map<string, Guest>();

  constructor(clock: Clock, say: (sender: Sender, newest: BatchHeader) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  enter(batch: Waiting): void {
    const { sender, header } = batch;
    const guest = this.#guests.get(sender.agent) ?? { sender, header, batches: new Map<Waiting, number>() };
    guest.header = header;
    guest.batches.set(batch, this.#clock.monotonic());
    this.#guests.set(sender.agent, guest);
  }

  leave(batch: Waiting): void {
    const guest = this.#guests.get(batch.sender.agent);
    guest?.batches.delete(batch);
    if (guest?.batches.size === 0) this.#guests.delete(batch.sender.agent);
  }

  /** Until it is stopped. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await sleep(ROUND_MS, stop).catch(() => {});
      await this.#round(stop);
    }
  }

  async #round(stop: AbortSignal): Promise<void> {
    let words = 0;
    // Who comes or goes while others have their turn does no harm to the walk through a Map.
    for (const { sender, header, batches } of this.#guests.values()) {
      if (stop.aborted) return;
      const [sinceMs = Number.POSITIVE_INFINITY] = batches.values();
      if (this.#clock.monotonic() - sinceMs < ROUND_MS) continue;
      this.#say(sender, header);
      words += 1;
      if (words % WORDS_MAX === 0) await sleep(0, stop).catch(() => {});
    }
  }
}
