import { isIP } from 'node:net';
import type { Fields } from './dialect.js';

/** What vendors write where they have nothing to say. */
const NOTHING: ReadonlySet<string> = new Set(['', '-', 'N/A']);
const PORT_MAX = 65_535;
const PROTOCOL_MAX = 255;
const VALUES_MAX = 64;

/** Where a vendor's key goes, and as what. `null`: known, and not kept. */
export type Target =
  | string
  | { readonly ip: string }
  | { readonly port: string }
  | { readonly int: string }
  | { readonly mac: string }
  /** A text of several values, separated by commas or semicolons. */
  | { readonly list: string }
  | null;

/** Text as it is; nothing where the vendor says nothing. */
export function put(fields: Fields, key: string, value: string | number | boolean | undefined): void {
  if (value === undefined || (typeof value === 'string' && NOTHING.has(value))) return;
  if (typeof value === 'number' && !Number.isFinite(value)) return;
  fields[key] = value;
}

/** False, and nothing put, when it is no address. Brackets and the zone of a link-local address are dropped. */
export function putIp(fields: Fields, key: string, text: string | undefined): boolean {
  const ip = text === undefined ? undefined : plainIp(text);
  if (ip === undefined) return false;
  fields[key] = ip;
  return true;
}

function plainIp(text: string): string | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const zone = bare.indexOf('%');
  const address = zone < 0 ? bare : bare.slice(0, zone);
  return address.length <= 45 && isIP(address) !== 0 ? address : undefined;
}

export function putPort(fields: Fields, key: string, text: string | undefined): boolean {
  const port = wholeNumber(text);
  if (port === undefined || port > PORT_MAX) return false;
  fields[key] = port;
  return true;
}

/** A safe integer from 0. */
export function putInt(fields: Fields, key: string, text: string | undefined): boolean {
  const number = wholeNumber(text);
  if (number === undefined) return false;
  fields[key] = number;
  return true;
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** ECS form, `00-00-5E-00-53-23`, of colons, dashes, Cisco's dots or nothing between. */
export function putMac(fields: Fields, key: string, text: string | undefined): boolean {
  if (text === undefined || text.length > 17) return false;
  const digits = text.replace(/[:.-]/g, '').toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(digits)) return false;
  fields[key] = digits.match(/../g)?.join('-');
  return true;
}

/** By a table; every key that is not in it, and every value that is not what the table says, goes to `vendor.<key>`. */
export function putAll(
  fields: Fields,
  pairs: Iterable<readonly [string, string]>,
  table: Readonly<Record<string, Target>>,
): void {
  for (const [key, value] of pairs) {
    const target = Object.hasOwn(table, key) ? table[key] : undefined;
    if (target === null) continue;
    if (target === undefined) put(fields, `vendor.${key}`, value);
    else if (typeof target === 'string') put(fields, target, value);
    else if (!putAs(fields, target, value)) put(fields, `vendor.${key}`, value);
  }
}

function putAs(fields: Fields, target: Exclude<Target, string | null>, value: string): boolean {
  if ('ip' in target) return putIp(fields, target.ip, value);
  if ('port' in target) return putPort(fields, target.port, value);
  if ('int' in target) return putInt(fields, target.int, value);
  if ('mac' in target) return putMac(fields, target.mac, value);
  const values = value
    .split(/[,;]/, VALUES_MAX)
    .map((part) => part.trim())
    .filter((part) => !NOTHING.has(part));
  if (values.length > 0) fields[target.list] = values;
  return true;
}

/** IANA protocol numbers that a UTM is likely to name. */
const NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  'ip-in-ip': 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
}; // prettier-ignore
const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(NUMBERS).map(([name, number]) => [number, name]));
const SPELLINGS: Readonly<Record<string, string>> = {
  icmpv6: 'ipv6-icmp',
  icmp6: 'ipv6-icmp',
  'icmp-v6': 'ipv6-icmp',
  ipv6_icmp: 'ipv6-icmp',
  ipip: 'ip-in-ip',
  ipencap: 'ip-in-ip',
  ospfigp: 'ospf',
};

/** `network.transport` and `network.iana_number` of an IANA number or name; nothing for what is neither. */
export function transportOf(numberOrName: string | undefined): Fields {
  if (numberOrName === undefined) return {};
  const text = numberOrName.trim().toLowerCase();
  const number = wholeNumber(text);
  if (number !== undefined) {
    if (number > PROTOCOL_MAX) return {};
    const name = NAMES.get(number);
    return { ...(name === undefined ? {} : { 'network.transport': name }), 'network.iana_number': String(number) };
  }
  const name = Object.hasOwn(SPELLINGS, text) ? (SPELLINGS[text] as string) : text;
  if (!Object.hasOwn(NUMBERS, name)) return {};
  return { 'network.transport': name, 'network.iana_number': String(NUMBERS[name]) };
}
