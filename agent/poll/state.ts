import type { EndpointState } from '../../protocol/records/endpoint.js';
import type { ProbeResult } from './result.js';

const RANKS: Readonly<Record<EndpointState, number>> = { up: 0, degraded: 1, down: 2, unknown: 3 };
const MEANS: Readonly<Record<ProbeResult['outcome'], EndpointState>> = {
  good: 'up',
  warn: 'degraded',
  bad: 'down',
  unable: 'unknown',
};

/**
 * The state of a target. It changes after several results in a row that are all worse than it, to the mildest of
 * them, or all better, to the worst of them; so what comes and goes between two troubles is a trouble all the same. What is
 * seen for the first time (or again, after it could not be asked) is up or degraded at once.
 */
export class TargetState {
  readonly #downAfter: number;
  readonly #upAfter: number;
  #state: EndpointState = 'unknown';
  #worse: EndpointState[] = [];
  #better: EndpointState[] = [];
  #unables = 0;

  constructor(limits: { readonly downAfter: number; readonly upAfter: number }) {
    this.#downAfter = limits.downAfter;
    this.#upAfter = limits.upAfter;
  }

  get state(): EndpointState {
    return this.#state;
  }

  /** @returns the state before, when it has changed */
  take(outcome: ProbeResult['outcome']): EndpointState | undefined {
    const seen = MEANS[outcome];
    if (seen === 'unknown') return this.#takeUnable();
    this.#unables = 0;
    return this.#state === 'unknown' ? this.#takeFirst(seen) : this.#takeSeen(seen);
  }

  #takeUnable(): EndpointState | undefined {
    this.#unables += 1;
    return this.#unables >= this.#downAfter ? this.#become('unknown') : undefined;
  }

  #takeFirst(seen: EndpointState): EndpointState | undefined {
    if (seen !== 'down') return this.#become(seen);
    this.#worse.push(seen);
    return this.#worse.length >= this.#downAfter ? this.#become('down') : undefined;
  }

  #takeSeen(seen: EndpointState): EndpointState | undefined {
    const difference = RANKS[seen] - RANKS[this.#state];
    this.#worse = difference > 0 ? [...this.#worse, seen] : [];
    this.#better = difference < 0 ? [...this.#better, seen] : [];
    if (this.#worse.length >= this.#downAfter) return this.#become(extreme(this.#worse, Math.min));
    if (this.#better.length >= this.#upAfter) return this.#become(extreme(this.#better, Math.max));
    return undefined;
  }

  #become(state: EndpointState): EndpointState | undefined {
    const before = this.#state;
    this.#state = state;
    this.#worse = [];
    this.#better = [];
    return before === state ? undefined : before;
  }
}

function extreme(states: readonly EndpointState[], choose: (...ranks: number[]) => number): EndpointState {
  const rank = choose(...states.map((state) => RANKS[state]));
  return states.find((state) => RANKS[state] === rank) ?? 'unknown';
}
