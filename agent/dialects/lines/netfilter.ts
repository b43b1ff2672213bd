import type { Fields } from '../dialect.js';
import { put, putInt, putIp, putMac, putPort, transportOf } from '../fields.js';

// What nf_log_ipv4 and nf_log_ipv6 of Linux write: words, and pairs with `=`. The packet inside an ICMP error follows in
// brackets and is not the packet that was logged.
const FLAGS = new Set(['CWR', 'ECE', 'URG', 'ACK', 'PSH', 'RST', 'SYN', 'FIN']);
const TOKENS_MAX = 64;
const KEPT = new Set(
  'TOS PREC TTL ID WINDOW RES URGP MARK TYPE CODE TC HOPLIMIT FLOWLBL PHYSIN PHYSOUT SEQ ACK UID GID'.split(' '),
);

/** Where the packet begins in a line, -1 when there is none. */
export function packetStart(line: string): number {
  const start = line.indexOf('IN=');
  return start >= 0 && line.includes('OUT=', start) && line.includes('SRC=', start) ? start : -1;
}

/** Puts addresses, ports, interfaces and what else the kernel says of a packet. */
export function putPacket(fields: Fields, packet: string): void {
  const { pairs, flags } = tokens(packet);
  put(fields, 'observer.ingress.interface.name', pairs.get('IN'));
  put(fields, 'observer.egress.interface.name', pairs.get('OUT'));
  putMacs(fields, pairs.get('MAC'));
  putIp(fields, 'source.ip', pairs.get('SRC'));
  putIp(fields, 'destination.ip', pairs.get('DST'));
  putPort(fields, 'source.port', pairs.get('SPT'));
  putPort(fields, 'destination.port', pairs.get('DPT'));
  putInt(fields, 'network.bytes', pairs.get('LEN'));
  Object.assign(fields, transportOf(pairs.get('PROTO')));
  put(fields, 'network.type', pairs.get('SRC')?.includes(':') ? 'ipv6' : 'ipv4');
  if (flags.length > 0) put(fields, 'vendor.tcp_flags', flags.join(' '));
  for (const [key, value] of pairs) if (KEPT.has(key)) put(fields, `vendor.${key}`, value);
}

function tokens(packet: string): { pairs: Map<string, string>; flags: string[] } {
  const pairs = new Map<string, string>();
  const flags: string[] = [];
  for (const token of packet.split(' ', TOKENS_MAX)) {
    if (token.startsWith('[')) break;
    const equals = token.indexOf('=');
    if (equals > 0 && !pairs.has(token.slice(0, equals))) pairs.set(token.slice(0, equals), token.slice(equals + 1));
    else if (FLAGS.has(token)) flags.push(token);
  }
  return { pairs, flags };
}

/** The Ethernet header as it was: destination, source, type. */
function putMacs(fields: Fields, header: string | undefined): void {
  const octets = header?.split(':') ?? [];
  if (octets.length < 12) return;
  putMac(fields, 'destination.mac', octets.slice(0, 6).join(':'));
  putMac(fields, 'source.mac', octets.slice(6, 12).join(':'));
}
