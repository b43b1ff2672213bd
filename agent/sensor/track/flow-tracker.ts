import type { Bytes } from '../wire/bytes.js';
import { hasGoodChecksums } from '../wire/checksum.js';
import type { Frame } from '../wire/frame.js';
import { Protocol, TcpFlag } from '../wire/transport.js';
import { type Application, applicationNumber } from './application.js';
import { FlowCounters } from './flow-counters.js';
import { noteFrame } from './flow-notes.js';
import { FlowTable, kindProtocol } from './flow-table.js';
import { Letter, Seen, writeOnce, writeScaled } from './history.js';
import { Ranges } from './ranges.js';
import { isTcpServerPort, isUdpServerPort } from './server-ports.js';
import { TcpState } from './tcp-state.js';
import { TcpTracker } from './tcp-tracker.js';

/** What a flow waits for before its record is made. */
export const Queue = { Tcp: 0, Attempt: 1, Clean: 2, Closing: 3, Udp: 4, Icmp: 5, Other: 6 } as const;
const QUEUES = 7;

const SECOND_US = 1e6;
/** Timers run this often in packet time. */
const SWEEP_US = 100_000;
/** Packets come in no better order than this. */
const AHEAD_US = 10 * SECOND_US;
/** Flows ended, and long ones told of, with one packet; the next one goes on. Bounds the work of one packet. */
const SWEEP_MAX = 16;
/** Records told with them, by their applications too, after which the next packet goes on. */
const SWEEP_RECORDS_MAX = 32;

export interface FlowTrackerConfig {
  /** Flows that can live at once; the oldest goes when it is full. */
  readonly flowsMax: number;
  /** Seconds without a packet after which a TCP connection ends. Zeek: 300. */
  readonly tcpIdleS: number;
  readonly udpIdleS: number;
  readonly icmpIdleS: number;
  /** Seconds after which a flow that goes on is told of, again and again; 0: at its end only. */
  readonly longFlowS: number;
}

export interface FlowTrackerDeps {
  /** Hash seed of this process, so that nobody outside can make flows collide. */
  readonly seed: number;
  /** A flow has ended; its counters are valid during the call. */
  readonly onFlow: (slot: number) => void;
  /** A long flow goes on. */
  readonly onLongFlow?: (slot: number) => void;
  /** Records of every kind that were told so far. */
  readonly told?: () => number;
  readonly application?: Application;
}

/** Unanswered SYNs are given up after this long from the first (Zeek's tcp_attempt_delay). */
const ATTEMPT_US = 5 * SECOND_US;
/** A reset or half-seen close waits for stragglers (Zeek's tcp_close_delay). */
const CLOSING_US = 5 * SECOND_US;
/** Both FINs acknowledged: stragglers are rare, and people wait for the record. */
const CLEAN_US = 1 * SECOND_US;

/**
 * Checksums of the bulk of a transfer are looked at now and then, all of them once one was wrong: a broken sender is
 * seen by its first packets.
 */
const CHECKED_FIRST = 8;
const CHECKED_ONE_OF = 16;
/** Sweeps in which the whole table is looked through for long flows. */
const LONG_PARTS = 64;

/** Frames to flows. Time is the packets' own. */
export class FlowTracker {
  readonly table: FlowTable;
  readonly counters: FlowCounters;
  readonly tcp: TcpTracker;
  evicted = 0;
  ended = 0;
  /** Of those that ended, with packets in both directions. */
  endedBothWays = 0;
  /** TCP conversations that ended, and those of them of which one side was never seen though it was answered. */
  endedTcp = 0;
  endedHalfSeen = 0;
  /** Packets whose checksums were looked at, and those of them that did not hold. */
  checked = 0;
  badChecksums = 0;

  readonly #deps: FlowTrackerDeps;
  readonly ranges: Ranges;
  readonly #timeoutUs: Float64Array;
  readonly #longFlowUs: number;
  /** Where the search for long flows goes on. */
  #longAt = 0;
  #nextSweepUs = 0;
  #nowUs = 0;

