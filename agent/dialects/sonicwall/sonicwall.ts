import { isIP } from 'node:net';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putPort, transportOf } from '../fields.js';
import { readPairs } from '../key-values.js';
import { levelOfPriority, severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, judge } from '../verdict.js';
import { sonicwallClass } from './classes.js';
import { CEF_NAMES, KEYS } from './keys.js';

/** Read below by hand, so not to be given to `vendor.*` as well. */
const BY_HAND = new Set([
  ...[
    'time',
    'pri',
    'src',
    'dst',
    'srcV6',
    'dstV6',
    'natSrc',
    'natDst',
    'natSrcV6',
    'natDstV6',
    'proto',
    'rule',
    'usr',
  ],
  ...['user', 'dstname', 'arg', 'url', 'sid', 'ipscat', 'spycat', 'cdur', 'dur', 'fw_action', 'op', 'type', 'icmpCode'],
  ...['rt', 'start', 'spt', 'dpt', 'deviceInboundInterface', 'deviceOutboundInterface', 'snpt', 'dnpt', 'shost'],
  ...['sourceTranslatedAddress', 'sourceTranslatedPort', 'destinationTranslatedAddress', 'destinationTranslatedPort'],
  ...['policy', 'appid', 'virus'],
]);
const NUMBER = /(?:^|\s)(?:m|c|n|pri)=\d/;
const SERIAL = /(?:^|\s)sn=[\w-]/;

/** SonicWall firewalls, native and CEF. */
export const sonicwall: Dialect = {
  name: 'sonicwall',
  parse(message: Message): Parsed | undefined {
    const pairs = read(message);
    return pairs === undefined ? undefined : { fields: fieldsOf(pairs, message), status: 'full' };
  },
};

function read(message: Message): Map<string, string> | undefined {
  const { body } = message;
  if (/sonicwall\|/i.test(body.slice(0, 400))) return ofCef(message);
  if (!body.includes('sn=') || !body.includes('fw=')) return undefined;
  const start = /(?:^|[\s>])id=/.exec(body)?.index ?? 0;
  if (!SERIAL.test(body) || !NUMBER.test(body)) return undefined;
  return readPairs(body.slice(start).replace(/^>/, ''));
}

function ofCef(message: Message): Map<string, string> | undefined {
  const { cef } = message;
  if (cef === undefined || !/^(?:dell )?sonicwall/i.test(cef.vendor)) return undefined;
  const pairs = new Map<string, string>();
  for (const [key, value] of cef.extension) {
    const isWord = key.endsWith('Label') && /rule|policy/i.test(value);
    if (!isWord) pairs.set(CEF_NAMES[key] ?? key, value.replace(/^"(.*)"$/, '$1'));
  }
  if (!pairs.has('m')) pairs.set('m', cef.signature);
  if (!pairs.has('msg')) pairs.set('msg', cef.name);
  if (pairs.has('cat') && !pairs.has('c')) pairs.set('c', pairs.get('cat') ?? '');
  return pairs;
}

function fieldsOf(pairs: ReadonlyMap<string, string>, message: Message): Fields {
  const { cef, clock } = message;
  const fields: Fields = {
    'observer.vendor': 'SonicWall',
    'observer.product': 'SonicOS',
    'observer.type': 'firewall',
  };
  if (cef !== undefined) put(fields, 'observer.version', cef.deviceVersion);
  if (cef !== undefined) put(fields, 'vendor.product', cef.product);
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  const time = pairs.get('time') || pairs.get('rt') || pairs.get('start');
  if (time) put(fields, '@timestamp', wallTime(time, clock) ?? epochTime(time));
  putSeverity(fields, pairs.get('pri'), cef?.severity);
  putEnds(fields, pairs);
  putProtocol(fields, pairs);
  putPolicy(fields, pairs);
  putThings(fields, pairs);
  decide(fields, pairs);
  return fields;
}

/** `pri` is the syslog severity. */
function putSeverity(fields: Fields, priority: string | undefined, severity: string | undefined): void {
  if (priority !== undefined && /^[0-7]$/.test(priority)) {
    const level = levelOfPriority(Number(priority));
    fields['log.level'] = level;
    fields['event.severity'] = severityOf(level);
  } else if (severity !== undefined && /^\d{1,2}$/.test(severity))
    fields['event.severity'] = Math.min(10, Number(severity)) * 10;
}

