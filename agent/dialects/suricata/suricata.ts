import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, transportOf } from '../fields.js';
import { flatten } from '../flatten.js';
import { wallTime } from '../times.js';
import { putUrl } from '../url-parts.js';
import { type Decision, type EventClass, judge } from '../verdict.js';
import { classOf } from './fast.js';
import { KEYS, TYPES } from './keys.js';

type Json = Readonly<Record<string, unknown>>;

/** Suricata's EVE, as it comes by syslog. */
export const suricata: Dialect = {
  name: 'suricata',
  parse(message: Message): Parsed | undefined {
    if (!message.text.includes('"event_type"')) return undefined;
    const { json } = message;
    if (json === undefined || typeof json['event_type'] !== 'string' || typeof json['timestamp'] !== 'string')
      return undefined;
    if (!message.text.slice(0, 400).includes('suricata') && !('src_ip' in json || 'stats' in json)) return undefined;
    return 'http_host' in json ? undefined : { fields: fieldsOf(json, message), status: 'full' };
  },
};

const SEVERITIES: Readonly<Record<string, number>> = { '1': 90, '2': 50, '3': 25, '4': 10 };

function fieldsOf(json: Json, { clock }: Message): Fields {
  const type = String(json['event_type']);
  const fields: Fields = { 'observer.vendor': 'OISF', 'observer.product': 'Suricata', 'observer.type': 'ids' };
  const pairs = flatten(json);
  putAll(
    fields,
    [...pairs].filter(([key]) => !isList(key)),
    KEYS,
  );
  put(fields, '@timestamp', wallTime(String(json['timestamp']), clock));
  for (const side of ['start', 'end'] as const) {
    const time = pairs.get(`flow.${side}`);
    if (time !== undefined) put(fields, `event.${side}`, wallTime(time, clock));
  }
  Object.assign(fields, transportOf(pairs.get('proto')));
  put(fields, 'event.code', type);
  putHttp(fields, pairs);
  putDns(fields, json, pairs);
  putMail(fields, json);
  putVlan(fields, json['vlan']);
  decide(fields, type, pairs);
  return fields;
}

/** Read from the object itself. */
function isList(key: string): boolean {
  return /^(?:vlan|dns\.(?:answers|queries|grouped|query)|email\.(?:from|to|cc|attachment)|smtp\.rcpt_to)\b/.test(key);
}

function putHttp(fields: Fields, pairs: Map<string, string>): void {
  const [host, url] = [pairs.get('http.hostname'), pairs.get('http.url')];
  if (url === undefined) return;
  const isWhole = /^https?:\/\//i.test(url);
  if (host !== undefined && !isWhole && url.startsWith('/')) fields['url.full'] = `http://${host}${url}`;
  putUrl(fields, url);
  if (host !== undefined) fields['url.domain'] = host;
  put(fields, 'http.version', pairs.get('http.protocol')?.replace(/^HTTP\//, ''));
}

/** Version 2 has answers as a list, version 3 the questions as well. */
function putDns(fields: Fields, json: Json, pairs: Map<string, string>): void {
  const dns = json['dns'] as Json | undefined;
  if (typeof dns !== 'object' || dns === null) return;
  const [first] = listOf(dns['queries'] ?? dns['query']);
  if (fields['dns.question.name'] === undefined) put(fields, 'dns.question.name', textOf(first?.['rrname']));
  if (fields['dns.question.type'] === undefined) put(fields, 'dns.question.type', textOf(first?.['rrtype']));
  if (pairs.get('dns.type') === 'request') fields['dns.type'] = 'query';
  if (pairs.get('dns.type') === 'response') fields['dns.type'] = 'answer';
  const answers = listOf(dns['answers']).map((one) => ({
    name: one['rrname'],
    type: one['rrtype'],
    ttl: one['ttl'],
    data: one['rdata'],
  }));
  if (answers.length > 0) fields['dns.answers'] = answers;
  const addresses = answers.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ data }) => data);
  if (addresses.length > 0) fields['dns.resolved_ip'] = addresses;
}

const ITEMS_MAX = 64;

function listOf(value: unknown): Json[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, ITEMS_MAX).filter((one): one is Json => typeof one === 'object' && one !== null);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function putMail(fields: Fields, json: Json): void {
  const mail = json['email'] as Json | undefined;
  if (typeof mail !== 'object' || mail === null) return;
  if (typeof mail['from'] === 'string') fields['email.from.address'] = [mail['from']];
  if (Array.isArray(mail['to'])) fields['email.to.address'] = mail['to'].slice(0, ITEMS_MAX).map(String);
}

function putVlan(fields: Fields, vlan: unknown): void {
  const first = Array.isArray(vlan) ? vlan[0] : vlan;
  if (typeof first === 'number') fields['network.vlan.id'] = String(first);
}

function decide(fields: Fields, type: string, pairs: Map<string, string>): void {
  const severity = SEVERITIES[pairs.get('alert.severity') ?? ''];
  if (severity !== undefined) fields['event.severity'] = severity;
  const action = pairs.get('alert.action') ?? (type === 'drop' ? 'blocked' : undefined);
  put(fields, 'event.action', (action ?? type).toLowerCase());
  const decision: Decision = action === undefined ? undefined : action === 'blocked' ? 'denied' : 'allowed';
  const eventClass = classFor(type, pairs);
  const types = type === 'flow' || type === 'netflow' ? ['end'] : [];
  judge(fields, {
    class: eventClass,
    decision,
    types,
    ...(type === 'anomaly' || type === 'drop' ? { alert: false } : {}),
  });
}

function classFor(type: string, pairs: Map<string, string>): EventClass {
  if (type !== 'alert') return TYPES[type] ?? 'traffic';
  return classOf(`${pairs.get('alert.category') ?? ''} ${pairs.get('alert.signature') ?? ''}`.slice(0, 512));
}
