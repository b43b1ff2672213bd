import { isoMillis } from '../../protocol/base/time.js';
import type { MetricRecord } from '../../protocol/records/metric.js';
import type { Sample } from './result.js';

/** Of one target, and of all of them together. */
export const SERIES_MAX = 2_048;
export const ALL_SERIES_MAX = 16_384;

/** Shared by all targets. */
export interface SeriesBudget {
  used: number;
  dropped: number;
}

interface Figure {
  readonly sample: Sample;
  readonly startMs: number;
  endMs: number;
  last: number;
  min: number;
  max: number;
  sum: number;
  count: number;
}

/** The figures of one target over some minutes: one record each. */
export class Series {
  readonly #figures = new Map<string, Figure>();
  readonly #budget: SeriesBudget;

  constructor(budget: SeriesBudget) {
    this.#budget = budget;
  }

  take(samples: readonly Sample[], nowMs: number): void {
    for (const sample of samples) {
      if (!Number.isFinite(sample.value)) continue;
      const key = `${sample.name}\n${sample.instance ?? ''}`;
      const figure = this.#figures.get(key);
      if (figure !== undefined) add(figure, sample.value, nowMs);
      else this.#begin(key, sample, nowMs);
    }
  }

  #begin(key: string, sample: Sample, nowMs: number): void {
    if (this.#figures.size >= SERIES_MAX || this.#budget.used >= ALL_SERIES_MAX) {
      this.#budget.dropped += 1;
      return;
    }
    const { value } = sample;
    this.#budget.used += 1;
    this.#figures.set(key, {
      ...{ sample, startMs: nowMs, endMs: nowMs },
      ...{ last: value, min: value, max: value, sum: value, count: 1 },
    });
  }

  /** Told and forgotten. Rates that were zero all the time (errors, mostly) are left out. */
  flush(
    target: Pick<MetricRecord, 'hinomi.endpoint.id' | 'hinomi.endpoint.name' | 'host.name' | 'host.ip'>,
  ): MetricRecord[] {
    const figures = [...this.#figures.values()];
    this.#budget.used -= figures.length;
    this.#figures.clear();
    return figures
      .filter(({ sample, max, min }) => sample.unit !== '1/s' || max !== 0 || min !== 0)
      .map((figure) => recordOf(figure, target));
  }
}

function add(figure: Figure, value: number, nowMs: number): void {
  figure.endMs = Math.max(nowMs, figure.startMs);
  figure.last = value;
  figure.min = Math.min(figure.min, value);
  figure.max = Math.max(figure.max, value);
  figure.sum += value;
  figure.count += 1;
}

function recordOf({ sample, ...figure }: Figure, target: Parameters<Series['flush']>[0]): MetricRecord {
  return {
    '@timestamp': isoMillis(figure.endMs),
    'event.kind': 'metric',
    'event.dataset': 'metric',
    'event.start': isoMillis(figure.startMs),
    'event.end': isoMillis(figure.endMs),
    ...target,
    'hinomi.metric.name': sample.name,
    ...(sample.instance === undefined ? {} : { 'hinomi.metric.instance': sample.instance }),
    'hinomi.metric.unit': sample.unit,
    'hinomi.metric.value': figure.last,
    'hinomi.metric.min': figure.min,
    'hinomi.metric.avg': figure.sum / figure.count,
    'hinomi.metric.max': figure.max,
    'hinomi.metric.count': figure.count,
  };
}
