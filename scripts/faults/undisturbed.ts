import assert from 'node:assert/strict';
import { type Box, sum } from './box.js';

const LOOK_MS = 250;
/** Acknowledgements come several times a second; a machine that is busy with a fault may take its time. */
const STALL_MS_MAX = 15_000;

/** Watches a box that nothing is wrong with while something is wrong with another. */
export class Undisturbed {
  readonly #box: Box;
  readonly #mayStall: boolean;
  readonly #timer: NodeJS.Timeout;
  readonly #connections: number;
  #acked: number;
  #ackedMs = performance.now();
  #stallMs = 0;

  /** @param box connected, with traffic; where the collector itself is harmed, acknowledgements may take their time */
  constructor(box: Box, { mayStall = false } = {}) {
    this.#box = box;
    this.#mayStall = mayStall;
    this.#connections = box.status?.publisher.connections ?? 0;
    this.#acked = ackedOf(box);
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Ends the watch. @returns longest time without an acknowledgement, in words @throws AssertionError */
  end(): string {
    clearInterval(this.#timer);
    this.#look();
    const { site } = this.#box;
    assert.equal(this.#box.starts, 1, `${site} had to be started again`);
    assert.equal(this.#box.status?.publisher.connections, this.#connections, `${site} lost its connection`);
    assert.ok(
      this.#mayStall || this.#stallMs < STALL_MS_MAX,
      `${site} had no acknowledgement for ${Math.round(this.#stallMs)} ms`,
    );
    return `neighbour never without an acknowledgement for more than ${(this.#stallMs / 1_000).toFixed(1)} s`;
  }

  #look(): void {
    const nowMs = performance.now();
    const acked = ackedOf(this.#box);
    this.#stallMs = Math.max(this.#stallMs, nowMs - this.#ackedMs);
    if (acked === this.#acked) return;
    this.#acked = acked;
    this.#ackedMs = nowMs;
  }
}

function ackedOf(box: Box): number {
  return box.status === undefined ? 0 : sum(box.status.spool.acked);
}
