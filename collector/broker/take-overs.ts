/** Connections of one agent that may take the place of a living one, within a minute. */
const TAKE_OVERS_MAX = 4;
const WINDOW_MS = 60_000;
/** Beyond it those that are quiet again are forgotten. */
const AGENTS_MAX = 1_000;

/**
 * Two boxes with one identity throw each other out for ever: MQTT gives the place to the newer connection. A box that
 * comes again because its line broke does so once or twice; beyond that the one that is there stays for a while.
 */
export class TakeOvers {
  readonly #times = new Map<string, number[]>();

  /** @returns whether one more is allowed */
  take(agent: string, nowMs: number): boolean {
    const recent = (this.#times.get(agent) ?? []).filter((at) => at > nowMs - WINDOW_MS);
    const isAllowed = recent.length < TAKE_OVERS_MAX;
    if (isAllowed) recent.push(nowMs);
    if (this.#times.size >= AGENTS_MAX) this.#forget(nowMs);
    this.#times.set(agent, recent);
    return isAllowed;
  }

  #forget(nowMs: number): void {
    for (const [agent, times] of this.#times)
      if (times.every((at) => at <= nowMs - WINDOW_MS)) this.#times.delete(agent);
  }
}
