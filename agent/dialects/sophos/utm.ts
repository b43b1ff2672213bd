import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, type Target, transportOf } from '../fields.js';
import { readPairs } from '../key-values.js';
import { severityOf } from '../severity.js';
import { wallTime } from '../times.js';
import { putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';

/** Sophos UTM 9 log fields (UTM 9 log file guide). */
const KEYS: Readonly<Record<string, Target>> = {
  id: 'event.code',
  srcip: { ip: 'source.ip' },
  srcport: { port: 'source.port' },
  srcmac: { mac: 'source.mac' },
  initf: 'observer.ingress.interface.name',
  dstip: { ip: 'destination.ip' },
  dstport: { port: 'destination.port' },
  dstmac: { mac: 'destination.mac' },
  outitf: 'observer.egress.interface.name',
  length: { int: 'network.bytes' },
  size: { int: 'destination.bytes' },
  method: 'http.request.method',
  statuscode: { int: 'http.response.status_code' },
  ua: 'user_agent.original',
  referer: 'http.request.referrer',
  'content-type': 'http.response.mime_type',
  filename: 'file.name',
  categoryname: 'rule.category',
  application: 'network.application',
  group: 'user.group.name',
  ad_domain: 'user.domain',
  from: { list: 'email.from.address' },
  to: { list: 'email.to.address' },
  subject: 'email.subject',
  queueid: 'email.local_id',
  virus: 'threat.software.name',
  threatname: 'threat.software.name',
  error: 'error.message',
  name: 'message',
  host: 'source.domain',
  localip: { ip: 'destination.ip' },
  server: 'url.domain',
  port: { port: 'destination.port' },
  // Sessions of others are in the message, and nowhere else.
  cookie: null,
  'set-cookie': null,
};
const BY_HAND = new Set([
  'severity',
  'proto',
  'url',
  'user',
  'username',
  'action',
  'fwrule',
  'sid',
  'reason',
  'engine',
]);
/** `2026:06:07-17:33:19 host httpproxy[6267]: `, in the device's own zone. */
const HEAD = /^(\d{4}):(\d\d):(\d\d)-(\d\d:\d\d:\d\d) ([^\s:]{1,255}) (?:([\w.-]{1,64})(?:\[(\d{1,10})\])?: ?)?/;
const MARK = /\bid="\d{3,5}"/;

/** Sophos UTM 9 (Astaro). */
export const sophosUtm: Dialect = {
  name: 'sophos-utm',
  parse(message: Message): Parsed | undefined {
    const { body } = message;
    const mark = body.includes('id="') ? MARK.exec(body) : null;
    const isLog = body.includes('sys="') && body.includes('sub="');
    const isProxy = body.includes('localip="') && body.includes('srcip="');
    if (mark === null || !(isLog || isProxy)) return HEAD.test(body) ? ofProgram(message) : undefined;
    return { fields: fieldsOf(readPairs(body.slice(mark.index)), message), status: 'full' };
  },
};

function fieldsOf(pairs: ReadonlyMap<string, string>, message: Message): Fields {
  const fields: Fields = {
    'observer.vendor': 'Sophos',
    'observer.product': 'Sophos UTM',
    'observer.type': 'firewall',
  };
  putHeader(fields, message);
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  const level = pairs.get('severity')?.toLowerCase();
  put(fields, 'log.level', level);
  const severity = severityOf(level ?? '');
  if (severity !== undefined) fields['event.severity'] = severity;
  Object.assign(fields, transportOf(pairs.get('proto')));
  putUrl(fields, pairs.get('url'));
  if (fields['url.domain'] !== undefined) fields['destination.domain'] ??= fields['url.domain'];
  putUser(fields, 'user', pairs.get('user') || pairs.get('username'));
  if (fields['user.name'] !== undefined && fields['source.ip'] !== undefined)
    fields['source.user.name'] = fields['user.name'];
  put(fields, 'message', pairs.get('message') ?? pairs.get('name'));
  decide(fields, pairs);
  return fields;
}

/** What other programs of the device say, in the words of theirs. */
function ofProgram(message: Message): Parsed {
  const fields: Fields = { 'observer.vendor': 'Sophos', 'observer.product': 'Sophos UTM', 'observer.type': 'firewall' };
  putHeader(fields, message);
  const text = message.body.replace(HEAD, '');
  put(fields, 'message', text);
  const query = /\bquery: ([\w.-]{1,253}) IN (\w{1,10})\b/.exec(text);
  put(fields, 'dns.question.name', query?.[1]);
  put(fields, 'dns.question.type', query?.[2]);
  putIp(fields, 'source.ip', /\bclient (?:@0x[0-9a-f]{1,16} )?([0-9A-Fa-f:.]{3,45})#/.exec(text)?.[1]);
  const program = String(fields['log.syslog.appname'] ?? '');
  const eventClass = PROGRAMS[program] ?? (query === null ? 'system' : 'traffic');
  judge(fields, { class: eventClass });
  return { fields, status: 'partial', reason: 'words of a program that has no fields' };
}

const PROGRAMS: Readonly<Record<string, EventClass>> = {
  sshd: 'auth',
  pluto: 'vpn',
  ipsec_starter: 'vpn',
  openvpn: 'vpn',
  pppd: 'vpn',
};

function putHeader(fields: Fields, { body, header, clock }: Message): void {
  const head = HEAD.exec(body);
  if (head === null) {
    put(fields, 'observer.name', header.hostname);
    return;
  }
  const [, year, month, day, time, host, program, pid] = head;
  put(fields, '@timestamp', wallTime(`${year}-${month}-${day} ${time}`, clock));
  put(fields, 'observer.name', host);
  put(fields, 'log.syslog.hostname', host);
  put(fields, 'log.syslog.appname', program);
  put(fields, 'log.syslog.procid', pid);
}

const AUTH = /^(?:auth|aua|login)$/;

function decide(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const eventClass = classOf(pairs);
  const action = (pairs.get('action') ?? '').toLowerCase();
  const name = (pairs.get('name') ?? '').toLowerCase();
  put(fields, 'event.action', action || name);
  putPolicy(fields, pairs, eventClass);
  const decision = decisionFor(action, name);
  const isPerson = eventClass === 'auth' || eventClass === 'vpn';
  judge(fields, {
    class: eventClass,
    decision: isPerson ? undefined : decision,
    types: isPerson ? sessionTypes(`${name} ${pairs.get('event') ?? ''}`) : [],
    ...(eventClass === 'ips' && pairs.has('localip') && !/\w/.test(pairs.get('reason') ?? '') ? { alert: false } : {}),
    ...(eventClass === 'mail_spam' && !/spam|reject|quarantin/.test(`${name} ${pairs.get('reason') ?? ''}`)
      ? { alert: false }
      : {}),
  });
  if (!isPerson) return;
  if (/fail|denied|invalid|wrong/.test(name)) fields['event.outcome'] = 'failure';
  else if (/success|started|accepted/.test(name)) fields['event.outcome'] = 'success';
}

/** `warn` shows a page in the place of the site; the visitor may go on from there. */
function decisionFor(action: string, name: string): Decision {
  if (action === 'warn') return 'denied';
  if (action === 'log' || action === '') return name.includes('email') || action === '' ? decisionOf(name) : undefined;
  return decisionOf(action);
}

function putPolicy(fields: Fields, pairs: ReadonlyMap<string, string>, eventClass: EventClass): void {
  if (eventClass === 'ips' && pairs.has('sid')) {
    put(fields, 'rule.id', pairs.get('sid'));
    put(fields, 'rule.name', pairs.get('reason'));
    return;
  }
  put(fields, 'rule.id', pairs.get('fwrule'));
  put(fields, 'event.reason', pairs.get('reason'));
  put(fields, 'vendor.sid', pairs.get('sid'));
}

function classOf(pairs: ReadonlyMap<string, string>): EventClass {
  const of = (key: string): string => (pairs.get(key) ?? '').toLowerCase();
  const [sub, name] = [of('sub'), of('name')];
  if (sub === '' && pairs.has('localip')) return 'ips';
  if (of('threatname') !== '' || /\(atp\)|advanced threat/.test(name)) return 'c2';
  switch (sub) {
    case 'packetfilter':
      return /flood/.test(name) ? 'dos' : 'traffic';
    case 'ips':
      return /flood|dos\b/.test(`${name} ${of('action')}`) ? 'dos' : 'ips';
    case 'http':
    case 'ftp':
      return siteClass(pairs, name);
    case 'smtp':
    case 'pop3':
      return /virus|malware/.test(`${name} ${of('reason')}`) || of('virus') !== '' ? 'mail_malware' : 'mail_spam';
    case 'reverseproxy':
    case 'waf':
      return 'ips';
    case 'vpn':
    case 'ipsec':
    case 'pptp':
    case 'l2tp':
    case 'ssl':
      return 'vpn';
    case 'afc':
      return 'app_control';
    case 'confd':
      return /login|logout|authenticat/.test(name) ? 'auth' : 'admin_change';
    default:
      return AUTH.test(sub) || /^authentication/.test(name) ? 'auth' : 'system';
  }
}

function siteClass(pairs: ReadonlyMap<string, string>, name: string): EventClass {
  const reason = (pairs.get('reason') ?? '').toLowerCase();
  if (/virus|malware/.test(name) || pairs.get('virus') || /^(?:av|virus|malware)/.test(reason)) return 'malware';
  if (/application/.test(name) || /^application/.test(reason)) return 'app_control';
  if (/reputation/.test(`${name} ${reason}`) || /malicious|suspicious/i.test(pairs.get('reputation') ?? ''))
    return 'web_block';
  return isBadSite(pairs.get('categoryname')) ? 'web_block' : 'url_filter';
}

function sessionTypes(words: string): string[] {
  if (/started|success|login/i.test(words)) return ['start'];
  return /terminated|stopped|logout|closed/i.test(words) ? ['end'] : [];
}
