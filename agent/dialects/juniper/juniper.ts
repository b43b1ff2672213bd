import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, type Target, transportOf } from '../fields.js';
import { putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';
import { type JuniperLog, readJuniper } from './forms.js';

/** By the event's name, "Juniper System Log Explorer". The first that matches counts. */
const EVENTS: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/^WEBFILTER_URL|^CONTENT_FILTERING/, 'url_filter'],
  [/^AV_VIRUS|^AV_FILE|^AAMW_(?:ACTION|MALWARE|HOST)/, 'malware'],
  [/^ANTISPAM/, 'mail_spam'],
  [/^SECINTEL/, 'c2'],
  [/^IDP_ATTACK|^IDP_APPDDOS|^IDP/, 'ips'],
  [/^RT_SCREEN/, 'dos'],
  [/^APPTRACK|^APPQOE|^APP_/, 'app_control'],
  [/^RT_FLOW|^FLOW|^RT_NAT|^RTLOG/, 'traffic'],
  [/^UI_(?:LOGIN|LOGOUT|AUTH)|^SSHD|^LOGIN|^JSCAPE|^WEB_LOGIN|^FWAUTH/, 'auth'],
  [/^UI_/, 'admin_change'],
  [/^KMD|^IKE|^IPSEC|^VPN|^PKID/, 'vpn'],
];

const KEYS: Readonly<Record<string, Target>> = {
  'source-address': { ip: 'source.ip' },
  'source-port': { port: 'source.port' },
  'destination-address': { ip: 'destination.ip' },
  'destination-port': { port: 'destination.port' },
  'attacker-address': { ip: 'source.ip' },
  'nat-source-address': { ip: 'source.nat.ip' },
  'nat-source-port': { port: 'source.nat.port' },
  'nat-destination-address': { ip: 'destination.nat.ip' },
  'nat-destination-port': { port: 'destination.nat.port' },
  'packets-from-client': { int: 'source.packets' },
  'bytes-from-client': { int: 'source.bytes' },
  'packets-from-server': { int: 'destination.packets' },
  'bytes-from-server': { int: 'destination.bytes' },
  'inbound-bytes': { int: 'destination.bytes' },
  'outbound-bytes': { int: 'source.bytes' },
  'inbound-packets': { int: 'destination.packets' },
  'outbound-packets': { int: 'source.packets' },
  'source-zone-name': 'observer.ingress.zone',
  'source-zone': 'observer.ingress.zone',
  'destination-zone-name': 'observer.egress.zone',
  'destination-zone': 'observer.egress.zone',
  'packet-incoming-interface': 'observer.ingress.interface.name',
  'source-interface-name': 'observer.ingress.interface.name',
  'interface-name': 'observer.ingress.interface.name',
  'destination-interface-name': 'observer.egress.interface.name',
  'service-name': 'network.protocol',
  application: 'network.application',
  'application-name': 'network.application',
  'policy-name': 'rule.name',
  'rule-name': 'rule.name',
  'attack-name': 'rule.name',
  category: 'rule.category',
  'session-id-32': 'event.id',
  reason: 'event.reason',
  filename: 'file.name',
  'http-host': 'url.domain',
  obj: 'url.path',
  name: 'threat.software.name',
  'malware-info': 'threat.software.name',
  hostname: 'host.name',
  command: 'vendor.command',
  'protocol-id': null,
  username: null,
  url: null,
  'elapsed-time': null,
};

/** Juniper SRX: RT_FLOW, IDP, UTM, SecIntel, ATP, and Junos' own messages that carry structured data. */
export const juniper: Dialect = {
  name: 'juniper',
  parse(message: Message): Parsed | undefined {
    const log = readJuniper(message);
    return log === undefined ? undefined : { fields: fieldsOf(log), status: 'full' };
  },
};

function fieldsOf(log: JuniperLog): Fields {
  const { event, values } = log;
  const fields: Fields = { 'observer.vendor': 'Juniper', 'observer.product': 'SRX', 'observer.type': 'firewall' };
  put(fields, 'event.code', event);
  putAll(
    fields,
    [...values].filter(([, value]) => value !== 'N/A' && value !== 'UNKNOWN' && value !== 'None'),
    KEYS,
  );
  Object.assign(fields, transportOf(values.get('protocol-id')));
  const user = values.get('username');
  if (user !== undefined && !/^(?:N\/A|None|unauthenticated-user)$/i.test(user)) {
    putUser(fields, 'user', user);
    if (fields['source.ip'] !== undefined) putUser(fields, 'source.user', user);
  }
  putUrl(fields, values.get('url'));
  const seconds = Number(values.get('elapsed-time'));
  if (seconds > 0) fields['event.duration'] = seconds * 1e9;
  if (log.text !== '') put(fields, 'message', log.text);
  decide(fields, log);
  return fields;
}

function decide(fields: Fields, { event, values }: JuniperLog): void {
  const action =
    values.get('action')?.toLowerCase() ??
    /_(CREATE|CLOSE|DENY|BLOCKED|PERMITTED|DETECTED|DROP)/.exec(event)?.[1]?.toLowerCase();
  put(fields, 'event.action', action);
  const eventClass = classOf(event, values);
  const isBlock = /block|drop|close|deny|reject|reset/i.test(values.get('action') ?? '');
  const decision: Decision = isBlock ? 'denied' : decisionFor(event, action);
  const types = /_SESSION_CREATE/.test(event) ? ['start'] : /_CLOSE(?:_LS)?$/.test(event) ? ['end'] : [];
  judge(fields, { class: eventClass, decision, types });
  if (eventClass === 'auth') fields['event.outcome'] = /FAIL|INVALID|REJECT/.test(event) ? 'failure' : 'success';
}

function decisionFor(event: string, action: string | undefined): Decision {
  if (/_DENY|_BLOCKED|_DROP/.test(event)) return 'denied';
  if (/_CREATE|_CLOSE|_PERMITTED/.test(event)) return 'allowed';
  return decisionOf(action);
}

function classOf(event: string, values: ReadonlyMap<string, string>): EventClass {
  const found = EVENTS.find(([pattern]) => pattern.test(event))?.[1] ?? 'system';
  if (found === 'url_filter' && isBadSite(values.get('category'))) return 'web_block';
  const sub = values.get('sub-category') ?? '';
  if (event.startsWith('SECINTEL') && !/^(?:CC|C&C|command)/i.test(sub) && sub !== '') return 'web_block';
  return found;
}
