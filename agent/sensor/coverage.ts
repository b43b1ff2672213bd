import type { CoverageRecord } from '../../protocol/records/coverage.js';
import { timeText } from './track/flow-record.js';
import { streamEndName } from './track/stream.js';
import { dnsFlawName } from './wire/dns-flaws.js';
import { flawName } from './wire/flaws.js';

/** Counts since the start. */
export interface CoverageCounts {
  readonly packets: number;
  readonly bytes: number;
  readonly badChecksums: number;
  readonly checked: number;
  readonly ended: number;
  readonly bothWays: number;
  readonly evicted: number;
  readonly dropped: number;
  readonly interfaceDropped: number;
  /** Now, not since the start. */
  readonly flowsLive: number;
  readonly flaws: Float64Array;
  readonly dnsFlaws: Float64Array | undefined;
  readonly streamsEnded: Float64Array;
}

const NOTHING = new Float64Array(0);
const NOT_YET: CoverageCounts = {
  packets: 0,
  bytes: 0,
  badChecksums: 0,
  checked: 0,
  ended: 0,
  bothWays: 0,
  evicted: 0,
  dropped: 0,
  interfaceDropped: 0,
  flowsLive: 0,
  flaws: NOTHING,
  dnsFlaws: NOTHING,
  streamsEnded: NOTHING,
};

/** Makes the record of each minute from counts that only grow. */
export class Coverage {
  readonly #interfaceName: string;
  readonly #flowsMax: number;
  readonly #flaws = new ReasonCounts(flawName, 1);
  readonly #dnsFlaws = new ReasonCounts(dnsFlawName, 1);
  readonly #streamsEnded = new ReasonCounts(streamEndName, 0);
  #before = NOT_YET;

  /** @param interfaceName of the interface, or the recording's name */
  constructor(interfaceName: string, flowsMax: number) {
    this.#interfaceName = interfaceName;
    this.#flowsMax = flowsMax;
  }

  /** What was counted since the record before. @param startUs of the minute */
  record(startUs: number, now: CoverageCounts): CoverageRecord {
    const before = this.#before;
    this.#before = now;
    return {
      '@timestamp': timeText(startUs),
      'event.kind': 'metric',
      'event.dataset': 'coverage',
      'hinomi.coverage.interface': this.#interfaceName,
      'hinomi.coverage.packets': now.packets - before.packets,
      'hinomi.coverage.bytes': now.bytes - before.bytes,
      // The kernel begins anew when the interface does.
      'hinomi.coverage.kernel_drops': Math.max(0, now.dropped - before.dropped),
      'hinomi.coverage.interface_drops': Math.max(0, now.interfaceDropped - before.interfaceDropped),
      'hinomi.coverage.checked': now.checked - before.checked,
      'hinomi.coverage.bad_checksums': now.badChecksums - before.badChecksums,
      'hinomi.coverage.flows': now.ended - before.ended,
      'hinomi.coverage.flows_both_ways': now.bothWays - before.bothWays,
      'hinomi.coverage.flows_max': this.#flowsMax,
      'hinomi.coverage.flows_live': now.flowsLive,
      'hinomi.coverage.flows_evicted': now.evicted - before.evicted,
      'hinomi.coverage.flaws': [
        ...this.#flaws.since(now.flaws),
        ...this.#dnsFlaws.since(now.dnsFlaws ?? NOTHING),
        ...this.#streamsEnded.since(now.streamsEnded),
      ],
    };
  }
}

/** What was counted by reason since it was last asked. */
class ReasonCounts {
  readonly #nameOf: (reason: number) => string;
  readonly #first: number;
  #before = NOTHING;

  /** @param first reason that is one */
  constructor(nameOf: (reason: number) => string, first: number) {
    this.#nameOf = nameOf;
    this.#first = first;
  }

  since(counts: Float64Array): { reason: string; count: number }[] {
    const list: { reason: string; count: number }[] = [];
    for (let reason = this.#first; reason < counts.length; reason++) {
      const count = counts[reason]! - (this.#before[reason] ?? 0);
      if (count > 0) list.push({ reason: this.#nameOf(reason), count });
    }
    this.#before = counts.slice();
    return list;
  }
}
