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
    const sides = capacity * 2;
    this.startUs = new Float64Array(capacity);
    this.endUs = new Float64Array(capacity);
    this.toldUs = new Float64Array(capacity);
    this.packets = new Float64Array(sides);
    this.bytes = new Float64Array(sides);
    this.ipBytes = new Float64Array(sides);
    this.payloadBytes = new Float64Array(sides);
    this.macs = new Uint8Array(sides * 6);
    this.hasMac = new Uint8Array(sides);
    this.vlanCount = new Uint8Array(capacity);
    this.vlans = new Uint16Array(capacity * FLOW_VLANS_MAX);
    this.tunnelCount = new Uint8Array(capacity);
    this.tunnels = new Uint8Array(capacity * FLOW_TUNNELS_MAX);
    this.outerVersion = new Uint8Array(capacity);
    this.outer = new Uint8Array(capacity * 32);
    this.history = new Uint8Array(capacity * HISTORY_MAX);
    this.historyLength = new Uint8Array(capacity);
    this.historySeen = new Uint16Array(sides);
    this.application = new Uint8Array(capacity);
    this.state = new Uint8Array(sides);
    this.previousState = new Uint8Array(sides);
    this.didClose = new Uint8Array(sides);
    this.startSeq = new Uint32Array(sides);
    this.lastSeq = new Uint32Array(sides);
    this.ackSeq = new Uint32Array(sides);
    this.lastRelative = new Float64Array(sides);
    this.ackRelative = new Float64Array(sides);
    this.finRelative = new Float64Array(sides);
    this.nextRelative = new Float64Array(sides);
    this.ranges = new Int32Array(sides).fill(-1);
    this.missedBytes = new Float64Array(sides);
    this.gaps = new Uint32Array(sides);
    this.retransmits = new Uint32Array(sides);
    this.zeroWindows = new Uint32Array(sides);
    this.badChecksums = new Uint32Array(sides);
    this.lastSyn = new Float64Array(sides);
    this.lastFin = new Float64Array(sides);
    this.lastRst = new Float64Array(sides);
    this.synUs = new Float64Array(capacity);
    this.synAckUs = new Float64Array(capacity);
    this.ackUs = new Float64Array(capacity);
    this.syns = new Uint8Array(capacity);
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
