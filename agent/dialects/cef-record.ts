import { type Cef, labelled } from './cef.js';
import { CEF_KEYS } from './cef-keys.js';
import { cefTime } from './cef-time.js';
import type { Fields, MessageClock } from './dialect.js';
import { put, putAll, type Target, transportOf } from './fields.js';
import { severityOf } from './severity.js';
import { putHash, putUrl, putUser } from './url-parts.js';

/** Keys that this file reads by hand, and those of time. */
const BY_HAND = new Set([
  ...['act', 'cat', 'outcome', 'proto', 'rt', 'start', 'end', 'suser', 'duser', 'request', 'fileHash', 'oldFileHash'],
  ...['deviceDirection', 'dtz', 'cnt', 'deviceReceiptTime', 'art'],
]);
const CUSTOM =
  /^(?:cs|cn|cfp|c6a|flexString|flexNumber|flexDate|deviceCustomDate|deviceCustomString)\d{1,2}(?:Label)?$/;
const TIMES = ['rt', 'end', 'start', 'endTime', 'startTime', 'deviceReceiptTime', 'art'];

/**
 * What every device that keeps to the CEF dictionary says: header, addresses, people, files, times. Labelled fields go
 * to where `labels` (in lower case) says, else to `vendor.<label>`.
 */
export function cefRecord(cef: Cef, clock: MessageClock, labels: Readonly<Record<string, Target>> = {}): Fields {
  const fields: Fields = {};
  const { extension } = cef;
  put(fields, 'observer.version', cef.deviceVersion);
  put(fields, 'event.code', cef.signature);
  putAll(
    fields,
    [...extension].filter(([key]) => !BY_HAND.has(key) && !isLabelled(cef, key)),
    CEF_KEYS,
  );
  const named = [...labelled(cef)].map(([label, value]) => [label.toLowerCase(), value] as const);
  putAll(
    fields,
    named.map(([label, value]) => [label in labels ? label : wordOf(label), value] as const),
    labels,
  );
  Object.assign(fields, transportOf(extension.get('proto')));
  putPeople(fields, extension);
  putUrl(fields, extension.get('request'));
  putHash(fields, extension.get('fileHash'));
  putSeverity(fields, cef.severity);
  put(fields, '@timestamp', cefTime(extension, TIMES, clock));
  put(fields, 'event.action', (extension.get('act') ?? extension.get('outcome'))?.toLowerCase().trim());
  put(fields, 'vendor.cat', extension.get('cat'));
  return fields;
}

function isLabelled({ extension }: Cef, key: string): boolean {
  return CUSTOM.test(key) && (key.endsWith('Label') || extension.has(`${key}Label`));
}

/** A label as the end of a key: `Policy name` is `policy_name`. */
function wordOf(label: string): string {
  return (
    label
      .replace(/[^\p{L}\p{N}]+/gu, '_')
      .replace(/^_|_$/g, '')
      .slice(0, 64) || 'label'
  );
}

function putPeople(fields: Fields, extension: ReadonlyMap<string, string>): void {
  const [source, destination] = [extension.get('suser'), extension.get('duser')];
  putUser(fields, 'source.user', source);
  putUser(fields, 'destination.user', destination);
  putUser(fields, 'user', source || destination);
}

/** 0 to 10, or a word; CEF 3. */
function putSeverity(fields: Fields, text: string): void {
  if (text === '' || /^unknown$/i.test(text)) return;
  put(fields, 'log.level', text.toLowerCase());
  const value = severityOf(text) ?? (/^(?:\d|10)$/.test(text) ? Number(text) * 10 : undefined);
  if (value !== undefined) fields['event.severity'] = value;
}
