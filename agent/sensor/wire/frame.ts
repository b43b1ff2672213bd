/** Layers of VLAN tags that are kept; more are walked over. */
export const VLANS_MAX = 4;
/** Encapsulations that are remembered. */
export const TUNNELS_MAX = 6;

export const Tunnel = {
  Pppoe: 1,
  Mpls: 2,
  Gre: 3,
  IpInIp: 4,
  Ppp: 5,
  Erspan: 6,
  Vxlan: 7,
  VxlanGpe: 8,
  Geneve: 9,
  Gtp: 10,
  Teredo: 11,
  Ayiya: 12,
  Nsh: 13,
  Pbb: 14,
  EtherIp: 15,
  L2tp: 16,
} as const;
export type Tunnel = (typeof Tunnel)[keyof typeof Tunnel];
const TUNNEL_NAMES = [
  '',
  'pppoe',
  'mpls',
  'gre',
  'ip-in-ip',
  'ppp',
  'erspan',
  'vxlan',
  'vxlan-gpe',
  'geneve',
  'gtp',
  'teredo',
  'ayiya',
  'nsh',
  'pbb',
  'etherip',
  'l2tp',
];

export function tunnelName(tunnel: number): string {
  return TUNNEL_NAMES[tunnel] ?? '';
}

/** Messages by which neighbours on a wire tell each other who they are. */
export const Neighbour = { None: 0, Lldp: 1, Cdp: 2 } as const;
export type Neighbour = (typeof Neighbour)[keyof typeof Neighbour];

/**
 * Where the layers of one packet begin, and their numbers: one reusable object of plain numbers, filled by
 * `decodeFrame`. Offsets point into the packet's buffer; -1 means that there is no such layer. `end` of a layer is
 * what was captured of it, `bytes` what its header says.
 */
export class Frame {
  /** Whole frame on the wire. */
  wireBytes = 0;
  sourceMac = -1;
  destinationMac = -1;
  vlanCount = 0;
  readonly vlans = new Uint16Array(VLANS_MAX);
  tunnelCount = 0;
  readonly tunnels = new Uint8Array(TUNNELS_MAX);
  /** 4, 6 or 0: the addresses around an inner packet of a tunnel over IP. */
  outerVersion = 0;
  outerSource = -1;
  outerDestination = -1;
  arpStart = -1;
  /** What stood where decoding ended for want of a decoder: an EtherType, or a number of `unread.ts`. */
  unread = -1;
  /** Where such a message begins; of which kind it is, counts only then. */
  neighbourStart = -1;
  neighbour: Neighbour = Neighbour.None;
  /** 4, 6, or 0 when there is no IP. */
  ipVersion = 0;
  ipStart = -1;
  /** IP header and payload, as the header says. */
  ipBytes = 0;
  sourceAddress = -1;
  destinationAddress = -1;
  /** Protocol above IP, after extension headers. */
  protocol = -1;
  isFragment = false;
  /** In bytes. */
  fragmentOffset = 0;
  hasMoreFragments = false;
  fragmentId = 0;
  /** Where the fragment's piece of the datagram begins, and what the datagram is by its header. */
  fragmentStart = 0;
  fragmentProtocol = 0;
  /** Whether ports and flags were read. */
  hasTransport = false;
  transportStart = -1;
  /** Captured end of the IP payload. */
  transportEnd = 0;
  /** IP payload as the header says. */
  transportBytes = 0;
  /** ICMP: type and its counterpart or code, see `icmp.ts`. */
  sourcePort = 0;
  destinationPort = 0;
  /** ICMP message without a counterpart. */
  isOneWay = false;
  /** Of a tunnel whose inside could not be read: its protocol and addresses are all there is. */
  isOuterOnly = false;
  /** Where another packet of the same frame begins (802.11 aggregates), or -1. */
  restStart = -1;
  seq = 0;
  ack = 0;
  flags = 0;
  window = 0;
  windowScale = -1;
  payloadStart = 0;
  payloadEnd = 0;
  /** Payload as the headers say, which may be more than was captured. */
  payloadBytes = 0;

  reset(wireBytes: number): void {
    this.wireBytes = wireBytes;
    this.sourceMac = -1;
    this.destinationMac = -1;
    this.vlanCount = 0;
    this.tunnelCount = 0;
    this.outerVersion = 0;
    this.arpStart = -1;
    this.unread = -1;
    this.neighbourStart = -1;
    this.ipVersion = 0;
    this.ipStart = -1;
    this.protocol = -1;
    this.isFragment = false;
    this.hasMoreFragments = false;
    this.fragmentOffset = 0;
    this.hasTransport = false;
    this.flags = 0;
    this.transportStart = -1;
    this.sourcePort = 0;
    this.destinationPort = 0;
    this.isOneWay = false;
    this.isOuterOnly = false;
    this.restStart = -1;
    this.payloadStart = 0;
    this.payloadEnd = 0;
    this.payloadBytes = 0;
  }

  addVlan(id: number): void {
    if (this.vlanCount < VLANS_MAX) this.vlans[this.vlanCount] = id;
    this.vlanCount += 1;
  }

  addTunnel(tunnel: number): void {
    if (this.tunnelCount < TUNNELS_MAX) this.tunnels[this.tunnelCount] = tunnel;
    this.tunnelCount += 1;
  }
}
