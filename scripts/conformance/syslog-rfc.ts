import { join } from 'node:path';
import type { Dialects } from '../../agent/dialects/dialects.js';
import { decodeText } from '../../agent/dialects/encoding.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { RECEIVED, readJsonLines } from './syslog-lines.js';
import type { Tally } from './tally.js';

interface Vector {
  /** Bytes that are no UTF-8 as base64. */
  readonly input: string | { readonly b64: string };
  readonly valid: boolean;
  readonly message: Readonly<Record<string, unknown>> | null;
  readonly partial: Readonly<Record<string, unknown>> | null;
}

/** A vector's name of a field, and ours. */
const NAMES: Readonly<Record<string, string>> = {
  priority: 'log.syslog.priority',
  facility: 'log.syslog.facility.code',
  severity: 'log.syslog.severity.code',
  version: 'log.syslog.version',
  hostname: 'log.syslog.hostname',
  appname: 'log.syslog.appname',
  procid: 'log.syslog.procid',
  procID: 'log.syslog.procid',
  msgid: 'log.syslog.msgid',
  msgID: 'log.syslog.msgid',
  structuredData: 'log.syslog.structured_data',
  message: 'message',
  timestamp: '@timestamp',
};

/** Valid: every field, and no other. Invalid: kept as it came, with a reason, and what was read before the fault. */
export function compareRfc(folder: string, name: string, dialects: Dialects, tally: Tally): void {
  const suite = `syslog ${name}`;
  for (const vector of readJsonLines<Vector>(join(folder, `${name}-cases.jsonl`))) {
    const { input } = vector;
    const text = typeof input === 'string' ? input : decodeText(Buffer.from(input.b64, 'base64'));
    const record = dialects.record(text, Date.parse(RECEIVED));
    const add = (field: string, expected: unknown, actual: unknown): void =>
      tally.add({ suite, subject: JSON.stringify(text).slice(0, 120), field, expected, actual, context: {} });
    add('original', text, record['event.original']);
    if (vector.valid) compareFields(vector.message ?? {}, record, add, true);
    else {
      add('has a reason', true, typeof record['hinomi.parse.reason'] === 'string');
      // What is no 5424 header at all is unknown, not invalid.
      if (vector.partial !== null) add('status', 'invalid', record['hinomi.parse.status']);
      compareFields(vector.partial ?? {}, record, add, false);
    }
  }
}

function compareFields(
  expected: Readonly<Record<string, unknown>>,
  record: AnyRecord,
  add: (field: string, expected: unknown, actual: unknown) => void,
  isWhole: boolean,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const key = NAMES[name];
    if (key === undefined || (!isWhole && !isRead(value))) continue;
    add(name, ours(name, value), record[key]);
  }
  if (!isWhole) return;
  const known = new Set(Object.keys(expected).map((name) => NAMES[name]));
  const extra = Object.keys(record).filter((key) => key.startsWith('log.syslog.') && !known.has(key));
  add('nothing else', [], extra);
}

/** Of a broken message: a text, a number or elements. */
const isRead = (value: unknown): boolean => value !== null && !(typeof value === 'object' && 'b64' in value);

function ours(name: string, value: unknown): unknown {
  if (value === null) return name === 'timestamp' ? RECEIVED : undefined;
  if (name === 'version') return String(value);
  return name === 'timestamp' ? timeOf(String(value)) : value;
}

/** A BSD time is in the zone of the run, UTC, and of the last year in which it is not in the future. */
function timeOf(text: string): string {
  if (/^\d{4}/.test(text)) {
    const micros = /\.\d{3}(\d{3})/.exec(text)?.[1];
    const iso = new Date(text).toISOString();
    return micros === undefined ? iso : `${iso.slice(0, -1)}${micros}Z`;
  }
  const years = [2026, 2025].map((year) => new Date(`${text} ${year} UTC`).toISOString());
  return years.find((iso) => iso <= RECEIVED) ?? '';
}
