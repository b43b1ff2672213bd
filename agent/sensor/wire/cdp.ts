import { ipv4Text, ipv6Text } from './addresses.js';
import { type Announcement, announce, emptyAnnouncement } from './announcement.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';
import { idAt, textAt } from './text.js';

/** Cisco, "Cisco Discovery Protocol" (Frame Formats), as tcpdump's and Cisco's documents of it agree. */
const HEADER_BYTES = 4;
const TLV_HEADER_BYTES = 4;
const TLVS_MAX = 64;
const ADDRESSES_MAX = 16;
const VERSION_MAX = 2;
const Tlv = {
  Device: 0x01,
  Addresses: 0x02,
  Port: 0x03,
  Capabilities: 0x04,
  Software: 0x05,
  Platform: 0x06,
  Domain: 0x09,
  NativeVlan: 0x0a,
  Duplex: 0x0b,
  VoiceVlan: 0x0e,
  Power: 0x10,
  Mtu: 0x11,
  Name: 0x14,
  ManagementAddresses: 0x16,
  Location: 0x17,
} as const;

/** By bit, in the words of LLDP where they mean the same. */
const CAPABILITIES: readonly string[] = [
  'router',
  'bridge',
  'source-route-bridge',
  'switch',
  'station',
  'igmp',
  'repeater',
  'telephone',
  'remotely-managed',
  'cast-phone',
  'two-port-mac-relay',
];

/** @returns undefined when it does not say who sent it */
export function decodeCdp(b: Bytes, start: number, end: number): Announcement | undefined {
  if (end - start < HEADER_BYTES || u8(b, start) === 0 || u8(b, start) > VERSION_MAX) return undefined;
  const told = emptyAnnouncement('cdp');
  told.ttlS = u8(b, start + 1);
  let at = start + HEADER_BYTES;
  for (let index = 0; index < TLVS_MAX && end - at >= TLV_HEADER_BYTES; index++) {
    const bytes = u16(b, at + 2);
    if (bytes < TLV_HEADER_BYTES || at + bytes > end) break;
    readTlv(told, u16(b, at), b, at + TLV_HEADER_BYTES, at + bytes);
    at += bytes;
  }
  return told.chassisId === '' ? undefined : told;
}

function readTlv(told: Announcement, type: number, b: Bytes, from: number, to: number): void {
  const bytes = to - from;
  switch (type) {
    case Tlv.Device:
      // Some makers put a MAC address there as it is.
      told.chassisId = idAt(b, from, to);
      told.name ??= told.chassisId;
      break;
    case Tlv.Addresses:
    case Tlv.ManagementAddresses:
      readAddresses(told, b, from, to);
      break;
    case Tlv.Port:
      told.portId = textAt(b, from, to);
      break;
    case Tlv.Capabilities:
      if (bytes >= 4) readCapabilities(told, u32(b, from));
      break;
    case Tlv.Software:
      told.software = textAt(b, from, to);
      break;
    case Tlv.Platform:
      told.model = textAt(b, from, to);
      break;
    case Tlv.Domain:
      told.domain = textAt(b, from, to);
      break;
    case Tlv.Name:
      told.name = textAt(b, from, to) || told.name;
      break;
    case Tlv.Location:
      told.location = textAt(b, from + 1, to);
      break;
    default:
      readNumber(told, type, b, from, bytes);
  }
}

function readNumber(told: Announcement, type: number, b: Bytes, from: number, bytes: number): void {
  if (type === Tlv.NativeVlan && bytes >= 2) told.vlan = u16(b, from);
  if (type === Tlv.Duplex && bytes >= 1) told.duplex = u8(b, from) === 0 ? 'half' : 'full';
  if (type === Tlv.VoiceVlan && bytes >= 3) told.voiceVlan = u16(b, from + 1);
  if (type === Tlv.Power && bytes >= 2) told.powerMw = u16(b, from);
  if (type === Tlv.Mtu && bytes >= 4) told.mtu = u32(b, from);
}

function readCapabilities(told: Announcement, bits: number): void {
  CAPABILITIES.forEach((name, bit) => {
    if ((bits & (1 << bit)) === 0) return;
    announce(told.capabilities, name);
    announce(told.enabled, name);
  });
}

/** A count; for each its protocol (NLPID 0xcc, or SNAP with an EtherType) and the address, both with lengths. */
function readAddresses(told: Announcement, b: Bytes, from: number, to: number): void {
  if (to - from < 4) return;
  let at = from + 4;
  for (let left = Math.min(u32(b, from), ADDRESSES_MAX); left > 0; left--) {
    if (to - at < 2) return;
    const protocolEnd = at + 2 + u8(b, at + 1);
    if (protocolEnd + 2 > to) return;
    const addressAt = protocolEnd + 2;
    const addressBytes = u16(b, protocolEnd);
    if (addressAt + addressBytes > to) return;
    const isIpv6 = protocolEnd - at === 10 && u16(b, protocolEnd - 2) === 0x86dd;
    if (addressBytes === 4 && u8(b, protocolEnd - 1) === 0xcc) announce(told.addresses, ipv4Text(b, addressAt));
    else if (addressBytes === 16 && isIpv6) announce(told.addresses, ipv6Text(b, addressAt));
    at = addressAt + addressBytes;
  }
}
