import type { Fields } from '../dialect.js';
import { put, putIp, putMac, putPort, transportOf } from '../fields.js';

// `192.0.2.1:443`, `2001:db8::1.443`, `192.0.2.1.443`, or an address alone. IPv6 addresses and NAT's have their port
// behind a dot.
const ENDPOINT =
  /^\[?(?<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{2,39}(?:%[\w.]{1,16}?)?)\]?(?:[:.](?<port>\d{1,5}|[a-z][\w-]{1,24}))?$/;

export function putEndpoint(fields: Fields, key: string, text: string | undefined): boolean {
  const found = ENDPOINT.exec(text ?? '')?.groups;
  if (found === undefined || !putIp(fields, `${key}.ip`, found['ip'])) return false;
  putPort(fields, `${key}.port`, found['port']);
  return true;
}

const MAC = /^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/;
const MAC_PAIR = /^(?<from>[0-9a-fA-F:]{17}) > (?<to>[0-9a-fA-F:]{17})(?: (?<what>.{1,160}))?/;
const PACKET =
  /^(?<proto>[\w.-]{1,16}) (?<from>\S{2,56}) > (?<to>\S{2,56})(?: : (?<what>.{1,100}?))?(?: \((?<time>[\d/]{8,10} [\d:]{8})\))?\s*$/;

/** `TCP a:p > b:p`, `ICMP a > b : echo request`, `MAC > MAC IP`; false when it is none of them. The time in it, if there is one. */
export function putPacket(fields: Fields, text: string): { ok: boolean; time?: string } {
  const macs = MAC_PAIR.exec(text)?.groups;
  if (macs !== undefined && MAC.test(macs['from']!)) {
    putMac(fields, 'source.mac', macs['from']);
    putMac(fields, 'destination.mac', macs['to']);
    put(fields, 'vendor.frame', macs['what']);
    return { ok: true };
  }
  const packet = PACKET.exec(text)?.groups;
  if (packet === undefined) return { ok: false };
  putTransport(fields, packet['proto']!);
  putEndpoint(fields, 'source', packet['from']);
  putEndpoint(fields, 'destination', packet['to']);
  put(fields, 'vendor.icmp', packet['what']);
  return packet['time'] === undefined ? { ok: true } : { ok: true, time: packet['time'] };
}

/** INSPECT names the application where it knows it (`www`, `domain`); these two words are also transports. */
function putTransport(fields: Fields, word: string): void {
  const transport = transportOf(word);
  if (Object.keys(transport).length > 0) Object.assign(fields, transport);
  else put(fields, 'network.protocol', word.toLowerCase());
  const ip = String(fields['source.ip'] ?? '');
  if (ip !== '') put(fields, 'network.type', ip.includes(':') ? 'ipv6' : 'ipv4');
}
