import { LANES } from '../../protocol/records/lanes.js';
import { generationIn } from './keys.js';
import type { SpoolState } from './state.js';

/**
 * What a spool holds is cut into generations, so that hours of waiting do not stand in front of what happens now. On
 * the wire each is an epoch of its own. Numbers go on counting across them: in a lane the older one has the lower.
 */

export interface GenerationLimits {
  readonly backlogBatches: number;
  readonly backlogBytes: number;
  readonly generationsMax: number;
}

/** The one that is written now. */
export const generationOf = (state: SpoolState): number => state.meta.generation ?? 0;

/** Older ones of which batches wait, the oldest first. */
export function backlogOf(state: SpoolState): number[] {
  if (generationOf(state) === 0) return [];
  const found = new Set(LANES.flatMap((lane) => [...state.lanes[lane].ledger.generations]));
  found.delete(generationOf(state));
  return [...found].sort((a, b) => a - b);
}

/** The generation of an epoch of ours, also of one that is all acknowledged. */
export function generationNamed(state: SpoolState, epoch: string): number | undefined {
  const generation = generationIn(state.meta.epoch, epoch);
  return generation !== undefined && generation <= generationOf(state) ? generation : undefined;
}

/** Whether what waits of the newest generation is more than goes out in a moment, and another one may be begun. */
export function isBacklog(state: SpoolState, limits: GenerationLimits): boolean {
  const sizes = LANES.map((lane) => state.lanes[lane].ledger.sizeOf(generationOf(state)));
  const batches = sizes.reduce((sum, size) => sum + size.batches, 0);
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  const isMuch = batches >= limits.backlogBatches || (batches > 1 && bytes >= limits.backlogBytes);
  return isMuch && backlogOf(state).length + 1 < limits.generationsMax;
}
