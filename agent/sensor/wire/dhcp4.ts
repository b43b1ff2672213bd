import { ipv4Text, macText } from './addresses.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';

// RFC 2131 2.
const HEADER_BYTES = 236;
const COOKIE = 0x63825363;
const SERVER_NAME = 44;
const FILE = 108;
const ETHERNET = 1;
/** RFC 2132 9.3. */
const OVERLOAD = 52;

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
/** Ports of servers and clients. RFC 2131 4.1. */
const isPort = (port: number): boolean => port === 67 || port === 68;

/** Known by its cookie on any port: relays and starting machines use others. BOOTP without one is known by its ports. */
export function isDhcp4(b: Bytes, start: number, end: number, fromPort = 0, toPort = 0): boolean {
  const operation = end > start ? u8(b, start) : 0;
  if ((operation !== 1 && operation !== 2) || end - start < HEADER_BYTES + 4) return false;
  if (u32(b, start + HEADER_BYTES) === COOKIE) return true;
  return isPort(fromPort) && isPort(toPort) && u8(b, start + 1) === ETHERNET && u8(b, start + 2) === 6;
}

/** Fields of a `dhcp` record from a message that `isDhcp4` knows. RFC 951, RFC 2131, RFC 2132. */
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
  address(fields, 'hinomi.dhcp.boot_server_ip', b, start + 20);
  address(fields, 'hinomi.dhcp.relay_ip', b, start + 24);
  const options = new Options();
  if (u32(b, start + HEADER_BYTES) === COOKIE) readAll(options, b, start, end);
  for (const [code, bytes] of options.values) readOption(fields, bytes, code);
  if (!options.values.has(OVERLOAD))
    field(fields, 'hinomi.dhcp.boot_file', text(b, start + FILE, start + HEADER_BYTES));
  fields['hinomi.dhcp.message_type'] ??= u8(b, start) === 1 ? 'BOOTREQUEST' : 'BOOTREPLY';
  if (options.order.length > 0) fields['hinomi.dhcp.options'] = options.order;
  return fields;
}

function address(fields: Record<string, unknown>, name: string, b: Bytes, at: number): void {
  if (u32(b, at) !== 0) fields[name] = ipv4Text(b, at);
}

function field(fields: Record<string, unknown>, name: string, value: string): void {
  if (value !== '') fields[name] = value;
}

/** Options by their codes. One that comes in several pieces is all of them, one behind the other. RFC 3396 5. */
class Options {
  /** Codes in the order of the message, each as often as it came. */
  readonly order: number[] = [];
  readonly values = new Map<number, Buffer>();

  read(b: Bytes, from: number, end: number): void {
    for (let at = from; at < end && this.order.length < OPTIONS_MAX; ) {
      const code = u8(b, at);
      if (code === 255) return;
      if (code === 0) {
        at += 1;
        continue;
      }
      if (at + 2 > end) return;
      const to = at + 2 + u8(b, at + 1);
      if (to > end) return;
      this.#keep(code, b.subarray(at + 2, to));
      at = to;
    }
  }

  #keep(code: number, bytes: Buffer): void {
    this.order.push(code);
    const known = this.values.get(code);
    this.values.set(code, known === undefined ? bytes : Buffer.concat([known, bytes]));
  }
}

/** Options, and those that overflowed into the old fields (RFC 2132 9.3). */
function readAll(options: Options, b: Bytes, start: number, end: number): void {
  options.read(b, start + HEADER_BYTES + 4, end);
  const overload = options.values.get(OVERLOAD)?.[0] ?? 0;
  if ((overload & 1) !== 0) options.read(b, start + FILE, start + HEADER_BYTES);
  if ((overload & 2) !== 0) options.read(b, start + SERVER_NAME, start + FILE);
}

/** Options that are one text. */
const TEXTS: Readonly<Record<number, string>> = {
  12: 'hinomi.dhcp.hostname',
  15: 'hinomi.dhcp.domain',
  56: 'hinomi.dhcp.message',
  60: 'hinomi.dhcp.vendor_class',
  67: 'hinomi.dhcp.boot_file',
};
const ADDRESS: Readonly<Record<number, string>> = {
  1: 'hinomi.dhcp.subnet_mask',
  50: 'hinomi.dhcp.requested_ip',
  54: 'hinomi.dhcp.server_ip',
};
const ADDRESSES: Readonly<Record<number, string>> = { 3: 'hinomi.dhcp.router', 6: 'hinomi.dhcp.dns' };

function readOption(fields: Record<string, unknown>, b: Buffer, code: number): void {
  const [name, one, many] = [TEXTS[code], ADDRESS[code], ADDRESSES[code]];
  if (name !== undefined) field(fields, name, text(b, 0, b.length));
  if (one !== undefined && b.length === 4) fields[one] = ipv4Text(b, 0);
  if (many !== undefined) fields[many] = addresses(b, 0, b.length);
  switch (code) {
    case 51:
      if (b.length === 4) fields['hinomi.dhcp.lease_s'] = u32(b, 0);
      return;
    case 53:
      if (b.length === 1) fields['hinomi.dhcp.message_type'] = MESSAGE_TYPES[u8(b, 0)] || String(u8(b, 0));
      return;
    case 55:
      fields['hinomi.dhcp.parameter_list'] = [...b];
      return;
    case 57:
      if (b.length === 2) fields['hinomi.dhcp.max_size'] = u16(b, 0);
      return;
    case 61:
      fields['hinomi.dhcp.client_id'] = b.toString('hex', 0, TEXT_BYTES_MAX);
      return;
    case 77:
      field(fields, 'hinomi.dhcp.user_class', userClass(b));
      return;
    case 81:
      if (b.length >= 3) field(fields, 'hinomi.dhcp.fqdn', fqdn(b, 0, b.length));
      return;
    case 82:
      readRelayAgent(fields, b);
      return;
    default:
  }
}

/** RFC 3004 4: texts with their lengths; most send one text without any. */
function userClass(b: Buffer): string {
  return b.length > 1 && u8(b, 0) === b.length - 1 ? text(b, 1, b.length) : text(b, 0, b.length);
}

/** RFC 3046 2, RFC 3993: what a relay, often a switch, says of the port that the client is at. */
const RELAY_AGENT: Readonly<Record<number, string>> = {
  1: 'hinomi.dhcp.circuit_id',
  2: 'hinomi.dhcp.remote_id',
  6: 'hinomi.dhcp.subscriber_id',
};

function readRelayAgent(fields: Record<string, unknown>, b: Buffer): void {
  for (let at = 0; at + 2 <= b.length; ) {
    const to = at + 2 + u8(b, at + 1);
    if (to > b.length) return;
    const name = RELAY_AGENT[u8(b, at)];
    if (name !== undefined) fields[name] = textOrHex(b, at + 2, to);
    at = to;
  }
}

/** Some are words for people, some are numbers. */
export function textOrHex(b: Bytes, from: number, to: number): string {
  const bytes = b.subarray(from, Math.min(to, from + TEXT_BYTES_MAX));
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? bytes.toString('latin1') : bytes.toString('hex');
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
