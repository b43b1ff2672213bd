import { ipv4Text, ipv6Text, macText } from './addresses.js';
import { type Announcement, announce, emptyAnnouncement } from './announcement.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';
import { hexAt, idAt, textAt } from './text.js';

/** IEEE 802.1AB 8.4: seven bits of type and nine of length in front of each value. */
const TLV_HEADER_BYTES = 2;
const TLVS_MAX = 128;
const Tlv = {
  End: 0,
  Chassis: 1,
  Port: 2,
  Ttl: 3,
  PortText: 4,
  Name: 5,
  Text: 6,
  Can: 7,
  Address: 8,
  Own: 127,
} as const;

/** IEEE 802.1AB 8.5.2.2 and 8.5.3.2: subtypes whose values are addresses. */
const CHASSIS_MAC = 4;
const CHASSIS_ADDRESS = 5;
const PORT_MAC = 3;
const PORT_ADDRESS = 4;
/** IANA address family numbers. */
const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;
const FAMILY_MAC = 6;

/** IEEE 802.1AB table 8-4, by bit. */
const CAPABILITIES: readonly string[] = [
  'other',
  'repeater',
  'bridge',
  'wlan-access-point',
  'router',
  'telephone',
  'docsis-cable-device',
  'station',
  'c-vlan',
  's-vlan',
  'two-port-mac-relay',
];

/** Whose own TLVs these are: 802.1 (annex D), 802.3 (79.3 of 802.3), and ANSI/TIA-1057 (MED). */
const OUI_8021 = 0x0080c2;
const OUI_8023 = 0x00120f;
const OUI_MED = 0x0012bb;

/** @returns undefined when what a sender must say (who, which port, how long) is not there, in this order */
export function decodeLldp(b: Bytes, start: number, end: number): Announcement | undefined {
  const told = emptyAnnouncement('lldp');
  let at = start;
  for (let index = 0; index < TLVS_MAX && end - at >= TLV_HEADER_BYTES; index++) {
    const header = u16(b, at);
    const type = header >> 9;
    const from = at + TLV_HEADER_BYTES;
    const to = from + (header & 0x1ff);
    if (to > end) break;
    // 9.2.7.7: the first three stand in this order, or the rest is not believed.
    if (index < 3 && type !== index + 1) return undefined;
    if (type === Tlv.End) break;
    readTlv(told, type, b, from, to);
    at = to;
  }
  return told.chassisId === '' || told.portId === '' || told.ttlS === undefined ? undefined : told;
}

function readTlv(told: Announcement, type: number, b: Bytes, from: number, to: number): void {
  switch (type) {
    case Tlv.Chassis:
      told.chassisId = idText(b, from, to, CHASSIS_MAC, CHASSIS_ADDRESS);
      if (to - from === 7 && u8(b, from) === CHASSIS_MAC) announce(told.macs, told.chassisId);
      break;
    case Tlv.Port:
      told.portId = idText(b, from, to, PORT_MAC, PORT_ADDRESS);
      break;
    case Tlv.Ttl:
      if (to - from >= 2) told.ttlS = u16(b, from);
      break;
    case Tlv.PortText:
      told.portDescription = textAt(b, from, to);
      break;
    case Tlv.Name:
      told.name = textAt(b, from, to);
      break;
    case Tlv.Text:
      told.description = textAt(b, from, to);
      break;
    case Tlv.Can:
      if (to - from >= 4) readCapabilities(told, u16(b, from), u16(b, from + 2));
      break;
    case Tlv.Address:
      readAddress(told, b, from, to);
      break;
    case Tlv.Own:
      if (to - from >= 4) readOwn(told, (u16(b, from) << 8) | u8(b, from + 2), u8(b, from + 3), b, from + 4, to);
      break;
  }
}

/** A subtype, and a value of it: an address or a text; what is no text, in hexadecimal. */
function idText(b: Bytes, from: number, to: number, macSubtype: number, addressSubtype: number): string {
  if (to - from < 2) return '';
  const subtype = u8(b, from);
  if (subtype === macSubtype && to - from === 7) return macText(b, from + 1);
  if (subtype === addressSubtype) return addressText(b, from + 1, to) ?? hexAt(b, from + 2, to);
  return idAt(b, from + 1, to);
}

