/** Link types of recordings and interfaces: the numbers of the pcap link-type registry. */
export const LinkType = {
  Null: 0,
  Ethernet: 1,
  Ppp: 9,
  RawBsd: 12,
  RawOpenBsd: 14,
  PppHdlc: 50,
  Raw: 101,
  Wlan: 105,
  FrameRelay: 107,
  Loop: 108,
  Sll: 113,
  WlanRadiotap: 127,
  Ipv4: 228,
  Ipv6: 229,
  Sll2: 276,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [LinkType.Null, 'NULL'],
  [LinkType.Ethernet, 'ETHERNET'],
  [LinkType.Ppp, 'PPP'],
  [LinkType.RawBsd, 'RAW'],
  [LinkType.RawOpenBsd, 'RAW'],
  [LinkType.PppHdlc, 'PPP_HDLC'],
  [LinkType.Raw, 'RAW'],
  [LinkType.Wlan, 'IEEE802_11'],
  [LinkType.FrameRelay, 'FRELAY'],
  [LinkType.Loop, 'LOOP'],
  [LinkType.Sll, 'LINUX_SLL'],
  [LinkType.WlanRadiotap, 'IEEE802_11_RADIOTAP'],
  [LinkType.Ipv4, 'IPV4'],
  [LinkType.Ipv6, 'IPV6'],
  [LinkType.Sll2, 'LINUX_SLL2'],
  // Known by name only, so that the refusal says what it is.
  [6, 'IEEE802_5 (token ring)'],
  [10, 'FDDI'],
  [51, 'PPP_ETHER'],
  [104, 'C_HDLC'],
  [119, 'IEEE802_11_PRISM'],
  [147, 'USER0'],
  [163, 'IEEE802_11_AVS'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4'],
  [220, 'USB_LINUX_MMAPPED'],
  [230, 'IEEE802_15_4_NOFCS'],
  [239, 'NFLOG'],
  [249, 'USBPCAP'],
]);

const KNOWN: ReadonlySet<number> = new Set(Object.values(LinkType));

/** Whether `decodeFrame` can read packets of this link type. */
export function isKnownLinkType(linkType: number): boolean {
  return KNOWN.has(linkType);
}

export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `link type ${linkType}`;
}
