import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, type Target } from '../fields.js';
import { readPairs } from '../key-values.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { judge } from '../verdict.js';
import { centralClass, centralDecision, isFinding } from './central-classes.js';

/** Keys of the SIEM API's events and alerts, and what Sophos's own forwarder calls them in CEF and key=value. */
const KEYS: Readonly<Record<string, Target>> = {
  type: 'event.code',
  id: 'event.id',
  endpoint_id: 'host.id',
  endpoint_type: 'host.type',
  location: 'host.name',
  dhost: 'host.name',
  threat: 'threat.software.name',
  detection_identity_name: 'threat.software.name',
  filePath: 'file.path',
  path: 'file.path',
  name: 'message',
  description: 'message',
  customer_id: 'organization.id',
  group: 'vendor.group',
  appName: 'process.name',
  app_name: 'process.name',
  os: 'host.os.name',
};
const BY_HAND = new Set([
  ...['severity', 'when', 'created_at', 'end', 'rt', 'source', 'suser', 'source_info_ip', 'source_info', 'ips'],
  ...['appSha256', 'app_sha256', 'sha256', 'url', 'core_remedy_items', 'date'],
]);
const TYPE = /^Event::[A-Za-z]{2,}/;
const FILE = / at '([^']{1,1024})'/;
const DEPTH_MAX = 3;

/** Sophos Central events and alerts, as JSON, CEF or key=value of the SIEM forwarder. */
export const sophosCentral: Dialect = {
  name: 'sophos-central',
  parse(message: Message): Parsed | undefined {
    const pairs = read(message);
    return pairs === undefined ? undefined : { fields: fieldsOf(pairs, message), status: 'full' };
  },
};

function read(message: Message): Map<string, string> | undefined {
  const { body } = message;
  if (!body.includes('Event::') && !/sophos ?central/i.test(body.slice(0, 400))) return undefined;
  const { cef } = message;
  if (cef !== undefined) {
    if (!/^sophos/i.test(cef.vendor) || !/central/i.test(cef.product)) return undefined;
    const pairs = new Map(cef.extension);
    // `NA` is the forwarder's word for nothing.
    if (!pairs.has('type') && cef.signature !== 'NA') pairs.set('type', cef.signature);
    if (!pairs.has('severity')) pairs.set('severity', cef.severity);
    if (!pairs.has('name') && cef.name !== 'NA') pairs.set('name', cef.name);
    return pairs;
  }
  const { json } = message;
  if (json !== undefined) return ofJson(json);
  return body.includes('type="Event::') ? ofKeyValue(body) : undefined;
}

function ofJson(json: Readonly<Record<string, unknown>>): Map<string, string> | undefined {
  const type = json['type'];
  if (typeof type !== 'string' || !TYPE.test(type)) return undefined;
  const pairs = new Map<string, string>();
  flatten(pairs, '', json, 0);
  return pairs;
}

/** The forwarder joins nested keys by an underscore, and so do we. */
function flatten(pairs: Map<string, string>, prefix: string, value: unknown, depth: number): void {
  if (pairs.size >= 500) return;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    pairs.set(prefix, String(value));
  } else if (typeof value === 'object' && value !== null && depth < DEPTH_MAX) {
    for (const [key, inner] of Object.entries(value))
      flatten(pairs, prefix === '' ? key : `${prefix}_${key}`, inner, depth + 1);
  }
}

/** `2026-06-07T08:33:19.123Z severity="high"; type="Event::...";` */
function ofKeyValue(body: string): Map<string, string> {
  return readPairs(body.replace(/";(?=\s|$)/g, '"'));
}

function fieldsOf(pairs: ReadonlyMap<string, string>, { clock }: Message): Fields {
  const fields: Fields = {
    'observer.vendor': 'Sophos',
    'observer.product': 'Sophos Central',
    'observer.type': 'edr',
  };
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  for (const key of ['when', 'end', 'created_at', 'rt']) {
    const text = pairs.get(key);
    if (text) fields['@timestamp'] ??= wallTime(text, clock) ?? epochTime(text);
  }
  putSeverity(fields, pairs.get('severity'));
  putUser(fields, 'user', pairs.get('suser') || pairs.get('source'));
  const draft: Fields = {};
  if (putIp(draft, 'ip', pairs.get('source_info_ip') ?? pairs.get('ips'))) fields['host.ip'] = [draft['ip']];
  for (const key of ['appSha256', 'app_sha256', 'sha256']) putHash(fields, pairs.get(key));
  putUrl(fields, pairs.get('url'));
  const name = pairs.get('name') ?? pairs.get('description') ?? '';
  put(fields, 'file.path', (fields['file.path'] as string | undefined) ?? FILE.exec(name)?.[1]);
  decide(fields, pairs.get('type') ?? '', name);
  return fields;
}

/** A word in the API, 0 to 10 in the forwarder's CEF. */
function putSeverity(fields: Fields, text: string | undefined): void {
  if (text === undefined) return;
  put(fields, 'log.level', text.toLowerCase());
  const value = severityOf(text) ?? (/^(?:\d|10)$/.test(text) ? Number(text) * 10 : undefined);
  if (value !== undefined) fields['event.severity'] = value;
}

function decide(fields: Fields, type: string, name: string): void {
  const eventClass = centralClass(type, name);
  const last = type.split('::').at(-1) ?? '';
  put(fields, 'event.action', last.toLowerCase());
  judge(fields, { class: eventClass, decision: centralDecision(type, name), alert: isFinding(eventClass, type) });
  if (eventClass !== 'endpoint' && eventClass !== 'auth') return;
  if (/fail/i.test(last)) fields['event.outcome'] = 'failure';
  else if (/success|complete/i.test(last)) fields['event.outcome'] = 'success';
}
