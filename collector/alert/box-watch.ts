export interface Seen {
  readonly presence: 'connected' | 'silent' | 'offline' | 'goodbye' | 'never';
  /** Changes when a connection begins after none. */
  readonly span: number;
}

export interface Patience {
  readonly offlineMs: number;
  readonly goodbyeMs: number;
  readonly silentMs: number;
  readonly steadyMs: number;
}

export type Trouble = 'lost' | 'stopped' | 'silent';

/**
 * One box, looked at again and again. What is over for a moment is not over: only a box that is connected and heard of
 * for a while is back, and a line that comes and goes counts from when it first went.
 */
export class BoxWatch {
  #span = 0;
  /** Since when it is connected and heard of without a break; the others since when it is not. */
  #fineAt: number | undefined;
  #awayAt: number | undefined;
  #silentAt: number | undefined;
  #presence: Seen['presence'] = 'never';

  /** @param at time attended, in ms */
  look({ presence, span }: Seen, at: number, { steadyMs }: Patience): void {
    if (presence !== 'connected') this.#fineAt = undefined;
    else if (this.#fineAt === undefined || span !== this.#span) this.#fineAt = at;
    this.#span = span;
    this.#presence = presence;
    if (presence === 'offline' || presence === 'goodbye') this.#awayAt ??= at;
    if (presence === 'silent') this.#silentAt ??= at;
    if (this.isBack(at, steadyMs)) {
      this.#awayAt = undefined;
      this.#silentAt = undefined;
    }
  }

  /** What should be told of it by now. */
  trouble(at: number, { offlineMs, goodbyeMs, silentMs }: Patience): Trouble | undefined {
    if (this.#presence === 'offline' && at - (this.#awayAt ?? at) >= offlineMs) return 'lost';
    if (this.#presence === 'goodbye' && at - (this.#awayAt ?? at) >= goodbyeMs) return 'stopped';
    if (this.#presence === 'silent' && at - (this.#silentAt ?? at) >= silentMs) return 'silent';
    return undefined;
  }

  isBack(at: number, steadyMs: number): boolean {
    return this.#fineAt !== undefined && at - this.#fineAt >= steadyMs;
  }

  /** Since when it is not connected, where it is lost; undefined otherwise. */
  get lostAt(): number | undefined {
    return this.#presence === 'offline' ? this.#awayAt : undefined;
  }

  get isHere(): boolean {
    return this.#presence === 'connected' || this.#presence === 'silent';
  }

  /** It begins to be away anew: it was part of something that is over. */
  restart(at: number): void {
    if (this.#awayAt !== undefined) this.#awayAt = at;
  }
}
