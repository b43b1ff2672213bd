import { CEF_COMMON_KEYS } from '../cef-keys.js';
import { cefTime } from '../cef-time.js';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putInt, transportOf } from '../fields.js';
import { severityOf } from '../severity.js';
import { actionTypes, classOf } from './words.js';

const SEVERITY_MAX = 10;
const TIMES = ['rt', 'start', 'end', 'deviceReceiptTime'];

export const genericCef: Dialect = { name: 'cef', parse };

function parse(message: Message): Parsed | undefined {
  const { cef } = message;
  if (cef === undefined) return undefined;
  const fields: Fields = {};
  const { extension } = cef;
  putAll(fields, extension, CEF_COMMON_KEYS);
  for (const key of ['proto', 'act', 'rt', 'cat', 'outcome']) delete fields[`vendor.${key}`];
  Object.assign(fields, transportOf(extension.get('proto')));
  put(fields, 'observer.vendor', cef.vendor);
  put(fields, 'observer.product', cef.product);
  put(fields, 'observer.version', cef.deviceVersion);
  put(fields, 'event.code', cef.signature);
  put(fields, 'rule.name', cef.name);
  const action = (extension.get('act') ?? extension.get('outcome') ?? '').toLowerCase();
  put(fields, 'event.action', action);
  put(fields, 'vendor.cat', extension.get('cat'));
  putSeverity(fields, cef.severity);
  put(fields, '@timestamp', cefTime(extension, TIMES, message.clock));
  const types = actionTypes(action);
  if (types !== undefined) fields['event.type'] = types;
  fields['hinomi.event_class'] = classOf(`${cef.name} ${extension.get('cat') ?? ''} ${action}`);
  return { fields, status: 'full' };
}

function putSeverity(fields: Fields, text: string): void {
  put(fields, 'log.level', text.toLowerCase());
  const word = severityOf(text);
  if (word !== undefined) fields['event.severity'] = word;
  else if (putInt(fields, 'event.severity', text)) fields['event.severity'] = Math.min(SEVERITY_MAX, Number(text)) * 10;
}
