import { type Bytes, i32, u8, u16 } from '../wire/bytes.js';
import { type Addresses, PacketFacts } from './packet-facts.js';
import { parseFilter } from './parse.js';
import { ACCEPT, BothWays, compile, ON_FALSE, ON_TRUE, Op, type Program } from './program.js';

/**
 * Which packets somebody wants, in the words of tcpdump's filters. It looks through tags and tunnels: `host` is an
 * address of the inner or the outer packet. What UDP carries and pieces of datagrams are not put together.
 * Nothing is allocated for a packet.
 */
export class PacketFilter {
  readonly #program: Program | undefined;
  readonly #facts = new PacketFacts();

  /** @param text empty: all packets @throws CAPTURE_FILTER, mostly with `position`, from 0 */
  constructor(text: string) {
    const expression = parseFilter(text);
    this.#program = expression === undefined ? undefined : compile(expression);
  }

  matches(b: Bytes, start: number, end: number, wireBytes: number, linkType: number): boolean {
    if (this.#program === undefined) return true;
    this.#facts.read(b, start, end, wireBytes, linkType);
    return run(this.#program, this.#facts, b);
  }
}

function run({ code, words, entry }: Program, facts: PacketFacts, b: Bytes): boolean {
  let at = entry;
  while (at >= 0) at = code[at + (isSo(code, words, at, facts, b) ? ON_TRUE : ON_FALSE)]!;
  return at === ACCEPT;
}

function isSo(code: Int32Array, words: Uint32Array, at: number, facts: PacketFacts, b: Bytes): boolean {
  const x = code[at + 1]!;
  const y = code[at + 2]!;
  switch (code[at]) {
    case Op.Version:
      return facts.inner.version === x || facts.outer.version === x;
    case Op.Protocol:
      return isProtocol(facts.inner, x, y) || isProtocol(facts.outer, x, y);
    case Op.Arp:
      return facts.isArp;
    case Op.Vlan:
      return facts.frame.vlanCount > x && (y < 0 || facts.frame.vlans[x] === y);
    case Op.Ipv4:
      return (
        isIpv4(facts.inner, b, words, x, y) || isIpv4(facts.arp, b, words, x, y) || isIpv4(facts.outer, b, words, x, y)
      );
    case Op.Ipv6:
      return isIpv6(facts.inner, b, words, x, y) || isIpv6(facts.outer, b, words, x, y);
    case Op.Ports:
      return facts.portsAt >= 0 && arePorts(b, facts.portsAt, x, y, code[at + 3]!);
    case Op.Mac:
      return isMac(facts, b, x, y, code[at + 3]!);
    case Op.Group:
      return isGroup(b, facts.destinationMac, x === 1);
    default:
      return facts.wireBytes >= x && facts.wireBytes <= y;
  }
}

const isProtocol = (of: Addresses, version: number, protocol: number): boolean =>
  of.version !== 0 && of.protocol === protocol && (version === 0 || of.version === version);

function either(way: number, isSource: boolean, isDestination: boolean): boolean {
  if (way === BothWays.Either) return isSource || isDestination;
  if (way === BothWays.Both) return isSource && isDestination;
  return way === BothWays.Source ? isSource : isDestination;
}

function isIpv4(of: Addresses, b: Bytes, words: Uint32Array, way: number, index: number): boolean {
  if (of.version !== 4 || of.source < 0) return false;
  const address = words[index]! | 0;
  const mask = words[index + 1]!;
  return either(way, (i32(b, of.source) & mask) === address, (i32(b, of.destination) & mask) === address);
}

function isIpv6(of: Addresses, b: Bytes, words: Uint32Array, way: number, index: number): boolean {
  if (of.version !== 6 || of.source < 0) return false;
  return either(way, isInNetwork(b, of.source, words, index), isInNetwork(b, of.destination, words, index));
}

function isInNetwork(b: Bytes, at: number, words: Uint32Array, index: number): boolean {
  for (let word = 0; word < 4; word++)
    if ((i32(b, at + word * 4) & words[index + 4 + word]!) !== (words[index + word]! | 0)) return false;
  return true;
}

function arePorts(b: Bytes, at: number, way: number, low: number, high: number): boolean {
  const source = u16(b, at);
  const destination = u16(b, at + 2);
  return either(way, source >= low && source <= high, destination >= low && destination <= high);
}

function isMac(facts: PacketFacts, b: Bytes, way: number, high: number, low: number): boolean {
  const isSource = facts.sourceMac >= 0 && u16(b, facts.sourceMac) === high && i32(b, facts.sourceMac + 2) === low;
  const to = facts.destinationMac;
  return either(way, isSource, to >= 0 && u16(b, to) === high && i32(b, to + 2) === low);
}

function isGroup(b: Bytes, at: number, isBroadcast: boolean): boolean {
  if (at < 0) return false;
  return isBroadcast ? u16(b, at) === 0xffff && i32(b, at + 2) === -1 : (u8(b, at) & 1) === 1;
}
