import { ipv4Text, macText } from './addresses.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';

// RFC 2131 2.
const HEADER_BYTES = 236;
const COOKIE = 0x63825363;
const SERVER_NAME = 44;
const FILE = 108;
const ETHERNET = 1;

/** RFC 2132 9.6, RFC 3203, RFC 4388, RFC 6926. */
const MESSAGE_TYPES = [
  '',
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
  'FORCERENEW',
  'LEASEQUERY',
  'LEASEUNASSIGNED',
  'LEASEUNKNOWN',
  'LEASEACTIVE',
  'BULKLEASEQUERY',
  'LEASEQUERYDONE',
];

const OPTIONS_MAX = 256;
const TEXT_BYTES_MAX = 255;
const ADDRESSES_MAX = 32;

export function isDhcp4(b: Bytes, start: number, end: number): boolean {
  const operation = end > start ? u8(b, start) : 0;
  return (
    (operation === 1 || operation === 2) && end - start >= HEADER_BYTES + 4 && u32(b, start + HEADER_BYTES) === COOKIE
  );
}

/** Fields of a `dhcp` record from a message that `isDhcp4` knows. RFC 2131, RFC 2132. */
export function decodeDhcp4(b: Bytes, start: number, end: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    'hinomi.dhcp.transaction_id': u32(b, start + 4)
      .toString(16)
      .padStart(8, '0'),
  };
  if (u8(b, start + 1) === ETHERNET && u8(b, start + 2) === 6)
    fields['hinomi.dhcp.client_mac'] = macText(b, start + 28);
  address(fields, 'hinomi.dhcp.client_ip', b, start + 12);
  address(fields, 'hinomi.dhcp.assigned_ip', b, start + 16);
  address(fields, 'hinomi.dhcp.relay_ip', b, start + 24);
  const order: number[] = [];
  readOptions(fields, order, b, start, start + HEADER_BYTES + 4, end);
  if (order.length > 0) fields['hinomi.dhcp.options'] = order;
  return fields;
}

function address(fields: Record<string, unknown>, name: string, b: Bytes, at: number): void {
  if (u32(b, at) !== 0) fields[name] = ipv4Text(b, at);
}

/** Options, and those that overflowed into the old fields (RFC 2132 9.3). */
function readOptions(
  fields: Record<string, unknown>,
  order: number[],
  b: Bytes,
  start: number,
  from: number,
  end: number,
): void {
  let overload = 0;
  eachOption(b, from, end, order, (code, at, to) => {
    if (code === 52 && to > at) overload = u8(b, at);
    else readOption(fields, b, code, at, to);
  });
  if ((overload & 1) !== 0) {
    eachOption(b, start + FILE, start + HEADER_BYTES, order, (code, at, to) => readOption(fields, b, code, at, to));
  }
  if ((overload & 2) !== 0) {
    eachOption(b, start + SERVER_NAME, start + FILE, order, (code, at, to) => readOption(fields, b, code, at, to));
  }
}

function eachOption(
  b: Bytes,
  from: number,
  end: number,
  order: number[],
  read: (code: number, at: number, to: number) => void,
): void {
  for (let at = from; at < end && order.length < OPTIONS_MAX; ) {
    const code = u8(b, at);
    if (code === 255) return;
    if (code === 0) {
      at += 1;
      continue;
    }
    if (at + 2 > end) return;
    const to = at + 2 + u8(b, at + 1);
    if (to > end) return;
    order.push(code);
    read(code, at + 2, to);
    at = to;
  }
}

function readOption(fields: Record<string, unknown>, b: Bytes, code: number, at: number, to: number): void {
  const bytes = to - at;
  switch (code) {
    case 1:
      if (bytes === 4) fields['hinomi.dhcp.subnet_mask'] = ipv4Text(b, at);
      return;
    case 3:
      fields['hinomi.dhcp.router'] = addresses(b, at, to);
      return;
    case 6:
      fields['hinomi.dhcp.dns'] = addresses(b, at, to);
      return;
    case 12:
      fields['hinomi.dhcp.hostname'] = text(b, at, to);
      return;
    case 15:
      fields['hinomi.dhcp.domain'] = text(b, at, to);
      return;
    case 50:
      if (bytes === 4) fields['hinomi.dhcp.requested_ip'] = ipv4Text(b, at);
      return;
    case 51:
      if (bytes === 4) fields['hinomi.dhcp.lease_s'] = u32(b, at);
      return;
    case 53:
      if (bytes === 1) fields['hinomi.dhcp.message_type'] = MESSAGE_TYPES[u8(b, at)] || String(u8(b, at));
      return;
    case 54:
      if (bytes === 4) fields['hinomi.dhcp.server_ip'] = ipv4Text(b, at);
      return;
    case 55:
      fields['hinomi.dhcp.parameter_list'] = [...b.subarray(at, to)];
      return;
    case 56:
      fields['hinomi.dhcp.message'] = text(b, at, to);
      return;
    case 57:
      if (bytes === 2) fields['hinomi.dhcp.max_size'] = u16(b, at);
      return;
    case 60:
      fields['hinomi.dhcp.vendor_class'] = text(b, at, to);
      return;
    case 61:
      fields['hinomi.dhcp.client_id'] = b.toString('hex', at, to);
      return;
    case 81:
      if (bytes >= 3) fields['hinomi.dhcp.fqdn'] = fqdn(b, at, to);
      return;
    default:
  }
}

/** RFC 4702 2: flags and two bytes of old answers in front; as DNS writes it when bit E is set. */
function fqdn(b: Bytes, at: number, to: number): string {
  return (u8(b, at) & 4) === 0 ? text(b, at + 3, to) : dnsName(b, at + 3, to);
}

/** Labels without compression; a last name may be without its root. */
export function dnsName(b: Bytes, from: number, to: number): string {
  const labels: string[] = [];
  for (let at = from; at < to; ) {
    const next = at + 1 + u8(b, at);
    if (u8(b, at) === 0 || next > to) break;
    labels.push(b.toString('utf8', at + 1, next));
    at = next;
  }
  return labels.join('.');
}

/** Some end their texts with a zero. */
function text(b: Bytes, at: number, to: number): string {
  const end = Math.min(to, at + TEXT_BYTES_MAX);
  const zero = b.subarray(at, end).indexOf(0);
  return b.toString('utf8', at, zero < 0 ? end : at + zero);
}

function addresses(b: Bytes, from: number, to: number): string[] {
  const list: string[] = [];
  for (let at = from; at + 4 <= to && list.length < ADDRESSES_MAX; at += 4) list.push(ipv4Text(b, at));
  return list;
}
