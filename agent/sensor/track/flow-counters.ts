import { Columns } from './columns.js';

/** About what a flow takes. */
const FLOW_BYTES = 512;
/** History letters kept of one flow; later ones are not. */
export const HISTORY_MAX = 48;
export const FLOW_VLANS_MAX = 4;
export const FLOW_TUNNELS_MAX = 6;

/**
 * What is counted of each flow, in columns. Arrays of two a slot hold side 0 (source) and side 1 (destination) at
 * `slot * 2 + side`. Sequence numbers relative to the start are doubles, exact far beyond what a flow can carry.
 */
export class FlowCounters {
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  /** When it was last told of, or began. */
  readonly toldUs: Float64Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  readonly ipBytes: Float64Array;
  /** UDP, ICMP and other payload; TCP counts by sequence numbers. */
  readonly payloadBytes: Float64Array;
  /** Six bytes a side. */
  readonly macs: Uint8Array;
  readonly hasMac: Uint8Array;
  readonly vlanCount: Uint8Array;
  readonly vlans: Uint16Array;
  readonly tunnelCount: Uint8Array;
  readonly tunnels: Uint8Array;
  readonly outerVersion: Uint8Array;
  /** Source and destination, 16 bytes each. */
  readonly outer: Uint8Array;
  readonly history: Uint8Array;
  readonly historyLength: Uint8Array;
  /** Bits of `tcp-tracker.ts`: letters that were written for a side. */
  readonly historySeen: Uint16Array;
  /** Names of `application.ts`, by number; 0 is none. */
  readonly application: Uint8Array;
  readonly state: Uint8Array;
  readonly previousState: Uint8Array;
  /** 1 when this side has closed or reset. */
  readonly didClose: Uint8Array;
  /** Sequence number of the SYN, or one before the first byte that was seen. */
  readonly startSeq: Uint32Array;
  readonly lastSeq: Uint32Array;
  readonly ackSeq: Uint32Array;
  /** lastSeq and ackSeq relative to startSeq, unwrapped. */
  readonly lastRelative: Float64Array;
  readonly ackRelative: Float64Array;
  readonly finRelative: Float64Array;
  /** Next byte that follows everything seen without a hole. */
  readonly nextRelative: Float64Array;
  /** First node of the side's out-of-order ranges, or -1. */
  readonly ranges: Int32Array;
  readonly missedBytes: Float64Array;
  readonly gaps: Uint32Array;
  readonly retransmits: Uint32Array;
  readonly zeroWindows: Uint32Array;
  readonly badChecksums: Uint32Array;
  readonly lastSyn: Float64Array;
  readonly lastFin: Float64Array;
  readonly lastRst: Float64Array;
  readonly synUs: Float64Array;
  readonly synAckUs: Float64Array;
  readonly ackUs: Float64Array;
  readonly syns: Uint8Array;

  constructor(capacity: number) {
    const columns = new Columns(capacity * FLOW_BYTES);
    const sides = capacity * 2;
    this.startUs = columns.float64(capacity);
    this.endUs = columns.float64(capacity);
    this.toldUs = columns.float64(capacity);
    this.packets = columns.float64(sides);
    this.bytes = columns.float64(sides);
    this.ipBytes = columns.float64(sides);
    this.payloadBytes = columns.float64(sides);
    this.macs = columns.uint8(sides * 6);
    this.hasMac = columns.uint8(sides);
    this.vlanCount = columns.uint8(capacity);
    this.vlans = columns.uint16(capacity * FLOW_VLANS_MAX);
    this.tunnelCount = columns.uint8(capacity);
    this.tunnels = columns.uint8(capacity * FLOW_TUNNELS_MAX);
    this.outerVersion = columns.uint8(capacity);
    this.outer = columns.uint8(capacity * 32);
    this.history = columns.uint8(capacity * HISTORY_MAX);
    this.historyLength = columns.uint8(capacity);
    this.historySeen = columns.uint16(sides);
    this.application = columns.uint8(capacity);
    this.state = columns.uint8(sides);
    this.previousState = columns.uint8(sides);
    this.didClose = columns.uint8(sides);
    this.startSeq = columns.uint32(sides);
    this.lastSeq = columns.uint32(sides);
    this.ackSeq = columns.uint32(sides);
    this.lastRelative = columns.float64(sides);
    this.ackRelative = columns.float64(sides);
    this.finRelative = columns.float64(sides);
    this.nextRelative = columns.float64(sides);
    this.ranges = columns.int32(sides);
    this.missedBytes = columns.float64(sides);
    this.gaps = columns.uint32(sides);
    this.retransmits = columns.uint32(sides);
    this.zeroWindows = columns.uint32(sides);
    this.badChecksums = columns.uint32(sides);
    this.lastSyn = columns.float64(sides);
    this.lastFin = columns.float64(sides);
    this.lastRst = columns.float64(sides);
    this.synUs = columns.float64(capacity);
    this.synAckUs = columns.float64(capacity);
    this.ackUs = columns.float64(capacity);
    this.syns = columns.uint8(capacity);
  }

