import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putPort, transportOf } from '../fields.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { decisionOf } from '../verdict.js';
import { type Row, readRow } from './forms.js';
import { KEYS } from './keys.js';
import { decide } from './threats.js';

/** Read below by hand, so not to be given to `vendor.*` as well. */
const BY_HAND = new Set([
  ...['time_generated', 'high_res_timestamp', 'start', 'elapsed', 'natsrc', 'natdst', 'natsport', 'natdport', 'proto'],
  ...['srcuser', 'dstuser', 'user', 'admin', 'misc', 'threatid', 'severity', 'sev', 'action', 'filedigest', 'ip'],
  ...['public_ip', 'private_ip', 'client', 'srcipv6', 'tls_version'],
]);

/** PAN-OS firewalls, Panorama and Prisma Access: CSV, LEEF, CEF. What Cortex says in CEF is in families of its own. */
export const paloAlto: Dialect = {
  name: 'palo-alto',
  parse(message: Message): Parsed | undefined {
    const row = readRow(message);
    if (row === undefined || (message.cef !== undefined && row.type === '')) return undefined;
    const fields = fieldsOf(row, message);
    return row.isStrange ? { fields, status: 'partial', reason: 'unknown log type' } : { fields, status: 'full' };
  },
};

function fieldsOf(row: Row, message: Message): Fields {
  const { values } = row;
  const fields: Fields = {
    'observer.vendor': 'Palo Alto Networks',
    'observer.product': 'PAN-OS',
    'observer.type': 'firewall',
    'vendor.type': row.type,
  };
  put(fields, 'vendor.subtype', row.subtype);
  putAll(
    fields,
    [...values].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  putTimes(fields, values, message);
  putNat(fields, values);
  putPeople(fields, values);
  putContent(fields, row);
  putSeverity(fields, values);
  const action =
    values.get('action') ??
    values.get('status') ??
    values.get('result') ??
    values.get('cmd') ??
    values.get('event') ??
    row.subtype;
  if (!/^\d+$/.test(action)) put(fields, 'event.action', action.toLowerCase());
  decide(fields, row, decisionOf(values.get('action')));
  return fields;
}

function putTimes(fields: Fields, values: Map<string, string>, { clock }: Message): void {
  const time = values.get('high_res_timestamp') ?? values.get('time_generated') ?? values.get('receive_time');
  if (time !== undefined) put(fields, '@timestamp', wallTime(time, clock) ?? epochTime(time));
  const start = values.get('start');
  if (start !== undefined) put(fields, 'event.start', wallTime(start, clock) ?? epochTime(start));
  const elapsed = values.get('elapsed');
  if (elapsed !== undefined && /^\d{1,9}$/.test(elapsed)) fields['event.duration'] = Number(elapsed) * 1e9;
}

/** Without translation the columns are zero. */
function putNat(fields: Fields, values: Map<string, string>): void {
  Object.assign(fields, transportOf(values.get('proto')));
  for (const [side, ip, port] of [
    ['source', 'natsrc', 'natsport'],
    ['destination', 'natdst', 'natdport'],
  ] as const) {
    const address = values.get(ip);
    if (address !== undefined && !/^(?:0\.0\.0\.0|::)$/.test(address)) putIp(fields, `${side}.nat.ip`, address);
    if (values.get(port) !== '0') putPort(fields, `${side}.nat.port`, values.get(port));
  }
  for (const key of ['ip', 'public_ip', 'client']) {
    if (fields['source.ip'] === undefined) putIp(fields, 'source.ip', values.get(key));
  }
  if (values.get('private_ip') !== '0.0.0.0') putIp(fields, 'source.nat.ip', values.get('private_ip'));
  if (fields['source.ip'] === undefined && values.get('srcipv6') !== '0.0.0.0')
    putIp(fields, 'source.ip', values.get('srcipv6'));
}

function putPeople(fields: Fields, values: Map<string, string>): void {
  const user = values.get('srcuser') ?? values.get('user') ?? values.get('admin');
  putUser(fields, 'user', user);
  if (fields['source.ip'] !== undefined) putUser(fields, 'source.user', user);
  putUser(fields, 'destination.user', values.get('dstuser'));
}

const THREAT_ID = /^(.*)\((\d+)\)$/;

function putContent(fields: Fields, { type, subtype, values }: Row): void {
  const misc = values.get('misc');
  const isUrl = subtype === 'url' || (misc?.includes('/') ?? false);
  if (isUrl) putUrl(fields, misc);
  else if (/^(?:spyware|dns)/.test(subtype)) putDns(fields, misc);
  else put(fields, 'file.name', misc);
  putHash(fields, values.get('filedigest'));
  const tls = /^(TLS|SSL)v?(\d(?:\.\d)?)$/.exec(values.get('tls_version') ?? '');
  if (tls !== null) Object.assign(fields, { 'tls.version_protocol': tls[1]?.toLowerCase(), 'tls.version': tls[2] });
  putThreat(fields, values);
  if (type === 'SYSTEM') put(fields, 'event.code', values.get('eventid'));
  if (type === 'CORRELATION') put(fields, 'rule.name', values.get('objectname'));
  if (type === 'AUTHENTICATION') put(fields, 'message', values.get('desc'));
}

function putThreat(fields: Fields, values: Map<string, string>): void {
  const threat = values.get('threatid');
  const parts = THREAT_ID.exec(threat?.slice(0, 1_024) ?? '');
  const id = parts?.[2] ?? (/^\d+$/.test(threat ?? '') ? threat : undefined);
  if (id === '9999' || threat === undefined) return; // What URL filtering always has: no threat.
  put(fields, 'vendor.rule', values.get('rule'));
  put(fields, 'rule.id', id);
  put(fields, 'event.code', id);
  put(fields, 'rule.name', parts?.[1]?.trim() || threat);
}

/** `generic:evil.example(…)`, `Suspicious Domain` and the like: the asked name. */
function putDns(fields: Fields, misc: string | undefined): void {
  const name = misc?.replace(/^[a-z ]+:/i, '');
  if (name !== undefined && /^[a-z0-9._-]{1,253}$/i.test(name) && name.includes('.'))
    put(fields, 'dns.question.name', name);
  else put(fields, 'file.name', misc);
}

const NUMBERS: Readonly<Record<string, string>> = {
  '1': 'informational',
  '2': 'low',
  '3': 'medium',
  '4': 'high',
  '5': 'critical',
};

function putSeverity(fields: Fields, values: Map<string, string>): void {
  const word = values.get('severity') ?? NUMBERS[values.get('sev') ?? ''];
  put(fields, 'log.level', word?.toLowerCase());
  const value = word === undefined ? undefined : severityOf(word);
  if (value !== undefined) fields['event.severity'] = value;
}
