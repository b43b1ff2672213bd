/** Link types of recordings and interfaces: the numbers of the pcap link-type registry. */
export const LinkType = {
  Null: 0,
  Ethernet: 1,
  TokenRing: 6,
  Ppp: 9,
  Fddi: 10,
  RawBsd: 12,
  RawOpenBsd: 14,
  PppHdlc: 50,
  Pppoe: 51,
  AtmLlc: 100,
  Raw: 101,
  CiscoHdlc: 104,
  Wlan: 105,
  FrameRelay: 107,
  Loop: 108,
  Sll: 113,
  Pflog: 117,
  WlanPrism: 119,
  WlanRadiotap: 127,
  WlanAvs: 163,
  PppPppd: 166,
  Ppi: 192,
  PppDirection: 204,
  Mpls: 219,
  Ipv4: 228,
  Ipv6: 229,
  Nflog: 239,
  Pktap: 258,
  Sll2: 276,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [LinkType.Null, 'NULL'],
  [LinkType.Ethernet, 'ETHERNET'],
  [LinkType.TokenRing, 'IEEE802_5'],
  [LinkType.Ppp, 'PPP'],
  [LinkType.Fddi, 'FDDI'],
  [LinkType.RawBsd, 'RAW'],
  [LinkType.RawOpenBsd, 'RAW'],
  [LinkType.PppHdlc, 'PPP_HDLC'],
  [LinkType.Pppoe, 'PPP_ETHER'],
  [LinkType.AtmLlc, 'ATM_RFC1483'],
  [LinkType.Raw, 'RAW'],
  [LinkType.CiscoHdlc, 'C_HDLC'],
  [LinkType.Wlan, 'IEEE802_11'],
  [LinkType.FrameRelay, 'FRELAY'],
  [LinkType.Loop, 'LOOP'],
  [LinkType.Sll, 'LINUX_SLL'],
  [LinkType.Pflog, 'PFLOG'],
  [LinkType.WlanPrism, 'IEEE802_11_PRISM'],
  [LinkType.WlanRadiotap, 'IEEE802_11_RADIOTAP'],
  [LinkType.WlanAvs, 'IEEE802_11_AVS'],
  [LinkType.PppPppd, 'PPP_PPPD'],
  [LinkType.Ppi, 'PPI'],
  [LinkType.PppDirection, 'PPP_WITH_DIR'],
  [LinkType.Mpls, 'MPLS'],
  [LinkType.Ipv4, 'IPV4'],
  [LinkType.Ipv6, 'IPV6'],
  [LinkType.Nflog, 'NFLOG'],
  [LinkType.Pktap, 'PKTAP'],
  [LinkType.Sll2, 'LINUX_SLL2'],
  // Known by name only, so that the refusal says what it is.
  [8, 'SLIP'],
  [123, 'SUNATM'],
  [143, 'DOCSIS'],
  [147, 'USER0'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [195, 'IEEE802_15_4'],
  [197, 'ERF'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [220, 'USB_LINUX_MMAPPED'],
  [230, 'IEEE802_15_4_NOFCS'],
  [249, 'USBPCAP'],
  [253, 'NETLINK'],
]);

const KNOWN: ReadonlySet<number> = new Set(Object.values(LinkType));

/** Whether `decodeFrame` can read packets of this link type. */
export function isKnownLinkType(linkType: number): boolean {
  return KNOWN.has(linkType);
}

export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `link type ${linkType}`;
}
