import type { Dialect, Fields, Message, Parsed } from './dialect.js';
import { put, putInt, putIp, putPort, transportOf } from './fields.js';
import { readPairs } from './key-values.js';
import {
  ALLOWED,
  APP_BLOCKED,
  AUTH,
  CHANGED,
  CONNECTION_END,
  CONNECTION_START,
  DENIED,
  INTRUSION_BLOCKED,
  INTRUSION_SEEN,
  LINK_DOWN,
  LINK_UP,
  LOGIN,
  LOGIN_FAILED,
  LOGOUT,
  MALWARE_BLOCKED,
  MALWARE_SEEN,
  SITE_BLOCKED,
  SYSTEM,
  URL_ALLOWED,
  URL_BLOCKED,
} from './lines/kinds.js';
import { packetStart, putPacket } from './lines/netfilter.js';
import { lay, type Pattern } from './lines/patterns.js';
import { type Said, said } from './lines/program.js';

const PAIRS_CHARACTERS_MAX = 4_096;
const ALLIED = { 'observer.vendor': 'Allied Telesis', 'observer.product': 'AlliedWare Plus' };

// AlliedWare Plus, "Logging Feature Overview" and "Advanced Network Protection", log messages.
const RULE = /Firewall(?: rule (?<rule>\d{1,6}))?: (?<verdict>PERMIT|DENY|REJECT|LOG|DROP)\w* IN=/;
const CONNECTION = /^(?:\[\s*[\d.]+\] ?)?(?:Firewall: ?)?(?<what>NEW|END) proto=/;
const UTM =
  /^\[(?<verdict>Drop|Alert|Http|Reject|Permit)\] (?:(?<feature>IPREP|MALWARE|URLFILTER|WEBCTRL|WEBCONTROL|ANTIVIRUS|AV|IPS|APP|[A-Z_]{2,16}): ?)?(?<text>.{0,600}?) ?(?:\[(?<proto>[\w-]{1,16})\] )?(?<from>[\d.]{7,15}|\[?[0-9a-fA-F:]{3,39}\]?)(?::(?<fromport>\d{1,5}))? -> (?<to>[\d.]{7,15}|\[?[0-9a-fA-F:]{3,39}\]?)(?::(?<toport>\d{1,5}))?/is;
const URL_IN = /URL:\s?(?<url>\S{1,1000})/;
const SIGNATURE = /\[?(?<id>\d{1,3}:\d{3,10}(?::\d{1,4})?)\]?/;

const FEATURES: Readonly<Record<string, { blocked: Fields; seen: Fields }>> = {
  IPREP: { blocked: SITE_BLOCKED, seen: { ...SITE_BLOCKED, 'event.type': ['allowed'] } },
  MALWARE: { blocked: MALWARE_BLOCKED, seen: MALWARE_SEEN },
  ANTIVIRUS: { blocked: MALWARE_BLOCKED, seen: MALWARE_SEEN },
  AV: { blocked: MALWARE_BLOCKED, seen: MALWARE_SEEN },
  URLFILTER: { blocked: URL_BLOCKED, seen: URL_ALLOWED },
  WEBCTRL: { blocked: URL_BLOCKED, seen: URL_ALLOWED },
  WEBCONTROL: { blocked: URL_BLOCKED, seen: URL_ALLOWED },
  APP: { blocked: APP_BLOCKED, seen: APP_BLOCKED },
};

// Programs of AlliedWare Plus that no other system has; the rest is Linux'.
const PROGRAMS = new Set(
  'imi imish hsl nsm atmf epsr exfx stackd chassisd corerotate mstp lacp loopprot pluggd poed sbcmd alarmd ipfwd_l3 authd atmfd chronosd cntrd vcsd hostmond'.split(
    ' ',
  ),
);
const LINES: readonly Pattern[] = [
  {
    re: /^\[(?<user>[^@\]]{1,64})@(?<from>[^\]]{1,64})\] ?(?<command>.{1,300})/,
    fields: { ...CHANGED, 'event.action': 'command' },
  },
  { re: /Port up notification received for (?<iface>[\w./-]{1,32})/, fields: LINK_UP },
  { re: /Port down notification received for (?<iface>[\w./-]{1,32})/, fields: LINK_DOWN },
  {
    re: /Failed password for (?:invalid user )?(?<user>\S{1,64}) from (?<src>[\d.a-fA-F:]{3,45})/,
    fields: LOGIN_FAILED,
  },
  {
    re: /(?:User|user) (?<user>\S{1,64}) (?:logged|has logged) in\b(?:.{0,40}?from (?<src>[\d.a-fA-F:]{3,45}))?/,
    fields: LOGIN,
  },
  { re: /(?:User|user) (?<user>\S{1,64}) (?:logged|has logged) out\b/, fields: LOGOUT },
  { re: /^Authentication/, fields: AUTH },
];

