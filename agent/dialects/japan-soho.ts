import type { Dialect, Fields, Message, Parsed } from './dialect.js';
import { put } from './fields.js';
import {
  ALLOWED,
  AUTH,
  CHANGED,
  DENIED,
  FLOOD,
  LEASE,
  LOGIN,
  LOGIN_FAILED,
  NETWORK,
  STATION_JOINED,
  STATION_LEFT,
  SYSTEM,
  UPDATED,
} from './lines/kinds.js';
import { lay, type Pattern } from './lines/patterns.js';

interface Maker {
  readonly observer: Fields;
  readonly patterns: readonly Pattern[];
}

const BUFFALO = { 'observer.vendor': 'BUFFALO', 'observer.product': 'AirStation', 'observer.type': 'router' };
const NETGEAR = { 'observer.vendor': 'NETGEAR', 'observer.product': 'NETGEAR router', 'observer.type': 'router' };
const NETGENESIS = { 'observer.vendor': 'Micro Research', 'observer.product': 'NetGenesis', 'observer.type': 'router' };
const FLOW =
  '(?<src>[\\d.]{7,15}):(?<sport>\\d{1,5}) to (?<dst>[\\d.]{7,15}):(?<dport>\\d{1,5})(?: \\((?<inface>[\\w.]{1,16})\\))?';

// Small routers, by the words that their log pages document. The first word of a line is the kind of log.
const MAKERS: readonly Maker[] = [
  {
    observer: BUFFALO,
    patterns: [
      {
        re: new RegExp(`^FIREWALL:? +(?<proto>TCP|UDP|ICMP) (?:connection )?(?<action>denied) from ${FLOW}`),
        fields: DENIED,
      },
      {
        re: new RegExp(`^FIREWALL:? +(?<proto>TCP|UDP|ICMP) (?:connection )?(?<action>accepted|allowed) from ${FLOW}`),
        fields: ALLOWED,
      },
      {
        re: /^FIREWALL:? +(?:.{0,40}?)(?<action>DoS|Attack|SYN Flood|Port ?Scan|Ping of Death|Smurf|Land|IP Spoofing)\b(?:.{0,60}?from (?<src>[\d.]{7,15}))?/i,
        fields: FLOOD,
      },
      {
        re: /^(?:WIRELESS|WLAN):? +(?:[\w.]{1,16}: )?(?:STA )?(?<action>AUTHENTICATED|ASSOCIATED|CONNECTED)\W{1,3}(?<smac>[0-9a-fA-F:]{17})/i,
        fields: STATION_JOINED,
      },
      {
        re: /^(?:WIRELESS|WLAN):? +(?:[\w.]{1,16}: )?(?:STA )?(?<action>DEAUTHENTICATED|DISASSOCIATED|DISCONNECTED)\W{1,3}(?<smac>[0-9a-fA-F:]{17})/i,
        fields: STATION_LEFT,
      },
      {
        re: /^(?:DHCPC|DHCPS|DHCPD): +.{0,60}?(?<hostip>[\d.]{7,15})(?:.{0,20}?(?<hostmac>[0-9a-fA-F:]{17}))?/,
        fields: LEASE,
      },
      { re: /^AUTH: +.{0,60}?(?:fail|refus|incorrect).{0,60}?(?:from (?<src>[\d.]{7,15}))?/i, fields: LOGIN_FAILED },
      { re: /^AUTH: +(?:User )?(?<user>\S{1,64}) (?:login|logged in)(?: from (?<src>[\d.]{7,15}))?/i, fields: LOGIN },
      { re: /^CFGCHANGE: /, fields: { ...CHANGED, 'event.action': 'cfgchange' } },
      { re: /^(?:PPPoE|NTPC|DYNDNS|UPNP|BRIDGE|FILTER): {1,8}\S/, fields: NETWORK },
    ],
  },
  {
    observer: NETGEAR,
    patterns: [
      {
        re: /^\[(?<action>DoS [Aa]ttack: ?[^\]]{1,40})\] from source: (?<src>[\d.]{7,15}),? port (?<sport>\d{1,5})/,
        fields: FLOOD,
      },
      {
        re: /^\[(?<action>site blocked): (?<urlhost>[^\]]{1,256})\] from source (?<src>[\d.]{7,15})/,
        fields: { ...DENIED, 'hinomi.event_class': 'url_filter', 'event.category': ['web'] },
      },
      { re: /^\[(?<action>admin login)\] from source (?<src>[\d.]{7,15})/, fields: LOGIN },
      { re: /^\[(?<action>admin login failure)\] from source (?<src>[\d.]{7,15})/, fields: LOGIN_FAILED },
      { re: /^\[DHCP IP: (?<hostip>[\d.]{7,15})\] to MAC address (?<hostmac>[0-9a-fA-F:]{17})/i, fields: LEASE },
      {
        re: /^\[(?<action>LAN access from remote)\] from (?<src>[\d.]{7,15}):(?<sport>\d{1,5}) to (?<dst>[\d.]{7,15}):(?<dport>\d{1,5})/,
        fields: ALLOWED,
      },
      {
        re: /^\[WLAN access rejected: (?<reason>[^\]]{1,60})\] from MAC (?:address )?(?<smac>[0-9a-fA-F:]{17})/,
        fields: { ...AUTH, 'event.outcome': 'failure' },
      },
    ],
  },
  {
    observer: NETGENESIS,
    patterns: [
      {
        re: /^\s?(?:SYS|WAN|LAN|WLS|S0\d):(?<category>MSQ|FIL|NAT|SPI|DMZ):.{0,80}?(?<src>[\d.]{7,15})(?::(?<sport>\d{1,5}))?/,
        fields: NETWORK,
      },
      { re: /^\s?(?:SYS|WAN|LAN|WLS|S0\d):(?<category>DHC|DHS):/, fields: LEASE },
      { re: /^\s?(?:SYS|WAN|LAN|WLS|S0\d):(?<category>UPD|FRM):/, fields: UPDATED },
      { re: /^\s?(?:SYS|WAN|LAN|WLS|S0\d):(?<category>[A-Z]{3}):/, fields: SYSTEM },
    ],
  },
];

/** Routers for homes and small offices that are sold in Japan: BUFFALO AirStation, NETGEAR, NetGenesis. */
export const japanSoho: Dialect = {
  name: 'japan-soho',
  parse({ body }: Message): Parsed | undefined {
    const line = body.trimStart();
    for (const { observer, patterns } of MAKERS) {
      const fields: Fields = { ...observer };
      if (!lay(fields, line, patterns)) continue;
      put(fields, 'message', line.trimEnd());
      return { fields, status: 'full' };
    }
    return undefined;
  },
};
