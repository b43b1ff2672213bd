import { hash } from 'node:crypto';
import { ICMP_PAIRS, ICMPV6_PAIRS } from './icmp.js';

const ICMP = 1;
const ICMPV6 = 58;
const WITH_PORTS: ReadonlySet<number> = new Set([ICMP, 6, 17, ICMPV6, 132]);

/** Largest tuple: seed, two IPv6 addresses, protocol, padding, two ports. */
const tuple = Buffer.alloc(2 + 16 + 16 + 2 + 4);

/**
 * Community ID v1 with seed 0 (corelight's specification): SHA-1 over the tuple in one order for both directions.
 * @param addresses source then destination, each of `addressBytes` bytes at its offset
 * @param isOneWay an ICMP type without a counterpart: its addresses keep their order
 */
export function communityId(
  addresses: Buffer,
  source: number,
  destination: number,
  addressBytes: number,
  protocol: number,
  sourcePort: number,
  destinationPort: number,
  isOneWay: boolean,
): string {
  const order = addresses.compare(addresses, destination, destination + addressBytes, source, source + addressBytes);
  const isInOrder = isOneWay || order < 0 || (order === 0 && sourcePort < destinationPort);
  const first = isInOrder ? source : destination;
  const second = isInOrder ? destination : source;
  tuple.writeUInt16BE(0, 0);
  addresses.copy(tuple, 2, first, first + addressBytes);
  addresses.copy(tuple, 2 + addressBytes, second, second + addressBytes);
  let at = 2 + 2 * addressBytes;
  tuple[at] = protocol;
  tuple[at + 1] = 0;
  at += 2;
  if (WITH_PORTS.has(protocol)) {
    tuple.writeUInt16BE(isInOrder ? sourcePort : destinationPort, at);
    tuple.writeUInt16BE(isInOrder ? destinationPort : sourcePort, at + 2);
    at += 4;
  }
  return `1:${hash('sha1', tuple.subarray(0, at), 'base64')}`;
}

const addressesOfText = Buffer.alloc(32);
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const ANSWERS_V4 = bothWays(ICMP_PAIRS);
const ANSWERS_V6 = bothWays(ICMPV6_PAIRS);

function bothWays(pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(
    pairs.flatMap(
      ([ask, answer]) =>
        [
          [ask, answer],
          [answer, ask],
        ] as const,
    ),
  );
}

/**
 * The same of addresses as text, which must be valid; IPv6 without a zone. Of ICMP the ports are type and code, or the
 * type of the answer. Undefined when one address is IPv4 and the other IPv6.
 */
export function communityIdOfText(
  source: string,
  destination: string,
  protocol: number,
  sourcePort: number,
  destinationPort: number,
): string | undefined {
  const bytes = putAddress(source, 0);
  if (putAddress(destination, IPV6_BYTES) !== bytes) return undefined;
  const answers = protocol === ICMP ? ANSWERS_V4 : protocol === ICMPV6 ? ANSWERS_V6 : undefined;
  const answer = answers?.get(sourcePort);
  const second = answer ?? destinationPort;
  const isOneWay = answers !== undefined && answer === undefined;
  return communityId(addressesOfText, 0, IPV6_BYTES, bytes, protocol, sourcePort, second, isOneWay);
}

/** @returns its bytes */
function putAddress(text: string, at: number): number {
  if (!text.includes(':')) {
    let start = 0;
    for (let index = 0; index < IPV4_BYTES; index++) {
      const dot = text.indexOf('.', start);
      addressesOfText[at + index] = Number(text.slice(start, dot < 0 ? text.length : dot));
      start = dot + 1;
    }
    return IPV4_BYTES;
  }
  putIpv6(text, at);
  return IPV6_BYTES;
}

function putIpv6(text: string, at: number): void {
  addressesOfText.fill(0, at, at + IPV6_BYTES);
  const [head = '', tail] = text.split('::');
  putGroups(head, at);
  if (tail === undefined || tail === '') return;
  const bytes = tail.split(':').reduce((sum, group) => sum + (group.includes('.') ? 4 : 2), 0);
  putGroups(tail, at + IPV6_BYTES - bytes);
}

function putGroups(text: string, at: number): void {
  let offset = at;
  for (const group of text === '' ? [] : text.split(':')) {
    if (group.includes('.')) {
      for (const part of group.split('.')) addressesOfText[offset++] = Number(part);
    } else {
      addressesOfText.writeUInt16BE(Number.parseInt(group, 16), offset);
      offset += 2;
    }
  }
}
