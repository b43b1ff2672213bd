import { useEffect, useRef, useState } from 'react';
import type { Site } from '../../../protocol/api/fleet.js';
import { ApiError, api } from './api.js';

const POLL_MS = 2_000;
/** Points of a sparkline: four minutes. */
const HISTORY_POINTS = 120;

export interface SitesState {
  readonly sites: readonly Site[] | undefined;
  readonly isUnreachable: boolean;
  /** Records a second of each site as seen by this page. */
  readonly history: ReadonlyMap<string, readonly number[]>;
  readonly nowMs: number;
}

/** The sites, asked for again while the page is looked at. */
export function useSites(onExpired: () => void): SitesState {
  const [state, setState] = useState<SitesState>({
    sites: undefined,
    isUnreachable: false,
    history: new Map(),
    nowMs: Date.now(),
  });
  const history = useRef(new Map<string, number[]>());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const ask = async (): Promise<void> => {
      try {
        if (!document.hidden) {
          const { sites } = await api.sites();
          for (const site of sites) {
            const points = history.current.get(site.id) ?? [];
            history.current.set(site.id, [...points, site.agent?.recordsPerSecond ?? 0].slice(-HISTORY_POINTS));
          }
          if (!isOver) setState({ sites, isUnreachable: false, history: new Map(history.current), nowMs: Date.now() });
        }
      } catch (error) {
        if (isOver) return;
        if (error instanceof ApiError && error.status === 401) return onExpired();
        setState((before) => ({ ...before, isUnreachable: true, nowMs: Date.now() }));
      }
      if (!isOver) timer = setTimeout(() => void ask(), POLL_MS);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [onExpired]);
  return state;
}
