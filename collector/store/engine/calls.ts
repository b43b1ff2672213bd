import { CodedError } from '../../../protocol/base/errors.js';
import type { Clock } from '../../../protocol/base/time.js';

interface Call {
  readonly operation: string;
  readonly isQuery: boolean;
  readonly deadlineMs: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** What the engine was asked and has not answered. */
export class Calls {
  readonly #clock: Clock;
  readonly #calls = new Map<number, Call>();
  #id = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param limitMs after which `overdue` names it */
  add(operation: string, isQuery: boolean, limitMs: number): { id: number; answer: Promise<unknown> } {
    this.#id += 1;
    const id = this.#id;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { operation, isQuery, deadlineMs: this.#clock.monotonic() + limitMs, resolve, reject });
    });
    return { id, answer };
  }

  settle(id: number, settle: (call: Pick<Call, 'resolve' | 'reject'>) => void): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (call !== undefined) settle(call);
  }

  /** The operation that should have been answered by now. */
  overdue(): string | undefined {
    const nowMs = this.#clock.monotonic();
    for (const call of this.#calls.values()) if (call.deadlineMs < nowMs) return call.operation;
    return undefined;
  }

  get operations(): string[] {
    return [...new Set([...this.#calls.values()].map((call) => call.operation))];
  }

  /**
   * None of them will be answered.
   * @param isCrash whether the engine may have ended because of what it was asked
   */
  failAll(reason: string, isCrash = false): void {
    for (const [id, call] of [...this.#calls]) {
      this.#calls.delete(id);
      call.reject(
        call.isQuery
          ? new CodedError('STORE_ENGINE_ENDED', 'the engine ended before it answered', { reason })
          : new CodedError(
              isCrash ? 'STORE_ENGINE_CRASHED' : 'STORE_WRITE_FAILED',
              'the engine ended during an insert',
              {
                reason,
              },
            ),
      );
    }
  }
}
