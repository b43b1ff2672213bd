import { isoMillis } from '../../protocol/base/time.js';
import type { EndpointRecord } from '../../protocol/records/endpoint.js';
import type { Facts, ProbeResult } from './result.js';

const TENTHS_OF_MICROS = 10_000;

/** What the probes of some minutes came to, so that a ping is not a record. */
export class Bucket {
  #startMs = 0;
  #endMs = 0;
  #begunMs: number | undefined;
  #probes = 0;
  #failures = 0;
  #sent = 0;
  #lost = 0;
  #times = 0;
  #timeSumMs = 0;
  #timeMinMs = Number.POSITIVE_INFINITY;
  #timeMaxMs = 0;
  #last: ProbeResult | undefined;
  #facts: Facts = {};

  get isEmpty(): boolean {
    return this.#probes === 0;
  }

  /** @param monotonicMs by which its age is told: the other clock may jump */
  take(result: ProbeResult, nowMs: number, monotonicMs: number): void {
    if (this.#begunMs === undefined) [this.#begunMs, this.#startMs] = [monotonicMs, nowMs];
    this.#endMs = Math.max(nowMs, this.#startMs);
    this.#last = result;
    this.#probes += 1;
    if (result.outcome === 'bad' || result.outcome === 'unable') this.#failures += 1;
    const isLost = result.outcome === 'bad' ? 1 : 0;
    // What could not even be asked is no loss.
    this.#sent += result.sent ?? (result.outcome === 'unable' ? 0 : 1);
    this.#lost += result.lost ?? isLost;
    for (const ms of result.timesMs ?? []) this.#takeTime(ms);
    // Of a reboot it is told once, however many probes come after it.
    this.#facts = { ...this.#facts, ...result.facts };
  }

  #takeTime(ms: number): void {
    this.#times += 1;
    this.#timeSumMs += ms;
    this.#timeMinMs = Math.min(this.#timeMinMs, ms);
    this.#timeMaxMs = Math.max(this.#timeMaxMs, ms);
  }

  isDue(monotonicMs: number, recordMs: number): boolean {
    return this.#begunMs !== undefined && monotonicMs - this.#begunMs >= recordMs;
  }

  /** The part of a record that tells of it. */
  fields(): Partial<EndpointRecord> {
    return {
      'event.start': isoMillis(this.#startMs),
      'event.end': isoMillis(this.#endMs),
      'hinomi.endpoint.probes': this.#probes,
      'hinomi.endpoint.failures': this.#failures,
      ...(this.#sent === 0 ? {} : { 'hinomi.endpoint.loss': rounded(this.#lost / this.#sent) }),
      ...this.#timeFields(),
      ...this.#facts,
      ...(this.#last === undefined ? {} : outcomeFields(this.#last)),
    };
  }

  #timeFields(): Partial<EndpointRecord> {
    if (this.#times === 0) return {};
    return {
      'hinomi.endpoint.time_min_ms': rounded(this.#timeMinMs),
      'hinomi.endpoint.time_avg_ms': rounded(this.#timeSumMs / this.#times),
      'hinomi.endpoint.time_max_ms': rounded(this.#timeMaxMs),
    };
  }
}

function outcomeFields({ outcome, reason }: ProbeResult): Partial<EndpointRecord> {
  return { 'event.outcome': outcome === 'bad' || outcome === 'unable' ? 'failure' : 'success', 'event.reason': reason };
}

const rounded = (value: number): number => Math.round(value * TENTHS_OF_MICROS) / TENTHS_OF_MICROS;
