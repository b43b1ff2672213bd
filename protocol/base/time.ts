/** Time is passed in, so that an hour is tested in a second. */
export interface Clock {
  /** Milliseconds since the Unix epoch, for records. May jump. */
  now(): number;
  /** Milliseconds of a clock that never goes back, for timeouts. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** RFC 3339 in UTC with six decimals, from whole seconds and microseconds (0 to 999,999). */
export function isoMicros(seconds: number, micros: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

/** RFC 3339 in UTC with milliseconds, from milliseconds since the epoch. */
export function isoMillis(ms: number): string {
  return new Date(ms).toISOString();
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** No clock of a machine that runs this can be right before it was written. Moved on with each release. */
export const RELEASED_MS = Date.parse('2026-11-01T00:00:00Z');
