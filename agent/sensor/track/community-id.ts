import { hash } from 'node:crypto';

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
