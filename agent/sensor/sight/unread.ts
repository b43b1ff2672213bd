import { type Frame, Tunnel } from '../wire/frame.js';
import { UNREAD_LLC, UNREAD_PPP } from '../wire/unread.js';

/** ICMP, IGMP, TCP, UDP, ICMPv6 and SCTP by their IP protocol: followed, or nothing to follow. */
const IS_READ = new Uint8Array(256);
for (const protocol of [1, 2, 6, 17, 58, 132]) IS_READ[protocol] = 1;

const ENTRIES = 64;
const PROBES = 8;
const KINDS = ['', 'ethertype', 'gre', 'ppp', 'ip', 'llc'] as const;
const Kind = { Ethertype: 1, Gre: 2, Ppp: 3, Ip: 4, Llc: 5 } as const;

/** Numbers of the IANA and IEEE registries. `control` carries no conversation of an office: it is expected. */
const NAMES: Readonly<Record<string, { readonly name: string; readonly isControl?: true }>> = {
  'ethertype:0x0842': { name: 'wake-on-lan', isControl: true },
  'ethertype:0x22f3': { name: 'trill' },
  'ethertype:0x6003': { name: 'decnet' },
  'ethertype:0x8035': { name: 'rarp', isControl: true },
  'ethertype:0x809b': { name: 'appletalk' },
  'ethertype:0x8137': { name: 'ipx' },
  'ethertype:0x8863': { name: 'pppoe-discovery', isControl: true },
  'ethertype:0x8809': { name: 'lacp', isControl: true },
  'ethertype:0x887b': { name: 'homeplug', isControl: true },
  'ethertype:0x888e': { name: 'eapol', isControl: true },
  'ethertype:0x8892': { name: 'profinet' },
  'ethertype:0x8899': { name: 'realtek', isControl: true },
  'ethertype:0x88cc': { name: 'lldp', isControl: true },
  'ethertype:0x88e1': { name: 'homeplug-av', isControl: true },
  'ethertype:0x88e5': { name: 'macsec' },
  'ethertype:0x88f5': { name: 'mvrp', isControl: true },
  'ethertype:0x88f7': { name: 'ptp', isControl: true },
  'ethertype:0x8902': { name: 'cfm', isControl: true },
  'ethertype:0x8906': { name: 'fcoe' },
  'ethertype:0x893a': { name: 'ieee1905', isControl: true },
  'ethertype:0x9000': { name: 'loopback', isControl: true },
  'ip:50': { name: 'esp' },
  'ip:51': { name: 'ah' },
  'ip:88': { name: 'eigrp', isControl: true },
  'ip:89': { name: 'ospf', isControl: true },
  'ip:97': { name: 'etherip' },
  'ip:103': { name: 'pim', isControl: true },
  'ip:108': { name: 'ipcomp' },
  'ip:112': { name: 'vrrp', isControl: true },
  'ip:115': { name: 'l2tp' },
  'ip:137': { name: 'mpls-in-ip' },
  'ppp:0x00fd': { name: 'compressed' },
  'ppp:0x8021': { name: 'ipcp', isControl: true },
  'ppp:0x8057': { name: 'ipv6cp', isControl: true },
  'ppp:0x80fd': { name: 'ccp', isControl: true },
  'ppp:0xc021': { name: 'lcp', isControl: true },
  'ppp:0xc023': { name: 'pap', isControl: true },
  'ppp:0xc223': { name: 'chap', isControl: true },
  'llc:0': { name: 'llc', isControl: true },
};

export interface UnreadCount {
  /** Where the number stands: `ethertype`, `gre`, `ppp`, `ip`, `llc`; `other` for what found no place. */
  readonly kind: string;
  readonly number: string;
  readonly name?: string;
  readonly packets: number;
}

/** What packets carried that is not decoded, by number, in a table of fixed size. */
export class Unread {
  /** Packets that may hide conversations: neither control protocols nor padding. */
  carrying = 0;
  readonly #keys = new Int32Array(ENTRIES);
  readonly #counts = new Float64Array(ENTRIES);
  readonly #isControl = new Uint8Array(ENTRIES);
  readonly #before = new Float64Array(ENTRIES);
  #other = 0;
  #otherBefore = 0;

  /** A packet that was not decoded to an IP payload, or whose IP protocol is not followed. */
  count(frame: Frame): void {
    const key = keyOf(frame);
    if (key === 0) return;
    const at = this.#place(key);
    if (at < 0) {
      this.#other += 1;
      this.carrying += 1;
      return;
    }
    this.#counts[at] = this.#counts[at]! + 1;
    if (this.#isControl[at] === 0) this.carrying += 1;
  }

  /** What was counted since it was last asked. */
  since(): UnreadCount[] {
    const list: UnreadCount[] = [];
    for (let at = 0; at < ENTRIES; at++) {
      const packets = this.#counts[at]! - this.#before[at]!;
      if (packets > 0) list.push({ ...describe(this.#keys[at]!), packets });
    }
    this.#before.set(this.#counts);
    const packets = this.#other - this.#otherBefore;
    this.#otherBefore = this.#other;
    if (packets > 0) list.push({ kind: 'other', number: '', packets });
    return list.sort((a, b) => b.packets - a.packets);
  }

  #place(key: number): number {
    let at = (Math.imul(key, 0x9e3779b1) >>> 26) & (ENTRIES - 1);
    for (let probe = 0; probe < PROBES; probe++, at = (at + 1) & (ENTRIES - 1)) {
      if (this.#keys[at] === key) return at;
      if (this.#keys[at] !== 0) continue;
      this.#keys[at] = key;
      this.#isControl[at] = NAMES[textOf(key)]?.isControl ? 1 : 0;
      return at;
    }
    return -1;
  }
}

/** Kind and number in one; 0 when there is nothing unread. */
function keyOf(frame: Frame): number {
  const unread = frame.unread;
  if (unread === UNREAD_LLC) return Kind.Llc << 17;
  if (unread >= UNREAD_PPP) return (Kind.Ppp << 17) | (unread - UNREAD_PPP);
  if (unread >= 0) {
    const count = frame.tunnelCount;
    const isInGre = count > 0 && frame.tunnels[Math.min(count, frame.tunnels.length) - 1] === Tunnel.Gre;
    return ((isInGre ? Kind.Gre : Kind.Ethertype) << 17) | (unread & 0x1ffff);
  }
  return frame.protocol >= 0 && IS_READ[frame.protocol] === 0 ? (Kind.Ip << 17) | frame.protocol : 0;
}

function textOf(key: number): string {
  const number = key & 0x1ffff;
  const kind = key >> 17;
  const isDecimal = kind === Kind.Ip || kind === Kind.Llc;
  return `${KINDS[kind]}:${isDecimal ? number : `0x${number.toString(16).padStart(4, '0')}`}`;
}

function describe(key: number): { kind: string; number: string; name?: string } {
  const text = textOf(key);
  const [kind = '', number = ''] = text.split(':');
  const name = NAMES[text]?.name;
  return { kind, number, ...(name === undefined ? {} : { name }) };
}
