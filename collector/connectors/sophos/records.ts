import type { AnyRecord } from '../../../protocol/records/records.js';
import { classOf, deedOf, isBad, severityOf } from './classes.js';
import { instantOf, ipsIn, type Json, listAt, part, present, textAt, textsAt } from './fields.js';

const OBSERVER = { 'observer.vendor': 'Sophos', 'observer.product': 'Sophos Central', 'observer.type': 'edr' };

/** What has a field of its own in the record; the rest goes under `vendor.*`. */
const TAKEN: Readonly<Record<'event' | 'alert' | 'endpoint', ReadonlySet<string>>> = {
  event: new Set([
    ...['id', 'type', 'severity', 'created_at', 'when', 'source', 'source_info', 'name', 'location', 'group', 'threat'],
    ...['endpoint_id', 'appSha256', 'core_remedy_items'],
  ]),
  alert: new Set([
    'id',
    'type',
    'severity',
    'created_at',
    'when',
    'source',
    'description',
    'location',
    'threat',
    'data',
  ]),
  endpoint: new Set(['id', 'hostname', 'type', 'os', 'ipv4Addresses', 'ipv6Addresses', 'macAddresses', 'lastSeenAt']),
};

/** One of /siem/v1/events. https://developer.sophos.com/docs/siem-v1/1/routes/events/get */
export function eventRecord(item: Json, nowIso: string): AnyRecord {
  const file = textAt(item, 'core_remedy_items', 'items', '0', 'descriptor') ?? descriptorIn(item);
  return present({
    ...saidFields(item, textAt(item, 'name'), nowIso),
    'hinomi.edr.kind': 'event',
    'host.id': textAt(item, 'endpoint_id'),
    'host.ip': ipsIn([textAt(item, 'source_info', 'ip')]),
    'file.path': file,
    'file.name': file?.split(/[\\/]/).at(-1),
    'file.hash.sha256': textAt(item, 'appSha256'),
    ...rest(item, 'event'),
  });
}

/** One of /siem/v1/alerts: the cloud wants a person to look at it. https://developer.sophos.com/docs/siem-v1/1/routes/alerts/get */
export function alertRecord(item: Json, nowIso: string): AnyRecord {
  return present({
    ...saidFields(item, textAt(item, 'description'), nowIso),
    'event.kind': 'alert',
    'hinomi.edr.kind': 'alert',
    'host.id': textAt(item, 'data', 'endpoint_id'),
    'host.type': textAt(item, 'data', 'endpoint_type'),
    'host.os.name': textAt(item, 'data', 'endpoint_platform'),
    'host.ip': ipsIn([textAt(item, 'data', 'source_info', 'ip')]),
    ...rest(item, 'alert'),
    ...flat(part(item, 'data'), 'vendor.data'),
  });
}

function saidFields(item: Json, message: string | undefined, nowIso: string): Record<string, unknown> {
  const type = textAt(item, 'type');
  const group = textAt(item, 'group');
  const level = textAt(item, 'severity');
  const severity = severityOf(level);
  const eventClass = classOf(type, group);
  const { action, types, outcome } = deedOf(type);
  const created = instantOf(item['created_at']);
  const when = instantOf(item['when']);
  return {
    '@timestamp': when ?? created ?? nowIso,
    'event.created': when !== undefined && created !== when ? created : undefined,
    'event.kind': isBad(eventClass, severity) ? 'alert' : 'event',
    ...{ 'event.code': type, 'event.action': action, 'event.type': types, 'event.outcome': outcome },
    'event.category': eventClass === 'malware' ? ['malware'] : undefined,
    ...{ 'event.severity': severity, 'log.level': level, 'hinomi.event_class': eventClass, message },
    ...{
      'rule.category': group,
      'threat.indicator.name': textAt(item, 'threat'),
      'host.name': textAt(item, 'location'),
    },
    ...userOf(textAt(item, 'source')),
    ...OBSERVER,
    'hinomi.parse.status': type === undefined || (when ?? created) === undefined ? 'partial' : 'full',
  };
}

/** `DOMAIN\name`, or a name. */
function userOf(source: string | undefined): Record<string, string | undefined> {
  const [domain, name] = source?.includes('\\') ? source.split('\\', 2) : [undefined, source];
  return { 'user.name': name, 'user.domain': domain };
}

