import { type Bytes, u8, u16le, u32le } from './bytes.js';

const LABELS_MAX = 32;
const NAME_BYTES_MAX = 255;
const POINTER = 0xc0;

/** What a PC says when it opens a secure channel. [MS-NRPC] 2.2.1.3.1. */
export interface NetlogonClient {
  readonly domain: string | undefined;
  readonly host: string | undefined;
}
const NEGOTIATE = 0;
const Flag = { Domain: 1, Host: 2, DnsDomain: 4, DnsHost: 8 } as const;

/** @returns undefined for what is no request of a client */
export function readNetlogonClient(b: Bytes, start: number, end: number): NetlogonClient | undefined {
  if (end - start < 8 || u32le(b, start) !== NEGOTIATE) return undefined;
  const flags = u32le(b, start + 4);
  const names: Partial<Record<number, string>> = {};
  let at = start + 8;
  for (const flag of [Flag.Domain, Flag.Host]) {
    if ((flags & flag) === 0) continue;
    const zero = b.indexOf(0, at);
    if (zero < 0 || zero >= end) return undefined;
    names[flag] = b.toString('latin1', at, Math.min(zero, at + NAME_BYTES_MAX));
    at = zero + 1;
  }
  for (const flag of [Flag.DnsDomain, Flag.DnsHost]) {
    if ((flags & flag) === 0) continue;
    const name = packedName(b, start, at, end);
    if (name === undefined) break;
    names[flag] = name.text;
    at = name.next;
  }
  return { domain: names[Flag.DnsDomain] ?? names[Flag.Domain], host: names[Flag.DnsHost] ?? names[Flag.Host] };
}

/** What a domain controller answers to whoever looks for one. [MS-ADTS] 6.3.1.9. */
export interface NetlogonServer {
  readonly domain: string;
  readonly host: string;
  readonly forest: string;
  readonly netbiosDomain: string;
  readonly netbiosHost: string;
  readonly site: string;
}
/** Opcode, two bytes of nothing, flags, a GUID. */
const SERVER_HEADER_BYTES = 24;
const RESPONSE_EX = 23;

export function readNetlogonServer(b: Bytes, start: number, end: number): NetlogonServer | undefined {
  if (end - start < SERVER_HEADER_BYTES || u16le(b, start) !== RESPONSE_EX) return undefined;
  const names: string[] = [];
  for (let at = start + SERVER_HEADER_BYTES; names.length < 7; ) {
    const name = packedName(b, start, at, end);
    if (name === undefined) return undefined;
    names.push(name.text);
    at = name.next;
  }
  const [forest, domain, host, netbiosDomain, netbiosHost, , site] = names as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { forest, domain, host, netbiosDomain, netbiosHost: netbiosHost.replace(/^\\\\/, ''), site };
}

/** A name as DNS packs it, its pointers counted from the message's start. RFC 1035 4.1.4. */
function packedName(b: Bytes, message: number, from: number, end: number): { text: string; next: number } | undefined {
  const labels: string[] = [];
  let at = from;
  let next: number | undefined;
  for (let count = 0; count < LABELS_MAX && at < end; count++) {
    const length = u8(b, at);
    if (length === 0) return { text: labels.join('.').slice(0, NAME_BYTES_MAX), next: next ?? at + 1 };
    if (length >= POINTER) {
      if (at + 2 > end) return undefined;
      next ??= at + 2;
      at = message + (((length & 0x3f) << 8) | u8(b, at + 1));
      continue;
    }
    if (length > 63 || at + 1 + length > end) return undefined;
    labels.push(b.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}
