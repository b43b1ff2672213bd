import { CodedError } from '../../protocol/base/errors.js';

/** The sensor looks for what it is asked at least ten times a second, unless its machine is very busy. */
const ANSWER_MS_MAX = 10_000;

/** Asks the sensor to tell every device that it knows once more. Whoever asks meanwhile gets the same answer. */
export class Rescans {
  readonly #send: (text: string) => boolean;
  #running: { promise: Promise<{ devices: number }>; settle(devices: number | undefined): void } | undefined;

  constructor(deps: { send(text: string): boolean }) {
    this.#send = deps.send;
  }

  /** @throws CAPTURE_NO_SENSOR */
  run(): Promise<{ devices: number }> {
    if (this.#running !== undefined) return this.#running.promise;
    if (!this.#send('r')) return Promise.reject(new CodedError('CAPTURE_NO_SENSOR', 'the sensor is not running'));
    const { promise, resolve, reject } = withResolvers<{ devices: number }>();
    const settle = (devices: number | undefined): void => {
      clearTimeout(timer);
      this.#running = undefined;
      if (devices === undefined) reject(new CodedError('CAPTURE_NO_SENSOR', 'the sensor did not answer'));
      else resolve({ devices });
    };
    const timer = setTimeout(() => settle(undefined), ANSWER_MS_MAX);
    this.#running = { promise, settle };
    return promise;
  }

  onAnswer(devices: number): void {
    this.#running?.settle(devices);
  }

  onGone(): void {
    this.#running?.settle(undefined);
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
