import {
  CHANGED,
  DNS,
  INTRUSION_BLOCKED,
  LEASE,
  LOGIN_FAILED,
  MAIL,
  NETWORK,
  STATION_JOINED,
  STATION_LEFT,
  SYSTEM,
  SYSTEM_ERROR,
  UPDATED,
  VPN,
  VPN_DOWN,
  VPN_FAILED,
  VPN_LOGIN,
  VPN_LOGIN_FAILED,
  VPN_UP,
} from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

export const CRON: readonly Pattern[] = [
  {
    re: /^\((?<user>[^)\s]{1,128})\) CMD \((?<command>.{1,1000})\)\s*$/s,
    fields: { ...SYSTEM, 'event.action': 'cmd' },
  },
  {
    re: /^\((?<user>[^)\s]{1,128})\) (?:RELOAD|LIST|REPLACE|BEGIN EDIT|END EDIT|EDIT)/,
    fields: { ...CHANGED, 'event.action': 'crontab' },
  },
];

export const SYSTEMD: readonly Pattern[] = [
  {
    re: /^(?:Failed to start|\S{1,128}: Failed with result|\S{1,128}: Main process exited)/,
    fields: { ...SYSTEM_ERROR, 'event.action': 'failed' },
  },
  {
    re: /^(?:Started|Starting|Finished|Reached target) /,
    fields: { ...SYSTEM, 'event.action': 'started', 'event.type': ['start'] },
  },
  { re: /^(?:Stopped|Stopping) /, fields: { ...SYSTEM, 'event.action': 'stopped', 'event.type': ['end'] } },
];

const MAC = '(?<hostmac>[0-9a-fA-F:]{17})';

/** ISC dhcpd; what is given and to whom is the client, which is the source. */
export const DHCPD: readonly Pattern[] = [
  {
    re: new RegExp(
      `^(?<action>DHCP(?:ACK|OFFER|EXPIRE)) (?:on|to) (?<hostip>[\\d.]{7,15})(?: to)? \\(?${MAC}\\)?(?: \\((?<host>[^)]{1,128})\\))?(?: via (?<iface>\\S{1,32}))?`,
    ),
    fields: LEASE,
  },
  {
    re: new RegExp(
      `^(?<action>DHCP(?:REQUEST|RELEASE|DECLINE|INFORM)) (?:for|of|from) (?<hostip>[\\d.]{7,15})(?: \\([^)]{1,40}\\))?(?: from ${MAC})?(?: \\((?<host>[^)]{1,128})\\))?(?: via (?<iface>\\S{1,32}))?`,
    ),
    fields: LEASE,
  },
  {
    re: new RegExp(
      `^(?<action>DHCP(?:DISCOVER|NAK|LEASEQUERY)) (?:from|on [\\d.]{7,15} to|to) ${MAC}(?: \\((?<host>[^)]{1,128})\\))?(?: via (?<iface>\\S{1,32}))?`,
    ),
    fields: LEASE,
  },
  { re: /^(?<action>Abandoning IP address) (?<hostip>[\d.]{7,15})/, fields: LEASE },
  { re: new RegExp(`^uid lease (?<hostip>[\\d.]{7,15}) for client ${MAC}`), fields: LEASE },
  { re: /^/, fields: LEASE },
];

export const DNSMASQ: readonly Pattern[] = [
  {
    re: new RegExp(
      `^(?<action>DHCP[A-Z]{3,8})\\((?<iface>[\\w.-]{1,32})\\) (?:(?<hostip>[\\d.]{7,15}) )?${MAC}(?: (?<host>\\S{1,128}))?`,
    ),
    fields: LEASE,
  },
  {
    re: /^(?:\d{1,10} \S{1,64} )?query\[(?<qtype>\w{1,16})\] (?<question>\S{1,255}) from (?<src>[\da-fA-F.:]{3,45})/,
    fields: { ...DNS, 'event.action': 'query' },
  },
  {
    re: /^(?:\d{1,10} \S{1,64} )?(?<action>forwarded|reply|cached|config|gravity blocked) (?<question>\S{1,255}) (?:to|is) (?<dst>[\da-fA-F.:]{3,45})?/,
    fields: DNS,
  },
  {
    re: /^possible DNS-rebind attack detected: (?<question>\S{1,255})/,
    fields: { ...INTRUSION_BLOCKED, 'event.action': 'dns-rebind' },
  },
  { re: /^/, fields: NETWORK },
];

