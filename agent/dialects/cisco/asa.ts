import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putInt, putIp, putPort, transportOf } from '../fields.js';
import { putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, type EventClass, judge } from '../verdict.js';
import { ASA_BY_ID, ASA_CLASSES } from './asa-messages.js';
import { firepowerFields } from './firepower.js';

const TAG = /%(ASA|FTD|PIX|FWSM|NGIPS)-(?:[a-z]{1,16}-)?(\d)-(\d{6,7}):? */i;
const HEAD_MAX = 300;
const TEXT_MAX = 2_048; // What the expressions look at; the longest text of the manual has some 400.
const PRODUCTS: Readonly<Record<string, string>> = {
  ASA: 'ASA',
  FTD: 'Secure Firewall Threat Defense',
  PIX: 'PIX',
  FWSM: 'FWSM',
  NGIPS: 'Firepower',
};
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notification', 'informational', 'debugging'];
const SEVERITIES = [100, 90, 90, 70, 50, 25, 10, 0];

/** Cisco ASA, Firepower Threat Defense, PIX; and what Firepower Management Center sends (`SFIMS`). */
export const asa: Dialect = {
  name: 'cisco-asa',
  parse(message: Message): Parsed | undefined {
    const tag = TAG.exec(message.text.slice(0, HEAD_MAX));
    if (tag === null) return /\bSFIMS ?:/.test(message.text.slice(0, HEAD_MAX)) ? ofManagement(message) : undefined;
    const [, kind = '', level = '', code = ''] = tag;
    const fields = head(kind.toUpperCase(), level, code);
    const text = message.text.slice(tag.index + tag[0].length).trim();
    if (/^4300\d\d$/.test(code))
      return { fields: { ...fields, ...firepowerFields(text, code, message.clock) }, status: 'full' };
    return record(fields, text, code);
  },
};

function ofManagement(message: Message): Parsed {
  const fields = head('NGIPS', '', '');
  const text = message.text.slice(message.text.indexOf('SFIMS') + 5).replace(/^ ?: ?/, '');
  return { fields: { ...fields, ...firepowerFields(text, '', message.clock) }, status: 'full' };
}

function head(kind: string, level: string, code: string): Fields {
  const fields: Fields = {
    'observer.vendor': 'Cisco',
    'observer.product': PRODUCTS[kind] ?? kind,
    'observer.type': 'firewall',
  };
  put(fields, 'event.code', code);
  if (level === '') return fields;
  put(fields, 'log.level', LEVELS[Number(level)]);
  put(fields, 'event.severity', SEVERITIES[Number(level)]);
  return fields;
}

function record(fields: Fields, text: string, code: string): Parsed {
  const known = ASA_BY_ID.get(code);
  const groups = known?.pattern?.exec(text.slice(0, TEXT_MAX))?.groups ?? plainWords(text.slice(0, TEXT_MAX));
  put(fields, 'message', text);
  putEnds(fields, groups);
  putRest(fields, groups);
  const action = (groups['action'] ?? known?.action)?.toLowerCase();
  put(fields, 'event.action', action);
  const eventClass = known?.class ?? ASA_CLASSES[code.slice(0, 3)] ?? 'system';
  decide(fields, { eventClass, action, text, code });
  const isMissed = eventClass === 'traffic' && known?.pattern !== undefined && Object.keys(groups).length === 0;
  if (isMissed) return { fields, status: 'partial', reason: 'text of the message is not as documented' };
  return { fields, status: 'full' };
}

const IP = String.raw`([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{1,4}:[0-9a-fA-F:.]{2,41})`;
const WORDS: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
  [/(?:User(?:name)?|user) ?[=<':]+ ?([^>',\s]{1,128})/, ['user']],
  [/Group(?: ?=| ?<) ?([^>,]{1,128})/, ['group']],
  [new RegExp(`\\bfrom (?:([^\\s:/]{1,48}):)?${IP}(?:/(\\d{1,5}))?`), ['sif', 'sip', 'spt']],
  [new RegExp(`\\bto (?:([^\\s:/]{1,48}):)?${IP}(?:/(\\d{1,5}))?`), ['dif', 'dip', 'dpt']],
  [new RegExp(`\\bIP(?: address)?(?: ?[=:]| ?<) ?${IP}`, 'i'), ['sip']],
];

/** What texts without an entry mostly say in the same words. */
function plainWords(text: string): Groups {
  const groups: Record<string, string | undefined> = {};
  for (const [pattern, names] of WORDS) {
    const parts = pattern.exec(text);
    for (const [index, name] of names.entries()) groups[name] ??= parts?.[index + 1];
  }
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined));
}

type Groups = Readonly<Record<string, string | undefined>>;

function putEnds(fields: Fields, groups: Groups): void {
  Object.assign(fields, transportOf(groups['proto']));
  if (groups['aip'] !== undefined) {
    const [source, destination] = isFirstTheServer(groups) ? ['b', 'a'] : ['a', 'b'];
    putEnd(fields, 'source', source as string, groups);
    putEnd(fields, 'destination', destination as string, groups);
    return;
  }
  putEnd(fields, 'source', 's', groups);
  putEnd(fields, 'destination', 'd', groups);
  putIcmp(fields, groups);
}

