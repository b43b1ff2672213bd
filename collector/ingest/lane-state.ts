/** What is known of one lane of one spool: what is stored, what waits, and what was turned away. */
export interface LaneState {
  /** Highest batch on disk. */
  stored: number;
  /** Highest batch that was taken; equals `stored` when nothing waits. */
  taken: number;
  /** First batch that was turned away; until it comes again nothing behind it may be taken, or it would be lost. */
  refused: number | undefined;
}

export type Verdict = 'take' | 'stored' | 'waiting' | 'behind-refused';

/** What to do with a batch. */
export function judge(lane: LaneState, seq: number): Verdict {
  if (seq <= lane.stored) return 'stored';
  if (seq <= lane.taken) return 'waiting';
  if (lane.refused !== undefined && seq > lane.refused) return 'behind-refused';
  return 'take';
}

/** Notes that a batch was turned away. */
export function refuse(lane: LaneState, seq: number): void {
  lane.refused = Math.min(lane.refused ?? seq, seq);
}

/** Notes that a batch waits for the disk. */
export function take(lane: LaneState, seq: number): void {
  lane.taken = seq;
  lane.refused = undefined;
}
