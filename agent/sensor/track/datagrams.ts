import { type Bytes, u16 } from '../wire/bytes.js';
import { isTunnelProtocol } from '../wire/decode.js';
import { Flaw } from '../wire/flaws.js';
import { Frame } from '../wire/frame.js';
import { Protocol } from '../wire/transport.js';
import { Columns } from './columns.js';
import { Added, DATAGRAM_BYTES_MAX, DatagramBytes } from './datagram-bytes.js';
import { DatagramKeys } from './datagram-keys.js';
import { DatagramText } from './datagram-text.js';

/** Datagrams whose fragments are remembered; the oldest goes. */
const DATAGRAMS = 2_048;
/** Of 2 KiB. */
const BLOCKS = 2_048;
/** RFC 791 3.2 and RFC 8200 4.5: the end of waiting for the rest. */
const LIFE_US = 30e6;
/** What is there of a UDP datagram is shown to applications when the rest does not come: it was lost on the way to us. */
const SHOW_US = 2e6;
/** A fragment of a datagram that is whole is a copy; after this it is one of another datagram of the same number. */
const COPIES_US = 1e6;
/** Datagrams ended with one packet: bounds its work. */
const ENDED_MAX = 16;

const UDP_HEADER_BYTES = 8;
const UDP_LENGTH = 4;

const State = { Free: 0, Open: 1, Whole: 2, GivenUp: 3 } as const;

export interface DatagramsDeps {
  readonly seed: number;
  /** Datagrams by the reason why they are not whole, and odd ones. */
  readonly flaws: Float64Array;
  /** Counts fragments to the flow of the frame: as many as `packets`, which are added up in it. */
  onFragment(frame: Frame, b: Bytes, timeUs: number, packets: number): void;
  /**
   * A datagram is whole, or what is there of it is all that will come.
   * @param from its last fragment
   * @returns whether its fragments are in a flow now
   */
  onDatagram(text: DatagramText, from: Frame | undefined, timeUs: number): boolean;
}

/**
 * Puts fragments together, in fixed memory: overlapping ones as the first came for IPv4 (as most hosts do), not at all
 * for IPv6 (RFC 5722). Each fragment is counted by itself, to the flow that the first one names; until that is known
 * its counts wait here.
 */
export class Datagrams {
  /** The next moment when something is to be done. */
  dueUs = Number.POSITIVE_INFINITY;
  evicted = 0;
  readonly capacity = DATAGRAMS;
  readonly #deps: DatagramsDeps;
  readonly #keys: DatagramKeys;
  readonly #bytes = new DatagramBytes(DATAGRAMS, BLOCKS);
  readonly #text = new DatagramText();
  /** Stands for fragments whose flow was not known while they passed. */
  readonly #late = new Frame();
  readonly #state: Uint8Array;
  readonly #isKnown: Uint8Array;
  readonly #protocol: Uint8Array;
  readonly #header: Uint8Array;
  readonly #isOneWay: Uint8Array;
  readonly #ports: Uint16Array;
  readonly #total: Int32Array;
  readonly #openedUs: Float64Array;
  readonly #lastUs: Float64Array;
  /** Frames of all fragments. */
  readonly #wireBytes: Float64Array;
  /** Of fragments that are in no flow yet. */
  readonly #heldPackets: Float64Array;
  readonly #heldBytes: Float64Array;
  readonly #heldIpBytes: Float64Array;
  readonly #heldPayload: Float64Array;
  /** Slots are taken in a circle: the oldest is the one behind the newest. */
  #oldest = 0;
  #used = 0;
  /** Of those, how many have been looked at for SHOW_US. */
  #shown = 0;

