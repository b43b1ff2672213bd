import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putPort, transportOf } from '../fields.js';
import { wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, type EventClass, judge } from '../verdict.js';
import { fireboxClass } from './classes.js';
import { type Log, readLog } from './forms.js';
import { KEYS } from './keys.js';

/** Read below by hand, so not to be given to `vendor.*` as well. */
const BY_HAND = new Set([
  'address',
  ...[
    'msg_id',
    'proto',
    'policy',
    'disp',
    'pri_disp',
    'src_user',
    'dst_user',
    'user',
    'host',
    'path',
    'dstname',
    'arg',
  ],
  ...[
    'md5',
    'hash',
    'sha1',
    'duration',
    'elapsed_time',
    'severity',
    'rule_name',
    'url',
    'icmpType',
    'icmpCode',
    'usrName',
  ],
]);

/** WatchGuard Firebox, native and LEEF. */
export const watchguard: Dialect = {
  name: 'watchguard',
  parse(message: Message): Parsed | undefined {
    const log = readLog(message);
    return log === undefined ? undefined : { fields: fieldsOf(log, message), status: 'full' };
  },
};

function fieldsOf(log: Log, message: Message): Fields {
  const { pairs } = log;
  const fields: Fields = {
    'observer.vendor': 'WatchGuard',
    'observer.product': 'Firebox',
    'observer.type': 'firewall',
  };
  put(fields, 'observer.name', log.name ?? message.header.hostname);
  put(fields, 'observer.serial_number', log.serial);
  put(fields, 'observer.version', log.version);
  if (log.time !== undefined) put(fields, '@timestamp', wallTime(log.time, message.clock, 'UTC'));
  put(fields, 'log.syslog.appname', log.process);
  put(fields, 'log.syslog.procid', log.procid);
  put(fields, 'event.code', log.code);
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  Object.assign(fields, transportOf(pairs.get('proto')));
  putProtocol(fields, pairs.get('proto'));
  putIcmp(fields, pairs);
  putPolicy(fields, log);
  putPeople(fields, log);
  putThings(fields, log);
  decide(fields, log);
  return fields;
}

/** `https/tcp` in the place of the protocol, in older versions. */
function putProtocol(fields: Fields, text: string | undefined): void {
  const [service, transport] = (text ?? '').split('/');
  if (transport === undefined) return;
  Object.assign(fields, transportOf(transport));
  put(fields, 'network.protocol', service?.toLowerCase());
}

/** Type and code stand where the ports do. */
function putIcmp(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  if (fields['network.transport'] !== 'icmp' && fields['network.transport'] !== 'ipv6-icmp') return;
  putPort(fields, 'source.port', pairs.get('icmpType'));
  putPort(fields, 'destination.port', pairs.get('icmpCode'));
}

function putPolicy(fields: Fields, { pairs, policy }: Log): void {
  const severity = pairs.get('severity');
  // 1 (informational) to 5 (critical) of a signature.
  if (/^[1-5]$/.test(severity ?? '')) fields['event.severity'] = [10, 25, 50, 75, 90][Number(severity) - 1];
  put(fields, 'vendor.severity', severity);
  if (fields['rule.name'] !== undefined) put(fields, 'vendor.policy', policy);
  else put(fields, 'rule.name', policy);
  put(fields, 'rule.ruleset', pairs.get('rule_name'));
}

