import type { CoverageRecord } from '../../protocol/records/coverage.js';
import { type CoverageCounts, countsSince } from './sight/counts.js';
import type { VlanCount } from './sight/sight.js';
import type { UnreadCount } from './sight/unread.js';
import { timeText } from './track/flow-record.js';
import { streamEndName } from './track/stream.js';
import { dnsFlawName } from './wire/dns-flaws.js';
import { flawName } from './wire/flaws.js';

/** A table of the sensor now, and what it had to put out since the start. */
export interface TableFill {
  readonly table: string;
  readonly used: number;
  readonly max: number;
  readonly evicted: number;
}

/** What is not a count. */
export interface CoverageFacts {
  readonly flowsLive: number;
  readonly giantBytesMax: number;
  readonly stations: number;
  readonly hosts: number;
  /** Smallest share of the flows that was followed in the minute: 1 is all. */
  readonly keptShare: number;
  readonly tables: readonly TableFill[];
  readonly vlans: readonly VlanCount[];
  readonly unread: readonly UnreadCount[];
  readonly flaws: Float64Array;
  readonly dnsFlaws: Float64Array | undefined;
  readonly streamsEnded: Float64Array;
}

const NOTHING = new Float64Array(0);

/** Makes the record of each minute from counts that only grow. */
export class Coverage {
  readonly #interfaceName: string;
  readonly #flowsMax: number;
  readonly #flaws = new ReasonCounts(flawName, 1);
  readonly #dnsFlaws = new ReasonCounts(dnsFlawName, 1);
  readonly #streamsEnded = new ReasonCounts(streamEndName, 0);
  readonly #evicted = new Map<string, number>();
  #before: CoverageCounts | undefined;

  /** @param interfaceName of the interface, or the recording's name */
  constructor(interfaceName: string, flowsMax: number) {
    this.#interfaceName = interfaceName;
    this.#flowsMax = flowsMax;
  }

  /** What was counted since the record before. @param startUs of the minute */
  record(startUs: number, now: CoverageCounts, facts: CoverageFacts): CoverageRecord {
    const of = countsSince(now, this.#before);
    this.#before = now;
    return {
      '@timestamp': timeText(startUs),
      'event.kind': 'metric',
      'event.dataset': 'coverage',
      'hinomi.coverage.interface': this.#interfaceName,
      'hinomi.coverage.packets': of.packets,
      'hinomi.coverage.bytes': of.bytes,
      'hinomi.coverage.kernel_drops': of.kernelDrops,
      'hinomi.coverage.interface_drops': of.interfaceDrops,
      'hinomi.coverage.sampled': of.sampled,
      'hinomi.coverage.kept_share': facts.keptShare,
      'hinomi.coverage.shallow_flows': of.shallow,
      'hinomi.coverage.unicast': of.unicast,
      'hinomi.coverage.unicast_others': of.unicastOthers,
      'hinomi.coverage.multicast': of.multicast,
      'hinomi.coverage.own': of.own,
      ...shareOf('unicast_others_share', of.unicastOthers, of.unicast + of.multicast),
      'hinomi.coverage.stations': facts.stations,
      'hinomi.coverage.hosts': facts.hosts,
      'hinomi.coverage.checked': of.checked,
      'hinomi.coverage.bad_checksums': of.badChecksums,
      ...shareOf('bad_checksums_share', of.badChecksums, of.checked),
      'hinomi.coverage.giants': of.giants,
      ...(of.giants === 0 ? {} : { 'hinomi.coverage.giant_bytes_max': facts.giantBytesMax }),
      'hinomi.coverage.cut': of.cut,
      'hinomi.coverage.tcp_bytes': of.tcpBytes,
      'hinomi.coverage.missed_bytes': of.missedBytes,
      'hinomi.coverage.gaps': of.gaps,
      ...shareOf('missed_share', of.missedBytes, of.tcpBytes + of.missedBytes),
      'hinomi.coverage.flows': of.flows,
      'hinomi.coverage.flows_both_ways': of.flowsBothWays,
      ...shareOf('both_ways_share', of.flowsBothWays, of.flows),
      'hinomi.coverage.tcp_flows': of.tcpFlows,
      'hinomi.coverage.tcp_half_seen': of.tcpHalfSeen,
      ...shareOf('tcp_half_seen_share', of.tcpHalfSeen, of.tcpFlows),
      'hinomi.coverage.flows_max': this.#flowsMax,
      'hinomi.coverage.flows_live': facts.flowsLive,
      'hinomi.coverage.flows_evicted': of.flowsEvicted,
      'hinomi.coverage.untold_flows': of.untoldFlows,
      'hinomi.coverage.untold_dns': of.untoldDns,
      'hinomi.coverage.tables': facts.tables.map((table) => this.#fillOf(table)),
      ...(facts.vlans.length === 0 ? {} : { 'hinomi.coverage.vlans': [...facts.vlans] }),
      'hinomi.coverage.undecoded': of.unread,
      ...(facts.unread.length === 0 ? {} : { 'hinomi.coverage.undecoded_types': [...facts.unread] }),
      'hinomi.coverage.flaws': [
        ...this.#flaws.since(facts.flaws),
        ...this.#dnsFlaws.since(facts.dnsFlaws ?? NOTHING),
        ...this.#streamsEnded.since(facts.streamsEnded),
      ],
    };
  }

  #fillOf({ table, used, max, evicted }: TableFill): TableFill {
    const before = this.#evicted.get(table) ?? 0;
    this.#evicted.set(table, evicted);
    return { table, used, max, evicted: evicted - before };
  }
}

type Share =
  | 'unicast_others_share'
  | 'bad_checksums_share'
  | 'missed_share'
  | 'both_ways_share'
  | 'tcp_half_seen_share';

/** Four decimals; absent when there was nothing to have a share of. */
function shareOf(name: Share, part: number, whole: number): Record<string, number> {
  return whole === 0 ? {} : { [`hinomi.coverage.${name}`]: Math.round((part / whole) * 1e4) / 1e4 };
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
