import type { View } from './hall.js';
import type { Stored } from './stage.js';

/** Figures of a run, and which promises were not kept. */
export interface Outcome extends Stored {
  readonly accepted: number;
  readonly evicted: number;
  readonly refused: number;
  readonly rssMaxMib: number;
  readonly [figure: string]: number | readonly string[];
  readonly broken: readonly string[];
}

/** Compares what the spools accepted with what the table holds. Everything must have been acknowledged. */
export function compare(view: View, stored: Stored, rssMaxBytes: number, figures: Record<string, number>): Outcome {
  const { accepted, evicted, refused } = view;
  const broken: string[] = [];
  if (view.pendingRecords > 0) broken.push(`${view.pendingRecords} records still wait`);
  if (stored.stored !== accepted - evicted) broken.push(`${stored.stored} rows of ${accepted - evicted} records`);
  if (stored.twice > 0) broken.push(`${stored.twice} rows are there twice`);
  if (stored.torn > 0) broken.push(`${stored.torn} batches have holes`);
  if (stored.toldLost !== evicted + refused)
    broken.push(`${evicted + refused} records were thrown away, gaps tell of ${stored.toldLost}`);
  const rssMaxMib = Math.round(rssMaxBytes / 2 ** 20);
  return { ...stored, accepted, evicted, refused, rssMaxMib, ...figures, broken };
}

/** Nearest rank, whole milliseconds. */
export function rank(valuesMs: readonly number[], share: number): number {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
}