/** Allied Telesis AR routers and AlliedWare Plus switches. */
export const alliedTelesis: Dialect = {
  name: 'allied-telesis',
  parse(message: Message): Parsed | undefined {
    const line = said(message);
    const fields: Fields = { ...ALLIED };
    const isFirewall = putRule(fields, message.body) || putConnection(fields, line) || putUtm(fields, line);
    if (isFirewall) return { fields: { ...fields, 'observer.type': 'firewall' }, status: 'full' };
    if (line === undefined || !isOwn(line, message)) return undefined;
    Object.assign(fields, SYSTEM, { 'observer.type': 'switch', 'process.name': line.name, message: line.text });
    lay(fields, line.text, LINES);
    return { fields, status: 'full' };
  },
};

/** `awplus` is the name of a device that was not given one. */
function isOwn(line: Said, { header }: Message): boolean {
  return PROGRAMS.has(line.name) || (header.hostname === 'awplus' && line.name !== 'sshd');
}

function putRule(fields: Fields, line: string): boolean {
  if (!line.includes('Firewall')) return false;
  const found = RULE.exec(line.slice(0, 300))?.groups;
  const start = packetStart(line);
  if (found === undefined || start < 0) return false;
  Object.assign(fields, /PERMIT|LOG/.test(found['verdict']!) ? ALLOWED : DENIED);
  put(fields, 'event.action', found['verdict']!.toLowerCase());
  put(fields, 'rule.id', found['rule']);
  putPacket(fields, line.slice(start));
  return true;
}

/** A connection that began or ended; the reply's addresses differ where there is NAT. */
function putConnection(fields: Fields, line: Said | undefined): boolean {
  const what = line === undefined ? undefined : CONNECTION.exec(line.text)?.groups?.['what'];
  if (what === undefined) return false;
  const pairs = readPairs(line!.text.slice(line!.text.indexOf('proto='), PAIRS_CHARACTERS_MAX).replace(/\s{4,}/g, ' '));
  if (!pairs.has('orig_src')) return false;
  Object.assign(fields, what === 'NEW' ? CONNECTION_START : CONNECTION_END, transportOf(pairs.get('proto')));
  put(fields, 'event.action', what.toLowerCase());
  putIp(fields, 'source.ip', pairs.get('orig_src'));
  putIp(fields, 'destination.ip', pairs.get('orig_dst'));
  putPort(fields, 'source.port', pairs.get('orig_sport'));
  putPort(fields, 'destination.port', pairs.get('orig_dport'));
  putInt(fields, 'source.bytes', pairs.get('orig_bytes'));
  putInt(fields, 'source.packets', pairs.get('orig_pkts'));
  putInt(fields, 'destination.bytes', pairs.get('reply_bytes'));
  putInt(fields, 'destination.packets', pairs.get('reply_pkts'));
  putNat(fields, pairs);
  return true;
}

function putNat(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  if (pairs.get('reply_dst') !== pairs.get('orig_src')) {
    putIp(fields, 'source.nat.ip', pairs.get('reply_dst'));
    putPort(fields, 'source.nat.port', pairs.get('reply_dport'));
  }
  if (pairs.get('reply_src') !== pairs.get('orig_dst')) {
    putIp(fields, 'destination.nat.ip', pairs.get('reply_src'));
    putPort(fields, 'destination.nat.port', pairs.get('reply_sport'));
  }
}

function putUtm(fields: Fields, line: Said | undefined): boolean {
  if (line?.name !== 'ips' || !line.text.startsWith('[')) return false;
  const found = UTM.exec(line.text.slice(0, 2000))?.groups;
  if (found === undefined) return false;
  const isBlocked = /drop|reject/i.test(found['verdict']!);
  const feature = (found['feature'] ?? (/http/i.test(found['verdict']!) ? 'URLFILTER' : 'IPS')).toUpperCase();
  const meaning = FEATURES[feature] ?? { blocked: INTRUSION_BLOCKED, seen: INTRUSION_SEEN };
  Object.assign(fields, isBlocked ? meaning.blocked : meaning.seen);
  put(fields, 'event.action', found['verdict']!.toLowerCase());
  put(fields, 'rule.category', feature.toLowerCase());
  put(fields, 'message', line.text);
  putWhat(fields, found['text']!, found['proto']);
  putIp(fields, 'source.ip', found['from']);
  putPort(fields, 'source.port', found['fromport']);
  putIp(fields, 'destination.ip', found['to']);
  putPort(fields, 'destination.port', found['toport']);
  return true;
}

/** The protocol in brackets is a transport or an application over TCP. */
function putWhat(fields: Fields, text: string, protocol: string | undefined): void {
  const transport = transportOf(protocol);
  if (Object.keys(transport).length > 0) Object.assign(fields, transport);
  else if (protocol !== undefined) put(fields, 'network.protocol', protocol.toLowerCase());
  put(fields, 'url.original', URL_IN.exec(text)?.groups?.['url']);
  put(fields, 'rule.id', SIGNATURE.exec(text)?.groups?.['id']);
  put(fields, 'rule.name', text.replace(URL_IN, '').trim());
}
