/** What is counted of what the sensor sees, since the start: all of it only grows. */
export interface CoverageCounts {
  readonly packets: number;
  readonly bytes: number;
  readonly kernelDrops: number;
  readonly interfaceDrops: number;
  /** Packets passed over because there were more than can be handled, and flows whose application was not looked into. */
  readonly sampled: number;
  readonly shallow: number;
  readonly checked: number;
  readonly badChecksums: number;
  readonly flows: number;
  readonly flowsBothWays: number;
  readonly flowsEvicted: number;
  readonly tcpFlows: number;
  readonly tcpHalfSeen: number;
  readonly tcpBytes: number;
  readonly missedBytes: number;
  readonly gaps: number;
  readonly unicast: number;
  readonly unicastOthers: number;
  readonly multicast: number;
  readonly own: number;
  readonly giants: number;
  readonly cut: number;
  /** Packets that carry something which is not decoded, control protocols not counted. */
  readonly unread: number;
  /** Flows and DNS questions without an answer that were too many to tell. */
  readonly untoldFlows: number;
  readonly untoldDns: number;
}

/** One way of making one, so that all of them have one shape. */
function combine(a: CoverageCounts, b: CoverageCounts, of: (a: number, b: number) => number): CoverageCounts {
  return {
    packets: of(a.packets, b.packets),
    bytes: of(a.bytes, b.bytes),
    kernelDrops: of(a.kernelDrops, b.kernelDrops),
    interfaceDrops: of(a.interfaceDrops, b.interfaceDrops),
    sampled: of(a.sampled, b.sampled),
    shallow: of(a.shallow, b.shallow),
    checked: of(a.checked, b.checked),
    badChecksums: of(a.badChecksums, b.badChecksums),
    flows: of(a.flows, b.flows),
    flowsBothWays: of(a.flowsBothWays, b.flowsBothWays),
    flowsEvicted: of(a.flowsEvicted, b.flowsEvicted),
    tcpFlows: of(a.tcpFlows, b.tcpFlows),
    tcpHalfSeen: of(a.tcpHalfSeen, b.tcpHalfSeen),
    tcpBytes: of(a.tcpBytes, b.tcpBytes),
    missedBytes: of(a.missedBytes, b.missedBytes),
    gaps: of(a.gaps, b.gaps),
    unicast: of(a.unicast, b.unicast),
    unicastOthers: of(a.unicastOthers, b.unicastOthers),
    multicast: of(a.multicast, b.multicast),
    own: of(a.own, b.own),
    giants: of(a.giants, b.giants),
    cut: of(a.cut, b.cut),
    unread: of(a.unread, b.unread),
    untoldFlows: of(a.untoldFlows, b.untoldFlows),
    untoldDns: of(a.untoldDns, b.untoldDns),
  };
}

/** What was counted between two looks. The kernel begins anew when the interface does: then nothing. */
export function countsSince(now: CoverageCounts, before: CoverageCounts | undefined): CoverageCounts {
  return before === undefined ? now : combine(now, before, (a, b) => Math.max(0, a - b));
}

export function addCounts(a: CoverageCounts, b: CoverageCounts): CoverageCounts {
  return combine(a, b, (x, y) => x + y);
}

export const NO_COUNTS: CoverageCounts = {
  ...{ packets: 0, bytes: 0, kernelDrops: 0, interfaceDrops: 0, sampled: 0, shallow: 0, checked: 0, badChecksums: 0 },
  ...{ flows: 0, flowsBothWays: 0, flowsEvicted: 0, tcpFlows: 0, tcpHalfSeen: 0, tcpBytes: 0, missedBytes: 0, gaps: 0 },
  ...{ unicast: 0, unicastOthers: 0, multicast: 0, own: 0, giants: 0, cut: 0, unread: 0 },
  ...{ untoldFlows: 0, untoldDns: 0 },
};