function descriptorIn(item: Json): string | undefined {
  const first = listAt(item, 'core_remedy_items', 'items').find((each) => textAt(each, 'type') === 'file');
  return textAt(first, 'descriptor');
}

/** One of /endpoint/v1/endpoints. https://developer.sophos.com/docs/endpoint-v1/1/routes/endpoints/get */
export function endpointRecord(item: Json, nowIso: string): AnyRecord {
  const name = textAt(item, 'hostname');
  const health = textAt(item, 'health', 'overall');
  const isolation = isolationOf(item);
  return present({
    '@timestamp': nowIso,
    'event.kind': 'asset',
    'hinomi.edr.kind': 'endpoint',
    'hinomi.event_class': 'endpoint',
    'hinomi.parse.status': name === undefined ? 'partial' : 'full',
    message: [name, health, isolation].filter((each) => each !== undefined).join(' '),
    ...{ 'host.id': textAt(item, 'id'), 'host.name': name, 'host.type': textAt(item, 'type') },
    'host.ip': ipsIn([...textsAt(item, 'ipv4Addresses'), ...textsAt(item, 'ipv6Addresses')]),
    'host.mac': textsAt(item, 'macAddresses').map((mac) => mac.toLowerCase()),
    ...{
      'host.os.name': textAt(item, 'os', 'name') ?? textAt(item, 'os', 'platform'),
      'host.os.version': osVersion(item),
    },
    ...userOf(textAt(item, 'associatedPerson', 'viaLogin')),
    'user.full_name': textAt(item, 'associatedPerson', 'name'),
    ...{ 'hinomi.edr.health': health, 'hinomi.edr.threats': textAt(item, 'health', 'threats', 'status') },
    'hinomi.edr.services': textAt(item, 'health', 'services', 'status'),
    ...{ 'hinomi.edr.isolation': isolation, 'hinomi.edr.isolated_by': isolatedBy(item) },
    'hinomi.edr.tamper_protection': boolAt(item, 'tamperProtectionEnabled'),
    'hinomi.edr.products': productsOf(item),
    'hinomi.edr.last_seen': instantOf(item['lastSeenAt']),
    ...OBSERVER,
    ...rest(item, 'endpoint'),
  });
}

const boolAt = (item: Json, name: string): boolean | undefined =>
  typeof item[name] === 'boolean' ? (item[name] as boolean) : undefined;

export function isIsolated(item: unknown): boolean {
  return part(item, 'isolation', 'status') === 'isolated' || part(item, 'isolation', 'adminIsolated') === true;
}

const isolationOf = (item: Json): string | undefined =>
  part(item, 'isolation') === undefined ? undefined : isIsolated(item) ? 'isolated' : 'not_isolated';

function isolatedBy(item: Json): string | undefined {
  const isAdmin = part(item, 'isolation', 'adminIsolated') === true;
  const isSelf = part(item, 'isolation', 'selfIsolated') === true;
  if (isAdmin && isSelf) return 'both';
  return isAdmin ? 'admin' : isSelf ? 'self' : undefined;
}

function osVersion(item: Json): string | undefined {
  const numbers = ['majorVersion', 'minorVersion', 'build'].map((name) => part(item, 'os', name));
  const known = numbers.filter((each): each is number => typeof each === 'number');
  return known.length === 0 ? undefined : known.join('.');
}

const productsOf = (item: Json): string[] =>
  listAt(item, 'assignedProducts')
    .map((product) => [textAt(product, 'code'), textAt(product, 'version'), textAt(product, 'status')])
    .map((parts) => parts.filter((each) => each !== undefined).join(' '))
    .filter((text) => text !== '')
    .slice(0, 64);

const KEYS_MAX = 64;
const VALUE_MAX = 2_000;

function rest(item: Json, kind: keyof typeof TAKEN): AnyRecord {
  const others = Object.entries(item).filter(([key]) => !TAKEN[kind].has(key));
  return flat(Object.fromEntries(others), 'vendor');
}

/** Every other key as the maker spells it; what is nested stays as it is, in text. */
function flat(value: unknown, prefix: string): AnyRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const entries = Object.entries(value).filter(([key, inner]) => inner !== null && /^[\w.-]{1,100}$/.test(key));
  return Object.fromEntries(entries.slice(0, KEYS_MAX).map(([key, inner]) => [`${prefix}.${key}`, plain(inner)]));
}

function plain(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, VALUE_MAX);
}
