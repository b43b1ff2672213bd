import { ipv6Text, macText } from './addresses.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';
import { dnsName, textOrHex } from './dhcp4.js';

/** IANA, DHCPv6 Message Types. */
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
  'LEASEQUERY-DONE',
  'LEASEQUERY-DATA',
  'RECONFIGURE-REQUEST',
  'RECONFIGURE-REPLY',
  'DHCPV4-QUERY',
  'DHCPV4-RESPONSE',
];
const ADVERTISE = 2;
const REPLY = 7;
const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
const RELAY_HEADER_BYTES = 34;
const RELAYS_MAX = 8;
const OPTIONS_MAX = 256;
const LIST_MAX = 32;
const TEXT_BYTES_MAX = 255;
const ETHERNET = 1;

/** RFC 8415 21.13 and IANA. */
const STATUS = ['', 'UnspecFail', 'NoAddrsAvail', 'NoBinding', 'NotOnLink', 'UseMulticast', 'NoPrefixAvail'];

type Fields = Record<string, unknown>;

export function isDhcp6(b: Bytes, start: number, end: number): boolean {
  if (end - start < 4) return false;
  const type = u8(b, start);
  return type >= 1 && type < MESSAGE_TYPES.length;
}

/** Fields of a `dhcp` record; of a relayed message those of the client's own, too. RFC 8415. */
export function decodeDhcp6(b: Bytes, start: number, end: number): Fields {
  const fields: Fields = { 'hinomi.dhcp.message_type': nameOf(u8(b, start)) };
  let [from, to] = [start, end];
  for (let relay = 0; isRelay(u8(b, from)); relay++) {
    const inner = relay < RELAYS_MAX ? relayed(fields, b, from, to) : undefined;
    if (inner === undefined) return fields;
    [from, to] = inner;
  }
  if (from !== start) fields['hinomi.dhcp.relayed_type'] = nameOf(u8(b, from));
  if (to - from < 4) return fields;
  fields['hinomi.dhcp.transaction_id'] = b.toString('hex', from + 1, from + 4);
  const isOfServer = u8(b, from) === ADVERTISE || u8(b, from) === REPLY;
  const order: number[] = [];
  eachOption(b, from + 4, to, (code, at, next) => {
    order.push(code);
    readOption(fields, b, code, at, next, isOfServer);
  });
  if (order.length > 0) fields['hinomi.dhcp.options'] = order;
  return fields;
}

const isRelay = (type: number): boolean => type === RELAY_FORWARD || type === RELAY_REPLY;
const nameOf = (type: number): string => MESSAGE_TYPES[type] || String(type);

/** RFC 8415 9: hops, link address, peer address, and the message in option 9. The innermost relay knows the client. */
function relayed(fields: Fields, b: Bytes, from: number, to: number): [number, number] | undefined {
  if (to - from < RELAY_HEADER_BYTES) return undefined;
  fields['hinomi.dhcp.relay_ip'] ??= ipv6Text(b, from + 2);
  fields['hinomi.dhcp.client_ip'] = ipv6Text(b, from + 18);
  let inner: [number, number] | undefined;
  eachOption(b, from + RELAY_HEADER_BYTES, to, (code, at, next) => {
    if (code === 9 && next > at) inner ??= [at, next];
    else readRelayOption(fields, b, code, at, next);
  });
  return inner;
}

/** RFC 8415 21.18, RFC 4649, RFC 4580, RFC 6939: where the client is, in the words of the relay. */
function readRelayOption(fields: Fields, b: Bytes, code: number, at: number, to: number): void {
  if (code === 18) fields['hinomi.dhcp.circuit_id'] = textOrHex(b, at, to);
  else if (code === 37 && to - at > 4) fields['hinomi.dhcp.remote_id'] = textOrHex(b, at + 4, to);
  else if (code === 38) fields['hinomi.dhcp.subscriber_id'] = textOrHex(b, at, to);
  else if (code === 79 && to - at === 8 && u16(b, at) === ETHERNET)
    fields['hinomi.dhcp.client_mac'] = macText(b, at + 2);
}

function eachOption(b: Bytes, from: number, to: number, read: (code: number, at: number, next: number) => void): void {
  for (let at = from, count = 0; at + 4 <= to && count < OPTIONS_MAX; count++) {
    const next = at + 4 + u16(b, at + 2);
    if (next > to) return;
    read(u16(b, at), at + 4, next);
    at = next;
  }
}