/** "for" comes before "to" by interface, not by who called: outbound connections have the server first. */
function isFirstTheServer(groups: Groups): boolean {
  if (groups['direction'] !== undefined) return groups['direction'].toLowerCase() === 'outbound';
  const [first, second] = [Number(groups['apt']), Number(groups['bpt'])];
  return first < 1_024 && second >= 1_024;
}

function putEnd(fields: Fields, key: 'source' | 'destination' | string, name: string, groups: Groups): void {
  const ip = groups[`${name}ip`];
  if (ip !== undefined && !putIp(fields, `${key}.ip`, ip) && !/x/i.test(ip)) put(fields, `${key}.domain`, ip);
  putPort(fields, `${key}.port`, groups[`${name}pt`]);
  const [nat, natPort] = [groups[`${name}nat`], groups[`${name}natpt`]];
  if (nat !== undefined && (nat !== ip || natPort !== groups[`${name}pt`])) {
    putIp(fields, `${key}.nat.ip`, nat);
    putPort(fields, `${key}.nat.port`, natPort);
  }
  const face = groups[`${name}if`] ?? (key === 'source' ? groups['sif2'] : undefined);
  put(fields, `observer.${key === 'source' ? 'ingress' : 'egress'}.interface.name`, face);
  putUser(fields, `${key}.user`, groups[`${name}user`]);
}

/** Foreign, global and local addresses: the local side called when the connection is outbound. */
function putIcmp(fields: Fields, groups: Groups): void {
  if (groups['faddr'] === undefined) return;
  const isOut = groups['direction']?.toLowerCase() === 'outbound';
  putIp(fields, isOut ? 'destination.ip' : 'source.ip', groups['faddr']);
  putIp(fields, isOut ? 'source.ip' : 'destination.ip', groups['laddr']);
  if (groups['gaddr'] !== groups['laddr']) putIp(fields, `${isOut ? 'source' : 'destination'}.nat.ip`, groups['gaddr']);
}

function putRest(fields: Fields, groups: Groups): void {
  putUser(fields, 'user', groups['user'] ?? groups['suser'] ?? groups['auser']);
  if (fields['source.ip'] !== undefined && groups['user'] !== undefined) putUser(fields, 'source.user', groups['user']);
  put(fields, 'rule.name', groups['acl'] ?? groups['acl2'] ?? groups['name']);
  put(fields, 'rule.id', groups['rule']);
  put(fields, 'rule.category', groups['category']);
  put(fields, 'user.group.name', groups['group']);
  put(fields, 'event.reason', groups['reason']?.trim() || undefined);
  put(fields, 'vendor.connection_id', groups['conn']);
  put(fields, 'vendor.session_type', groups['kind']);
  put(fields, 'vendor.command', groups['command']);
  put(fields, 'vendor.icmp_type', groups['itype']);
  put(fields, 'vendor.icmp_code', groups['icode']);
  put(fields, 'file.name', groups['file']);
  putInt(fields, 'network.bytes', groups['bytes']);
  putInt(fields, 'source.bytes', groups['sbytes']);
  putInt(fields, 'destination.bytes', groups['dbytes']);
  putUrl(fields, groups['url']);
  putIp(fields, 'source.nat.ip', groups['snat']);
  putDuration(fields, groups['duration']);
  if (groups['direction'] !== undefined) put(fields, 'network.direction', groups['direction'].toLowerCase());
}

/** `0:01:30`, `1d 02h:03m:04s` or `2h:03m:04s`. */
function putDuration(fields: Fields, text: string | undefined): void {
  const parts = /^(?:(\d+)d ?)?(?:(\d+)h?:)?(\d+)m?:(\d+)s?$/.exec(text ?? '');
  if (parts === null) return;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const total = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  fields['event.duration'] = total * 1e9;
}

interface Words {
  readonly eventClass: EventClass;
  readonly action: string | undefined;
  readonly text: string;
  readonly code: string;
}

function decide(fields: Fields, { eventClass, action, text, code }: Words): void {
  const isEnd = /^(?:Teardown|.*?disconnected)/i.test(text.slice(0, 256));
  const isStart = action === 'built' && code.startsWith('302');
  judge(fields, {
    class: eventClass,
    decision: decisionBy(action, eventClass, text),
    types: isEnd ? ['end'] : isStart ? ['start'] : [],
  });
  if (eventClass !== 'auth' && eventClass !== 'vpn') return;
  const words = text.slice(0, 512);
  if (/fail|reject|denied|invalid|unsuccessful|error/i.test(words)) fields['event.outcome'] = 'failure';
  else if (/succe|permitted|connected|completed|established|session started|assigned|login|logged/i.test(words))
    fields['event.outcome'] = 'success';
}

function decisionBy(action: string | undefined, eventClass: EventClass, text: string): Decision {
  if (eventClass === 'system' || eventClass === 'admin_change') return undefined;
  if (action === 'built' || action === 'teardown' || action === 'accessed' || action === 'est-allowed')
    return 'allowed';
  if (action === 'monitored' || action === 'shunned') return action === 'shunned' ? 'denied' : 'allowed';
  if (eventClass === 'auth' || eventClass === 'vpn') return undefined;
  return (
    decisionOf(action) ?? decisionOf(/^.{0,32}?\b(deny|denied|dropped|permitted|blocked|discarded)\b/i.exec(text)?.[1])
  );
}
