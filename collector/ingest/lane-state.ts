/** What is known of one lane of one spool: what is stored, what waits, and what was turned away. */
export interface LaneState {
  /** Highest batch on disk. */
  stored: number;
  /** Highest batch that was taken; equals `stored` when nothing waits. */
  taken: number;
  /**
   * The last batch that was turned away since one was taken. What comes behind it belongs to the same run of sending
   * and may not be taken: an acknowledgement covers all before it, and the agent would forget the one turned away.
   * An agent begins again with the oldest that it still has, which is seen by the number not going up; the batch that
   * was turned away first may be gone by then, thrown away for want of space.
   */
  turnedAway: number | undefined;
}

export type Verdict = 'take' | 'stored' | 'waiting' | 'behind-refused';

export function newLane(): LaneState {
  return { stored: 0, taken: 0, turnedAway: undefined };
}

/** What to do with a batch. */
export function judge(lane: LaneState, seq: number): Verdict {
  if (seq <= lane.stored) return 'stored';
  if (seq <= lane.taken) return 'waiting';
  return lane.turnedAway !== undefined && seq > lane.turnedAway ? 'behind-refused' : 'take';
}

/** Notes that a batch was turned away, itself or behind another. */
export function refuse(lane: LaneState, seq: number): void {
  lane.turnedAway = seq;
}

/** Notes that a batch waits for the disk. */
export function take(lane: LaneState, seq: number): void {
  lane.taken = seq;
  lane.turnedAway = undefined;
}
