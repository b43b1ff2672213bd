/** What a device says of itself to its neighbours on the wire, by LLDP or CDP. */
export interface Announcement {
  readonly evidence: 'lldp' | 'cdp';
  /** Who: a MAC address, a name, a number. With the port it names the sender. */
  chassisId: string;
  /** Which of its ports it sent this from. */
  portId: string;
  /** How long this holds, in seconds; 0: the sender says goodbye. */
  ttlS: number | undefined;
  name: string | undefined;
  description: string | undefined;
  portDescription: string | undefined;
  /** All that it can be, and what of it is on. */
  readonly capabilities: string[];
  readonly enabled: string[];
  readonly addresses: string[];
  readonly macs: string[];
  /** VLAN of untagged frames, of voice, and all that are named, as `10 office`. */
  vlan: number | undefined;
  voiceVlan: number | undefined;
  readonly vlans: string[];
  domain: string | undefined;
  duplex: 'full' | 'half' | undefined;
  /** As the registry of IANA-MAU-MIB numbers them. */
  mauType: number | undefined;
  mtu: number | undefined;
  /** Whether the port is one of several that act as one. */
  isAggregated: boolean | undefined;
  /** Power over the cable that is asked for or given, in milliwatts. */
  powerMw: number | undefined;
  vendor: string | undefined;
  model: string | undefined;
  serial: string | undefined;
  hardware: string | undefined;
  firmware: string | undefined;
  software: string | undefined;
  assetTag: string | undefined;
  location: string | undefined;
}

/** Addresses, capabilities and VLANs of one device that are kept. */
export const ANNOUNCED_MAX = 32;

export function emptyAnnouncement(evidence: 'lldp' | 'cdp'): Announcement {
  return {
    evidence,
    chassisId: '',
    portId: '',
    ttlS: undefined,
    name: undefined,
    description: undefined,
    portDescription: undefined,
    capabilities: [],
    enabled: [],
    addresses: [],
    macs: [],
    vlan: undefined,
    voiceVlan: undefined,
    vlans: [],
    domain: undefined,
    duplex: undefined,
    mauType: undefined,
    mtu: undefined,
    isAggregated: undefined,
    powerMw: undefined,
    vendor: undefined,
    model: undefined,
    serial: undefined,
    hardware: undefined,
    firmware: undefined,
    software: undefined,
    assetTag: undefined,
    location: undefined,
  };
}

/** One of several, each once, within the limit. */
export function announce(list: string[], value: string): void {
  if (value !== '' && list.length < ANNOUNCED_MAX && !list.includes(value)) list.push(value);
}
