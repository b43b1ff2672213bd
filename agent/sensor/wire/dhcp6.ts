import { ipv6Text, macText } from './addresses.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';
import { dnsName } from './dhcp4.js';

/** RFC 8415 7.3, RFC 5007, RFC 5460. */
const MESSAGE_TYPES = [
  '',
  'SOLICIT',
  'ADVERTISE',
  'REQUEST',
  'CONFIRM',
  'RENEW',
  'REBIND',
  'REPLY',
  'RELEASE',
  'DECLINE',
  'RECONFIGURE',
  'INFORMATION-REQUEST',
  'RELAY-FORW',
  'RELAY-REPL',
  'LEASEQUERY',
  'LEASEQUERY-REPLY',
];
const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
const RELAY_HEADER_BYTES = 34;
const RELAYS_MAX = 8;
const OPTIONS_MAX = 256;
const LIST_MAX = 32;
const TEXT_BYTES_MAX = 255;
const ETHERNET = 1;

export function isDhcp6(b: Bytes, start: number, end: number): boolean {
  if (end - start < 4) return false;
  const type = u8(b, start);
  return type >= 1 && type < MESSAGE_TYPES.length;
}

/** Fields of a `dhcp` record; of a relayed message those of the client's own. RFC 8415. */
export function decodeDhcp6(b: Bytes, start: number, end: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let [from, to] = [start, end];
  for (let relay = 0; relay < RELAYS_MAX; relay++) {
    const type = u8(b, from);
    if (type !== RELAY_FORWARD && type !== RELAY_REPLY) break;
    const inner = relayed(fields, b, from, to);
    if (inner === undefined) break;
    [from, to] = inner;
  }
  fields['hinomi.dhcp.message_type'] = MESSAGE_TYPES[u8(b, from)] ?? String(u8(b, from));
  if (to - from < 4) return fields;
  fields['hinomi.dhcp.transaction_id'] = b.toString('hex', from + 1, from + 4);
  const order: number[] = [];
  eachOption(b, from + 4, to, (code, at, next) => {
    order.push(code);
    readOption(fields, b, code, at, next);
  });
  if (order.length > 0) fields['hinomi.dhcp.options'] = order;
  return fields;
}

/** RFC 8415 9: hops, link address, peer address, and the message in option 9. */
function relayed(fields: Record<string, unknown>, b: Bytes, from: number, to: number): [number, number] | undefined {
  if (to - from < RELAY_HEADER_BYTES) return undefined;
  fields['hinomi.dhcp.relay_ip'] ??= ipv6Text(b, from + 2);
  let inner: [number, number] | undefined;
  eachOption(b, from + RELAY_HEADER_BYTES, to, (code, at, next) => {
    if (code === 9 && next > at) inner ??= [at, next];
  });
  return inner;
}

function eachOption(b: Bytes, from: number, to: number, read: (code: number, at: number, next: number) => void): void {
  for (let at = from, count = 0; at + 4 <= to && count < OPTIONS_MAX; count++) {
    const next = at + 4 + u16(b, at + 2);
    if (next > to) return;
    read(u16(b, at), at + 4, next);
    at = next;
  }
}

function readOption(fields: Record<string, unknown>, b: Bytes, code: number, at: number, to: number): void {
  switch (code) {
    case 1:
      readDuid(fields, b, at, to);
      return;
    case 3:
      // IA_NA: identity, two times, then options of its own.
      eachOption(b, at + 12, to, (inner, from, next) => readAddress(fields, b, inner, from, next));
      return;
    case 4:
      eachOption(b, at + 4, to, (inner, from, next) => readAddress(fields, b, inner, from, next));
      return;
    case 6:
      fields['hinomi.dhcp.parameter_list'] = numbers(b, at, to);
      return;
    case 13:
      if (to - at > 2) fields['hinomi.dhcp.message'] = b.toString('utf8', at + 2, Math.min(to, at + TEXT_BYTES_MAX));
      return;
    case 16:
      if (to - at > 6)
        fields['hinomi.dhcp.vendor_class'] = b.toString('utf8', at + 6, Math.min(to, at + TEXT_BYTES_MAX));
      return;
    case 23:
      fields['hinomi.dhcp.dns'] = addresses(b, at, to);
      return;
    case 24:
      fields['hinomi.dhcp.domain'] = dnsName(b, at, to);
      return;
    case 39:
      if (to - at > 1) fields['hinomi.dhcp.fqdn'] = dnsName(b, at + 1, to);
      return;
    default:
  }
}

/** RFC 8415 11: kinds 1 and 3 end with a link-layer address. */
function readDuid(fields: Record<string, unknown>, b: Bytes, at: number, to: number): void {
  fields['hinomi.dhcp.client_id'] = b.toString('hex', at, Math.min(to, at + TEXT_BYTES_MAX));
  if (to - at < 4 || u16(b, at + 2) !== ETHERNET) return;
  const macAt = u16(b, at) === 1 ? at + 8 : u16(b, at) === 3 ? at + 4 : to;
  if (macAt + 6 === to) fields['hinomi.dhcp.client_mac'] = macText(b, macAt);
}

/** RFC 8415 21.6: an address, its preferred and its valid lifetime. */
function readAddress(fields: Record<string, unknown>, b: Bytes, code: number, at: number, to: number): void {
  if (code !== 5 || to - at < 24) return;
  fields['hinomi.dhcp.assigned_ip'] ??= ipv6Text(b, at);
  fields['hinomi.dhcp.lease_s'] ??= u32(b, at + 20);
}

function numbers(b: Bytes, from: number, to: number): number[] {
  const list: number[] = [];
  for (let at = from; at + 2 <= to; at += 2) list.push(u16(b, at));
  return list;
}

function addresses(b: Bytes, from: number, to: number): string[] {
  const list: string[] = [];
  for (let at = from; at + 16 <= to && list.length < LIST_MAX; at += 16) list.push(ipv6Text(b, at));
  return list;
}
