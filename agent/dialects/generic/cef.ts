import { labelled } from '../cef.js';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putInt, type Target, transportOf } from '../fields.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { actionTypes, classOf } from './words.js';

/** CEF dictionary keys with an ECS name. */
export const CEF_TARGETS: Readonly<Record<string, Target>> = {
  src: { ip: 'source.ip' },
  spt: { port: 'source.port' },
  smac: { mac: 'source.mac' },
  shost: 'source.domain',
  suser: 'source.user.name',
  dst: { ip: 'destination.ip' },
  dpt: { port: 'destination.port' },
  dmac: { mac: 'destination.mac' },
  dhost: 'destination.domain',
  duser: 'destination.user.name',
  c6a2: { ip: 'source.ip' },
  c6a3: { ip: 'destination.ip' },
  sourceTranslatedAddress: { ip: 'source.nat.ip' },
  sourceTranslatedPort: { port: 'source.nat.port' },
  destinationTranslatedAddress: { ip: 'destination.nat.ip' },
  destinationTranslatedPort: { port: 'destination.nat.port' },
  in: { int: 'destination.bytes' },
  out: { int: 'source.bytes' },
  app: 'network.protocol',
  request: 'url.original',
  requestMethod: 'http.request.method',
  requestClientApplication: 'user_agent.original',
  fname: 'file.name',
  filePath: 'file.path',
  fileHash: 'file.hash.md5',
  fsize: { int: 'file.size' },
  deviceExternalId: 'observer.serial_number',
  deviceInboundInterface: 'observer.ingress.interface.name',
  deviceOutboundInterface: 'observer.egress.interface.name',
  dvchost: 'observer.name',
  reason: 'event.reason',
  externalId: 'event.id',
  msg: 'message',
}; // prettier-ignore
const SEVERITY_MAX = 10;

export const genericCef: Dialect = { name: 'cef', parse };

function parse(message: Message): Parsed | undefined {
  const { cef } = message;
  if (cef === undefined) return undefined;
  const fields: Fields = {};
  const { extension } = cef;
  putAll(fields, extension, CEF_TARGETS);
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
  put(fields, '@timestamp', timeOf(message));
  const types = actionTypes(action);
  if (types !== undefined) fields['event.type'] = types;
  fields['hinomi.event_class'] = classOf(
    `${cef.name} ${extension.get('cat') ?? ''} ${action} ${[...labelled(cef).values()].length}`,
  );
  return { fields, status: 'full' };
}

function putSeverity(fields: Fields, text: string): void {
  put(fields, 'log.level', text.toLowerCase());
  const word = severityOf(text);
  if (word !== undefined) fields['event.severity'] = word;
  else if (putInt(fields, 'event.severity', text)) fields['event.severity'] = Math.min(SEVERITY_MAX, Number(text)) * 10;
}

function timeOf(message: Message): string | undefined {
  const extension = message.cef?.extension;
  for (const key of ['rt', 'start', 'end', 'deviceReceiptTime']) {
    const text = extension?.get(key);
    if (text === undefined || text === '') continue;
    const time = epochTime(text) ?? wallTime(text, message.clock, extension?.get('dtz'));
    if (time !== undefined) return time;
  }
  return undefined;
}
