import { type Bytes, u8, u16 } from './bytes.js';
import { Flaw } from './flaws.js';

// RFC 826, for Ethernet and IPv4.
export const ARP_BYTES = 28;
export const ArpOperation = { Request: 1, Reply: 2 } as const;

/** If this returns `Flaw.None`, the accessors below are in bounds for the message at `start`. */
export function checkArp(b: Bytes, start: number, end: number): Flaw {
  if (end - start < ARP_BYTES) return Flaw.ArpTruncated;
  const isEthernetAndIpv4 =
    u16(b, start) === 1 && u16(b, start + 2) === 0x0800 && u8(b, start + 4) === 6 && u8(b, start + 5) === 4;
  return isEthernetAndIpv4 ? Flaw.None : Flaw.ArpUnknown;
}

export const arpOperation = (b: Bytes, start: number): number => u16(b, start + 6);
export const arpSenderMac = (start: number): number => start + 8;
export const arpSenderIp = (start: number): number => start + 14;
export const arpTargetMac = (start: number): number => start + 18;
export const arpTargetIp = (start: number): number => start + 24;
