import type { Lane } from '../../protocol/records/lanes.js';
import { type LaneState, newLane } from './lane-state.js';

/**
 * Epochs of one agent that are remembered. Its spool has a dozen at once at the most, each newer than all before; one
 * that was not heard of while so many others were is not waiting anywhere.
 */
const EPOCHS_MAX = 64;

/** How far each lane of each epoch of each agent is. What an agent can make it hold is bounded. */
export class LaneBook {
  readonly #agents = new Map<string, Map<string, Map<Lane, LaneState>>>();
  #size = 0;

  /** Lanes in all. */
  get size(): number {
    return this.#size;
  }

  get(agent: string, epoch: string, lane: Lane): LaneState {
    const lanes = this.#epoch(agent, epoch);
    let state = lanes.get(lane);
    if (state === undefined) {
      state = newLane();
      lanes.set(lane, state);
      this.#size += 1;
    }
    return state;
  }

  /** Of the marks at the start. */
  raise(agent: string, epoch: string, lane: Lane, seq: number): void {
    const state = this.get(agent, epoch, lane);
    state.stored = Math.max(state.stored, seq);
    state.taken = state.stored;
  }

  #epoch(agent: string, epoch: string): Map<Lane, LaneState> {
    let epochs = this.#agents.get(agent);
    if (epochs === undefined) {
      epochs = new Map();
      this.#agents.set(agent, epochs);
    }
    const lanes = epochs.get(epoch) ?? new Map<Lane, LaneState>();
    // The one that was asked for last comes last.
    epochs.delete(epoch);
    epochs.set(epoch, lanes);
    if (epochs.size > EPOCHS_MAX) this.#forgetOldest(epochs);
    return lanes;
  }

  /** But not one of which something waits for the disk. */
  #forgetOldest(epochs: Map<string, Map<Lane, LaneState>>): void {
    for (const [epoch, lanes] of epochs) {
      if ([...lanes.values()].some(({ taken, stored }) => taken > stored)) continue;
      epochs.delete(epoch);
      this.#size -= lanes.size;
      return;
    }
  }
}
