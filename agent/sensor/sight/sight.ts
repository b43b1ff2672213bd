import { type Bytes, u16, u32 } from '../wire/bytes.js';
import type { Frame } from '../wire/frame.js';
import { LinkType } from '../wire/link-types.js';
import { Distinct } from './distinct.js';
import { Unread } from './unread.js';

/** Link header and two tags: what an MTU does not count. */
const OVER_MTU_BYTES = 14 + 8;
const VLAN_IDS = 4_096;
const ADDRESSES_MAX = 8_192;
/** Tags that a record lists, those with most packets first. */
const VLANS_LISTED = 64;

/** What is known of the link that is listened on. */
export interface LinkFacts {
  /** Six bytes as hexadecimal digits with colons. Undefined: a recording, or a link without addresses. */
  readonly mac?: string;
  readonly mtuBytes: number;
}

export const LINK_UNKNOWN: LinkFacts = { mtuBytes: 1_500 };

export interface VlanCount {
  readonly id: number;
  readonly packets: number;
}

/** Whether the four words from `at` are an address of the office's own networks. */
export type IsLocal = (words: Uint32Array, at: number, isV6: boolean) => boolean;

/**
 * Counts by which one can tell what the sensor sees: who is spoken to, by tag, by size, by what is not decoded. Nothing
 * is allocated for a packet.
 */
export class Sight {
  /** Packets to one station each; to others than this box and not from it; to many. Ethernet alone. */
  unicast = 0;
  unicastOthers = 0;
  multicast = 0;
  /** From or to this box. */
  own = 0;
  /** Longer than the link's MTU allows: joined by a network card, or a jumbo frame. */
  giants = 0;
  giantBytesMax = 0;
  /** Longer on the wire than what was captured of them. */
  cut = 0;
  readonly unread = new Unread();
  readonly #giantBytes: number;
  readonly #ownHigh: number;
  readonly #ownLow: number;
  readonly #isLocal: IsLocal;
  readonly #vlans = new Float64Array(VLAN_IDS);
  readonly #vlansBefore = new Float64Array(VLAN_IDS);
  readonly #stations: Distinct;
  readonly #hosts: Distinct;
  readonly #words = new Uint32Array(4);

  constructor(link: LinkFacts, isLocal: IsLocal, seed: number) {
    const mac = link.mac === undefined ? undefined : Buffer.from(link.mac.replaceAll(':', ''), 'hex');
    const isKnown = mac?.length === 6 && mac.some((byte) => byte !== 0);
    this.#ownHigh = isKnown ? u16(mac, 0) : -1;
    this.#ownLow = isKnown ? u32(mac, 2) : -1;
    this.#giantBytes = link.mtuBytes + OVER_MTU_BYTES;
    this.#isLocal = isLocal;
    this.#stations = new Distinct(ADDRESSES_MAX, seed);
    this.#hosts = new Distinct(ADDRESSES_MAX, seed);
  }

  /** MAC addresses that sent something since the last turn. */
  get stations(): number {
    return this.#stations.count;
  }

  /** Addresses of the office's networks that sent something since the last turn. */
  get hosts(): number {
    return this.#hosts.count;
  }

  /** @param frame as far as it was decoded */
  onPacket(frame: Frame, b: Bytes, start: number, end: number, wireBytes: number, linkType: number): void {
    if (linkType === LinkType.Ethernet && end - start >= 12) this.#noteStations(b, start);
    if (wireBytes > this.#giantBytes) this.#noteGiant(wireBytes);
    if (wireBytes > end - start) this.cut += 1;
    if (frame.vlanCount > 0) this.#noteVlan(frame.vlans[0]!);
    if (frame.ipVersion !== 0 && frame.ipStart >= 0) this.#noteHost(frame, b);
    this.unread.count(frame);
  }

  /** Tags seen since they were last asked for. */
  vlansSince(): VlanCount[] {
    const list: VlanCount[] = [];
    for (let id = 0; id < VLAN_IDS; id++) {
      const packets = this.#vlans[id]! - this.#vlansBefore[id]!;
      if (packets > 0) list.push({ id, packets });
    }
    this.#vlansBefore.set(this.#vlans);
    return list.sort((a, b) => b.packets - a.packets).slice(0, VLANS_LISTED);
  }

  /** Packets by tag since the start; valid until the next packet. */
  get vlanPackets(): Readonly<Float64Array> {
    return this.#vlans;
  }

  /** Begins a new minute. */
  turn(): void {
    this.#stations.turn();
    this.#hosts.turn();
    this.giantBytesMax = 0;
  }

  #noteStations(b: Bytes, start: number): void {
    const toHigh = u16(b, start);
    const toLow = u32(b, start + 2);
    const fromHigh = u16(b, start + 6);
    const fromLow = u32(b, start + 8);
    const isFromOwn = fromLow === this.#ownLow && fromHigh === this.#ownHigh;
    const isToOwn = toLow === this.#ownLow && toHigh === this.#ownHigh;
    if (isFromOwn || isToOwn) this.own += 1;
    if ((toHigh & 0x100) !== 0) {
      this.multicast += 1;
    } else {
      this.unicast += 1;
      if (!isFromOwn && !isToOwn) this.unicastOthers += 1;
    }
    if (this.#stations.add(fromHigh, fromLow)) this.#stations.count += 1;
  }

  #noteGiant(wireBytes: number): void {
    this.giants += 1;
    if (wireBytes > this.giantBytesMax) this.giantBytesMax = wireBytes;
  }

  #noteVlan(id: number): void {
    this.#vlans[id] = this.#vlans[id]! + 1;
  }

  #noteHost(frame: Frame, b: Bytes): void {
    const words = this.#words;
    const at = frame.sourceAddress;
    const isV6 = frame.ipVersion === 6;
    words[0] = u32(b, at);
    if (isV6) for (let word = 1; word < 4; word++) words[word] = u32(b, at + word * 4);
    const high = isV6 ? words[0]! ^ Math.imul(words[1]!, 0x85ebca6b) ^ Math.imul(words[2]!, 0xc2b2ae35) : 4;
    const low = isV6 ? words[3]! : words[0]!;
    if (this.#hosts.add(high, low) && this.#isLocal(words, 0, isV6)) this.#hosts.count += 1;
  }
}
