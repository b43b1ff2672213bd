import type { Frame } from '../wire/frame.js';
import { TcpFlag } from '../wire/transport.js';
import type { FlowCounters } from './flow-counters.js';
import { Letter, Seen, write, writeOnce, writeScaled } from './history.js';
import type { Ranges } from './ranges.js';
import { TcpState } from './tcp-state.js';

const { Syn, Fin, Rst, Ack } = TcpFlag;
/** A sequence number of a SYN or RST this far off is broken, not a jump. Also for an acknowledgement of 0. */
const JUMP_MAX = 2 ** 20;

/** Signed distance of two sequence numbers. RFC 9293 3.4. */
const distance = (a: number, b: number): number => (a - b) | 0;

/**
 * The two endpoints of a TCP connection, as they show themselves to a tap: Zeek's states, history and sizes.
 * Everything it knows stands in `FlowCounters`.
 */
export class TcpTracker {
  /** Payload of all segments, however often sent. */
  payloadBytes = 0;
  /** Acknowledged by a peer, never seen by the tap; and how often that was found. */
  missedBytes = 0;
  gaps = 0;
  readonly #c: FlowCounters;
  readonly #ranges: Ranges;

  constructor(counters: FlowCounters, ranges: Ranges) {
    this.#c = counters;
    this.#ranges = ranges;
  }

  /**
   * Takes one segment.
   * @param side 0 when it comes from the source
   * @returns whether the connection is over after it: both sides closed, one reset, or the only side closed
   */
  onSegment(slot: number, side: number, frame: Frame, timeUs: number): boolean {
    const c = this.#c;
    const me = slot * 2 + side;
    const peer = slot * 2 + 1 - side;
    const flags = frame.flags;
    const payload = (flags & Rst) !== 0 ? 0 : frame.payloadBytes;
    const segment = payload + ((flags & Syn) !== 0 ? 1 : 0) + ((flags & Fin) !== 0 ? 1 : 0);
    this.payloadBytes += payload;
    this.#initialize(me, frame, segment);
    const relative = this.#relative(me, frame.seq);
    this.#writeFlags(slot, side, frame, relative);
    this.#noteWindow(slot, side, frame, peer);
    this.#noteHandshake(slot, side, flags, timeUs);
    if ((flags & Fin) !== 0) c.finRelative[me] = relative + segment;
    if ((flags & Ack) !== 0) this.#takeAck(peer, frame);
    this.#takeSequence(slot, side, frame, segment);
    const isClosing = this.#advance(slot, side, flags, payload);
    const dataStart = (flags & Syn) !== 0 ? relative + 1 : relative;
    if (payload > 0 && relative >= 0) this.#takeData(me, dataStart, dataStart + payload);
    if ((flags & Ack) !== 0 && (flags & Rst) === 0) this.#findGap(slot, 1 - side);
    if (isClosing) c.didClose[me] = 1;
    return this.#isOver(slot);
  }

  /**
   * Payload bytes of a side by sequence numbers: each once, the missed ones included. None for a side that was never
   * seen: what its peer acknowledges tells nothing of where it began.
   */
  size(at: number): number {
    const c = this.#c;
    if (c.state[at] === TcpState.Inactive) return 0;
    const size = Math.max(c.lastRelative[at]!, c.ackRelative[at]!);
    if (size <= 0) return 0;
    const withoutSyn = size - 1;
    return c.finRelative[at]! > 0 && withoutSyn > 0 ? withoutSyn - 1 : withoutSyn;
  }

  /** Whether it is known where a side's sequence numbers began: it spoke, or its peer acknowledged something. */
  isStarted(at: number): boolean {
    const c = this.#c;
    return c.state[at] !== TcpState.Inactive || c.startSeq[at] !== 0 || c.lastRelative[at] !== 0;
  }

