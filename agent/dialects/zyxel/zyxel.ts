import type { Cef } from '../cef.js';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putInt, putIp, putPort, type Target, transportOf } from '../fields.js';
import { readPairs } from '../key-values.js';
import { putGroups } from '../lines/patterns.js';
import { severityOf } from '../severity.js';
import { loginOf, meaningOf } from './categories.js';

const ZYXEL = { 'observer.vendor': 'Zyxel', 'observer.type': 'firewall' };

// ZLD, CEF: `out` and `in` are bytes that the session's opener sent and got; keys of its own begin with ZY.
const CEF_KEYS: Readonly<Record<string, Target>> = {
  devID: 'observer.serial_number',
  dvchost: 'observer.name',
  src: { ip: 'source.ip' },
  dst: { ip: 'destination.ip' },
  spt: { port: 'source.port' },
  dpt: { port: 'destination.port' },
  smac: { mac: 'source.mac' },
  dmac: { mac: 'destination.mac' },
  out: { int: 'source.bytes' },
  in: { int: 'destination.bytes' },
  suser: null,
  proto: null,
  msg: 'message',
  cat: 'event.module',
  app: 'network.application',
  act: 'event.action',
  request: 'url.original',
  deviceInboundInterface: 'observer.ingress.interface.name',
  deviceOutboundInterface: 'observer.egress.interface.name',
  sourceTranslatedAddress: { ip: 'source.nat.ip' },
  sourceTranslatedPort: { port: 'source.nat.port' },
  destinationTranslatedAddress: { ip: 'destination.nat.ip' },
  destinationTranslatedPort: { port: 'destination.nat.port' },
  ZYnote: 'vendor.note',
  ZYduration: null,
  fname: 'file.name',
};

// The native form: event log and traffic log, ZLD and ZyNOS User's Guides, "Syslog Logs".
const NATIVE_KEYS: Readonly<Record<string, Target>> = {
  src: null,
  dst: null,
  msg: 'message',
  note: 'vendor.note',
  user: null,
  devID: 'observer.serial_number',
  cat: 'event.module',
  sent: { int: 'source.bytes' },
  rcvd: { int: 'destination.bytes' },
  duration: null,
  dir: 'vendor.dir',
  protoID: null,
  proto: null,
  host: 'url.domain',
  act: 'event.action',
};

// A line is one datagram; runs of blanks would be looked through again from each of them.
const PAIRS_CHARACTERS_MAX = 8_192;
const BLANKS = /\s{4,}/g;

/** Zyxel USG, ATP, VPN and ZyWALL: CEF and their own pairs. */
export const zyxel: Dialect = {
  name: 'zyxel',
  parse(message: Message): Parsed | undefined {
    if (message.cef !== undefined) return /^zyxel/i.test(message.cef.vendor) ? ofCef(message.cef) : undefined;
    return ofNative(message);
  },
};

function ofCef(cef: Cef): Parsed {
  const fields: Fields = { ...ZYXEL, 'observer.product': cef.product, 'observer.version': cef.deviceVersion };
  const pairs = cef.extension;
  put(fields, 'event.code', cef.signature === '0' ? undefined : cef.signature);
  putAll(fields, pairs, CEF_KEYS);
  if (fields['message'] === undefined) put(fields, 'message', cef.name);
  putMeaning(fields, pairs.get('cat') ?? cef.name, wordsOf(pairs));
  Object.assign(fields, transportOf(pairs.get('proto')));
  putUser(fields, pairs.get('suser'));
  putDuration(fields, pairs.get('ZYduration'));
  putZones(fields, pairs.get('ZYdir'));
  const severity = Number(cef.severity);
  put(fields, 'event.severity', severity >= 0 && severity <= 10 ? severity * 10 : severityOf(cef.severity));
  return { fields, status: 'full' };
}

/** A text that has an equals sign in it was read as another pair: what no key is known of is part of it. */
function wordsOf(pairs: ReadonlyMap<string, string>): string {
  const words = [pairs.get('msg') ?? ''];
  for (const [key, value] of pairs) {
    if (!Object.hasOwn(CEF_KEYS, key) && !/^(?:ZY|cs\d|cn\d)/.test(key)) words.push(`${key}=${value}`);
  }
  words.push(pairs.get('ZYnote') ?? '', pairs.get('act') ?? '');
  return words.join(' ').slice(0, 2_000);
}