interface End {
  readonly ip: string;
  readonly port: string;
  readonly face: string;
  readonly name: string;
}

/** `ip:port:interface:name`, any part of which may be empty; of IPv6, the address alone or in brackets. */
function endOf(text: string | undefined): End | undefined {
  if (text === undefined || text === '' || text.length > 512) return undefined;
  if (isIP(text) === 6) return { ip: text, port: '', face: '', name: '' };
  const bracket = /^\[([0-9A-Fa-f:.]{2,45})\](?::(.*))?$/.exec(text);
  const [ip = '', ...rest] = bracket === null ? text.split(':') : [bracket[1] ?? '', ...(bracket[2] ?? '').split(':')];
  const [port = '', face = '', ...name] = rest;
  return { ip, port, face, name: name.join(':') };
}

function putEnds(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  putEnd(fields, pairs, 'source', 'ingress', ['src', 'srcV6', 'spt', 'deviceInboundInterface', 'shost']);
  putEnd(fields, pairs, 'destination', 'egress', ['dst', 'dstV6', 'dpt', 'deviceOutboundInterface', '']);
  putNat(fields, 'source', endOf(pairs.get('natSrc')), pairs.get('natSrcV6') ?? pairs.get('sourceTranslatedAddress'));
  putNat(
    fields,
    'destination',
    endOf(pairs.get('natDst')),
    pairs.get('natDstV6') ?? pairs.get('destinationTranslatedAddress'),
  );
  putPort(fields, 'source.nat.port', pairs.get('sourceTranslatedPort') ?? pairs.get('snpt'));
  putPort(fields, 'destination.nat.port', pairs.get('destinationTranslatedPort') ?? pairs.get('dnpt'));
}

/** @param keys of the end, of its IPv6 address, and CEF's of its port, interface and name */
function putEnd(
  fields: Fields,
  pairs: ReadonlyMap<string, string>,
  side: string,
  way: string,
  keys: readonly [string, string, string, string, string],
): void {
  const [main, six, port, face, name] = keys;
  const end = endOf(pairs.get(main));
  if (!putIp(fields, `${side}.ip`, end?.ip)) putIp(fields, `${side}.ip`, pairs.get(six));
  if (!putPort(fields, `${side}.port`, end?.port)) putPort(fields, `${side}.port`, pairs.get(port));
  put(fields, `observer.${way}.interface.name`, end?.face || pairs.get(face));
  put(fields, `${side}.domain`, end?.name || pairs.get(name));
}

function putNat(fields: Fields, side: string, end: End | undefined, other: string | undefined): void {
  if (!putIp(fields, `${side}.nat.ip`, end?.ip)) putIp(fields, `${side}.nat.ip`, other);
  putPort(fields, `${side}.nat.port`, end?.port);
}

/** `tcp/https`, `udp/53`, `icmp`. */
function putProtocol(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const [transport, service] = (pairs.get('proto') ?? '').split('/');
  Object.assign(fields, transportOf(transport));
  if (service !== undefined && !/^\d*$/.test(service)) fields['network.protocol'] = service.toLowerCase();
  put(fields, 'vendor.type', pairs.get('type'));
  put(fields, 'vendor.icmpCode', pairs.get('icmpCode'));
}

