import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { reopenDatabase } from './open.js';
import type { SpoolState } from './state.js';

export interface StoredStats {
  readonly epoch: string;
  /** Pending on disk. */
  readonly batches: number;
  readonly bytes: number;
  readonly records: number;
  readonly pending: Readonly<Record<Lane, number>>;
  /** Records since the spool was made: accepted = acked + evicted + pending, for each lane. */
  readonly accepted: Readonly<Record<Lane, number>>;
  readonly acked: Readonly<Record<Lane, number>>;
  readonly evicted: Readonly<Record<Lane, number>>;
}

export interface SpoolStats extends StoredStats {
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Since the agent started. */
  readonly refusedRecords: number;
  readonly writeFailures: number;
  readonly isFailing: boolean;
}

export function statsOf(state: SpoolState): StoredStats {
  const each = (pick: (lane: Lane) => number): Record<Lane, number> => {
    return Object.fromEntries(LANES.map((lane) => [lane, pick(lane)])) as Record<Lane, number>;
  };
  const sum = (pick: (lane: Lane) => number): number => LANES.reduce((total, lane) => total + pick(lane), 0);
  return {
    epoch: state.meta.epoch,
    batches: sum((lane) => state.lanes[lane].ledger.batches),
    bytes: sum((lane) => state.lanes[lane].ledger.bytes),
    records: sum((lane) => state.lanes[lane].ledger.records),
    pending: each((lane) => state.lanes[lane].ledger.records),
    accepted: each((lane) => state.lanes[lane].meta.accepted),
    acked: each((lane) => state.lanes[lane].meta.acked),
    evicted: each((lane) => state.lanes[lane].meta.evicted),
  };
}

/**
 * The exact figures of a spool that no agent has open. Changes no record.
 * @returns undefined when there is none, it is in use or damaged
 */
export async function readStoppedSpool(dataFolder: string): Promise<StoredStats | undefined> {
  const folder = join(dataFolder, 'spool');
  if (!existsSync(join(folder, 'CURRENT'))) return undefined;
  try {
    const { db, state } = await reopenDatabase(folder);
    await db.close();
    return state && statsOf(state);
  } catch {
    return undefined;
  }
}
