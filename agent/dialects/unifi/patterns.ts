import {
  AUTH,
  LEASE,
  LINK_DOWN,
  LINK_UP,
  LOGIN,
  LOGIN_FAILED,
  NETWORK,
  STATION_JOINED,
  STATION_LEFT,
} from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

/** What access points and switches say; hostapd and dropbear are theirs as much as other makers'. */
export const DEVICE: readonly Pattern[] = [
  {
    re: /^(?<iface>[\w.]{1,32}): STA (?<smac>[0-9a-fA-F:]{17}) (?:IEEE 802\.11: )?(?<action>associated|authenticated)/,
    fields: STATION_JOINED,
  },
  {
    re: /^(?<iface>[\w.]{1,32}): STA (?<smac>[0-9a-fA-F:]{17}) (?:IEEE 802\.11: )?(?<action>disassociated|deauthenticated)/,
    fields: STATION_LEFT,
  },
  { re: /^(?<iface>[\w.]{1,32}): STA (?<smac>[0-9a-fA-F:]{17}) (?:RADIUS|WPA|IEEE 802\.1X): /, fields: AUTH },
  { re: /^(?<iface>[\w.]{1,32}): AP-STA-POSSIBLE-PSK-MISMATCH (?<smac>[0-9a-fA-F:]{17})/, fields: LOGIN_FAILED },
  {
    re: /"mac":"(?<smac>[0-9a-fA-F:]{17})".{0,400}?"event_type":"(?<action>\w{1,32})"/,
    fields: NETWORK,
  },
  { re: /event_type":"(?<action>\w{1,32})".{0,400}?"mac":"(?<smac>[0-9a-fA-F:]{17})"/, fields: NETWORK },
  { re: /^(?:TRAPMGR: )?Link Up: (?<iface>[\w/.-]{1,32})/, fields: LINK_UP },
  { re: /^(?:TRAPMGR: )?Link Down: (?<iface>[\w/.-]{1,32})/, fields: LINK_DOWN },
  { re: /\bport (?<iface>[\w/.-]{1,16}) (?:is )?(?:link )?up\b/i, fields: LINK_UP },
  { re: /\bport (?<iface>[\w/.-]{1,16}) (?:is )?(?:link )?down\b/i, fields: LINK_DOWN },
  {
    re: /^(?:Password auth succeeded|Pubkey auth succeeded) for '(?<user>[^']{1,128})' .{0,64}?from (?<src>[\d.]{7,15}):(?<sport>\d{1,5})/,
    fields: { ...LOGIN, 'event.action': 'auth succeeded' },
  },
  {
    re: /^(?:Bad password attempt|Login attempt) for (?:nonexistent user|'(?<user>[^']{1,128})') from (?<src>[\d.]{7,15}):(?<sport>\d{1,5})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'bad password attempt' },
  },
  {
    re: /^DHCP\w{3,8}\([\w.-]{1,32}\) (?<hostip>[\d.]{7,15}) (?<hostmac>[0-9a-f:]{17})(?: (?<host>\S{1,128}))?/,
    fields: LEASE,
  },
];

/** UniFi OS leaves out two fields of CEF's header, so that no reader of CEF knows it. */
export const OS_EVENT: readonly Pattern[] = [
  {
    re: /^(?<user>\S{1,128}) (?<action>accessed|logged in to|signed in to) .{0,120}?(?:Source IP: (?<src>[\d.a-fA-F:]{2,45}))?\s*$/,
    fields: LOGIN,
  },
  { re: /failed (?:to )?(?:log ?in|sign ?in|authenticat)/i, fields: LOGIN_FAILED },
];
