import {
  CHANGED,
  LEASE,
  LINK_DOWN,
  LINK_UP,
  LOGIN,
  LOGIN_FAILED,
  LOGOUT,
  NETWORK,
  STATION_JOINED,
  STATION_LEFT,
  SYSTEM,
  VPN,
  VPN_DOWN,
  VPN_FAILED,
  VPN_LOGIN,
  VPN_LOGOUT,
  VPN_UP,
} from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

/** Lines that only RouterOS writes, so that they are known without their topics too. */
export const OWN: readonly Pattern[] = [
  {
    re: /^user (?<user>.{1,128}?) logged in(?: from (?<from>[^\s]{1,64}))? via (?<via>[\w -]{2,24})$/,
    fields: { ...LOGIN, 'event.action': 'logged in' },
  },
  {
    re: /^user (?<user>.{1,128}?) logged out(?: from (?<from>[^\s]{1,64}))? via (?<via>[\w -]{2,24})$/,
    fields: { ...LOGOUT, 'event.action': 'logged out' },
  },
  {
    re: /^login failure for user (?<user>.{0,128}?)(?: from (?<from>[^\s]{1,64}))? via (?<via>[\w -]{2,24})$/,
    fields: { ...LOGIN_FAILED, 'event.action': 'login failure' },
  },
  {
    re: /^(?<iface>[\w.+-]{1,64}) (?:assigned|offering lease) (?<hostip>[\d.]{7,15}) (?:to|for) (?<hostmac>[0-9A-F:]{17})(?: (?<host>\S{1,128}))?/,
    fields: { ...LEASE, 'event.action': 'assigned' },
  },
  {
    re: /^(?<iface>[\w.+-]{1,64}) deassigned (?<hostip>[\d.]{7,15}) (?:from|for) (?<hostmac>[0-9A-F:]{17})(?: (?<host>\S{1,128}))?/,
    fields: { ...LEASE, 'event.action': 'deassigned' },
  },
  {
    re: /^(?<smac>[0-9A-F:]{17})@(?<iface>[\w.+-]{1,64}): connected/,
    fields: { ...STATION_JOINED, 'event.action': 'connected' },
  },
  {
    re: /^(?<smac>[0-9A-F:]{17})@(?<iface>[\w.+-]{1,64}): disconnected(?:, (?<reason>.{1,200}))?/,
    fields: { ...STATION_LEFT, 'event.action': 'disconnected' },
  },
  {
    re: /^(?<smac>[0-9A-F:]{17})@(?<iface>[\w.+-]{1,64}) (?:connected|associated|reassociated)/,
    fields: { ...STATION_JOINED, 'event.action': 'connected' },
  },
  {
    re: /^(?<smac>[0-9A-F:]{17})@(?<iface>[\w.+-]{1,64}) disconnected(?:, (?<reason>.{1,200}))?/,
    fields: { ...STATION_LEFT, 'event.action': 'disconnected' },
  },
  {
    re: /^ISAKMP-SA established (?<dst>[\d.]{7,15}|[0-9a-fA-F:]{2,45})\[(?<dport>\d{1,5})\]-(?<src>[\d.]{7,15}|[0-9a-fA-F:]{2,45})\[(?<sport>\d{1,5})\]/,
    fields: { ...VPN_UP, 'event.action': 'isakmp-sa established' },
  },
];

/** Lines that others could write too: read where the topics are there, by the topic that must be among them. */
export const BY_TOPIC: Readonly<Record<string, readonly Pattern[]>> = {
  interface: [
    { re: /^(?<iface>\S{1,64}) link up/, fields: LINK_UP },
    { re: /^(?<iface>\S{1,64}) link down/, fields: LINK_DOWN },
  ],
  ppp: [
    {
      re: /^(?<user>\S{1,128}) logged in, (?<natsrc>[\d.]{7,15})(?: from (?<from>\S{1,64}))?/,
      fields: { ...VPN_LOGIN, 'event.action': 'logged in' },
    },
    { re: /^(?<user>\S{1,128}) logged out/, fields: { ...VPN_LOGOUT, 'event.action': 'logged out' } },
    {
      re: /^<?(?<iface>[^>:]{1,100})>?: user (?<user>.{1,128}?) authentication failed/,
      fields: { ...VPN_FAILED, 'event.action': 'authentication failed' },
    },
    { re: /^<?(?<iface>[^>:]{1,100})>?: connected/, fields: { ...VPN_UP, 'event.action': 'connected' } },
    { re: /^<?(?<iface>[^>:]{1,100})>?: authenticated/, fields: { ...VPN, 'event.action': 'authenticated' } },
    {
      re: /^<?(?<iface>[^>:]{1,100})>?: (?:disconnected|terminating\.*)(?: - (?<reason>.{1,200}))?/,
      fields: { ...VPN_DOWN, 'event.action': 'disconnected' },
    },
  ],
  ipsec: [
    {
      re: /^(?:respond|initiate) new phase [12] \([^)]{1,64}\): (?<dst>[\d.]{7,15})\[(?<dport>\d{1,5})\]<=>(?<src>[\d.]{7,15})\[(?<sport>\d{1,5})\]/,
      fields: { ...VPN, 'event.action': 'new phase' },
    },
    {
      re: /^(?<src>[\d.]{7,15}) (?:failed to|parsing packet failed|phase1 negotiation failed)/,
      fields: { ...VPN_FAILED, 'event.action': 'negotiation failed' },
    },
    {
      re: /^phase1 negotiation failed due to (?<reason>.{1,100}?) (?<dst>[\d.]{7,15})\[(?<dport>\d{1,5})\]<=>(?<src>[\d.]{7,15})\[(?<sport>\d{1,5})\]/,
      fields: { ...VPN_FAILED, 'event.action': 'phase1 negotiation failed' },
    },
    {
      re: /^(?:ISAKMP-SA deleted|purging ISAKMP-SA|killing ike2 SA)/,
      fields: { ...VPN_DOWN, 'event.action': 'sa deleted' },
    },
    { re: /^/, fields: VPN },
  ],
  dhcp: [{ re: /^/, fields: LEASE }],
  wireless: [{ re: /^/, fields: NETWORK }],
  system: [
    {
      re: /^(?<rule>[\w ./<>()-]{1,128}?) (?<action>added|changed|removed|moved|enabled|disabled|rebooted) by (?:[^@\s]{1,100}:)?(?<user>[^@\s]{1,64})(?:@(?<src>[\d.a-fA-F:]{2,45}))?/,
      fields: CHANGED,
    },
    { re: /^router (?:was )?reboot/, fields: { ...SYSTEM, 'event.action': 'reboot' } },
  ],
};
