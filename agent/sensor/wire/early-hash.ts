import { type Bytes, u8, u16, u32 } from './bytes.js';
import { LinkType } from './link-types.js';

/** What cannot be told apart this early: control protocols, ARP, rare links. */
export const NO_CONVERSATION = 0;

const TAGS_MAX = 4;
const TCP = 6;
const UDP = 17;
const SCTP = 132;
const IPV4_IN_IP = 4;
const IPV6_IN_IP = 41;
const IPV6_HEADER_BYTES = 40;

/**
 * A hash of the conversation that a packet belongs to, the same in both directions, from its first headers alone: far
 * cheaper than decoding, so that a packet can be passed over early. Fragments, all of them, count by their addresses.
 * What a tunnel over IP carries counts by itself; what any other tunnel carries counts by the outer addresses.
 * @returns NO_CONVERSATION where there is no IP to be found
 */
export function earlyHash(b: Bytes, start: number, end: number, linkType: number, seed: number): number {
  if (linkType === LinkType.Ethernet) return hashEthernet(b, start, end, seed);
  const isRaw = linkType === LinkType.Raw || linkType === LinkType.RawBsd || linkType === LinkType.Ipv4;
  return isRaw || linkType === LinkType.Ipv6 ? hashIp(b, start, end, seed) : NO_CONVERSATION;
}

function hashEthernet(b: Bytes, start: number, end: number, seed: number): number {
  let at = start + 12;
  for (let tag = 0; tag <= TAGS_MAX && at + 2 <= end; tag++) {
    const type = u16(b, at);
    if (type === 0x0800 || type === 0x86dd) return hashIp(b, at + 2, end, seed);
    // PPPoE session: six bytes of header, two of protocol.
    if (type === 0x8864) return hashIp(b, at + 10, end, seed);
    if (type !== 0x8100 && type !== 0x88a8 && type !== 0x9100) return NO_CONVERSATION;
    at += 4;
  }
  return NO_CONVERSATION;
}

function hashIp(b: Bytes, start: number, end: number, seed: number): number {
  if (start + 20 > end) return NO_CONVERSATION;
  const version = u8(b, start) >> 4;
  if (version === 4) return hashIpv4(b, start, end, seed);
  return version === 6 && start + IPV6_HEADER_BYTES <= end ? hashIpv6(b, start, end, seed) : NO_CONVERSATION;
}

function hashIpv4(b: Bytes, start: number, end: number, seed: number): number {
  const protocol = u8(b, start + 9);
  const transport = start + (u8(b, start) & 15) * 4;
  const isFragment = (u16(b, start + 6) & 0x3fff) !== 0;
  const isTunnel = protocol === IPV4_IN_IP || protocol === IPV6_IN_IP;
  if (isTunnel && !isFragment) return hashInner(b, transport, end, seed);
  const hasPorts = !isFragment && isPorted(protocol) && transport + 4 <= end;
  const source = stir(seed, u32(b, start + 12));
  const destination = stir(seed, u32(b, start + 16));
  return hasPorts ? withPorts(b, transport, source, destination, seed) : finish(source + destination);
}

function hashIpv6(b: Bytes, start: number, end: number, seed: number): number {
  const protocol = u8(b, start + 6);
  const transport = start + IPV6_HEADER_BYTES;
  if (protocol === IPV4_IN_IP || protocol === IPV6_IN_IP) return hashInner(b, transport, end, seed);
  let source = seed;
  let destination = seed;
  for (let word = 0; word < 16; word += 4) {
    source = stir(source, u32(b, start + 8 + word));
    destination = stir(destination, u32(b, start + 24 + word));
  }
  const hasPorts = isPorted(protocol) && transport + 4 <= end;
  return hasPorts ? withPorts(b, transport, source, destination, seed) : finish(source + destination);
}

/** DS-Lite and MAP-E carry all of an office in one tunnel. One layer: no office has more. */
function hashInner(b: Bytes, start: number, end: number, seed: number): number {
  if (start + 20 > end) return NO_CONVERSATION;
  const version = u8(b, start) >> 4;
  const protocol = version === 4 ? u8(b, start + 9) : version === 6 && start + 40 <= end ? u8(b, start + 6) : -1;
  if (protocol < 0 || protocol === IPV4_IN_IP || protocol === IPV6_IN_IP) return NO_CONVERSATION;
  return version === 4 ? hashIpv4(b, start, end, seed) : hashIpv6(b, start, end, seed);
}

function isPorted(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP;
}

function withPorts(b: Bytes, at: number, source: number, destination: number, seed: number): number {
  return finish(stir(source, u16(b, at) ^ seed) + stir(destination, u16(b, at + 2) ^ seed));
}

function stir(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x85ebca6b);
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) ^ (h >>> 13);
}

/** Never NO_CONVERSATION. */
function finish(sum: number): number {
  const h = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
  return (h ^ (h >>> 15)) >>> 0 || 1;
}
