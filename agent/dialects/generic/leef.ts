import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, type Target, transportOf } from '../fields.js';
import { leefTime } from '../leef.js';
import { actionTypes, classOf } from './words.js';

/** LEEF's predefined keys with an ECS name. */
export const LEEF_TARGETS: Readonly<Record<string, Target>> = {
  src: { ip: 'source.ip' },
  srcPort: { port: 'source.port' },
  srcMAC: { mac: 'source.mac' },
  srcBytes: { int: 'source.bytes' },
  srcPackets: { int: 'source.packets' },
  dst: { ip: 'destination.ip' },
  dstPort: { port: 'destination.port' },
  dstMAC: { mac: 'destination.mac' },
  dstBytes: { int: 'destination.bytes' },
  dstPackets: { int: 'destination.packets' },
  srcPostNAT: { ip: 'source.nat.ip' },
  srcPostNATPort: { port: 'source.nat.port' },
  dstPostNAT: { ip: 'destination.nat.ip' },
  dstPostNATPort: { port: 'destination.nat.port' },
  usrName: 'user.name',
  url: 'url.original',
  policy: 'rule.name',
  identHostName: 'host.name',
  devTime: null,
  devTimeFormat: null,
}; // prettier-ignore
const SEVERITY_MAX = 10;

export const genericLeef: Dialect = { name: 'leef', parse };

function parse(message: Message): Parsed | undefined {
  const { leef } = message;
  if (leef === undefined) return undefined;
  const fields: Fields = {};
  const { pairs } = leef;
  putAll(fields, pairs, LEEF_TARGETS);
  delete fields['vendor.proto'];
  Object.assign(fields, transportOf(pairs.get('proto')));
  put(fields, 'observer.vendor', leef.vendor);
  put(fields, 'observer.product', leef.product);
  put(fields, 'observer.version', leef.deviceVersion);
  put(fields, 'event.code', leef.eventId);
  put(fields, '@timestamp', leefTime(leef, message.clock));
  const severity = pairs.get('sev');
  if (severity !== undefined && /^\d{1,2}$/.test(severity))
    fields['event.severity'] = Math.min(SEVERITY_MAX, Number(severity)) * 10;
  const action = (pairs.get('action') ?? pairs.get('act') ?? '').toLowerCase();
  put(fields, 'event.action', action);
  const types = actionTypes(action);
  if (types !== undefined) fields['event.type'] = types;
  fields['hinomi.event_class'] = classOf(
    `${leef.eventId} ${pairs.get('cat') ?? ''} ${pairs.get('sub') ?? ''} ${action}`,
  );
  return { fields, status: 'full' };
}