function readOption(fields: Fields, b: Bytes, code: number, at: number, to: number, isOfServer: boolean): void {
  switch (code) {
    case 1:
      readClientId(fields, b, at, to);
      return;
    case 2:
      fields['hinomi.dhcp.server_id'] = b.toString('hex', at, Math.min(to, at + TEXT_BYTES_MAX));
      return;
    case 3:
    case 25:
      // IA_NA and IA_PD: identity, two times, then options of its own.
      eachOption(b, at + 12, to, (inner, from, next) => readLease(fields, b, inner, from, next, isOfServer));
      return;
    case 4:
      eachOption(b, at + 4, to, (inner, from, next) => readLease(fields, b, inner, from, next, isOfServer));
      return;
    case 6:
      fields['hinomi.dhcp.parameter_list'] = numbers(b, at, to);
      return;
    case 13:
      readStatus(fields, b, at, to);
      return;
    case 15:
      if (to - at > 2) fields['hinomi.dhcp.user_class'] = b.toString('utf8', at + 2, itemEnd(b, at, to));
      return;
    case 16:
      if (to - at > 6) fields['hinomi.dhcp.vendor_class'] = b.toString('utf8', at + 6, itemEnd(b, at + 4, to));
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
    case 59:
      fields['hinomi.dhcp.boot_file'] = b.toString('utf8', at, Math.min(to, at + TEXT_BYTES_MAX));
      return;
    default:
  }
}

/** Where the first item of a list ends: two bytes of length, and as much. */
function itemEnd(b: Bytes, at: number, to: number): number {
  return Math.min(to, at + 2 + u16(b, at), at + 2 + TEXT_BYTES_MAX);
}

/** RFC 8415 11: a DUID; kinds 1 and 3 end with a link-layer address. */
function readClientId(fields: Fields, b: Bytes, at: number, to: number): void {
  fields['hinomi.dhcp.client_id'] = b.toString('hex', at, Math.min(to, at + TEXT_BYTES_MAX));
  if (to - at < 4 || u16(b, at + 2) !== ETHERNET) return;
  const macAt = u16(b, at) === 1 ? at + 8 : u16(b, at) === 3 ? at + 4 : to;
  if (macAt + 6 === to) fields['hinomi.dhcp.client_mac'] ??= macText(b, macAt);
}

/** RFC 8415 21.6 and 21.22: an address or a prefix with two lifetimes. What a client names is a wish. */
function readLease(fields: Fields, b: Bytes, code: number, at: number, to: number, isOfServer: boolean): void {
  if (code === 13) readStatus(fields, b, at, to);
  if (code === 5 && to - at >= 24) {
    fields[isOfServer ? 'hinomi.dhcp.assigned_ip' : 'hinomi.dhcp.requested_ip'] ??= ipv6Text(b, at);
    if (isOfServer) fields['hinomi.dhcp.lease_s'] ??= u32(b, at + 20);
  }
  if (code === 26 && to - at >= 25) {
    fields['hinomi.dhcp.prefix'] ??= `${ipv6Text(b, at + 9)}/${u8(b, at + 8)}`;
    if (isOfServer) fields['hinomi.dhcp.lease_s'] ??= u32(b, at + 4);
  }
}

/** RFC 8415 21.13. Success says nothing. */
function readStatus(fields: Fields, b: Bytes, at: number, to: number): void {
  if (to - at < 2 || u16(b, at) === 0) return;
  fields['hinomi.dhcp.status'] ??= STATUS[u16(b, at)] ?? String(u16(b, at));
  if (to - at > 2) fields['hinomi.dhcp.message'] ??= b.toString('utf8', at + 2, Math.min(to, at + TEXT_BYTES_MAX));
}

function numbers(b: Bytes, from: number, to: number): number[] {
  const list: number[] = [];
  for (let at = from; at + 2 <= to && list.length < OPTIONS_MAX; at += 2) list.push(u16(b, at));
  return list;
}

function addresses(b: Bytes, from: number, to: number): string[] {
  const list: string[] = [];
  for (let at = from; at + 16 <= to && list.length < LIST_MAX; at += 16) list.push(ipv6Text(b, at));
  return list;
}
