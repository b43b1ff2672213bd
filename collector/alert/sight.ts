import type { SightSummary } from '../../protocol/api/fleet.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { CanaryFate } from './canary-fate.js';

/** Minutes of the small figure. */
const MINUTES = 30;
/** Rules that one box can be alarmed by at once. */
const ALERTS_MAX = 64;
const TEXT_MAX = 1_000;

type Alert = SightSummary['alerts'][number];

/** What one box has told about what it sees. */
export class Sight {
  #last: AnyRecord | undefined;
  readonly #packets: number[] = [];
  readonly #alerts = new Map<string, Alert>();

  onCoverage(record: AnyRecord): void {
    // Late ones, of a box that was not connected, fill the figure; the newest is what is seen now.
    if (this.#last === undefined || text(record['@timestamp']) >= text(this.#last['@timestamp'])) this.#last = record;
    this.#packets.push(Number(record['hinomi.coverage.packets'] ?? 0));
    if (this.#packets.length > MINUTES) this.#packets.shift();
  }

  onAlert(record: AnyRecord): void {
    const rule = text(record['rule.id']);
    const key = keyOf(rule, record);
    if (record['hinomi.alert.state'] === 'recovered') {
      this.#alerts.delete(key);
    } else if (
      record['hinomi.alert.state'] !== undefined &&
      (this.#alerts.size < ALERTS_MAX || this.#alerts.has(key))
    ) {
      this.#alerts.set(key, {
        rule,
        severity: Number(record['event.severity'] ?? 0),
        since: text(record['hinomi.alert.since'] ?? record['@timestamp']),
        message: text(record['message']),
        messageJa: text(record['hinomi.message_ja']),
      });
    }
  }

  isRaised(rule: string): boolean {
    return this.#alerts.has(rule);
  }

  summary(canary: CanaryFate | undefined): SightSummary {
    const outcome = canary?.outcome;
    return {
      ...(this.#last === undefined ? {} : coverageOf(this.#last)),
      packetsByMinute: [...this.#packets],
      ...(canary === undefined || outcome === undefined
        ? {}
        : { canary: { outcome, at: new Date(canary.atMs).toISOString() } }),
      alerts: [...this.#alerts.values()].sort((a, b) => b.severity - a.severity),
    };
  }
}

/** Rules that watch several things of a box, each of which is raised and ends by itself. */
const BY_SUBJECT: ReadonlySet<string> = new Set(['source-silent', 'source-volume']);
const keyOf = (rule: string, record: AnyRecord): string =>
  BY_SUBJECT.has(rule) ? `${rule} ${text(record['hinomi.alert.subject'])}` : rule;

function coverageOf(record: AnyRecord): Omit<SightSummary, 'packetsByMinute' | 'alerts'> {
  const of = (name: string): number | undefined => {
    const value = record[`hinomi.coverage.${name}`];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const share = <K extends string>(key: K, name: string): Partial<Record<K, number>> => {
    const value = of(name);
    return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, number>>);
  };
  return {
    at: text(record['@timestamp']),
    packets: of('packets') ?? 0,
    drops: (of('kernel_drops') ?? 0) + (of('interface_drops') ?? 0),
    ...share('keptShare', 'kept_share'),
    ...share('halfSeenShare', 'tcp_half_seen_share'),
    ...share('othersShare', 'unicast_others_share'),
    ...share('missedShare', 'missed_share'),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, TEXT_MAX) : '';
}