  constructor(config: FlowTrackerConfig, deps: FlowTrackerDeps) {
    this.#deps = deps;
    this.table = new FlowTable(config.flowsMax, QUEUES, deps.seed);
    this.counters = new FlowCounters(config.flowsMax);
    this.ranges = new Ranges(Math.max(1_024, config.flowsMax >> 2));
    this.tcp = new TcpTracker(this.counters, this.ranges);
    this.#longFlowUs = config.longFlowS * SECOND_US;
    this.#timeoutUs = new Float64Array(QUEUES);
    this.#timeoutUs[Queue.Tcp] = config.tcpIdleS * SECOND_US;
    this.#timeoutUs[Queue.Attempt] = ATTEMPT_US;
    this.#timeoutUs[Queue.Clean] = CLEAN_US;
    this.#timeoutUs[Queue.Closing] = CLOSING_US;
    this.#timeoutUs[Queue.Udp] = config.udpIdleS * SECOND_US;
    this.#timeoutUs[Queue.Icmp] = config.icmpIdleS * SECOND_US;
    this.#timeoutUs[Queue.Other] = config.icmpIdleS * SECOND_US;
  }

  /**
   * Counts one decoded IP packet.
   * @param isChecked whether its checksums are known to hold. Else the first packets of each side, and then one of
   * some, are looked at: a wrong one is counted, and the packet is believed all the same
   */
  onFrame(frame: Frame, b: Bytes, timeUs: number, isChecked: boolean): void {
    this.tick(timeUs);
    const at = this.#place(frame, b, timeUs);
    this.#count(at >> 1, at & 1, frame, b, timeUs, 1);
    if (!isChecked) this.#check(at >> 1, at & 1, frame, b);
    this.#follow(at >> 1, at & 1, frame, b, timeUs, true);
  }

  /** Counts fragments: as many as `packets`, added up in the frame. What they carry comes by `onDatagram`. */
  onFragment(frame: Frame, b: Bytes, timeUs: number, packets: number): void {
    const at = this.#place(frame, b, timeUs);
    const slot = at >> 1;
    this.#count(slot, at & 1, frame, b, timeUs, packets);
    if (frame.protocol === Protocol.Tcp) {
      if (this.table.queueOf[slot]! < 0) this.table.wait(slot, Queue.Tcp, timeUs);
      return;
    }
    this.#addPayload(slot, at & 1, frame);
    if (frame.protocol === Protocol.Udp) writeOnce(this.counters, slot, at & 1, Seen.Data, Letter.Data);
    this.#wait(slot, frame.protocol, timeUs);
  }

  /** Follows a datagram whose fragments were counted but for `packets` of them, added up in the frame. */
  onDatagram(frame: Frame, b: Bytes, timeUs: number, isChecked: boolean, packets: number): void {
    const at = this.#place(frame, b, timeUs);
    if (packets > 0) this.#count(at >> 1, at & 1, frame, b, timeUs, packets);
    if (!isChecked) this.#check(at >> 1, at & 1, frame, b);
    this.#follow(at >> 1, at & 1, frame, b, timeUs, packets > 0);
  }

  /** @returns slot * 2 + side of the frame's flow, which is opened if need be */
  #place(frame: Frame, b: Bytes, timeUs: number): number {
    const found = this.#findLive(frame, b, timeUs);
    if (found >= 0) return found;
    const slot = this.#open(timeUs);
    return slot * 2 + (this.#isAnswerFirst(frame, b) ? this.#flip(slot) : 0);
  }

