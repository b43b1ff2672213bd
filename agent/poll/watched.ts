import { isoMillis } from '../../protocol/base/time.js';
import type { EndpointRecord, EndpointState } from '../../protocol/records/endpoint.js';
import type { MetricRecord } from '../../protocol/records/metric.js';
import { Bucket } from './bucket.js';
import { kindOf, type ProbeKind, type Target } from './config.js';
import { tell } from './messages.js';
import type { Facts, ProbeResult } from './result.js';
import { Series, type SeriesBudget } from './series.js';
import { Rates } from './snmp/rates.js';
import { TargetState } from './state.js';

export interface Moment {
  readonly nowMs: number;
  readonly monotonicMs: number;
}

/** One target: its state, and what is to be told of it. */
export class Watched {
  readonly target: Target;
  readonly kind: ProbeKind;
  readonly rates = new Rates();
  readonly #state: TargetState;
  readonly #series: Series;
  #bucket = new Bucket();
  #sinceMs = 0;
  #facts: Facts = {};
  #isTroubled = false;
  lastSuccessMs: number | undefined;

  constructor(target: Target, budget: SeriesBudget) {
    this.target = target;
    this.kind = kindOf(target);
    this.#state = new TargetState(target);
    this.#series = new Series(budget);
  }

  get everyMs(): number {
    return this.target.everyMs;
  }

  get timeoutMs(): number {
    return this.target.timeoutMs;
  }

  get state(): EndpointState {
    return this.#state.state;
  }

  /** Down, and not on its way back: to be asked less often. */
  get isFailing(): boolean {
    return this.#isTroubled && this.state === 'down';
  }

  /** @returns what is to be told now */
  take(result: ProbeResult, moment: Moment, recordMs: number): (EndpointRecord | MetricRecord)[] {
    const { nowMs, monotonicMs } = moment;
    this.#isTroubled = result.outcome === 'bad' || result.outcome === 'unable';
    if (!this.#isTroubled) this.lastSuccessMs = nowMs;
    if (result.facts !== undefined) this.#facts = { ...this.#facts, ...result.facts };
    this.#bucket.take(result, nowMs, monotonicMs);
    this.#series.take(result.samples ?? [], nowMs);
    const previous = this.#state.take(result.outcome);
    if (previous !== undefined) return this.#change(previous, result, nowMs);
    return this.#bucket.isDue(monotonicMs, recordMs) ? this.flush(nowMs) : [];
  }

  /** What has not been told yet. */
  flush(nowMs: number): (EndpointRecord | MetricRecord)[] {
    if (this.#bucket.isEmpty) return [];
    const record = this.#record(nowMs, { 'event.kind': 'metric' });
    this.#bucket = new Bucket();
    return [record, ...this.#metrics()];
  }

  #change(previous: EndpointState, { reason }: ProbeResult, nowMs: number): (EndpointRecord | MetricRecord)[] {
    this.#sinceMs = nowMs;
    const told = tell(this.target.name, this.state, previous, reason);
    const record = this.#record(nowMs, { ...told, 'hinomi.endpoint.previous': previous });
    this.#bucket = new Bucket();
    return [record, ...this.#metrics()];
  }

  #metrics(): MetricRecord[] {
    const { 'host.name': name, 'host.ip': ip } = this.#facts;
    return this.#series.flush({
      ...this.#identity(),
      ...(name === undefined ? {} : { 'host.name': name }),
      ...(ip === undefined ? {} : { 'host.ip': ip }),
    });
  }

  #identity(): { 'hinomi.endpoint.id': string; 'hinomi.endpoint.name': string } {
    return { 'hinomi.endpoint.id': this.target.id, 'hinomi.endpoint.name': this.target.name };
  }

  #record(nowMs: number, told: Partial<EndpointRecord> & Pick<EndpointRecord, 'event.kind'>): EndpointRecord {
    return {
      '@timestamp': isoMillis(nowMs),
      'event.dataset': 'endpoint',
      ...this.#bucket.fields(),
      ...told,
      ...this.#identity(),
      'hinomi.endpoint.probe': this.kind,
      'hinomi.endpoint.state': this.state,
      ...(this.#sinceMs === 0 ? {} : { 'hinomi.endpoint.since': isoMillis(this.#sinceMs) }),
    };
  }
}