/** BIND's named. */
export const NAMED: readonly Pattern[] = [
  {
    re: /^(?:queries: info: )?client (?:@0x[0-9a-f]{1,16} )?(?<src>[\da-fA-F.:]{3,45})#(?<sport>\d{1,5})(?: \([^)]{1,255}\))?: (?:view \S{1,64}: )?query: (?<question>\S{1,255}) (?:IN|CH|HS) (?<qtype>\w{1,16})/,
    fields: { ...DNS, 'event.action': 'query' },
  },
  {
    re: /^(?:[\w-]{1,24}: \w{1,8}: )?client (?:@0x[0-9a-f]{1,16} )?(?<src>[\da-fA-F.:]{3,45})#(?<sport>\d{1,5})(?: \((?<question>[^)]{1,255})\))?: (?:view \S{1,64}: )?(?<action>query failed|query \(cache\)|RFC 1918 response|update|zone transfer|transfer)/,
    fields: DNS,
  },
  {
    re: /^(?<action>\w{4,12}) resolving '(?<question>[^'/]{1,255})\/(?<qtype>\w{1,16})\/IN': (?<dst>[\da-fA-F.:]{3,45})#(?<dport>\d{1,5})/,
    fields: DNS,
  },
  { re: /^/, fields: NETWORK },
];

const PEER = String.raw`(?:(?<user>[^/\s]{1,128})\/)?(?:\[AF_INET6?\])?(?<src>\d{1,3}(?:\.\d{1,3}){3}):(?<sport>\d{1,5})`;

export const OPENVPN: readonly Pattern[] = [
  {
    re: new RegExp(`^${PEER} (?:\\[(?<target>[^\\]]{1,128})\\] )?Peer Connection Initiated`),
    fields: { ...VPN_LOGIN, 'event.action': 'peer connection initiated' },
  },
  {
    re: new RegExp(`^${PEER} MULTI_sva: pool returned IPv4=(?<natsrc>[\\d.]{7,15})`),
    fields: { ...VPN, 'event.action': 'address assigned' },
  },
  {
    re: new RegExp(`^${PEER} (?:TLS Error|TLS Auth Error|AUTH_FAILED|VERIFY ERROR|Auth)`),
    fields: { ...VPN_LOGIN_FAILED, 'event.action': 'tls error' },
  },
  {
    re: new RegExp(`^${PEER} (?:SIGTERM|SIGUSR1|SIGHUP|Connection reset|client-instance exiting|Inactivity timeout)`),
    fields: { ...VPN_DOWN, 'event.action': 'disconnected' },
  },
  { re: new RegExp(`^${PEER} `), fields: VPN },
  { re: /^user '(?<user>[^']{1,128})' authenticated/, fields: { ...VPN_LOGIN, 'event.action': 'authenticated' } },
  {
    re: /^user '(?<user>[^']{1,128})' could not authenticate/,
    fields: { ...VPN_LOGIN_FAILED, 'event.action': 'could not authenticate' },
  },
  {
    re: /^Initialization Sequence Completed/,
    fields: { ...VPN_UP, 'event.action': 'initialization sequence completed' },
  },
  { re: /^/, fields: VPN },
];

const IKE_ID = String.raw`^\d{2}\[\w{3}\] (?:<(?<rule>[^|>]{1,64})\|\d{1,9}> )?`;