  #check(slot: number, side: number, frame: Frame, b: Bytes): void {
    const at = slot * 2 + side;
    const packets = this.counters.packets[at]!;
    const isBulk = packets > CHECKED_FIRST && this.counters.badChecksums[at] === 0;
    if (isBulk && packets % CHECKED_ONE_OF !== 0) return;
    this.checked += 1;
    if (hasGoodChecksums(frame, b)) return;
    this.badChecksums += 1;
    this.counters.badChecksums[at] = this.counters.badChecksums[at]! + 1;
  }

  /** A packet that is not believed because of its checksums: Zeek's `C` in the history of its flow, nothing else. */
  onDropped(frame: Frame, b: Bytes): void {
    if (frame.isFragment) return;
    const found = this.table.find(frame, b);
    if (found < 0) return;
    writeScaled(this.counters, found >> 1, found & 1, this.counters.badChecksums, Letter.Checksum);
  }

  /**
   * Ends what has waited long enough. Called by every packet and, on a quiet link, by the clock.
   * @param flowsMax that may be ended; the next call goes on
   */
  tick(timeUs: number, flowsMax = SWEEP_MAX): void {
    // A clock that steps back must not stop the timers for ever.
    if (timeUs < this.#nextSweepUs && timeUs > this.#nowUs - 10 * SWEEP_US) return;
    this.#nowUs = timeUs;
    this.#nextSweepUs = timeUs + SWEEP_US;
    this.#deps.application?.tick(timeUs);
    if (this.#longFlowUs > 0) this.#tellLong(timeUs);
    const toldMax = this.#told() + (flowsMax / SWEEP_MAX) * SWEEP_RECORDS_MAX;
    let left = flowsMax;
    for (let queue = 0; queue < QUEUES; queue++) {
      const due = timeUs - this.#timeoutUs[queue]!;
      for (let slot = this.table.oldest(queue); slot >= 0; slot = this.table.oldest(queue)) {
        const sinceUs = this.table.sinceUs[slot]!;
        const isAhead = sinceUs > timeUs + AHEAD_US;
        if (sinceUs > due && !isAhead) break;
        if (left-- === 0 || this.#told() >= toldMax) {
          this.#nextSweepUs = timeUs;
          return;
        }
        // The clock was set back: one that waits since the future would keep all behind it waiting.
        if (isAhead) this.table.wait(slot, queue, timeUs);
        else this.#end(slot);
      }
    }
  }

  #told(): number {
    return this.#deps.told?.() ?? 0;
  }

  /** Looks through a part of the table, so that all of it is seen every few seconds. */
  #tellLong(timeUs: number): void {
    const { queueOf, capacity } = this.table;
    const { toldUs } = this.counters;
    let left = SWEEP_MAX;
    for (let count = Math.ceil(capacity / LONG_PARTS); count > 0; count--) {
      const slot = this.#longAt;
      this.#longAt = slot + 1 < capacity ? slot + 1 : 0;
      if (queueOf[slot]! < 0 || timeUs - toldUs[slot]! < this.#longFlowUs) continue;
      toldUs[slot] = timeUs;
      this.#deps.onLongFlow?.(slot);
      left -= 1;
      if (left === 0) return;
    }
  }

  /**
   * Ends flows, those that wait longest first in each queue.
   * @param countMax in this step @returns whether there are more
   */
  finishSome(countMax: number): boolean {
    let left = countMax;
    for (let queue = 0; queue < QUEUES; queue++) {
      for (let slot = this.table.oldest(queue); slot >= 0; slot = this.table.oldest(queue)) {
        if (left-- === 0) return true;
        this.#end(slot);
      }
    }
    return false;
  }

  /** Packet time, as of the last look at the timers. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** The live flow of the tuple; one that is over, or reused by a new connection, is ended first. */
  #findLive(frame: Frame, b: Bytes, timeUs: number): number {
    const found = this.table.find(frame, b);
    if (found < 0) return found;
    const slot = found >> 1;
    const waitedUs = timeUs - this.table.sinceUs[slot]!;
    const isOver = waitedUs >= this.#timeoutUs[this.table.queueOf[slot]!]!;
    if (!isOver && !(frame.protocol === Protocol.Tcp && this.#isReuse(slot, found & 1, frame))) return found;
    this.#end(slot);
    return -1;
  }

  /** A SYN that begins another connection on the same ports. Both sides may open one at once (RFC 9293 3.5). */
  #isReuse(slot: number, side: number, frame: Frame): boolean {
    if ((frame.flags & TcpFlag.Syn) === 0) return false;
    const c = this.counters;
    const me = slot * 2 + side;
    const peer = slot * 2 + 1 - side;
    const isAnswer = (frame.flags & TcpFlag.Ack) !== 0;
    if (isAnswer && c.state[peer] !== TcpState.Inactive) return false;
    if (c.didClose[me] === 1 && c.didClose[peer] === 1) return true;
    return this.tcp.isStarted(me) && frame.seq !== c.startSeq[me];
  }

  /** Takes a slot for the tuple that was just looked up in vain. */
  #open(timeUs: number): number {
    if (this.table.used === this.table.capacity) this.#evict();
    const slot = this.table.add();
    this.counters.clear(slot, timeUs);
    return slot;
  }

  #evict(): void {
    let victim = -1;
    for (let queue = 0; queue < QUEUES; queue++) {
      const slot = this.table.oldest(queue);
      if (slot >= 0 && (victim < 0 || this.table.sinceUs[slot]! < this.table.sinceUs[victim]!)) victim = slot;
    }
    this.evicted += 1;
    this.#end(victim);
  }

  /** Whether the first packet of a flow comes from its responder. */
  #isAnswerFirst(frame: Frame, b: Bytes): boolean {
    if (frame.protocol === Protocol.Tcp) {
      const flags = frame.flags;
      if ((flags & TcpFlag.Syn) !== 0) return (flags & TcpFlag.Ack) !== 0;
      return isTcpServerPort(frame.sourcePort) && !isTcpServerPort(frame.destinationPort);
    }
    if (frame.protocol !== Protocol.Udp) return false;
    if (!isUdpServerPort(frame.sourcePort) || isUdpServerPort(frame.destinationPort)) return false;
    return !isToMany(frame, b);
  }

  /** @returns 1: the packet that showed it comes from the new destination */
  #flip(slot: number): number {
    this.table.flip(slot);
    this.counters.flip(slot);
    this.counters.addHistory(slot, Letter.Flip);
    this.#deps.application?.onFlip(slot);
    return 1;
  }

  #count(slot: number, side: number, frame: Frame, b: Bytes, timeUs: number, packets: number): void {
    const c = this.counters;
    const at = slot * 2 + side;
    if (timeUs > c.endUs[slot]!) c.endUs[slot] = timeUs;
    c.packets[at] = c.packets[at]! + packets;
    c.bytes[at] = c.bytes[at]! + frame.wireBytes;
    c.ipBytes[at] = c.ipBytes[at]! + frame.ipBytes;
    noteFrame(c, slot, side, frame, b);
  }

  /** @param isNew whether the payload is still to be counted */
  #follow(slot: number, side: number, frame: Frame, b: Bytes, timeUs: number, isNew: boolean): void {
    if (frame.protocol === Protocol.Tcp) {
      this.#followTcp(slot, side, frame, b, timeUs);
      return;
    }
    if (isNew) this.#addPayload(slot, side, frame);
    if (frame.protocol === Protocol.Udp) writeOnce(this.counters, slot, side, Seen.Data, Letter.Data);
    this.#wait(slot, frame.protocol, timeUs);
    if (frame.protocol === Protocol.Udp) this.#offerDatagram(slot, side, frame, b, timeUs);
  }

  #wait(slot: number, protocol: number, timeUs: number): void {
    const isIcmp = protocol === Protocol.Icmp || protocol === Protocol.Icmpv6;
    this.table.wait(slot, protocol === Protocol.Udp ? Queue.Udp : isIcmp ? Queue.Icmp : Queue.Other, timeUs);
  }

  #addPayload(slot: number, side: number, frame: Frame): void {
    const at = slot * 2 + side;
    this.counters.payloadBytes[at] = this.counters.payloadBytes[at]! + frame.payloadBytes;
  }

  #followTcp(slot: number, side: number, frame: Frame, b: Bytes, timeUs: number): void {
    const c = this.counters;
    const isOver = this.tcp.onSegment(slot, side, frame, timeUs);
    const queue = this.table.queueOf[slot]!;
    if (isOver) {
      const next = this.#isClean(slot) ? Queue.Clean : Queue.Closing;
      if (queue !== next) this.table.wait(slot, next, timeUs);
    } else if (c.state[slot * 2] === TcpState.SynSent && c.state[slot * 2 + 1] === TcpState.Inactive) {
      if (queue !== Queue.Attempt) this.table.wait(slot, Queue.Attempt, timeUs);
    } else {
      this.table.wait(slot, Queue.Tcp, timeUs);
    }
    const application = this.#deps.application;
    if (application === undefined || frame.payloadEnd <= frame.payloadStart) return;
    // What a reset carries is a message to people, if anything (RFC 9293 3.5.3).
    if ((frame.flags & TcpFlag.Rst) !== 0) return;
    const at = slot * 2 + side;
    // The payload of a SYN (RFC 7413) stands behind the SYN's own number.
    const syn = (frame.flags & TcpFlag.Syn) === 0 ? 0 : 1;
    const relative = (frame.seq + syn - c.startSeq[at]!) >>> 0;
    const { payloadStart, payloadEnd } = frame;
    const settled = c.nextRelative[at]!;
    const name = application.onSegment(b, payloadStart, payloadEnd, timeUs, slot, side, relative, settled);
    if (name !== undefined) c.application[slot] = applicationNumber(name);
  }

  #isClean(slot: number): boolean {
    const c = this.counters;
    for (let at = slot * 2; at < slot * 2 + 2; at++) {
      if (c.state[at] !== TcpState.Closed || c.ackRelative[at]! < c.finRelative[at]!) return false;
    }
    return true;
  }

  #offerDatagram(slot: number, side: number, frame: Frame, b: Bytes, timeUs: number): void {
    const application = this.#deps.application;
    if (application === undefined || frame.payloadEnd <= frame.payloadStart) return;
    const name = application.onDatagram(b, frame.payloadStart, frame.payloadEnd, timeUs, slot, side);
    if (name !== undefined) this.counters.application[slot] = applicationNumber(name);
  }

  #end(slot: number): void {
    this.#deps.application?.onFlowEnd(slot);
    this.#deps.onFlow(slot);
    this.ended += 1;
    const isBothWays = this.counters.packets[slot * 2]! > 0 && this.counters.packets[slot * 2 + 1]! > 0;
    if (isBothWays) this.endedBothWays += 1;
    if (kindProtocol(this.table.kinds[slot]!) === Protocol.Tcp) this.#countConversation(slot, isBothWays);
    this.ranges.freeAll(this.counters.ranges[slot * 2]!);
    this.ranges.freeAll(this.counters.ranges[slot * 2 + 1]!);
    this.table.remove(slot);
  }

  /** A SYN that nobody answered, or a lone reset, is no conversation: whoever acknowledges has heard the other. */
  #countConversation(slot: number, isBothWays: boolean): void {
    const seen = this.counters.historySeen[slot * 2]! | this.counters.historySeen[slot * 2 + 1]!;
    if (!isBothWays && (seen & SPEAKING) === 0) return;
    this.endedTcp += 1;
    if (!isBothWays) this.endedHalfSeen += 1;
  }
}

const SPEAKING = Seen.Ack | Seen.Data;

/** Whether the destination is a group or everybody, who cannot have asked: 224.0.0.0/4 and above, ff00::/8. */
function isToMany(frame: Frame, b: Bytes): boolean {
  const first = b[frame.destinationAddress]!;
  return frame.ipVersion === 4 ? first >= 224 : first === 0xff;
}
