import { isIPv4, isIPv6 } from 'node:net';

/** A network as four words of address and four of mask; IPv4 uses the first of each. */
export interface Network {
  readonly version: 4 | 6;
  readonly address: Uint32Array;
  readonly mask: Uint32Array;
}

/** @returns undefined when it is no address */
export function readAddress(text: string): Network | undefined {
  if (isIPv4(text)) return { version: 4, address: words([ipv4Word(text)]), mask: maskOf(32) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return { version: 6, address: ipv6Words(text), mask: maskOf(128) };
}

/**
 * `10.0.0.0/8`, `2001:db8::/32`, an address, or the first one to three numbers of an IPv4 network (`192.168`).
 * @param mask as an IPv4 address
 * @returns undefined when it is none; `rest` when bits outside of the mask are set
 */
export function readNetwork(text: string, mask?: string): Network | 'rest' | undefined {
  const [start = '', bits, ...more] = text.split('/');
  if (more.length > 0 || (mask !== undefined && bits !== undefined)) return undefined;
  const short = shortNetwork(start);
  const whole = short === undefined ? readAddress(start) : { ...readAddress(short.text)!, mask: maskOf(short.bits) };
  if (whole === undefined) return undefined;
  const masked = withMask(whole, bits, mask);
  if (masked === undefined) return undefined;
  const hasRest = masked.address.some((word, index) => (word & ~masked.mask[index]!) !== 0);
  return hasRest ? 'rest' : masked;
}

function withMask(network: Network, bits: string | undefined, mask: string | undefined): Network | undefined {
  if (mask !== undefined) {
    if (network.version !== 4 || !isIPv4(mask)) return undefined;
    return { ...network, mask: words([ipv4Word(mask)]) };
  }
  if (bits === undefined) return network;
  const count = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return count <= (network.version === 4 ? 32 : 128) ? { ...network, mask: maskOf(count) } : undefined;
}

/** `10`, `172.16`, `192.168.1`: what is left out is zero, and not compared. */
function shortNetwork(text: string): { text: string; bits: number } | undefined {
  const parts = text.split('.');
  if (parts.length > 3 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  const all = [...parts, '0', '0', '0'].slice(0, 4).map(Number);
  return { text: all.join('.'), bits: parts.length * 8 };
}

/** Six bytes with colons (or dashes) between them: its first two bytes, and its last four. */
export function readMac(text: string): { high: number; low: number } | undefined {
  if (!/^([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/.test(text)) return undefined;
  const bytes = text.split(/[:-]/).map((byte) => Number.parseInt(byte, 16));
  return { high: (bytes[0]! << 8) | bytes[1]!, low: wordOf(bytes, 2) };
}

function maskOf(bits: number): Uint32Array {
  return words([0, 32, 64, 96].map((from) => leftBits(Math.max(0, Math.min(32, bits - from)))));
}

const leftBits = (count: number): number => (count === 0 ? 0 : (0xffff_ffff << (32 - count)) >>> 0);

function words(values: readonly number[]): Uint32Array {
  const array = new Uint32Array(4);
  array.set(values);
  return array;
}

function wordOf(bytes: readonly number[], at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

const ipv4Word = (text: string): number => wordOf(text.split('.').map(Number), 0);

/** @param text that is an IPv6 address */
function ipv6Words(text: string): Uint32Array {
  const [head = '', tail] = text.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const groups = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return words([0, 2, 4, 6].map((at) => ((groups[at]! << 16) | groups[at + 1]!) >>> 0));
}

/** The last part may be an IPv4 address. RFC 4291 2.2. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const word = ipv4Word(group);
    return [word >>> 16, word & 0xffff];
  });
}
