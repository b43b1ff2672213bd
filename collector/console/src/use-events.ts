import { useCallback, useEffect, useRef, useState } from 'react';
import type { EventList } from '../../../protocol/api/events.js';
import { ApiError, api } from './api.js';

const LIVE_MS = 1_000;

export interface Question {
  readonly query: string;
  /** Such as `now-15m`. */
  readonly range: string;
  readonly limit: number;
}

export interface EventsState {
  readonly list: EventList | undefined;
  readonly error: ApiError | undefined;
  /** A question without an answer yet: `list` is that of the question before. */
  readonly isLoading: boolean;
  readonly nowMs: number;
}

/**
 * The answer to a question. It is asked again each second while `isLive` and the page is looked at, and also while the
 * collector cannot answer; a question that was refused is not.
 */
export function useEvents(
  { query, range, limit }: Question,
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
    let hasFailed = false;
    setState((before) => ({ ...before, isLoading: true }));
    const ask = async (): Promise<void> => {
      try {
        const list = await api.events(query, range, limit, controller.signal);
        hasFailed = false;
        setState({ list, error: undefined, isLoading: false, nowMs: Date.now() });
      } catch (error) {
        if (controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 401) return onExpired();
        setState((before) => ({ ...before, error, isLoading: false }));
        if (isRefusal(error)) return;
        hasFailed = true;
      }
      plan();
    };
    const plan = (): void => {
      timer = setTimeout(() => ((liveRef.current || hasFailed) && !document.hidden ? void ask() : plan()), LIVE_MS);
    };
    void ask();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [query, range, limit, round, onExpired]);

  const again = useCallback(() => setRound((value) => value + 1), []);
  return { ...state, again };
}

/** The question itself is at fault. */
export function isRefusal(error: ApiError): boolean {
  return error.status >= 400 && error.status < 500;
}
