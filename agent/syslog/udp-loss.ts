import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

const FILES = ['/proc/net/udp', '/proc/net/udp6'] as const;
const PORT_DIGITS = 4;
const IPV6_BYTES = 16;

/**
 * What the kernel dropped of a socket since it was made, by `address port` as the kernel writes it: the last column of
 * /proc/net/udp, proc(5). Sockets of one name are added up.
 */
export function readUdpDrops(read: (file: string) => string = readText): Map<string, number> {
  const drops = new Map<string, number>();
  for (const file of FILES)
    for (const line of read(file).split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const [, local] = columns;
      const dropped = Number(columns.at(-1));
      if (local?.includes(':') && Number.isFinite(dropped)) drops.set(local, (drops.get(local) ?? 0) + dropped);
    }
  return drops;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** How the kernel writes an address and port there: 32-bit words in the order of the machine, in hexadecimal. */
export function kernelName(address: string, port: number): string {
  const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  if (endianness() === 'LE') bytes.swap32();
  const text = port.toString(16).padStart(PORT_DIGITS, '0');
  return `${bytes.toString('hex')}:${text}`.toUpperCase();
}

function ipv6Bytes(address: string): Buffer {
  const bytes = Buffer.alloc(IPV6_BYTES);
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  groups(head).forEach((group, index) => void bytes.writeUInt16BE(group, index * 2));
  const last = tail === undefined ? [] : groups(tail);
  last.forEach((group, index) => void bytes.writeUInt16BE(group, IPV6_BYTES - (last.length - index) * 2));
  return bytes;
}
