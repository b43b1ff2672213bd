import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { EndpointState } from '../../protocol/records/endpoint.js';
import { type Lane, laneOf } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { checkTargets, type PollConfig, type ProbeKind } from './config.js';
import { PROBES } from './probes/probes.js';
import { bad, type Probe, type ProbeResult, unable } from './result.js';
import { Scheduler } from './scheduler.js';
import type { SeriesBudget } from './series.js';
import { Watched } from './watched.js';

export { checkTargets, PollConfig, secretNamesOf } from './config.js';
export { isPingThere } from './probes/icmp.js';

export interface PollDeps extends World {
  accept(lane: Lane, line: Buffer): void;
  /** A password of the office's devices. @throws SECRET_LOCKED */
  secret(name: string): string | undefined;
  /** Others, in tests. */
  readonly probes?: Readonly<Record<ProbeKind, Probe>>;
}

export interface PollStats {
  readonly targets: number;
  readonly states: Readonly<Record<EndpointState, number>>;
  /** Of the targets that have ever answered, the one that has not for longest. */
  readonly oldestSuccess?: { readonly id: string; readonly at: string };
  readonly neverAnswered: number;
  readonly probes: number;
  readonly overtime: number;
  readonly records: number;
  readonly seriesDropped: number;
}

/** Asks the devices and services of the office how they are. */
export class Poll implements Component {
  readonly name = 'poll';
  readonly #config: PollConfig;
  readonly #deps: PollDeps;
  readonly #watched: Watched[];
  readonly #scheduler: Scheduler<Watched>;
  readonly #probes: Readonly<Record<ProbeKind, Probe>>;
  readonly #budget: SeriesBudget = { used: 0, dropped: 0 };
  #records = 0;
  #isClosed = false;

  /** @throws CONFIG_INVALID */
  constructor(config: PollConfig, deps: PollDeps) {
    checkTargets(config.targets);
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ part: 'poll' }) };
    this.#probes = deps.probes ?? PROBES;
    this.#watched = config.targets.map((target) => new Watched(target, this.#budget));
    this.#scheduler = new Scheduler(this.#watched, config, { ...deps, run: (one, signal) => this.#run(one, signal) });
  }

  async start(): Promise<void> {
    this.#scheduler.start();
  }

  /** Nothing runs on; what was measured and not told yet is told. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#scheduler.close();
    for (const one of this.#watched) this.#tell(one.flush(this.#deps.clock.now()));
  }

  stats(): PollStats {
    const states = { up: 0, degraded: 0, down: 0, unknown: 0 };
    for (const { state } of this.#watched) states[state] += 1;
    const oldest = this.#watched
      .filter((one) => one.lastSuccessMs !== undefined)
      .reduce<Watched | undefined>(
        (first, one) => (first === undefined || (one.lastSuccessMs ?? 0) < (first.lastSuccessMs ?? 0) ? one : first),
        undefined,
      );
    return {
      targets: this.#watched.length,
      states,
      ...(oldest?.lastSuccessMs === undefined
        ? {}
        : { oldestSuccess: { id: oldest.target.id, at: isoMillis(oldest.lastSuccessMs) } }),
      neverAnswered: this.#watched.filter((one) => one.lastSuccessMs === undefined).length,
      probes: this.#scheduler.counters.runs,
      overtime: this.#scheduler.counters.overtime,
      records: this.#records,
      seriesDropped: this.#budget.dropped,
    };
  }

  async #run(one: Watched, signal: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#deps;
    const result = await this.#probe(one, signal);
    // What was broken off because the agent ends says nothing about the target.
    if (this.#isClosed) return false;
    const before = one.state;
    this.#tell(one.take(result, { nowMs: clock.now(), monotonicMs: clock.monotonic() }, this.#config.recordMs));
    if (one.state !== before)
      log.info(
        { target: one.target.id, before, state: one.state, reason: result.reason },
        'a target changed its state',
      );
    return one.isFailing;
  }

  async #probe(one: Watched, signal: AbortSignal): Promise<ProbeResult> {
    const probe = this.#probes[one.kind];
    const { clock, secret } = this.#deps;
    try {
      const asked = probe(one.target, signal, { clock, secret, rates: one.rates });
      const result = await Promise.race([asked, givenUp(signal)]);
      return result.outcome === 'good' && isSlow(one, result) ? { ...result, outcome: 'warn', reason: 'slow' } : result;
    } catch (error) {
      // The name of an error tells where to look and nothing else: its text could have something of a secret in it.
      this.#deps.log.error({ target: one.target.id, error: (error as Error).name }, 'a probe failed by our own fault');
      return unable('failed');
    }
  }

  #tell(records: readonly AnyRecord[]): void {
    for (const record of records) {
      this.#records += 1;
      const lane = record['event.kind'] === 'alert' ? 'p0' : laneOf(String(record['event.dataset']));
      this.#deps.accept(lane, Buffer.from(JSON.stringify(record)));
    }
  }
}

/** A probe that does not heed its signal is not waited for. */
const PATIENCE_MS = 500;

function givenUp(signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const onAbort = (): void => void setTimeout(() => resolve(bad('timeout')), PATIENCE_MS).unref();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function isSlow({ target: { slowMs } }: Watched, { timesMs = [] }: ProbeResult): boolean {
  return slowMs !== undefined && timesMs.length > 0 && Math.min(...timesMs) > slowMs;
}