function ofNative({ body }: Message): Parsed | undefined {
  const start = body.indexOf('src="');
  if (start < 0 || start > 200 || !body.includes(' cat="', start)) return undefined;
  const pairs = readPairs(body.slice(start, start + PAIRS_CHARACTERS_MAX).replace(BLANKS, ' '));
  if (!pairs.has('dst') || !(pairs.has('note') || pairs.has('devID'))) return undefined;
  const fields: Fields = { ...ZYXEL, 'observer.product': 'ZyWALL' };
  putAll(fields, pairs, NATIVE_KEYS);
  putMeaning(
    fields,
    pairs.get('cat') ?? '',
    `${pairs.get('msg') ?? ''} ${pairs.get('note') ?? ''} ${pairs.get('act') ?? ''}`,
  );
  putEndpoint(fields, 'source', pairs.get('src'));
  putEndpoint(fields, 'destination', pairs.get('dst'));
  putTraffic(fields, pairs);
  putUser(fields, pairs.get('user'));
  return { fields, status: 'full' };
}

function putMeaning(fields: Fields, category: string, words: string): void {
  const meaning = meaningOf(category, words);
  const word = fields['event.action'] ?? (fields['vendor.note'] as string | undefined) ?? category;
  Object.assign(fields, meaning);
  if (['auth', 'vpn', 'system'].includes(String(meaning['hinomi.event_class']))) Object.assign(fields, loginOf(words));
  put(fields, 'event.action', String(word).toLowerCase());
  // `priority:1, from LAN1 to WAN, UDP, service DNS, ACCEPT`; `Administrator admin from http/https has logged in`.
  putGroups(
    fields,
    /priority:\s?(?<ruleid>\d{1,6}), from (?<inface>[\w-]{1,32}) to (?<outface>[\w-]{1,32}), (?<proto>\w{2,8})/.exec(
      words,
    )?.groups,
  );
  putGroups(fields, /(?:rule_?name|rule|policy)[=:]\s?(?<rule>[\w.-]{1,64})/i.exec(words)?.groups);
  putGroups(
    fields,
    /^(?:Administrator|User|Failed login attempt.{0,60}? by) (?<user>[\w.@-]{1,64})\b/.exec(words)?.groups,
  );
  putGroups(fields, /(?:Rule_id|sid)[=:]\s?(?<ruleid>\d{1,12})/i.exec(words)?.groups);
}

function putTraffic(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  Object.assign(fields, transportOf(pairs.get('protoID')));
  const name = pairs.get('proto');
  if (name !== undefined && name !== 'others') put(fields, 'network.protocol', name.toLowerCase());
  putDuration(fields, pairs.get('duration'));
  putZones(fields, pairs.get('dir'));
}

/** `LAN:WAN`: where the session came from and where it went. */
function putZones(fields: Fields, text: string | undefined): void {
  const [from, to] = text?.split(':') ?? [];
  put(fields, 'observer.ingress.zone', from);
  put(fields, 'observer.egress.zone', to);
}

/** Seconds; ECS has nanoseconds. */
function putDuration(fields: Fields, seconds: string | undefined): void {
  if (putInt(fields, 'event.duration', seconds)) fields['event.duration'] = Number(seconds) * 1e9;
}

function putUser(fields: Fields, name: string | undefined): void {
  if (name !== 'unknown') put(fields, 'user.name', name);
}

/** `192.0.2.1:53`, `0.0.0.0: 0`, `[2001:db8::1]:53`. An all-zero address means that there was none. */
function putEndpoint(fields: Fields, key: string, text: string | undefined): void {
  const found = /^\s*\[?(?<ip>[\d.]{7,15}|[0-9a-fA-F:.]{2,45}?)\]?(?::\s?(?<port>\d{1,5}))?$/.exec(text ?? '')?.groups;
  if (found === undefined || found['ip'] === '0.0.0.0' || found['ip'] === '::') return;
  putIp(fields, `${key}.ip`, found['ip']);
  if (found['port'] !== '0') putPort(fields, `${key}.port`, found['port']);
}
