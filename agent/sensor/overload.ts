/** Conversations are kept by eight bits of their hash. */
export const KEPT_ALL = 256;
/** Fewest that are kept: what is left of a flood must still say what it is. */
const KEPT_MIN = 2;
/** A change is given this long to show what it does. */
const SETTLE_MS = 200;
/** The capture itself delivers up to 100 ms late (`readMs`), and a busy machine later still. */
const BEHIND_MS_MAX = 400;
/** A clock that was set makes packets look late, once. */
const BEHIND_MS_LIMIT = 30_000;
/** Share of the time that packets take: above, nothing is added; below, much can be. */
const BUSY_SHARE_MAX = 0.75;
const IDLE_SHARE = 0.3;
const SHRINK = 0.5;
const GROW = 1.25;
const GROW_IDLE = 4;
/** Depth comes back when there is time for it: it costs as much again as the flows alone. */
const DEEP_SHARE_MAX = 0.4;
const DEEP_WAIT_MS = 500;
const DEEP_WAIT_MS_MAX = 30_000;

export interface Load {
  readonly nowMs: number;
  /** How long ago the packet that is looked at arrived. */
  readonly behindMs: number;
  /** Lost in the kernel since the last time. */
  readonly dropped: number;
  /** Share of the time since the last time that packets took. */
  readonly busyShare: number;
}

/**
 * Decides what is left out when more packets come than can be handled: first what flows carry, then whole
 * conversations by their hash, so that those which are kept are kept whole. What is kept at a lower share is kept at
 * every higher one. Time comes as an argument.
 */
export class Overload {
  /** Of KEPT_ALL: conversations whose hash is below it are followed. */
  kept = KEPT_ALL;
  /** Whether applications of new flows are looked into. */
  isDeep = true;
  /** The smallest since it was last asked for. */
  #keptMin = KEPT_ALL;
  #changedMs = Number.NEGATIVE_INFINITY;
  #behindMs = 0;
  #calmSinceMs: number | undefined;
  #deepWaitMs = DEEP_WAIT_MS;
  #deepMs = Number.NEGATIVE_INFINITY;

  onLoad(load: Load): void {
    const behindMs = load.behindMs > BEHIND_MS_LIMIT ? 0 : load.behindMs;
    const isFalling = behindMs < this.#behindMs;
    this.#behindMs = behindMs;
    const isPressed = load.dropped > 0 || (behindMs > BEHIND_MS_MAX && !isFalling);
    if (isPressed) this.#calmSinceMs = undefined;
    if (load.nowMs - this.#changedMs < SETTLE_MS) return;
    if (isPressed) this.#shed(load.nowMs);
    else if (behindMs <= BEHIND_MS_MAX) this.#recover(load.nowMs, load.busyShare);
  }

  /** Smallest share that was kept since it was last asked for. */
  takeKeptShare(): number {
    const share = this.#keptMin / KEPT_ALL;
    this.#keptMin = this.kept;
    return share;
  }

  #shed(nowMs: number): void {
    this.#changedMs = nowMs;
    if (this.isDeep) {
      this.isDeep = false;
      // It did not go well the last time: the next try comes later.
      const wasShort = nowMs - this.#deepMs < DEEP_WAIT_MS_MAX;
      this.#deepWaitMs = wasShort ? Math.min(DEEP_WAIT_MS_MAX, this.#deepWaitMs * 2) : DEEP_WAIT_MS;
      return;
    }
    this.#keep(Math.max(KEPT_MIN, Math.floor(this.kept * SHRINK)));
  }

  #recover(nowMs: number, busyShare: number): void {
    if (busyShare > BUSY_SHARE_MAX) return;
    if (this.kept < KEPT_ALL) {
      this.#changedMs = nowMs;
      const factor = busyShare < IDLE_SHARE ? GROW_IDLE : GROW;
      this.#keep(Math.min(KEPT_ALL, Math.ceil(this.kept * factor)));
      return;
    }
    if (this.isDeep || busyShare > DEEP_SHARE_MAX) return;
    this.#calmSinceMs ??= nowMs;
    const waitMs = busyShare < IDLE_SHARE ? Math.min(this.#deepWaitMs, DEEP_WAIT_MS) : this.#deepWaitMs;
    if (nowMs - this.#calmSinceMs < waitMs) return;
    this.isDeep = true;
    this.#deepMs = nowMs;
    this.#changedMs = nowMs;
  }

  #keep(kept: number): void {
    this.kept = kept;
    if (kept < this.#keptMin) this.#keptMin = kept;
  }
}
