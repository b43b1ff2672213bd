import type { EventList } from '../../../protocol/api/events.js';

/** How many records began in each equal part of a span of time. */
export interface Bars {
  readonly fromMs: number;
  readonly toMs: number;
  readonly counts: readonly number[];
}

const BARS = 72;

/**
 * Over the whole range that was asked for; where more matched than were loaded, only over the span that was loaded:
 * nothing is known about the rest, and empty bars would say that nothing happened.
 */
export function barsOf(list: EventList, nowMs: number): Bars | undefined {
  const times = list.events.map((event) => Date.parse(String(event['@timestamp']))).filter(Number.isFinite);
  if (times.length === 0) return undefined;
  const last = times.reduce((a, b) => Math.max(a, b));
  const first = times.reduce((a, b) => Math.min(a, b));
  // The collector looks a little ahead of now; the axis does so only where there are records.
  const toMs = Math.max(last + 1, Math.min(Date.parse(list.to), nowMs));
  const fromMs = list.hasMore ? first : Math.min(first, Date.parse(list.from));
  const counts = new Array<number>(BARS).fill(0);
  for (const time of times) {
    const bar = Math.min(BARS - 1, Math.floor(((time - fromMs) / (toMs - fromMs)) * BARS));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return { fromMs, toMs, counts };
}
