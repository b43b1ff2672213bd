import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';

export interface Box {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

/** What is said of a box; collector/alert writes it. */
export interface DuplicateTelling {
  readonly rule: string;
  readonly name: string;
  readonly state: 'raised' | 'repeated' | 'recovered';
  readonly severity: number;
  readonly message: string;
  readonly messageJa: string;
  readonly since: number;
  readonly value: number;
}

export interface DuplicatesDeps extends World {
  /** @returns something when it was written */
  tell(box: Box, telling: DuplicateTelling): Promise<unknown>;
}

export const RULE = 'identity-duplicated';
/** Runs of a box that are remembered: a restart makes a new one, so that few are more than enough. */
const RUNS_MAX = 8;
/** Over when nothing of the kind was seen for so long. */
const QUIET_MS = 3_600_000;
const REPEAT_MS = 86_400_000;
const CHECK_MS = 60_000;

interface Runs {
  readonly box: Box;
  /** Random ids of its runs, the newest last. */
  readonly boots: string[];
  /** How often a run came back after another one. */
  count: number;
  sinceMs: number;
  lastMs: number;
  toldMs: number | undefined;
}

/**
 * Two boxes that share an identity: a copied card, or a stolen key. A restart is a new run, and the one before it never
 * comes back; when one does, there are two.
 */
export class Duplicates implements Component {
  readonly name = 'duplicates';
  readonly #deps: DuplicatesDeps;
  readonly #boxes = new Map<string, Runs>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: DuplicatesDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'duplicates' }) };
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.check(), CHECK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** A box says hello. @param boot of its run */
  async onBirth(box: Box, boot: string): Promise<void> {
    const runs = this.#runsOf(box);
    if (runs.boots.at(-1) === boot) return;
    const at = runs.boots.indexOf(boot);
    if (at >= 0) runs.boots.splice(at, 1);
    runs.boots.push(boot);
    if (runs.boots.length > RUNS_MAX) runs.boots.shift();
    if (at < 0) return;
    const nowMs = this.#deps.clock.now();
    if (runs.count === 0) runs.sinceMs = nowMs;
    runs.count += 1;
    runs.lastMs = nowMs;
    if (runs.toldMs !== undefined && nowMs - runs.toldMs < REPEAT_MS) return;
    await this.#tell(runs, runs.toldMs === undefined ? 'raised' : 'repeated', nowMs);
  }

  /** Those that are over. */
  async check(): Promise<void> {
    const nowMs = this.#deps.clock.now();
    for (const runs of this.#boxes.values()) {
      if (runs.count === 0 || nowMs - runs.lastMs < QUIET_MS) continue;
      if (runs.toldMs !== undefined) await this.#tell(runs, 'recovered', nowMs);
      runs.count = 0;
      runs.toldMs = undefined;
    }
  }

  async #tell(runs: Runs, state: DuplicateTelling['state'], nowMs: number): Promise<void> {
    const isOver = state === 'recovered';
    // First, so that two at the same moment say it once; when it cannot be written the next one says it.
    const before = runs.toldMs;
    runs.toldMs = nowMs;
    const row = await this.#deps.tell(runs.box, {
      ...{ rule: RULE, name: 'Two boxes use one identity', state, severity: isOver ? 10 : 85 },
      ...{ since: runs.sinceMs, value: runs.count },
      message: isOver
        ? 'For an hour only one box has used this identity.'
        : `Two boxes use the identity of this box in turn (box ${runs.box.agent}): a copied card, or a stolen key. Find the second one; if it is not ours, revoke the identity (hinomi-collector agent revoke ${runs.box.agent}) and enrol the box anew.`,
      messageJa: isOver
        ? '1時間にわたり、この証明書を使う監視装置は1台だけです。対応は不要です。'
        : `2台の装置が同じ証明書を交互に使っています(装置 ${runs.box.agent})。SDカードの複製か、鍵の盗難が考えられます。2台目を探し、心当たりがなければ hinomi-collector agent revoke ${runs.box.agent} で失効させて、監視装置を登録し直してください。`,
    });
    if (row === undefined) runs.toldMs = before;
  }

  #runsOf(box: Box): Runs {
    let runs = this.#boxes.get(box.agent);
    if (runs === undefined) {
      runs = { box, boots: [], count: 0, sinceMs: 0, lastMs: 0, toldMs: undefined };
      this.#boxes.set(box.agent, runs);
    }
    return runs;
  }
}
