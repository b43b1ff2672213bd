import {
  AUTH,
  CHANGED,
  FLOOD,
  INTRUSION_SEEN,
  LEASE,
  LINK_DOWN,
  LINK_UP,
  LOGIN,
  LOGIN_FAILED,
  LOGOUT,
  NETWORK,
  SYSTEM,
  URL_BLOCKED,
  VPN,
  VPN_DOWN,
  VPN_FAILED,
  VPN_LOGIN,
  VPN_UP,
} from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

const ADDRESS = '[\\d.]{7,15}|[0-9a-fA-F:]{3,45}';

/** Lines of a bracketed part of the system, by its name. What none of them reads is of the class of `any`. */
export const PARTS: Readonly<Record<string, readonly Pattern[]>> = {
  DHCPD: [
    {
      re: /^(?:(?<iface>LAN\d+)(?:\([\w.]+\))? )?(?<action>Allocates|Extends|Releases|Expires|Reserves|Detected|Declines?d?|Offers|Refuses)\w* (?<hostip>[\d.]{7,15}): ?(?<hostmac>[0-9a-fA-F:]{17})/,
      fields: LEASE,
    },
    { re: /^/, fields: LEASE },
  ],
  DHCPC: [{ re: /^/, fields: LEASE }],
  DHCPV6: [{ re: /^/, fields: LEASE }],
  IKE: [
    {
      re: new RegExp(
        `^(?<action>initiate|respond) (?:ISAKMP|IPsec|IKE SA|informational)[\\w ]{0,24} (?:to|from|with) (?<dst>${ADDRESS})`,
      ),
      fields: VPN,
    },
    {
      re: /^(?:SA\[\d+\] )?(?:authentication|negotiation).{0,40}fail/i,
      fields: { ...VPN_FAILED, 'event.action': 'failed' },
    },
    { re: /^(?<action>add) (?:ISAKMP|IPsec|IKE|CHILD) ?SA\[/, fields: VPN_UP },
    { re: /^(?<action>delete|inactivate) (?:ISAKMP|IPsec|IKE|CHILD) ?(?:SA|context|socket)?\[/, fields: VPN_DOWN },
    {
      re: /(?:invalid|mismatch|no proposal|unknown peer|retransmit.*fail|dead)/i,
      fields: { ...VPN_FAILED, 'event.action': 'error' },
    },
    { re: /^/, fields: VPN },
  ],
  IKE2: [
    { re: /^(?<action>add) (?:IKE|CHILD|IPsec)/, fields: VPN_UP },
    { re: /^(?<action>delete) (?:IKE|CHILD|IPsec)/, fields: VPN_DOWN },
    { re: /fail|invalid|mismatch/i, fields: { ...VPN_FAILED, 'event.action': 'error' } },
    { re: /^/, fields: VPN },
  ],
  L2TP: [
    {
      re: /^(?:TUNNEL\[(?<iface>\w+)\] )?(?<action>connected) from (?<src>[\d.]{7,15})/,
      fields: VPN_UP,
    },
    { re: /^(?:TUNNEL\[(?<iface>\w+)\] )?.{0,60}(?<action>disconnect)/, fields: VPN_DOWN },
    { re: /^(?:TUNNEL\[(?<iface>\w+)\] )?.{0,60}(?<action>established|complete)/, fields: VPN },
    { re: /^/, fields: VPN },
  ],
  PPTP: [{ re: /^/, fields: VPN }],
  IPSEC: [{ re: /^/, fields: VPN }],
  SWCTL: [
    { re: /^.{0,80}?(?<iface>lan\d+:\d+) link up/i, fields: LINK_UP },
    { re: /^.{0,80}?(?<iface>lan\d+:\d+) link down/i, fields: LINK_DOWN },
    { re: /^/, fields: NETWORK },
  ],
  PPPOE: [{ re: /^/, fields: NETWORK }],
  IDS: [
    {
      re: /^(?<inface>[\w[\]]{1,16}) (?:IN|OUT)\W{1,4}(?:detect\w* )?(?<rule>.{1,80}?):? (?<proto>TCP|UDP|ICMP|IGMP) (?<src>[\d.]{7,15})(?::(?<sport>\d{1,5}))? > (?<dst>[\d.]{7,15})(?::(?<dport>\d{1,5}))?/,
      fields: INTRUSION_SEEN,
    },
    { re: /flood/i, fields: FLOOD },
    { re: /^/, fields: INTRUSION_SEEN },
  ],
  URL_FILTER: [{ re: /(?<url>https?:\/\/\S{1,1000})/, fields: URL_BLOCKED }],
};
// A few parts are the same thing under another name.
export const PART_NAMES: Readonly<Record<string, string>> = {
  DHCPS: 'DHCPD',
  'DHCPV6-C': 'DHCPV6',
  SWITCH: 'SWCTL',
  PPPoE: 'PPPOE',
  IPsec: 'IPSEC',
  L2TPV3: 'L2TP',
};

const TO = '(?<service>TELNET|SSH|SSHD|HTTP|HTTPS|SERIAL|REMOTE|TFTP|SFTP|FTP|CONSOLE|GUI)';

/** Lines without a part in front. */
export const LINES: readonly Pattern[] = [
  {
    re: new RegExp(`^Login succeeded for ${TO}(?: session)?(?:: (?<src>${ADDRESS}))?(?: (?<user>\\S{1,64}))?`),
    fields: { ...LOGIN, 'event.action': 'login succeeded' },
  },
  {
    re: new RegExp(
      `^(?:Login failed for|Login refused for|Unauthorized access for) ${TO}(?:: (?<src>${ADDRESS}))?(?: (?<user>\\S{1,64}))?`,
    ),
    fields: { ...LOGIN_FAILED, 'event.action': 'login failed' },
  },
  {
    re: new RegExp(`^'?administrator'? succeeded for ${TO}(?:: (?<src>${ADDRESS}))?(?: (?<user>\\S{1,64}))?`),
    fields: { ...LOGIN, 'event.action': 'administrator succeeded', 'vendor.role': 'administrator' },
  },
  {
    re: new RegExp(`^'?administrator'? failed for ${TO}(?:: (?<src>${ADDRESS}))?(?: (?<user>\\S{1,64}))?`),
    fields: { ...LOGIN_FAILED, 'event.action': 'administrator failed', 'vendor.role': 'administrator' },
  },
  {
    re: new RegExp(`^Logout (?:from|for) ${TO}(?:: (?<src>${ADDRESS}))?(?: (?<user>\\S{1,64}))?`),
    fields: { ...LOGOUT, 'event.action': 'logout' },
  },
  {
    re: /^(?:Configuration|Config) (?:saved|file saved|copied|deleted|changed|loaded).{0,60}?(?:"(?<file>[^"]{1,64})")?(?: by (?<service>[A-Z]{3,8})(?:\((?<src>[\d.]{7,15}|[0-9a-fA-F:]{3,45})\))?(?: (?<user>\S{1,64}))?)?$/,
    fields: { ...CHANGED, 'event.action': 'configuration saved' },
  },
  { re: /^IP Tunnel\[(?<iface>\w{1,8})\] Up/i, fields: { ...VPN_UP, 'event.action': 'tunnel up' } },
  { re: /^IP Tunnel\[(?<iface>\w{1,8})\] Down/i, fields: { ...VPN_DOWN, 'event.action': 'tunnel down' } },
  {
    re: /^(?<iface>PP\[ANONYMOUS\w*\]) (?:Call detected from|Call connected|User:?) (?:user )?'?(?<user>[^'\s]{1,64})'?/,
    fields: { ...VPN_LOGIN, 'event.action': 'call detected' },
  },
  {
    re: /^(?<iface>PP\[ANONYMOUS\w*\]) PPP\/IPV?6?CP up\s+\(Local: (?<dst>[\d.]{7,15}), Remote: (?<src>[\d.]{7,15})\)/,
    fields: { ...VPN_UP, 'event.action': 'ipcp up' },
  },
  {
    re: /^(?<iface>PP\[ANONYMOUS\w*\]) (?:.{0,40}[Dd]isconnect|PPP\/\w+ down)/,
    fields: { ...VPN_DOWN, 'event.action': 'disconnected' },
  },
  {
    re: /^(?<iface>(?:PP|TUNNEL)\[\w+\]) PPP\/IPV?6?CP up\s+\(Local: (?<src>[^,\s]{2,45}), Remote: (?<dst>[^)\s]{2,45})\)/,
    fields: { ...LINK_UP, 'event.action': 'ipcp up' },
  },
  {
    re: /^(?<iface>PP\[\w+\]) PPP\/(?:CHAP|PAP).{0,60}(?:fail|reject)/i,
    fields: { ...LOGIN_FAILED, 'event.action': 'ppp authentication failed' },
  },
  { re: /^(?<iface>PP\[\w+\]) PPP\/(?:CHAP|PAP)/, fields: { ...AUTH, 'event.action': 'ppp authentication' } },
  {
    re: /^(?<iface>PP\[\w+\]) (?:Connected|Call connected|PPPOE\/CONNECT|PPPoE.{0,30}(?:connected|up))/i,
    fields: { ...LINK_UP, 'event.action': 'connected' },
  },
  {
    re: /^(?<iface>PP\[\w+\]) (?:Disconnected|Call disconnected|PPPOE\/DISCONNECT|PPPoE.{0,30}(?:disconnect|down)|PPP\/\w+ down)(?:,? (?:cause )?(?<reason>.{1,100}))?/i,
    fields: { ...LINK_DOWN, 'event.action': 'disconnected' },
  },
  { re: /^(?<iface>PP\[\w+\]) /, fields: NETWORK },
  { re: /^(?<iface>LAN\d+):? ?(?:PORT\d+ )?(?:port\d+ )?link up/i, fields: LINK_UP },
  { re: /^(?<iface>LAN\d+):? ?(?:PORT\d+ )?(?:port\d+ )?link down/i, fields: LINK_DOWN },
  {
    re: /^(?:Power-on boot|Restart by |RTX\d+ Rev\.|NVR\d+ Rev\.|FWX\d+ Rev\.|Previous EXEC:|Rebooted by )/,
    fields: { ...SYSTEM, 'event.action': 'boot' },
  },
];
