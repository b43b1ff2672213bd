import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { putAll, type Target, transportOf } from '../fields.js';
import { readPairs } from '../key-values.js';

/** Keys that mean the same nearly everywhere. */
const TARGETS: Readonly<Record<string, Target>> = {
  src: { ip: 'source.ip' },
  srcip: { ip: 'source.ip' },
  src_ip: { ip: 'source.ip' },
  SRC: { ip: 'source.ip' },
  dst: { ip: 'destination.ip' },
  dstip: { ip: 'destination.ip' },
  dst_ip: { ip: 'destination.ip' },
  DST: { ip: 'destination.ip' },
  srcport: { port: 'source.port' },
  src_port: { port: 'source.port' },
  spt: { port: 'source.port' },
  sport: { port: 'source.port' },
  SPT: { port: 'source.port' },
  dstport: { port: 'destination.port' },
  dst_port: { port: 'destination.port' },
  dpt: { port: 'destination.port' },
  dport: { port: 'destination.port' },
  DPT: { port: 'destination.port' },
  user: 'user.name',
  username: 'user.name',
  url: 'url.original',
  msg: 'message',
}; // prettier-ignore
const PAIRS_MIN = 3;

export const keyValue: Dialect = { name: 'key-value', parse };

function parse(message: Message): Parsed | undefined {
  if (!message.body.includes('=')) return undefined;
  const pairs = readPairs(message.body);
  if (pairs.size < PAIRS_MIN) return undefined;
  const fields: Fields = {};
  putAll(fields, pairs, TARGETS);
  Object.assign(fields, transportOf(pairs.get('proto') ?? pairs.get('protocol') ?? pairs.get('PROTO')));
  fields['hinomi.event_class'] = 'unknown';
  return { fields, status: 'partial', reason: 'key=value of an unknown maker' };
}