/** The signature where one matched, else the access rule: `15 (LAN->WAN)` or its name. */
function putPolicy(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const rule = pairs.get('rule') || pairs.get('policy');
  const sid = pairs.get('sid');
  if (sid !== undefined && sid !== '') {
    put(fields, 'rule.id', sid);
    put(fields, 'rule.name', signatureOf(pairs));
    put(fields, 'vendor.rule', rule);
    return;
  }
  put(fields, 'rule.id', /^(\d{1,9}) ?\(/.exec(rule ?? '')?.[1]);
  put(fields, 'rule.name', rule);
}

function signatureOf(pairs: ReadonlyMap<string, string>): string | undefined {
  const named = pairs.get('ipscat') || pairs.get('spycat');
  if (named && named !== 'N/A') return named.replace(/^"|"$/g, '');
  return /(?:Alert|Detection|Prevention): ?([^,]{1,200})/.exec(pairs.get('msg') ?? '')?.[1];
}

/** `op`: what was done to the site. */
const METHODS: Readonly<Record<string, string>> = { '1': 'GET', '2': 'POST', '3': 'HEAD' };
const VIRUS = /(?:Anti-?Virus|Spyware|GAV)[^:]{0,40}: ?(.{1,160}?)(?: (?:blocked|detected)\b|[.,]|$)/i;

function putThings(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const host = pairs.get('dstname');
  putUrl(fields, pairs.get('url') || (host ? `${host}${pairs.get('arg') ?? ''}` : pairs.get('arg')));
  if (host) {
    fields['url.domain'] = host.toLowerCase();
    fields['destination.domain'] ??= host.toLowerCase();
  }
  const op = pairs.get('op');
  put(
    fields,
    'http.request.method',
    op === undefined ? undefined : (METHODS[op] ?? (/^[A-Z]{3,8}$/.test(op) ? op : undefined)),
  );
  const user = pairs.get('usr') || pairs.get('user');
  if (user !== undefined && /^unknown\b/i.test(user)) put(fields, 'vendor.usr', user);
  else {
    putUser(fields, 'user', user);
    if (fields['source.ip'] !== undefined) putUser(fields, 'source.user', user);
  }
  const milliseconds = Number(pairs.get('cdur'));
  if (milliseconds > 0 && milliseconds < 1e12) fields['event.duration'] = Math.round(milliseconds * 1e6);
  put(fields, 'threat.software.name', pairs.get('virus') ?? VIRUS.exec(pairs.get('msg') ?? '')?.[1]);
}

function decide(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const eventClass = sonicwallClass(pairs);
  const message = pairs.get('msg') ?? '';
  const action = pairs.get('fw_action')?.replace(/^"|"$/g, '').toLowerCase();
  const hasAction = action !== undefined && action !== '' && action !== 'na';
  put(fields, 'event.action', hasAction ? action : message.toLowerCase().slice(0, 120));
  const isPerson = eventClass === 'auth' || eventClass === 'vpn';
  judge(fields, {
    class: eventClass,
    decision: isPerson ? undefined : decisionFor(hasAction ? action : '', pairs.get('m'), message),
    types: isPerson ? sessionTypes(message) : connectionTypes(pairs.get('m'), message),
  });
  if (isPerson || eventClass === 'admin_change') putOutcome(fields, message);
}

const ALLOWED_NUMBERS = new Set(['16', '97', '98', '537', '608', '789', '795', '1154', '1197', '1235']);
const DENIED_NUMBERS = new Set([
  '14',
  '15',
  '36',
  '37',
  '38',
  '41',
  '609',
  '713',
  '790',
  '794',
  '809',
  '1155',
  '1200',
  '1201',
]);

/** What was done, by the field for it, else by the number, else by the words. */
function decisionFor(action: string, number: string | undefined, message: string): Decision {
  if (action === 'forward' || action === 'allow') return 'allowed';
  if (/^(?:drop|deny|block|reset|discard)/.test(action)) return 'denied';
  if (ALLOWED_NUMBERS.has(number ?? '')) return 'allowed';
  if (DENIED_NUMBERS.has(number ?? '') || /prevent|blocked|dropped|denied|reject/i.test(message)) return 'denied';
  return decisionOf(message);
}

function connectionTypes(number: string | undefined, message: string): string[] {
  if (number === '98' || /^connection opened/i.test(message)) return ['start'];
  return number === '537' || /^connection closed/i.test(message) ? ['end'] : [];
}

function sessionTypes(message: string): string[] {
  if (/log(?:ged)? ?(?:out|off)|expired|terminated|deleted|disconnect|timed? ?out/i.test(message)) return ['end'];
  return /denied|fail|error/i.test(message)
    ? []
    : /login|logged in|established|start|up\b/i.test(message)
      ? ['start']
      : [];
}

function putOutcome(fields: Fields, message: string): void {
  if (/denied|fail|unknown user|bad |incorrect|invalid|error|lockout|locked/i.test(message))
    fields['event.outcome'] = 'failure';
  else if (/allowed|success|succeeded|logged|login|established|complete/i.test(message))
    fields['event.outcome'] = 'success';
}