/** strongSwan's charon, and what it says to syslog: a thread, a subsystem, then the text. */
export const CHARON: readonly Pattern[] = [
  {
    re: new RegExp(
      `${IKE_ID}IKE_SA \\S{1,64} established between (?<dst>[\\da-fA-F.:]{3,45})\\[[^\\]]{0,128}\\]\\.{3}(?<src>[\\da-fA-F.:]{3,45})\\[(?<user>[^\\]]{0,128})\\]`,
    ),
    fields: { ...VPN_UP, 'event.action': 'ike_sa established' },
  },
  { re: new RegExp(`${IKE_ID}(?:CHILD_SA \\S{1,64} established|closing|deleting) `), fields: VPN },
  { re: new RegExp(`${IKE_ID}deleting IKE_SA`), fields: { ...VPN_DOWN, 'event.action': 'ike_sa deleted' } },
  { re: new RegExp(`${IKE_ID}(?<src>[\\da-fA-F.:]{3,45}) is initiating an? (?<action>[\\w ]{3,24})`), fields: VPN },
  {
    re: new RegExp(
      `${IKE_ID}(?:authentication of '(?<user>[^']{1,128})' .{0,60}?failed|no (?:IKE|matching) |received \\w{1,40} (?:error )?notify|EAP method \\S{1,24} failed|parsing .{0,60} failed|giving up)`,
    ),
    fields: { ...VPN_FAILED, 'event.action': 'failed' },
  },
  {
    re: new RegExp(`${IKE_ID}authentication of '(?<user>[^']{1,128})' .{0,60}?successful`),
    fields: { ...VPN_LOGIN, 'event.action': 'authenticated' },
  },
  {
    re: new RegExp(
      `${IKE_ID}(?:received|sending) packet: from (?<src>[\\da-fA-F.:]{3,45})\\[(?<sport>\\d{1,5})\\] to (?<dst>[\\da-fA-F.:]{3,45})\\[(?<dport>\\d{1,5})\\]`,
    ),
    fields: VPN,
  },
  { re: /^/, fields: VPN },
];

export const POSTFIX: readonly Pattern[] = [
  {
    re: /^warning: .{0,128}?\[(?<src>[\da-fA-F.:]{3,45})\]: SASL (?<via>\w{1,24}) authentication failed/,
    fields: { ...LOGIN_FAILED, 'event.action': 'sasl authentication failed' },
  },
  {
    re: /^NOQUEUE: (?<action>reject): RCPT from (?<sname>[^[\s]{1,255})\[(?<src>[\da-fA-F.:]{3,45})\]: (?<reason>.{1,200}?); from=<(?<mailfrom>[^>]{0,320})> to=<(?<mailto>[^>]{0,320})>/,
    fields: { ...MAIL, 'event.type': ['denied'] },
  },
  {
    re: /^(?<mailid>[0-9A-Za-z]{6,20}): to=<(?<mailto>[^>]{0,320})>,.{0,300}? status=(?<action>\w{1,16})/,
    fields: MAIL,
  },
  {
    re: /^(?<mailid>[0-9A-Za-z]{6,20}): from=<(?<mailfrom>[^>]{0,320})>, size=(?<bytes>\d{1,12})/,
    fields: { ...MAIL, 'event.action': 'queued' },
  },
  {
    re: /^(?:(?<mailid>[0-9A-Za-z]{6,20}): )?(?:dis)?(?:connect from|connect to|lost connection after \S{1,24} from|client=) ?(?<sname>[^[\s]{1,255})\[(?<src>[\da-fA-F.:]{3,45})\]/,
    fields: MAIL,
  },
  { re: /^/, fields: MAIL },
];

export const FAIL2BAN: readonly Pattern[] = [
  { re: /\[(?<rule>[\w.-]{1,64})\] (?:Restore )?(?<action>Ban) (?<src>[\da-fA-F.:]{3,45})/, fields: INTRUSION_BLOCKED },
  { re: /\[(?<rule>[\w.-]{1,64})\] (?<action>Unban) (?<src>[\da-fA-F.:]{3,45})/, fields: NETWORK },
  { re: /\[(?<rule>[\w.-]{1,64})\] (?<action>Found) (?<src>[\da-fA-F.:]{3,45})/, fields: LOGIN_FAILED },
  { re: /^/, fields: SYSTEM },
];

export const HOSTAPD: readonly Pattern[] = [
  {
    re: /^(?<iface>[\w.-]{1,32}): (?:AP-STA-CONNECTED|STA) (?<smac>[0-9a-fA-F:]{17})(?:$| .{0,40}?: (?:associated|authenticated))/,
    fields: STATION_JOINED,
  },
  {
    re: /^(?<iface>[\w.-]{1,32}): (?:AP-STA-DISCONNECTED|STA) (?<smac>[0-9a-fA-F:]{17})(?:$| .{0,40}?: (?:disassociated|deauthenticated))/,
    fields: STATION_LEFT,
  },
  { re: /^/, fields: NETWORK },
];

export const PACKAGES: readonly Pattern[] = [
  { re: /^(?:Installed|Updated|Erased|Removed|Upgraded): (?<file>\S{1,128})/, fields: UPDATED },
  { re: /^/, fields: UPDATED },
];