  /** Makes a slot new. Out-of-order ranges must have been freed. */
  clear(slot: number, timeUs: number): void {
    this.startUs[slot] = timeUs;
    this.endUs[slot] = timeUs;
    this.toldUs[slot] = timeUs;
    this.vlanCount[slot] = 0;
    this.tunnelCount[slot] = 0;
    this.outerVersion[slot] = 0;
    this.historyLength[slot] = 0;
    this.application[slot] = 0;
    this.synUs[slot] = 0;
    this.synAckUs[slot] = 0;
    this.ackUs[slot] = 0;
    this.syns[slot] = 0;
    for (let at = slot * 2; at < slot * 2 + 2; at++) this.#clearSide(at);
  }

  #clearSide(at: number): void {
    this.packets[at] = 0;
    this.bytes[at] = 0;
    this.ipBytes[at] = 0;
    this.payloadBytes[at] = 0;
    this.hasMac[at] = 0;
    this.historySeen[at] = 0;
    this.state[at] = 0;
    this.previousState[at] = 0;
    this.didClose[at] = 0;
    this.startSeq[at] = 0;
    this.lastSeq[at] = 0;
    this.ackSeq[at] = 0;
    this.lastRelative[at] = 0;
    this.ackRelative[at] = 0;
    this.finRelative[at] = 0;
    this.nextRelative[at] = 0;
    this.ranges[at] = -1;
    this.missedBytes[at] = 0;
    this.gaps[at] = 0;
    this.retransmits[at] = 0;
    this.zeroWindows[at] = 0;
    this.badChecksums[at] = 0;
    this.lastSyn[at] = -1;
    this.lastFin[at] = -1;
    this.lastRst[at] = -1;
  }

  /** Turns the two sides round. */
  flip(slot: number): void {
    const a = slot * 2;
    for (const column of [
      this.packets,
      this.bytes,
      this.ipBytes,
      this.payloadBytes,
      this.hasMac,
      this.historySeen,
      this.state,
      this.previousState,
      this.didClose,
      this.startSeq,
      this.lastSeq,
      this.ackSeq,
      this.lastRelative,
      this.ackRelative,
      this.finRelative,
      this.nextRelative,
      this.ranges,
      this.missedBytes,
      this.gaps,
      this.retransmits,
      this.zeroWindows,
      this.badChecksums,
      this.lastSyn,
      this.lastFin,
      this.lastRst,
    ]) {
      const first = column[a]!;
      column[a] = column[a + 1]!;
      column[a + 1] = first;
    }
    const source = this.macs.slice(a * 6, a * 6 + 6);
    this.macs.copyWithin(a * 6, a * 6 + 6, a * 6 + 12);
    this.macs.set(source, a * 6 + 6);
  }

  /** Appends one ASCII code to the flow's history. */
  addHistory(slot: number, code: number): void {
    const length = this.historyLength[slot]!;
    if (length >= HISTORY_MAX) return;
    this.history[slot * HISTORY_MAX + length] = code;
    this.historyLength[slot] = length + 1;
  }
}
