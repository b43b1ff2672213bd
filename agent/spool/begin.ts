import { randomBytes } from 'node:crypto';
import { LANES } from '../../protocol/records/lanes.js';
import type { Noted } from './noted.js';
import type { Opened } from './open.js';
import { newState, type SpoolState } from './state.js';

/**
 * After a repair or a power cut the newest numbers may be forgotten, and used ones must not come again: the collector
 * would take the new batches for old ones. No disk takes so many batches as are skipped; chance keeps a second damage
 * that leads back to the same place from leading on to the same numbers.
 */
const SEQ_SKIP = 1_000_000;

export interface Begun {
  readonly state: SpoolState;
  /** The machine stopped without warning. */
  readonly isPowerCut: boolean;
  /** Batches may be missing. */
  readonly isDamaged: boolean;
}

/**
 * What a spool goes on with after it was opened. Numbers never go back, not even those of a new spool: whoever sends
 * remembers how far he is.
 * @param before what memory holds: of an earlier opening, or new
 * @param machineBoot of this run of the machine, or empty
 */
export function beginWith(opened: Opened, before: SpoolState, machineBoot: string, random: () => number): Begun {
  const state = opened.state ?? newState(randomBytes(12).toString('hex'));
  const isSameRun = machineBoot !== '' && machineBoot === state.meta.machineBoot;
  const isPowerCut = !state.meta.isClean && !isSameRun;
  const isBehind = isOlderThan(opened.noted, state);
  if (opened.damage === 'repaired' || isPowerCut || isBehind)
    skipNumbers(state, SEQ_SKIP + Math.floor(random() * SEQ_SKIP));
  for (const lane of LANES) {
    const { meta } = state.lanes[lane];
    const noted = opened.noted?.epoch === state.meta.epoch ? opened.noted.next[lane] : 0;
    const nextSeq = Math.max(meta.nextSeq, before.lanes[lane].meta.nextSeq, noted);
    state.lanes[lane].meta = { ...meta, nextSeq, reservedSeq: Math.max(meta.reservedSeq, nextSeq) };
  }
  const isGone = opened.state === undefined && before.meta.commit > 0;
  return { state, isPowerCut, isDamaged: opened.damage !== 'none' || isGone || (isBehind && !isPowerCut) };
}

/** It is another spool than the one that was written last, or has lost its newest writes. */
function isOlderThan(noted: Noted | undefined, { meta }: SpoolState): boolean {
  return noted !== undefined && (noted.epoch !== meta.epoch || noted.commit > meta.commit);
}

function skipNumbers(state: SpoolState, more: number): void {
  for (const lane of LANES) {
    const { meta } = state.lanes[lane];
    const nextSeq = Math.max(meta.nextSeq, meta.reservedSeq) + more;
    state.lanes[lane].meta = { ...meta, nextSeq, reservedSeq: nextSeq };
  }
}