  /** Relative sequence number of the segment's first byte, for stream reassembly; the SYN is 0. */
  #relative(me: number, seq: number): number {
    const c = this.#c;
    return c.lastRelative[me]! + distance(seq, c.lastSeq[me]!);
  }

  #initialize(me: number, frame: Frame, segment: number): void {
    const c = this.#c;
    const isSyn = (frame.flags & Syn) !== 0;
    const state = c.state[me]!;
    if (state === TcpState.Inactive) {
      const start = isSyn ? frame.seq : frame.seq - 1;
      // An acknowledgement by the peer may have set the start already; a packet from here knows better.
      this.#startAt(me, start, isSyn ? segment : 1);
    } else if (isSyn && this.#mayRestart(me) && frame.seq !== c.startSeq[me]) {
      this.#startAt(me, frame.seq, segment);
    }
  }

  #mayRestart(me: number): boolean {
    const state = this.#c.state[me]!;
    if (state === TcpState.Reset) return this.#c.previousState[me] === TcpState.Inactive;
    return state !== TcpState.Closed;
  }

  /** @param last relative number after the first segment */
  #startAt(me: number, start: number, last: number): void {
    const c = this.#c;
    c.startSeq[me] = start;
    c.ackSeq[me] = start;
    c.ackRelative[me] = 0;
    c.lastSeq[me] = start + last;
    c.lastRelative[me] = last;
    c.nextRelative[me] = 1;
    this.#ranges.freeAll(c.ranges[me]!);
    c.ranges[me] = -1;
  }

  #writeFlags(slot: number, side: number, frame: Frame, relative: number): void {
    const c = this.#c;
    const at = slot * 2 + side;
    const flags = frame.flags;
    const isSyn = (flags & Syn) !== 0;
    const isFin = (flags & Fin) !== 0;
    const isRst = (flags & Rst) !== 0;
    if (isFin && isRst) {
      writeOnce(c, slot, side, Seen.FinRst, Letter.FinRst);
    } else if (isSyn && (isFin || isRst)) {
      writeOnce(c, slot, side, Seen.MultiFlag, Letter.MultiFlag);
    } else if (isSyn) {
      const isAnswer = (flags & Ack) !== 0;
      const letter = isAnswer ? Letter.SynAck : Letter.Syn;
      const wasThere = writeOnce(c, slot, side, Seen.Syn, letter);
      if (wasThere && c.lastSyn[at] !== relative) write(c, slot, side, letter);
      c.lastSyn[at] = relative;
    } else if (isFin) {
      const end = relative + frame.payloadBytes;
      if (writeOnce(c, slot, side, Seen.Fin, Letter.Fin) && c.lastFin[at] !== end) write(c, slot, side, Letter.Fin);
      c.lastFin[at] = end;
    } else if (isRst) {
      if (writeOnce(c, slot, side, Seen.Rst, Letter.Rst) && c.lastRst[at] !== relative) {
        write(c, slot, side, Letter.Rst);
      }
      c.lastRst[at] = relative;
    } else if (frame.payloadBytes > 0) {
      writeOnce(c, slot, side, Seen.Data, Letter.Data);
    } else if ((flags & Ack) !== 0) {
      writeOnce(c, slot, side, Seen.Ack, Letter.Ack);
    }
  }

  #noteWindow(slot: number, side: number, frame: Frame, peer: number): void {
    if (frame.window !== 0 || (frame.flags & Rst) !== 0) return;
    const c = this.#c;
    const isBoring = c.state[peer] === TcpState.Closed || c.state[slot * 2 + side] === TcpState.Reset;
    if (!isBoring) writeScaled(c, slot, side, c.zeroWindows, Letter.ZeroWindow);
  }

  /** Times of SYN, SYN-ACK and the ACK behind it. A SYN that was sent twice tells nothing (Karn). */
  #noteHandshake(slot: number, side: number, flags: number, timeUs: number): void {
    const c = this.#c;
    const isSyn = (flags & Syn) !== 0;
    const isAck = (flags & Ack) !== 0;
    if (side === 0 && isSyn && !isAck) {
      c.synUs[slot] = timeUs;
      if (c.syns[slot]! < 255) c.syns[slot] = c.syns[slot]! + 1;
    } else if (side === 1 && isSyn && isAck) {
      if (c.synUs[slot]! > 0 && c.synAckUs[slot] === 0) c.synAckUs[slot] = timeUs;
    } else if (side === 0 && isAck && c.synAckUs[slot]! > 0 && c.ackUs[slot] === 0) {
      c.ackUs[slot] = timeUs;
    }
  }

  #takeAck(peer: number, frame: Frame): void {
    const c = this.#c;
    if (!this.isStarted(peer)) {
      // Nothing was seen from there yet: count as if its SYN had been.
      const start = frame.ack - 1;
      this.#startAt(peer, start, 0);
      return;
    }
    if ((frame.flags & Rst) !== 0) return;
    const delta = distance(frame.ack, c.ackSeq[peer]!);
    if (delta <= 0 || (frame.ack === 0 && delta > JUMP_MAX)) return;
    c.ackSeq[peer] = frame.ack;
    c.ackRelative[peer] = c.ackRelative[peer]! + delta;
  }

  #takeSequence(slot: number, side: number, frame: Frame, segment: number): void {
    const c = this.#c;
    const me = slot * 2 + side;
    const last = (frame.seq + segment) >>> 0;
    const delta = distance(last, c.lastSeq[me]!);
    const flags = frame.flags;
    if ((flags & (Syn | Rst)) !== 0 && Math.abs(delta) > JUMP_MAX) return;
    const isFinAfterSyn = (flags & Fin) !== 0 && c.lastRelative[me] === 1;
    if (!isFinAfterSyn && c.state[me] === TcpState.Reset) return;
    if (isFinAfterSyn || delta > 0) {
      c.lastSeq[me] = last;
      c.lastRelative[me] = c.lastRelative[me]! + (isFinAfterSyn && delta < 0 ? delta + 2 ** 32 : delta);
    } else if (frame.payloadBytes > 0 && c.packets[me]! > 1) {
      writeScaled(c, slot, side, c.retransmits, Letter.Retransmit);
    }
  }

  /** Moves the sender's state. @returns whether this segment closes its side */
  #advance(slot: number, side: number, flags: number, payload: number): boolean {
    const c = this.#c;
    const me = slot * 2 + side;
    const peer = slot * 2 + 1 - side;
    switch (c.state[me]) {
      case TcpState.Inactive:
        return this.#advanceInactive(slot, side, flags, payload);
      case TcpState.SynSent:
      case TcpState.SynAckSent:
        if ((flags & Fin) !== 0) this.#set(me, TcpState.Closed);
        if ((flags & Rst) !== 0) this.#set(me, TcpState.Reset);
        return (flags & (Fin | Rst)) !== 0;
      case TcpState.Established:
      case TcpState.Partial:
        return this.#advanceOpen(me, peer, flags);
      case TcpState.Closed:
        // A reset after both sides have finished changes nothing.
        if ((flags & Rst) === 0 || c.state[peer] === TcpState.Closed) return false;
        this.#set(me, TcpState.Reset);
        return true;
      default:
        return false;
    }
  }

  #advanceInactive(slot: number, side: number, flags: number, payload: number): boolean {
    const c = this.#c;
    const me = slot * 2 + side;
    const peer = slot * 2 + 1 - side;
    const isAck = (flags & Ack) !== 0;
    if ((flags & Syn) !== 0) {
      if (side === 0) {
        this.#set(me, isAck ? TcpState.SynAckSent : TcpState.SynSent);
      } else {
        if (c.state[peer] === TcpState.SynSent) this.#set(peer, TcpState.Established);
        this.#set(me, TcpState.Established);
      }
    }
    if ((flags & Fin) !== 0) this.#set(me, TcpState.Closed);
    if ((flags & Rst) !== 0) this.#set(me, TcpState.Reset);
    if (c.state[me] === TcpState.Inactive) {
      const isEarlyAck = side === 1 && payload === 0 && c.state[peer] === TcpState.SynSent;
      if (isEarlyAck) return false;
      this.#set(me, isAck && c.state[peer] === TcpState.Established ? TcpState.Established : TcpState.Partial);
    }
    return (flags & (Fin | Rst)) !== 0;
  }

  #advanceOpen(me: number, peer: number, flags: number): boolean {
    const c = this.#c;
    if ((flags & (Syn | Ack)) === Syn && c.state[me] === TcpState.Partial && c.state[peer] === TcpState.Inactive) {
      this.#set(me, TcpState.SynSent);
    }
    if ((flags & Fin) !== 0 && (flags & Rst) === 0) {
      this.#set(me, TcpState.Closed);
      // The peer finished and then reset: with this FIN it was an orderly end after all.
      if (c.state[peer] === TcpState.Reset && c.previousState[peer] === TcpState.Closed) {
        this.#set(peer, TcpState.Closed);
      }
    }
    if ((flags & Rst) !== 0) this.#set(me, TcpState.Reset);
    return (flags & (Fin | Rst)) !== 0;
  }

  #set(at: number, state: number): void {
    this.#c.previousState[at] = this.#c.state[at]!;
    this.#c.state[at] = state;
  }

  /** Bytes [start, end) of a side were seen. */
  #takeData(me: number, start: number, end: number): void {
    const c = this.#c;
    if (end <= c.nextRelative[me]!) return;
    if (start > c.nextRelative[me]!) {
      c.ranges[me] = this.#ranges.insert(c.ranges[me]!, start, end);
      return;
    }
    c.nextRelative[me] = end;
    this.#swallowRanges(me);
  }

  #swallowRanges(me: number): void {
    const c = this.#c;
    let head = c.ranges[me]!;
    while (head !== -1 && this.#ranges.start(head) <= c.nextRelative[me]!) {
      const end = this.#ranges.end(head);
      if (end > c.nextRelative[me]!) c.nextRelative[me] = end;
      head = this.#ranges.shift(head);
    }
    c.ranges[me] = head;
  }

  /** What the peer acknowledged and nobody saw is missed: the tap lost it. */
  #findGap(slot: number, side: number): void {
    const c = this.#c;
    const me = slot * 2 + side;
    const acked = Math.min(c.ackRelative[me]!, this.#dataEnd(me));
    while (c.nextRelative[me]! < acked) {
      const head = c.ranges[me]!;
      const end = head === -1 ? acked : Math.min(acked, this.#ranges.start(head));
      this.#countGap(slot, side, end - c.nextRelative[me]!);
      c.nextRelative[me] = end;
      this.#swallowRanges(me);
    }
  }

  /** The FIN is acknowledged like a byte, but is none. */
  #dataEnd(me: number): number {
    const c = this.#c;
    return c.finRelative[me]! > 0 ? c.finRelative[me]! - 1 : Number.POSITIVE_INFINITY;
  }

  /** Only where both sides were seen to be open: the beginning and the end of a half-seen one prove nothing. */
  #countGap(slot: number, side: number, bytes: number): void {
    const c = this.#c;
    const mine = c.state[slot * 2 + side]!;
    const theirs = c.state[slot * 2 + 1 - side]!;
    const isOpenOrClosed = (state: number): boolean => state === TcpState.Established || state === TcpState.Closed;
    if (!isOpenOrClosed(mine) || !isOpenOrClosed(theirs)) return;
    c.missedBytes[slot * 2 + side] = c.missedBytes[slot * 2 + side]! + bytes;
    this.missedBytes += bytes;
    this.gaps += 1;
    if (mine === TcpState.Established && theirs === TcpState.Established) {
      writeScaled(c, slot, side, c.gaps, Letter.Gap);
    }
  }

  #isOver(slot: number): boolean {
    const c = this.#c;
    const a = slot * 2;
    const b = a + 1;
    if (c.didClose[a] === 0 && c.didClose[b] === 0) return false;
    if (c.didClose[a] === 1 && c.didClose[b] === 1) return true;
    if (c.state[a] === TcpState.Reset || c.state[b] === TcpState.Reset) return true;
    const other = c.didClose[a] === 1 ? b : a;
    return c.state[other] === TcpState.Inactive;
  }
}
