import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';
import { SYSTEM } from '../lines/kinds.js';
import { lay } from '../lines/patterns.js';
import { severityOf } from '../severity.js';
import { putFirewall } from './firewall.js';
import { BY_TOPIC, OWN } from './patterns.js';

const ROUTER_OS = { 'observer.vendor': 'MikroTik', 'observer.product': 'RouterOS', 'observer.type': 'router' };

// Topics of RouterOS (manual, Log, topics). One of LEVELS comes with every line; the first word is one of these.
const TOPICS = new Set(
  'account async backup bfd bgp bridge calc caps certificate container critical ddns debug dhcp dns dot1x dude e-mail error event fetch firewall gps gsm health hotspot igmp-proxy info interface ipsec iscsi isdn kidcontrol kvm l2tp ldp lora lte manager mme mpls mqtt natpmp netinstall netwatch ntp ospf ovpn packet pim poe-out ppp pppoe pptp ptp queue radius radvd raw read rip route rpki rsvp script sertcp simulator smb snmp ssh sstp state stp store system telephony tftp timer topology transfer tr069 ups upnp vpls vrrp warning watchdog web-proxy wireguard wireless write zerotier'.split(
    ' ',
  ),
);
const LEVELS = ['critical', 'error', 'warning', 'info', 'debug'];
const TOPIC_LIST = /^\s{0,4}(?<topics>[a-z0-9-]{2,20}(?:,!?[a-z0-9-]{2,20}){1,8}):? (?<text>.+)$/s;

/** MikroTik RouterOS, with its topics in front or (BSD syslog) without. */
export const mikrotik: Dialect = {
  name: 'mikrotik',
  parse(message: Message): Parsed | undefined {
    const { topics, text } = split(message);
    const fields: Fields = { ...ROUTER_OS };
    const isKnown = putFirewall(fields, text) || layKnown(fields, topics, text);
    if (!isKnown && topics.length === 0) return undefined;
    if (!isKnown) Object.assign(fields, SYSTEM);
    putTopics(fields, topics);
    put(fields, 'message', text);
    if (fields['host.name'] !== undefined) put(fields, 'source.domain', String(fields['host.name']));
    return { fields, status: 'full' };
  },
};

/** RouterOS 7 writes structured data without anything in it. Without a time in front, the topics stand where a header's host name would be. */
function split({ header, body: whole }: Message): { topics: string[]; text: string } {
  const body = whole.startsWith('[] ') ? whole.slice(3) : whole;
  const found = TOPIC_LIST.exec(body)?.groups;
  const ofBody = topicsOf(found?.['topics']);
  if (ofBody.length > 0) return { topics: ofBody, text: found!['text']! };
  const name = [header.hostname, header.appname].find((word) => topicsOf(word).length > 0);
  return { topics: topicsOf(name), text: body.trimStart() };
}

function topicsOf(list: string | undefined): string[] {
  if (list === undefined || list.length > 200 || !list.includes(',')) return [];
  const topics = list.split(',').map((word) => word.replace(/^!/, ''));
  return topics.every((topic) => TOPICS.has(topic)) && topics.some((topic) => LEVELS.includes(topic)) ? topics : [];
}

function layKnown(fields: Fields, topics: readonly string[], text: string): boolean {
  if (lay(fields, text, OWN)) return true;
  return topics.some((topic) => lay(fields, text, BY_TOPIC[topic] ?? []));
}

function putTopics(fields: Fields, topics: readonly string[]): void {
  if (topics.length === 0) return;
  put(fields, 'vendor.topics', topics.join(','));
  const level = LEVELS.find((word) => topics.includes(word));
  put(fields, 'log.level', level);
  put(fields, 'event.severity', level === undefined ? undefined : severityOf(level));
}
