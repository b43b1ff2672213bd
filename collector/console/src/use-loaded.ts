import { useCallback, useEffect, useState } from 'react';
import { ApiError } from './api.js';

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  /** Does something, then loads again; what is refused is shown. */
  run(work: () => Promise<unknown>): Promise<void>;
}

/** What a page shows, loaded once and again after each change of it. `load` stays the same function between renders. */
export function useLoaded<T>(load: () => Promise<T>, onExpired: () => void): Loaded<T> {
  const [value, setValue] = useState<T | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const run = useCallback(
    async (work: () => Promise<unknown>): Promise<void> => {
      try {
        setError(undefined);
        await work();
        setValue(await load());
      } catch (reason) {
        if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
        else setError(reason);
      }
    },
    [load, onExpired],
  );
  useEffect(() => void run(async () => {}), [run]);
  return { value, error, run };
}