/** An address family and an address of it. */
function addressText(b: Bytes, from: number, to: number): string | undefined {
  const family = to > from ? u8(b, from) : 0;
  if (family === FAMILY_IPV4 && to - from === 5) return ipv4Text(b, from + 1);
  if (family === FAMILY_IPV6 && to - from === 17) return ipv6Text(b, from + 1);
  return undefined;
}

function readCapabilities(told: Announcement, can: number, does: number): void {
  CAPABILITIES.forEach((name, bit) => {
    if ((can & (1 << bit)) !== 0) announce(told.capabilities, name);
    if ((does & (1 << bit)) !== 0) announce(told.enabled, name);
  });
}

/** 8.5.9: length of family and address, both, and then an interface that is not kept. */
function readAddress(told: Announcement, b: Bytes, from: number, to: number): void {
  const length = to > from ? u8(b, from) : 0;
  const addressEnd = from + 1 + length;
  if (length < 2 || addressEnd > to) return;
  const ip = addressText(b, from + 1, addressEnd);
  if (ip !== undefined) announce(told.addresses, ip);
  else if (u8(b, from + 1) === FAMILY_MAC && length === 7) announce(told.macs, macText(b, from + 2));
}

function readOwn(told: Announcement, oui: number, subtype: number, b: Bytes, from: number, to: number): void {
  if (oui === OUI_8021) read8021(told, subtype, b, from, to);
  else if (oui === OUI_8023) read8023(told, subtype, b, from, to);
  else if (oui === OUI_MED) readMed(told, subtype, b, from, to);
}

function read8021(told: Announcement, subtype: number, b: Bytes, from: number, to: number): void {
  const bytes = to - from;
  if (subtype === 1 && bytes >= 2) told.vlan = u16(b, from) || undefined;
  if (subtype === 3 && bytes >= 3) {
    const name = textAt(b, from + 3, Math.min(to, from + 3 + u8(b, from + 2)));
    announce(told.vlans, `${u16(b, from)} ${name}`.trim());
  }
  if (subtype === 7 && bytes >= 1) told.isAggregated = (u8(b, from) & 2) !== 0;
}

/** IEEE 802.3 79.3.1 to 79.3.4. */
function read8023(told: Announcement, subtype: number, b: Bytes, from: number, to: number): void {
  const bytes = to - from;
  if (subtype === 1 && bytes >= 5) told.mauType = u16(b, from + 3) || undefined;
  // Behind the three bytes of 2005: priority and source, what is asked for and what is given, in tenths of a watt.
  if (subtype === 2 && bytes >= 8) told.powerMw = Math.max(u16(b, from + 4), u16(b, from + 6)) * 100;
  if (subtype === 3 && bytes >= 1) told.isAggregated = (u8(b, from) & 2) !== 0;
  if (subtype === 4 && bytes >= 2) told.mtu = u16(b, from);
}

/** ANSI/TIA-1057 10.2. */
function readMed(told: Announcement, subtype: number, b: Bytes, from: number, to: number): void {
  const bytes = to - from;
  switch (subtype) {
    case 2:
      // Application type; then unknown, tagged, reserved, and twelve bits of VLAN. 1 is voice.
      if (bytes >= 4 && u8(b, from) === 1) told.voiceVlan = (u32(b, from) >> 9) & 0xfff || undefined;
      break;
    case 4:
      if (bytes >= 3) told.powerMw ??= u16(b, from + 1) * 100;
      break;
    case 5:
      told.hardware = textAt(b, from, to);
      break;
    case 6:
      told.firmware = textAt(b, from, to);
      break;
    case 7:
      told.software = textAt(b, from, to);
      break;
    case 8:
      told.serial = textAt(b, from, to);
      break;
    case 9:
      told.vendor = textAt(b, from, to);
      break;
    case 10:
      told.model = textAt(b, from, to);
      break;
    case 11:
      told.assetTag = textAt(b, from, to);
      break;
  }
}
