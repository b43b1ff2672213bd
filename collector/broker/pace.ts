/** Frames a second of one connection; more than a box has ever to say, far less than what keeps others waiting. */
const FRAMES_PER_S = 2_000;
/** So many may come at once, as after a time without a connection. */
const FRAMES_SAVED_MAX = 4_000;

/** An allowance of MQTT frames for one connection: it saves up while it is not used. */
export class Pace {
  #saved = FRAMES_SAVED_MAX;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** @returns for how long nothing more should be read; 0: go on */
  take(frames: number, nowMs: number): number {
    this.#saved = Math.min(FRAMES_SAVED_MAX, this.#saved + ((nowMs - this.#sinceMs) * FRAMES_PER_S) / 1000) - frames;
    this.#sinceMs = nowMs;
    return this.#saved >= 0 ? 0 : Math.ceil((-this.#saved * 1000) / FRAMES_PER_S);
  }
}
