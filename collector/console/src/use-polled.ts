import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from './api.js';

export interface Polled<T> {
  readonly value: T | undefined;
  /** Why it could not be asked the last time. */
  readonly error: unknown;
  /** Asks at once. */
  again(): Promise<void>;
}

/**
 * What changes by itself, asked for again while the page is looked at. `load` stays the same function between renders.
 * @param everyMs until the next time, by what was answered last
 */
export function usePolled<T>(
  load: () => Promise<T>,
  everyMs: (value: T | undefined) => number,
  onExpired: () => void,
): Polled<T> {
  const [state, setState] = useState<{ value: T | undefined; error: unknown }>({ value: undefined, error: undefined });
  const pause = useRef(everyMs);
  pause.current = everyMs;
  const newest = useRef<T | undefined>(undefined);
  const turn = useRef<() => Promise<void>>(async () => {});
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const ask = async (): Promise<void> => {
      try {
        newest.current = await load();
        if (!isOver) setState({ value: newest.current, error: undefined });
      } catch (error) {
        if (isOver) return;
        if (error instanceof ApiError && error.status === 401) return onExpired();
        setState((before) => ({ ...before, error }));
      }
    };
    turn.current = async () => {
      clearTimeout(timer);
      if (!document.hidden) await ask();
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(() => void turn.current(), pause.current(newest.current));
    };
    void turn.current();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [load, onExpired]);
  return { ...state, again: useCallback(() => turn.current(), []) };
}