/** `user@Firebox-DB from 192.0.2.5` in the words of logins. */
const WHO = /\buser \[?([^\s[\]"']{1,128})\]? (?:from|at) (?:IP address )?([0-9A-Fa-f:.]{3,45})\b/i;
const ABOUT = /(?:from|for|host|client) ([0-9A-Fa-f:.]{3,45})(?: to ([0-9A-Fa-f:.]{3,45}))?/;
const AGAINST = /against (?:server )?([0-9A-Fa-f:.]{3,45})(?: from ([0-9A-Fa-f:.]{3,45}))?/;

/** `Source IP Address: 192.0.2.10 Source Port: 4107 Destination IP Address: ...`, of alarms. */
const LISTED =
  /Source IP(?: Address)?: ([0-9A-Fa-f:.]{3,45}) Source Port: (\d{1,5}) Destination IP(?: Address)?: ([0-9A-Fa-f:.]{3,45}) Destination Port: (\d{1,5})/;

function putListed(fields: Fields, words: string): void {
  const listed = LISTED.exec(words);
  if (listed === null) return;
  putIp(fields, 'source.ip', listed[1]);
  putPort(fields, 'source.port', listed[2]);
  putIp(fields, 'destination.ip', listed[3]);
  putPort(fields, 'destination.port', listed[4]);
}

function putPeople(fields: Fields, { pairs, text }: Log): void {
  const source = pairs.get('src_user') ?? pairs.get('usrName') ?? pairs.get('user');
  putUser(fields, 'user', source);
  putUser(fields, 'source.user', source);
  putUser(fields, 'destination.user', pairs.get('dst_user'));
  const words = `${text} ${pairs.get('msg') ?? ''}`.slice(0, 2_048);
  const who = WHO.exec(words);
  if (who !== null && fields['user.name'] === undefined) putUser(fields, 'user', who[1]);
  putListed(fields, words);
  if (fields['source.ip'] !== undefined) return;
  const against = AGAINST.exec(words);
  if (against !== null) {
    putIpOfWords(fields, 'destination.ip', against[1]);
    putIpOfWords(fields, 'source.ip', against[2]);
    return;
  }
  const about = ABOUT.exec(words);
  putIpOfWords(fields, 'source.ip', who?.[2] ?? about?.[1]);
  putIpOfWords(fields, 'destination.ip', about?.[2]);
}

/** A full stop or a colon may be the sentence's. */
function putIpOfWords(fields: Fields, key: string, word: string | undefined): void {
  if (!putIp(fields, key, word)) putIp(fields, key, word?.replace(/[.:]+$/, ''));
}

function putThings(fields: Fields, { pairs, text }: Log): void {
  const address = pairs.get('address');
  const side = /\b(From|To) address/i.exec(pairs.get('msg') ?? '')?.[1]?.toLowerCase();
  if (side !== undefined && address?.includes('@')) fields[`email.${side}.address`] = [address];
  else put(fields, 'vendor.address', address);
  const host = pairs.get('host') ?? pairs.get('dstname');
  const path = pairs.get('path') ?? pairs.get('arg');
  putUrl(fields, pairs.get('url') ?? (host === undefined && path?.startsWith('/') !== true ? undefined : path));
  if (host !== undefined && host !== '') {
    fields['url.domain'] = host.toLowerCase();
    fields['destination.domain'] ??= host.toLowerCase();
  }
  for (const key of ['md5', 'hash', 'sha1']) putHash(fields, pairs.get(key));
  const seconds = Number.parseFloat(pairs.get('duration') ?? pairs.get('elapsed_time') ?? '');
  if (seconds > 0 && seconds < 1e9) fields['event.duration'] = Math.round(seconds * 1e9);
  if (fields['message'] === undefined) put(fields, 'message', text);
}

function decide(fields: Fields, log: Log): void {
  const eventClass = fireboxClass(log.code, log.text, log.pairs);
  const words = `${log.text} ${log.pairs.get('msg') ?? ''}`;
  const word = log.disposition?.toLowerCase();
  put(fields, 'event.action', word ?? (eventClass === 'dos' ? 'detected' : undefined));
  const isPerson = eventClass === 'auth' || eventClass === 'vpn';
  judge(fields, {
    class: eventClass,
    decision: isPerson ? undefined : decisionFor(log, eventClass),
    types: isPerson ? sessionTypes(words) : [],
    ...(isFinding(log, words, eventClass) ? {} : { alert: false }),
  });
  if (isPerson) putOutcome(fields, words);
}

/** The packet may go on although the body of it was taken out: `Allow ... ProxyStrip`. */
function decisionFor({ disposition, pairs, text }: Log, eventClass: EventClass): Decision {
  const taken = /^Proxy(Deny|Drop|Block|Strip|Lock|Avoid|Quarantine)/i.exec(pairs.get('msg') ?? '');
  if (taken !== null) return /avoid/i.test(taken[1] ?? '') ? 'allowed' : 'denied';
  const named = decisionOf(disposition);
  if (named !== undefined) return named;
  const words = `${text} ${pairs.get('msg') ?? ''}`;
  if (eventClass === 'dos' || eventClass === 'ips') return /dropped|block/i.test(words) ? 'denied' : undefined;
  return eventClass === 'traffic' && /^(?:blocked|temporarily block)/i.test(words) ? 'denied' : undefined;
}

function sessionTypes(words: string): string[] {
  if (/logged in|accepted|established|is up\b|allowed/i.test(words)) return ['start'];
  return /logged (?:out|off)|is down|terminated|disconnected|deleted/i.test(words) ? ['end'] : [];
}

/** A good reputation, a scan that could not be done, a mail that is no spam. */
function isFinding({ pairs }: Log, words: string, eventClass: EventClass): boolean {
  switch (eventClass) {
    case 'web_block':
      return !/good reputation/i.test(words) && !(Number(pairs.get('reputation')) < 50);
    case 'malware':
    case 'mail_malware':
      return pairs.has('virus') || /found|detected|threat|malware/i.test(words);
    case 'mail_spam':
      return !/not spam|clean|classification unavailable|safe/i.test(words);
    case 'dlp':
      return !/cannot|unscannable/i.test(words);
    default:
      return ['ips', 'dos', 'c2'].includes(eventClass);
  }
}

function putOutcome(fields: Fields, words: string): void {
  if (/fail|reject|denied|invalid|could not|not allowed|is down/i.test(words)) fields['event.outcome'] = 'failure';
  else if (/accepted|logged|success|established|is up\b/i.test(words)) fields['event.outcome'] = 'success';
}
