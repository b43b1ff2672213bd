import { readFileSync } from 'node:fs';
import { CodedError } from '../../../protocol/base/errors.js';

// Linux, include/uapi/linux/route.h.
const RTF_UP = 0x0001;
const RTF_REJECT = 0x0200;

interface Route {
  readonly name: string;
  readonly metric: number;
}

/** The interface of the default route with the smallest metric, IPv4 before IPv6. @throws CAPTURE_INTERFACE */
export function defaultInterface(): string {
  const name = defaultInterfaceOf(readTable('/proc/net/route'), readTable('/proc/net/ipv6_route'));
  if (name === undefined)
    throw new CodedError('CAPTURE_INTERFACE', 'there is no default route to take the interface from');
  return name;
}

/** From the text of both routing tables. */
export function defaultInterfaceOf(ipv4: string, ipv6: string): string | undefined {
  return best(ipv4Defaults(ipv4)) ?? best(ipv6Defaults(ipv6));
}

/** Names of all interfaces of this network namespace. */
export function interfaceNames(): string[] {
  const lines = readTable('/proc/net/dev').split('\n').slice(2);
  return lines.map((line) => line.slice(0, line.indexOf(':')).trim()).filter((name) => name !== '');
}

function ipv4Defaults(table: string): Route[] {
  return rows(table, 8).flatMap(([name = '', destination, , flags = '', , , metric, mask]) => {
    const isDefault = destination === '00000000' && mask === '00000000' && (Number.parseInt(flags, 16) & RTF_UP) !== 0;
    return isDefault ? [{ name, metric: Number(metric) }] : [];
  });
}

function ipv6Defaults(table: string): Route[] {
  return rows(table, 10).flatMap((row) => {
    const [destination, length, , , , metric = '', , , flags = '', name = ''] = row;
    const bits = Number.parseInt(flags, 16);
    const isUsable = (bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0 && name !== 'lo';
    const isDefault = destination === '0'.repeat(32) && length === '00' && isUsable;
    return isDefault ? [{ name, metric: Number.parseInt(metric, 16) }] : [];
  });
}

function rows(table: string, columnsMin: number): string[][] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length >= columnsMin);
}

function best(routes: Route[]): string | undefined {
  return routes.sort((a, b) => a.metric - b.metric)[0]?.name;
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // Not on Linux, or no IPv6: no routes.
  }
}
