/** Above an EtherType in `Frame.unread`: a PPP protocol (RFC 1661) that is not followed is this plus its number. */
export const UNREAD_PPP = 0x20000;
/** A frame of IEEE 802.2 without an EtherType: spanning tree, for one. */
export const UNREAD_LLC = 0x10001;
