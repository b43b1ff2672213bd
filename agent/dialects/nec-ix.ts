import type { Dialect, Fields, Message, Parsed } from './dialect.js';
import { put, putIp, putPort, transportOf } from './fields.js';
import {
  ALLOWED,
  AUTH,
  CHANGED,
  CONNECTION,
  DENIED,
  LEASE,
  LINK_DOWN,
  LINK_UP,
  LOGIN,
  LOGIN_FAILED,
  LOGOUT,
  NETWORK,
  SYSTEM,
  VPN,
  VPN_DOWN,
  VPN_FAILED,
  VPN_UP,
} from './lines/kinds.js';
import { putGroups } from './lines/patterns.js';

const NEC = { 'observer.vendor': 'NEC', 'observer.product': 'UNIVERGE IX', 'observer.type': 'router' };

// A blank stands behind the PRI and two before the tag, so the router's name may be taken for a part of either:
// `<132> Apr  4 19:32:33 ix2105  IP6[015]: ..`. Subsystem and three digits, in brackets (syslog) or behind a dot (console).
const TAG =
  /^\s{0,4}(?:(?<device>[\w.-]{1,64})\s{1,3})?(?<subsystem>[A-Z][A-Z0-9-]{1,9})(?:\[(?<a>\d{3})\]|\.(?<b>\d{3})): ?(?<text>.*)$/s;
// `BLOCK tcp 192.0.2.1:1024 > 198.51.100.1:80, match list, GigaEthernet0.0 in`
const FILTER =
  /^(?<verdict>BLOCK|PASS|PERMIT|DENY|DROP|REJECT)\w*:? (?<proto>[\w-]{1,16}) (?<from>\S{2,56}) > (?<to>[^\s,]{2,56})(?:,? (?:type|code|icmp)\b[^,]{0,40})?(?:, match (?<rule>[\w.-]{1,64}))?(?:, (?<iface>[\w./:-]{2,40}) (?<dir>in|out))?/i;
const ENDPOINT = /^\[?(?<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{2,39})\]?(?:[:.](?<port>\d{1,5}))?,?$/;
const INTERFACE =
  /\b(?<iface>(?:Giga|Fast|TenGiga)?Ethernet\d[\d/.:]{0,12}|Tunnel\d[\d.]{0,6}|Dialer\d{1,4}|BRI\d[\d/.:]{0,10}|Loopback\d[\d.]{0,6}|Mobile\w{0,4}[\d.]{1,6})/;
const FROM =
  /\b(?:from|peer|remote|client)[ :=]{1,2}\(?(?<src>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{3,39}:[0-9a-fA-F:]{1,20})/i;
const USER = /\b(?:user(?:name)?|by)[ :="']{1,3}(?<user>[\w.@-]{1,64})/i;

type Meaning = (text: string) => Fields;

const tunnel: Meaning = (text) => {
  if (/fail|error|invalid|mismatch|no proposal|timeout|unreachable/i.test(text)) return VPN_FAILED;
  if (/\b(?:up|established|created|opened|complete)/i.test(text)) return VPN_UP;
  return /\b(?:down|deleted|closed|expired|disconnect)/i.test(text) ? VPN_DOWN : VPN;
};
const login: Meaning = (text) => {
  if (/fail|incorrect|denied|refused|reject|invalid/i.test(text)) return LOGIN_FAILED;
  if (/log(?:ged)?[ -]?out|logoff|closed|exit/i.test(text)) return LOGOUT;
  return /log(?:ged)?[ -]?in|logon|success|accept/i.test(text) ? LOGIN : AUTH;
};
const link: Meaning = (text) => {
  if (/\bup\b|opened|established|connected(?!.*dis)/i.test(text)) return LINK_UP;
  return /\bdown\b|closed|disconnect|terminated/i.test(text) ? LINK_DOWN : NETWORK;
};

// Subsystems of the event log, UNIVERGE IX Command Reference, `logging subsystem`.
const SUBSYSTEMS: readonly (readonly [names: string, meaning: Meaning])[] = [
  ['FLT FW UFS DFS MACFLT MFLT URLF URL', () => CONNECTION],
  ['IKE IKE2 IKEV2 IPSEC IPS SEC L2TP PPTP TUN TNL TUNNEL EIP GRE SSLVPN', tunnel],
  ['AUTH LOGIN AAA RADIUS RAD TEL TELD TELNET TELNETD SSH SSHD HTTP HTTPD WEB EXEC CON', login],
  ['CFG CONF CONFIG CMD NVM', () => CHANGED],
  ['DHCP DHC DHCP6 DHCPC DHCPS', () => LEASE],
  ['PPP PPPOE LCP IPCP ETH ETHER LINK IFM IF GETH GE FETH FE BRI ISDN SW PORT NMON NETMON MOBILE MBL', link],
  [
    'IP IP6 IPV6 ARP NAT NAPT BGP OSPF OSPF6 RIP RIPNG VRRP VRRP6 DNS DDNS NTP SNTP ICMP ICMP6 UDP TCP MLD IGMP ND RA BR MAPE',
    () => NETWORK,
  ],
  ['SYS KER TRAP SNMP LOG WDT TIMER EVT HW FAN PRX SCH ZTP NM', () => SYSTEM],
];
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  SUBSYSTEMS.flatMap(([names, meaning]) => names.split(' ').map((name) => [name, meaning] as const)),
);

/** NEC UNIVERGE IX. */
export const necIx: Dialect = {
  name: 'nec-ix',
  parse(message: Message): Parsed | undefined {
    const tag = TAG.exec(message.body)?.groups;
    const meaning = tag === undefined ? undefined : MEANINGS.get(tag['subsystem']!);
    if (tag === undefined || meaning === undefined) return undefined;
    const text = tag['text']!.trim();
    const subsystem = tag['subsystem']!;
    const fields: Fields = { ...NEC };
    put(fields, 'event.code', `${subsystem}.${tag['a'] ?? tag['b']}`);
    put(fields, 'vendor.subsystem', subsystem);
    put(fields, 'message', text);
    Object.assign(fields, meaning(text));
    if (!putFilter(fields, text)) putRest(fields, text);
    return { fields, status: 'full' };
  },
};

function putRest(fields: Fields, text: string): void {
  putGroups(fields, INTERFACE.exec(text)?.groups);
  putGroups(fields, FROM.exec(text)?.groups);
  putGroups(fields, USER.exec(text)?.groups);
}

function putFilter(fields: Fields, text: string): boolean {
  const found = FILTER.exec(text)?.groups;
  if (found === undefined) return false;
  Object.assign(fields, /^(?:PASS|PERMIT)/i.test(found['verdict']!) ? ALLOWED : DENIED, transportOf(found['proto']));
  put(fields, 'event.action', found['verdict']!.toLowerCase());
  put(fields, 'rule.name', found['rule']);
  const isOut = found['dir'] === 'out';
  put(fields, `observer.${isOut ? 'egress' : 'ingress'}.interface.name`, found['iface']);
  if (found['dir'] !== undefined) put(fields, 'network.direction', isOut ? 'outbound' : 'inbound');
  putEndpoint(fields, 'source', found['from']);
  putEndpoint(fields, 'destination', found['to']);
  return true;
}

function putEndpoint(fields: Fields, key: string, text: string | undefined): void {
  const found = ENDPOINT.exec(text ?? '')?.groups;
  if (found !== undefined && putIp(fields, `${key}.ip`, found['ip'])) putPort(fields, `${key}.port`, found['port']);
}
