import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Bool, Instant, Integer, Keyword, Keywords, Text } from './field-types.js';
import { ORIGINAL_CHARACTERS_MAX } from './utm.js';
import { UTM_THINGS } from './utm-things.js';

const opt = Type.Optional;

/** What an endpoint's EDR said through its maker's cloud. `vendor.*` has what only the maker knows. */
export const EdrRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Keyword('alert: something bad was found; event; asset: an endpoint as it is now.'),
  'event.dataset': Constant('edr', 'Record kind.'),
  'event.original': Text("The maker's JSON.", ORIGINAL_CHARACTERS_MAX),
  'event.id': Keyword("The maker's id of this one event."),
  'event.code': opt(Keyword("The maker's number of the message.")),
  'event.created': opt(Instant("The device's own time, where another was used.")),
  'event.outcome': opt(Keyword('success, failure or unknown, of what somebody attempted.')),
  'event.reason': opt(Keyword('Why the device did what it did.')),
  'hinomi.event_class': Keyword('malware, web_block, url_filter, ips, ..., traffic, system, unknown.'),
  'hinomi.parse.status': Keyword('full, partial, unknown or invalid.'),
  'hinomi.parse.reason': opt(Keyword('Why it is not full.')),
  'hinomi.edr.kind': Keyword('event, alert or endpoint.'),
  'hinomi.edr.account': opt(Keyword('The account by which it was asked for.')),
  'hinomi.edr.tenant': opt(Keyword("The company's id at the maker.")),
  'hinomi.edr.stream': opt(Keyword('Which of the lists of the maker it is of.')),
  'hinomi.edr.revision': opt(Integer('1 at first; one more each time it was changed there.')),
  'hinomi.edr.hash': opt(Keyword('Of its content: the same content is stored once.')),
  'hinomi.edr.health': opt(Keyword('Of the endpoint: good, suspicious, bad or unknown.')),
  'hinomi.edr.services': opt(Keyword('Whether what protects it runs: good, bad, ...')),
  'hinomi.edr.threats': opt(Keyword('Whether threats are left on it: good, bad, ...')),
  'hinomi.edr.isolation': opt(Keyword('isolated or not_isolated, as the cloud says.')),
  'hinomi.edr.isolated_by': opt(Keyword('admin, self, or both.')),
  'hinomi.edr.tamper_protection': opt(Bool('Its protection cannot be switched off there.')),
  'hinomi.edr.products': opt(Keywords('What protects it, with versions where told.')),
  'hinomi.edr.last_seen': opt(Instant('When it last spoke to the cloud.')),
  'log.level': opt(Keyword("The maker's word for how bad it is.")),
  'observer.vendor': opt(Keyword('Maker of the device that speaks.')),
  'observer.product': opt(Keyword('Its product.')),
  'observer.type': opt(Keyword('firewall, ips, edr, mail, router, ...')),
  'rule.id': opt(Keyword('Policy or signature, its number.')),
  'rule.name': opt(Keyword('Policy or signature, its name.')),
  'rule.category': opt(Keyword('Group of the policy or signature.')),
  ...UTM_THINGS,
});
export type EdrRecord = Static<typeof EdrRecord>;
