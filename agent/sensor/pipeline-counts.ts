import type { CoverageFacts, TableFill } from './coverage.js';
import type { Overload } from './overload.js';
import type { CoverageCounts } from './sight/counts.js';
import type { Sight } from './sight/sight.js';
import type { Allowance } from './track/allowance.js';
import type { Applications } from './track/applications.js';
import { ASSETS_MAX, type Assets } from './track/assets.js';
import type { Datagrams } from './track/datagrams.js';
import { type DnsTracker, PENDING_MAX } from './track/dns-tracker.js';
import type { FlowTracker } from './track/flow-tracker.js';
import { StreamEnd } from './track/stream.js';

/** What of the pipeline counts for itself. */
export interface PipelineParts {
  readonly tracker: FlowTracker;
  readonly datagrams: Datagrams;
  readonly applications: Applications;
  readonly dns: DnsTracker | undefined;
  readonly assets: Assets | undefined;
  readonly sight: Sight;
  readonly overload: Overload;
  readonly unansweredFlows: Allowance;
  readonly unansweredDns: Allowance;
  /** Packets by the reason why they were not decoded to their end. */
  readonly flaws: Float64Array;
}

/** What the pipeline itself counts, since the start. */
export interface PipelineTotals {
  readonly packets: number;
  readonly bytes: number;
  readonly sampled: number;
  readonly badChecksums: number;
  readonly kernelDrops: number;
  readonly interfaceDrops: number;
}

export function countsOf(parts: PipelineParts, totals: PipelineTotals): CoverageCounts {
  const { tracker, sight } = parts;
  return {
    packets: totals.packets,
    bytes: totals.bytes,
    kernelDrops: totals.kernelDrops,
    interfaceDrops: totals.interfaceDrops,
    sampled: totals.sampled,
    shallow: parts.applications.shallow,
    checked: tracker.checked,
    badChecksums: totals.badChecksums,
    flows: tracker.ended,
    flowsBothWays: tracker.endedBothWays,
    flowsEvicted: tracker.evicted,
    tcpFlows: tracker.endedTcp,
    tcpHalfSeen: tracker.endedHalfSeen,
    tcpBytes: tracker.tcp.payloadBytes,
    missedBytes: tracker.tcp.missedBytes,
    gaps: tracker.tcp.gaps,
    unicast: sight.unicast,
    unicastOthers: sight.unicastOthers,
    multicast: sight.multicast,
    own: sight.own,
    giants: sight.giants,
    cut: sight.cut,
    unread: sight.unread.carrying,
    untoldFlows: parts.unansweredFlows.untold,
    untoldDns: parts.unansweredDns.untold + (parts.dns?.passedOver ?? 0),
  };
}

/** What is not a count. Some of it is told once: it begins anew with each call. */
export function takeFacts(parts: PipelineParts): CoverageFacts {
  const { sight } = parts;
  const facts = {
    flowsLive: parts.tracker.table.used,
    giantBytesMax: sight.giantBytesMax,
    stations: sight.stations,
    hosts: sight.hosts,
    keptShare: parts.overload.takeKeptShare(),
    tables: tablesOf(parts),
    vlans: sight.vlansSince(),
    unread: sight.unread.since(),
    flaws: parts.flaws,
    dnsFlaws: parts.dns?.flaws,
    streamsEnded: parts.applications.streams.ended,
  };
  sight.turn();
  return facts;
}

function tablesOf({ tracker, datagrams, applications, dns, assets }: PipelineParts): TableFill[] {
  const { table, evicted, ranges } = tracker;
  const { streams } = applications;
  const { ended } = streams;
  const givenUp = ended.reduce((sum, count) => sum + count, 0) - ended[StreamEnd.Ignored]! - ended[StreamEnd.Hole]!;
  const fill = (name: string, used: number, max: number, gone: number): TableFill => ({
    table: name,
    used,
    max,
    evicted: gone,
  });
  return [
    fill('flows', table.used, table.capacity, evicted),
    fill('ranges', ranges.used, ranges.capacity, ranges.forgotten),
    fill('datagrams', datagrams.used, datagrams.capacity, datagrams.evicted),
    fill('streams', streams.sides, streams.limits.sidesMax, givenUp),
    fill('stream_bytes', streams.bytes, streams.limits.bytesMax, 0),
    ...(dns === undefined ? [] : [fill('dns', dns.pending, PENDING_MAX, dns.evicted)]),
    ...(assets === undefined ? [] : [fill('assets', assets.count, ASSETS_MAX, assets.evicted)]),
  ];
}
