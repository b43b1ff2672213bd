/** Why a packet was not decoded to its end. Counted by index; the names stand in `coverage` records. */
export const Flaw = {
  None: 0,
  LinkTruncated: 1,
  LinkUnknown: 2,
  TooManyLayers: 3,
  NotIp: 4,
  Ipv4Truncated: 5,
  Ipv4BadVersion: 6,
  Ipv4BadHeaderLength: 7,
  Ipv4BadLength: 8,
  Ipv6Truncated: 9,
  Ipv6BadVersion: 10,
  Ipv6BadLength: 11,
  Ipv6ExtensionTruncated: 12,
  Ipv6TooManyExtensions: 13,
  TcpTruncated: 14,
  TcpBadHeaderLength: 15,
  UdpTruncated: 16,
  UdpBadLength: 17,
  IcmpTruncated: 18,
  SctpTruncated: 19,
  GreTruncated: 20,
  GreUnknown: 21,
  PppoeTruncated: 22,
  PppUnknown: 23,
  MplsTruncated: 24,
  ArpTruncated: 25,
  ArpUnknown: 26,
  BadChecksum: 27,
  FragmentTableFull: 28,
  FlowTableFull: 29,
  WlanNotData: 30,
  WlanTruncated: 31,
  /** Its payload is a secret of the radio link. */
  WlanEncrypted: 32,
  /** LCP, IPCP and the like, and the discovery of PPPoE: the line being made ready. */
  PppControl: 33,
  /** Datagrams, from here on: an orphan is one whose first fragment was never seen. */
  FragmentOrphan: 34,
  FragmentIncomplete: 35,
  FragmentOverlap: 36,
  FragmentTooMany: 37,
  FragmentBadLength: 38,
  /** A first fragment without a whole header of its transport. */
  FragmentTiny: 39,
  /** Given up for newer ones. */
  FragmentEvicted: 40,
  /** A device that announced itself when too many did in a minute. */
  AssetUntold: 41,
} as const;
export type Flaw = (typeof Flaw)[keyof typeof Flaw];

export const FLAW_COUNT = 42;

const NAMES: readonly string[] = Object.entries(Flaw)
  .sort(([, a], [, b]) => a - b)
  .map(([name]) => name.replaceAll(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase());

export function flawName(flaw: number): string {
  return NAMES[flaw] ?? 'unknown';
}
