import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Instant, Integer, Ip, Ips, Keyword, Text } from './field-types.js';
import { SOURCE_NAME } from './source.js';
import { UTM_THINGS } from './utm-things.js';

const opt = Type.Optional;

/** Characters of a message that are kept; what is behind them is cut, and `hinomi.parse.reason` says so. */
export const ORIGINAL_CHARACTERS_MAX = 60 * 1024;

/** What a `utm` or `edr` record is about. DESIGN section 3. */
export const EVENT_CLASSES = [
  'malware',
  'web_block',
  'url_filter',
  'ips',
  'mail_malware',
  'mail_spam',
  'app_control',
  'c2',
  'dos',
  'dlp',
  'auth',
  'vpn',
  'admin_change',
  'traffic',
  'system',
  'endpoint',
  'unknown',
] as const;
export type EventClass = (typeof EVENT_CLASSES)[number];

/** What a UTM, a firewall, a router or a server said by syslog or mail. `vendor.*` has what only its maker knows. */
export const UtmRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  ...Type.Partial(Type.Object(SOURCE_NAME)).properties,
  'event.kind': Keyword('alert: the device says that something bad was found; else event.'),
  'event.dataset': Constant('utm', 'Record kind.'),
  'event.original': Text('The exact text of the message.', ORIGINAL_CHARACTERS_MAX),
  'hinomi.event_class': Keyword('malware, web_block, url_filter, ips, ..., traffic, system, unknown.'),
  'hinomi.parse.status': Keyword('full, partial, unknown or invalid.'),
  'hinomi.parse.reason': opt(Keyword('Why it is not full.')),
  'hinomi.parse.dialect': opt(Keyword('Which way of writing it is in.')),
  'event.created': opt(Instant("The device's own time, where another was used.")),
  'event.start': opt(Instant('When it began.')),
  'event.end': opt(Instant('When it ended.')),
  'event.duration': opt(Integer('Nanoseconds.')),
  'event.code': opt(Keyword("The maker's number of the message.")),
  'event.id': opt(Keyword("The maker's id of this one event.")),
  'event.outcome': opt(Keyword('success, failure or unknown, of what somebody attempted.')),
  'event.reason': opt(Keyword('Why the device did what it did.')),
  'log.level': opt(Keyword("The maker's word for how bad it is.")),
  'log.syslog.priority': opt(Integer('Facility times 8 plus severity.')),
  'log.syslog.facility.code': opt(Integer('0 to 23.')),
  'log.syslog.severity.code': opt(Integer('0 (emergency) to 7 (debug).')),
  'log.syslog.version': opt(Keyword('Version of the syslog protocol.')),
  'log.syslog.hostname': opt(Keyword('Host, as the header says.')),
  'log.syslog.appname': opt(Keyword('Program, as the header says.')),
  'log.syslog.procid': opt(Keyword('Process, as the header says.')),
  'log.syslog.msgid': opt(Keyword('Kind of message, as the header says.')),
  'log.syslog.structured_data': opt(
    Type.Record(Type.String(), Type.Record(Type.String(), Type.String()), {
      'x-kind': 'object',
      description: 'Structured data of RFC 5424.',
    }),
  ),
  'observer.vendor': opt(Keyword('Maker of the device that speaks.')),
  'observer.product': opt(Keyword('Its product.')),
  'observer.type': opt(Keyword('firewall, ips, edr, mail, router, ...')),
  'observer.name': opt(Keyword('Its name, where it says so.')),
  'observer.hostname': opt(Keyword('Its host name, where it says so.')),
  'observer.ip': opt(Ips('Its addresses.')),
  'observer.serial_number': opt(Keyword('Its serial number.')),
  'observer.version': opt(Keyword('Its firmware.')),
  'observer.ingress.interface.name': opt(Keyword('Interface that it came in by.')),
  'observer.ingress.zone': opt(Keyword('Zone that it came from.')),
  'observer.egress.interface.name': opt(Keyword('Interface that it went out by.')),
  'observer.egress.zone': opt(Keyword('Zone that it went to.')),
  'rule.id': opt(Keyword('Policy or signature, its number.')),
  'rule.name': opt(Keyword('Policy or signature, its name.')),
  'rule.category': opt(Keyword('Group of the policy or signature.')),
  'rule.ruleset': opt(Keyword('List that it is in.')),
  ...endFields('source', 'Originator'),
  ...endFields('destination', 'Responder'),
  'network.iana_number': opt(Keyword('IP protocol number, as text (ECS).')),
  'network.type': opt(Keyword('ipv4 or ipv6.')),
  'network.direction': opt(Keyword('internal, outbound, inbound or external.')),
  'network.application': opt(Keyword('Application, as the device names it.')),
  'network.bytes': opt(Integer('Both directions.')),
  'network.packets': opt(Integer('Both directions.')),
  'network.vlan.id': opt(Keyword('VLAN.')),
  ...UTM_THINGS,
});
export type UtmRecord = Static<typeof UtmRecord>;

/** One end of the conversation. */
function endFields<Side extends 'source' | 'destination'>(side: Side, who: string) {
  return {
    [`${side}.mac`]: opt(Keyword(`${who}: MAC address.`)),
    [`${side}.bytes`]: opt(Integer(`${who}: bytes that it sent.`)),
    [`${side}.packets`]: opt(Integer(`${who}: packets that it sent.`)),
    [`${side}.nat.ip`]: opt(Ip(`${who}: address behind the translation.`)),
    [`${side}.nat.port`]: opt(Integer(`${who}: port behind the translation.`)),
    [`${side}.domain`]: opt(Keyword(`${who}: name.`)),
    [`${side}.user.name`]: opt(Keyword(`${who}: user.`)),
    [`${side}.geo.country_iso_code`]: opt(Keyword(`${who}: country, as the device says.`)),
    [`${side}.geo.country_name`]: opt(Keyword(`${who}: country, as the device says.`)),
  };
}