  constructor(deps: DatagramsDeps) {
    this.#deps = deps;
    this.#keys = new DatagramKeys(DATAGRAMS, deps.seed);
    const columns = new Columns(DATAGRAMS * 72);
    this.#state = columns.uint8(DATAGRAMS);
    this.#isKnown = columns.uint8(DATAGRAMS);
    this.#protocol = columns.uint8(DATAGRAMS);
    this.#header = columns.uint8(DATAGRAMS);
    this.#isOneWay = columns.uint8(DATAGRAMS);
    this.#ports = columns.uint16(DATAGRAMS * 2);
    this.#total = columns.int32(DATAGRAMS);
    this.#openedUs = columns.float64(DATAGRAMS);
    this.#lastUs = columns.float64(DATAGRAMS);
    this.#wireBytes = columns.float64(DATAGRAMS);
    this.#heldPackets = columns.float64(DATAGRAMS);
    this.#heldBytes = columns.float64(DATAGRAMS);
    this.#heldIpBytes = columns.float64(DATAGRAMS);
    this.#heldPayload = columns.float64(DATAGRAMS);
  }

  get used(): number {
    return this.#used;
  }

  /** Takes one fragment. */
  take(frame: Frame, b: Bytes, timeUs: number): void {
    const slot = this.#slotOf(frame, b, timeUs);
    this.#lastUs[slot] = timeUs;
    this.#wireBytes[slot] = this.#wireBytes[slot]! + frame.wireBytes;
    if (frame.fragmentOffset === 0) this.#noteFirst(slot, frame);
    if (this.#isKnown[slot] === 1) this.#count(slot, frame, b, timeUs);
    else this.#hold(slot, frame);
    if (this.#state[slot] !== State.Open) return;
    this.#keep(slot, frame, b, timeUs);
    if (this.#bytes.covered[slot] === this.#total[slot]) this.#tellWhole(slot, frame, b, timeUs);
  }

  /** Ends what has waited long enough. */
  tick(timeUs: number): void {
    let left = ENDED_MAX;
    while (this.#used > 0 && left > 0 && timeUs - this.#openedUs[this.#oldest]! >= LIFE_US) {
      this.#endOldest(timeUs);
      left -= 1;
    }
    while (this.#shown < this.#used && left > 0) {
      const slot = (this.#oldest + this.#shown) % DATAGRAMS;
      if (timeUs - this.#openedUs[slot]! < SHOW_US) break;
      this.#shown += 1;
      left -= 1;
      this.#show(slot, timeUs);
    }
    this.#setDue();
  }

  finish(): void {
    while (this.#used > 0) this.#endOldest(this.#lastUs[this.#oldest]!);
    this.#setDue();
  }

  #setDue(): void {
    const next = (this.#oldest + this.#shown) % DATAGRAMS;
    const lifeUs = this.#used > 0 ? this.#openedUs[this.#oldest]! + LIFE_US : Number.POSITIVE_INFINITY;
    const showUs = this.#shown < this.#used ? this.#openedUs[next]! + SHOW_US : Number.POSITIVE_INFINITY;
    this.dueUs = Math.min(lifeUs, showUs);
  }

  #slotOf(frame: Frame, b: Bytes, timeUs: number): number {
    const found = this.#keys.find(frame, b);
    if (found >= 0) {
      if (!this.#isAnother(found, frame, timeUs)) return found;
      this.#tellHeld(found);
      this.#keys.remove(found);
      this.#bytes.clear(found);
      this.#state[found] = State.GivenUp;
    }
    if (this.#used === DATAGRAMS) this.#evictOldest(timeUs);
    const slot = (this.#oldest + this.#used) % DATAGRAMS;
    this.#used += 1;
    this.#keys.add(slot, frame, b);
    this.#state[slot] = State.Open;
    this.#isKnown[slot] = 0;
    this.#protocol[slot] = frame.fragmentProtocol;
    this.#header[slot] = frame.fragmentProtocol;
    this.#total[slot] = -1;
    this.#openedUs[slot] = timeUs;
    this.#wireBytes[slot] = 0;
    this.#clearHeld(slot);
    if (this.#used === 1 || this.dueUs === Number.POSITIVE_INFINITY) this.#setDue();
    return slot;
  }

  /** Numbers come again: a busy sender of IPv4 uses all 65,536 within seconds. */
  #isAnother(slot: number, frame: Frame, timeUs: number): boolean {
    const waitedUs = Math.abs(timeUs - this.#lastUs[slot]!);
    const isBegun = frame.fragmentOffset === 0 && this.#isKnown[slot] === 1;
    return waitedUs > (this.#state[slot] === State.Whole || isBegun ? COPIES_US : LIFE_US);
  }

  #noteFirst(slot: number, frame: Frame): void {
    if (this.#isKnown[slot] === 1) return;
    this.#header[slot] = frame.fragmentProtocol;
    if (!frame.hasTransport && !isTunnelProtocol(frame.protocol)) this.#tell(Flaw.FragmentTiny);
    this.#protocol[slot] = frame.protocol;
    // The inner packet says whose a tunnel's fragments are.
    if (!frame.hasTransport || isTunnelProtocol(frame.protocol)) return;
    this.#isKnown[slot] = 1;
    this.#ports[slot * 2] = frame.sourcePort;
    this.#ports[slot * 2 + 1] = frame.destinationPort;
    this.#isOneWay[slot] = frame.isOneWay ? 1 : 0;
  }

  #count(slot: number, frame: Frame, b: Bytes, timeUs: number): void {
    frame.protocol = this.#protocol[slot]!;
    frame.sourcePort = this.#ports[slot * 2]!;
    frame.destinationPort = this.#ports[slot * 2 + 1]!;
    frame.isOneWay = this.#isOneWay[slot] === 1;
    frame.flags = 0;
    const held = this.#heldPackets[slot]!;
    if (held > 0) this.#addHeld(slot, frame);
    this.#deps.onFragment(frame, b, timeUs, 1 + held);
  }

  #hold(slot: number, frame: Frame): void {
    this.#heldPackets[slot] = this.#heldPackets[slot]! + 1;
    this.#heldBytes[slot] = this.#heldBytes[slot]! + frame.wireBytes;
    this.#heldIpBytes[slot] = this.#heldIpBytes[slot]! + frame.ipBytes;
    this.#heldPayload[slot] = this.#heldPayload[slot]! + frame.payloadBytes;
  }

  #addHeld(slot: number, frame: Frame): void {
    frame.wireBytes += this.#heldBytes[slot]!;
    frame.ipBytes += this.#heldIpBytes[slot]!;
    frame.payloadBytes += this.#heldPayload[slot]!;
    this.#clearHeld(slot);
  }

  #clearHeld(slot: number): void {
    this.#heldPackets[slot] = 0;
    this.#heldBytes[slot] = 0;
    this.#heldIpBytes[slot] = 0;
    this.#heldPayload[slot] = 0;
  }

  #keep(slot: number, frame: Frame, b: Bytes, timeUs: number): void {
    const from = frame.fragmentStart;
    const bytes = frame.transportStart + frame.transportBytes - from;
    const end = frame.fragmentOffset + bytes;
    const isCut = frame.transportEnd - from < bytes;
    const isOdd = frame.hasMoreFragments && bytes % 8 !== 0;
    if (isCut) {
      this.#giveUp(slot, Flaw.FragmentIncomplete);
      return;
    }
    if (isOdd || bytes <= 0 || end > DATAGRAM_BYTES_MAX || !this.#mayEnd(slot, frame, end)) {
      this.#giveUp(slot, Flaw.FragmentBadLength);
      return;
    }
    while (!this.#bytes.hasRoom && this.#oldest !== slot) this.#evictOldest(timeUs);
    const added = this.#bytes.add(slot, frame.fragmentOffset, b, from, frame.transportEnd);
    if (added === Added.NoRoom) this.#giveUp(slot, Flaw.FragmentTableFull);
    else if (added === Added.TooMany) this.#giveUp(slot, Flaw.FragmentTooMany);
    else if (added === Added.Overlap) {
      if (frame.ipVersion === 6) this.#giveUp(slot, Flaw.FragmentOverlap);
      else this.#tell(Flaw.FragmentOverlap);
    }
  }

  /** The last fragment says how long the datagram is: once. */
  #mayEnd(slot: number, frame: Frame, end: number): boolean {
    const total = this.#total[slot]!;
    if (frame.hasMoreFragments) return total < 0 || end <= total;
    if (total >= 0) return total === end;
    this.#total[slot] = end;
    return this.#bytes.end(slot) <= end;
  }

  #tell(flaw: Flaw): void {
    this.#deps.flaws[flaw] = this.#deps.flaws[flaw]! + 1;
  }

  #giveUp(slot: number, flaw: Flaw): void {
    this.#tell(flaw);
    this.#state[slot] = State.GivenUp;
    this.#bytes.clear(slot);
  }

  #tellWhole(slot: number, frame: Frame, b: Bytes, timeUs: number): void {
    const total = this.#total[slot]!;
    this.#state[slot] = State.Whole;
    const isShown = this.#isShown(slot);
    if (!isShown || this.#protocol[slot] !== Protocol.Udp) {
      this.#write(slot, total, total);
      this.#text.setLink(frame, b);
      this.#tellText(slot, frame, timeUs);
    }
    this.#bytes.clear(slot);
  }

  #write(slot: number, bytes: number, total: number): void {
    this.#text.setIp(this.#keys, slot, this.#header[slot]!, bytes, total);
    this.#bytes.copyTo(slot, this.#text.bytes, this.#text.payloadStart, bytes);
  }

  /** Counts that nobody has got yet go with it. Another fragment may be taken meanwhile: one inside of this datagram. */
  #tellText(slot: number, from: Frame | undefined, timeUs: number): void {
    const text = this.#text;
    const packets = this.#heldPackets[slot]!;
    text.packets = packets;
    text.wireBytes = this.#wireBytes[slot]!;
    text.ipBytes = this.#heldIpBytes[slot]!;
    const bytes = this.#heldBytes[slot]!;
    const ipBytes = this.#heldIpBytes[slot]!;
    const payload = this.#heldPayload[slot]!;
    this.#clearHeld(slot);
    if (this.#deps.onDatagram(text, from, timeUs)) return;
    this.#heldPackets[slot] = packets;
    this.#heldBytes[slot] = bytes;
    this.#heldIpBytes[slot] = ipBytes;
    this.#heldPayload[slot] = payload;
  }

  #isShown(slot: number): boolean {
    return (slot - this.#oldest + DATAGRAMS) % DATAGRAMS < this.#shown;
  }

  /** Of a UDP datagram its beginning, when it will not be whole. */
  #show(slot: number, timeUs: number): void {
    if (this.#state[slot] !== State.Open || this.#isKnown[slot] !== 1 || this.#protocol[slot] !== Protocol.Udp) return;
    const prefix = this.#bytes.prefix(slot);
    if (prefix === 0) return;
    this.#write(slot, prefix, prefix);
    // UDP says how long the datagram would be.
    const said = prefix < UDP_HEADER_BYTES ? 0 : u16(this.#text.bytes, this.#text.payloadStart + UDP_LENGTH);
    this.#text.setIp(this.#keys, slot, this.#header[slot]!, prefix, Math.max(prefix, said));
    this.#text.clearLink();
    this.#tellText(slot, undefined, timeUs);
  }

  #evictOldest(timeUs: number): void {
    if (this.#state[this.#oldest] === State.Open) {
      this.evicted += 1;
      this.#tell(Flaw.FragmentEvicted);
    }
    this.#endOldest(timeUs);
  }

  #endOldest(timeUs: number): void {
    const slot = this.#oldest;
    if (this.#state[slot] === State.Open) {
      this.#tell(this.#bytes.prefix(slot) > 0 ? Flaw.FragmentIncomplete : Flaw.FragmentOrphan);
      if (!this.#isShown(slot)) this.#show(slot, timeUs);
    }
    this.#tellHeld(slot);
    if (this.#keys.has(slot)) this.#keys.remove(slot);
    this.#bytes.clear(slot);
    this.#state[slot] = State.Free;
    this.#oldest = (slot + 1) % DATAGRAMS;
    this.#used -= 1;
    if (this.#shown > 0) this.#shown -= 1;
  }

  /** Fragments that nothing named a flow for are one by their addresses and protocol. */
  #tellHeld(slot: number): void {
    const packets = this.#heldPackets[slot]!;
    if (packets === 0) return;
    const frame = this.#late;
    this.#keys.toFrame(slot, frame);
    frame.protocol = this.#protocol[slot]!;
    this.#addHeld(slot, frame);
    this.#deps.onFragment(frame, this.#keys.addresses, this.#lastUs[slot]!, packets);
  }
}
