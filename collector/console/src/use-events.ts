import { useCallback, useEffect, useRef, useState } from 'react';
import type { EventList } from '../../../protocol/api/events.js';
import { ApiError, api } from './api.js';

const LIVE_MS = 1_000;
export const EVENTS_SHOWN = 200;

export interface EventsState {
  readonly list: EventList | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly nowMs: number;
}

/** The answer to a query; asked for again each second while `isLive` and the page is looked at. */
export function useEvents(
  query: string,
  range: string,
  isLive: boolean,
  onExpired: () => void,
): EventsState & { again: () => void } {
  const [state, setState] = useState<EventsState>({
    list: undefined,
    error: undefined,
    isLoading: true,
    nowMs: Date.now(),
  });
  const [round, setRound] = useState(0);
  const liveRef = useRef(isLive);
  liveRef.current = isLive;

  // `round` asks again by hand.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a new question.
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    setState((before) => ({ ...before, isLoading: true }));
    const ask = async (): Promise<void> => {
      try {
        const list = await api.events(query, range, EVENTS_SHOWN, controller.signal);
        setState({ list, error: undefined, isLoading: false, nowMs: Date.now() });
      } catch (error) {
        if (controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 401) return onExpired();
        setState((before) => ({ ...before, error, isLoading: false }));
        if (error.status >= 400 && error.status < 500) return;
      }
      plan();
    };
    const plan = (): void => {
      timer = setTimeout(() => (liveRef.current && !document.hidden ? void ask() : plan()), LIVE_MS);
    };
    void ask();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [query, range, round, onExpired]);

  const again = useCallback(() => setRound((value) => value + 1), []);
  return { ...state, again };
}
