import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putMac, putPort, transportOf } from '../fields.js';
import { readPairs } from '../key-values.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, type EventClass, judge } from '../verdict.js';
import { sfosClass } from './firewall-classes.js';
import { KEYS } from './firewall-keys.js';

/** Read below by hand, so not to be given to `vendor.*` as well. */
const BY_HAND = new Set([
  ...['date', 'time', 'timezone', 'timestamp', 'device_name', 'priority', 'severity', 'log_subtype', 'protocol'],
  ...['fw_rule_id', 'signature_id', 'signature_msg', 'ips_policy', 'user_name', 'user', 'name', 'url', 'domainname'],
  ...['domain', 'con_duration', 'duration', 'connevent', 'con_event', 'tran_src_ip', 'src_trans_ip', 'tran_src_port'],
  ...['src_trans_port', 'tran_dst_ip', 'dst_trans_ip', 'tran_dst_port', 'dst_trans_port', 'sha1sum', 'md5sum'],
  ...['sha256sum', 'file_hash', 'checksum', 'status', 'spamaction', 'spam_action', 'action', 'ep_ip', 'reported_ip'],
  ...['login_user', 'src_country', 'dst_country', 'src_country_code', 'dst_country_code', 'FTP_url', 'ftp_url'],
  ...[
    'sender',
    'usergroup',
    'website',
    'ipaddress',
    'remote_ip',
    'localinterfaceip',
    'remoteinterfaceip',
    'client_physical_address',
    'client_host_name',
  ],
]);
const HEAD = /(?:^|[\s>])(?:device="?SFW|device_name="|device=")/;

/** Sophos Firewall (SFOS) in both layouts. */
export const sophosFirewall: Dialect = {
  name: 'sophos-firewall',
  parse(message: Message): Parsed | undefined {
    const { body } = message;
    if (!body.includes('log_component=') || !body.includes('log_type=')) return undefined;
    const start = HEAD.exec(body)?.index ?? 0;
    const pairs = readPairs(body.slice(start));
    return pairs.has('log_type') ? { fields: fieldsOf(pairs, message), status: 'full' } : undefined;
  },
};

function fieldsOf(pairs: ReadonlyMap<string, string>, message: Message): Fields {
  const fields: Fields = {
    'observer.vendor': 'Sophos',
    'observer.product': 'Sophos Firewall',
    'observer.type': 'firewall',
  };
  // `SFW` is what every device is called that was given no name.
  const name = pairs.get('device_name');
  put(fields, 'observer.name', name === 'SFW' ? undefined : name);
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  const eventClass = sfosClass(pairs);
  putTimes(fields, pairs, message);
  putSeverity(fields, pairs);
  putConnection(fields, pairs);
  putPolicy(fields, pairs, eventClass);
  putPeople(fields, pairs);
  putThings(fields, pairs);
  decide(fields, pairs, eventClass);
  return fields;
}

const FIRST_ZONE = /^[A-Z]{2,5}$|^[+-]\d{1,2}(?::?\d\d)?$|^(?:UTC|GMT)[+-]/;

/** An abbreviation of the zone in the old layout; ISO 8601 in the new one. */
function putTimes(fields: Fields, pairs: ReadonlyMap<string, string>, { clock }: Message): void {
  const [date, time, zone] = [pairs.get('date'), pairs.get('time'), pairs.get('timezone')];
  const stamp = pairs.get('timestamp');
  const known = zone !== undefined && (FIRST_ZONE.test(zone) || zone.includes('/')) ? zone : undefined;
  const own =
    (date === undefined || time === undefined ? undefined : wallTime(`${date} ${time}`, clock, known)) ??
    (stamp === undefined ? undefined : (wallTime(stamp, clock) ?? epochTime(stamp)));
  put(fields, '@timestamp', own);
  put(fields, 'event.timezone', zone);
  const seconds = Number(pairs.get('con_duration') ?? pairs.get('duration'));
  if (seconds > 0 && seconds < 1e9) fields['event.duration'] = Math.round(seconds * 1e9);
}

function putSeverity(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const word = (pairs.get('priority') ?? pairs.get('severity'))?.toLowerCase();
  put(fields, 'log.level', word);
  const value = severityOf(word ?? '');
  if (value !== undefined) fields['event.severity'] = value;
}

function putConnection(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const protocol = pairs.get('protocol');
  const transport = transportOf(protocol);
  Object.assign(fields, transport);
  if (transport['network.iana_number'] === undefined) put(fields, 'network.protocol', protocol?.toLowerCase());
  const nat = (side: string, ip: string | undefined, port: string | undefined): void => {
    if (ip !== '0.0.0.0' && ip !== '::') putIp(fields, `${side}.nat.ip`, ip);
    if (port !== '0') putPort(fields, `${side}.nat.port`, port);
  };
  const first = (...keys: string[]) => keys.map((key) => pairs.get(key)).find((value) => value);
  nat('source', first('tran_src_ip', 'src_trans_ip'), first('tran_src_port', 'src_trans_port'));
  nat('destination', first('tran_dst_ip', 'dst_trans_ip'), first('tran_dst_port', 'dst_trans_port'));
  putCountry(fields, 'source', first('src_country_code', 'src_country'));
  putCountry(fields, 'destination', first('dst_country_code', 'dst_country'));
}

/** A code of three letters, where ECS has two or a name; `R1` stands for private addresses. */
function putCountry(fields: Fields, side: string, code: string | undefined): void {
  if (code === undefined || /^R\d$/.test(code)) return;
  if (code.length > 3) put(fields, `${side}.geo.country_name`, code);
  else put(fields, `vendor.${side}_country`, code);
}

function putPolicy(fields: Fields, pairs: ReadonlyMap<string, string>, eventClass: EventClass): void {
  const rule = pairs.get('fw_rule_id');
  const signature = pairs.get('signature_id');
  if (signature !== undefined && signature !== '') {
    put(fields, 'rule.id', signature);
    put(fields, 'rule.name', pairs.get('signature_msg'));
    put(fields, 'vendor.fw_rule_id', rule);
  } else put(fields, 'rule.id', rule);
  if (eventClass === 'ips' && signature === undefined) put(fields, 'rule.name', pairs.get('ips_policy'));
  else put(fields, 'vendor.ips_policy', pairs.get('ips_policy'));
}

function putPeople(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const user = pairs.get('user_name') || pairs.get('user') || pairs.get('name') || pairs.get('login_user');
  putUser(fields, 'user', user);
  put(fields, 'vendor.name', pairs.get('name') === user ? undefined : pairs.get('name'));
  if (fields['user.name'] !== undefined && fields['source.ip'] !== undefined)
    fields['source.user.name'] = fields['user.name'];
  const draft: Fields = {};
  if (putIp(draft, 'ip', pairs.get('ep_ip') || pairs.get('reported_ip'))) fields['host.ip'] = [draft['ip']];
  putPeers(fields, pairs);
  const mailSender = pairs.get('sender');
  if (mailSender?.includes('@')) fields['email.from.address'] = [mailSender];
}

/** Ends of a tunnel; a lease. */
function putPeers(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const peer = pairs.get('remote_ip') || pairs.get('remoteinterfaceip');
  if (fields['source.ip'] === undefined) putIp(fields, 'source.ip', peer);
  else put(fields, 'vendor.remote_ip', peer);
  if (fields['destination.ip'] === undefined) putIp(fields, 'destination.ip', pairs.get('localinterfaceip'));
  const draft: Fields = {};
  if (pairs.has('client_physical_address') && putIp(draft, 'ip', pairs.get('ipaddress'))) {
    fields['host.ip'] = [draft['ip']];
    if (putMac(draft, 'mac', pairs.get('client_physical_address'))) fields['host.mac'] = [draft['mac']];
    put(fields, 'host.name', pairs.get('client_host_name'));
  } else put(fields, 'vendor.ipaddress', pairs.get('ipaddress'));
}

function putThings(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  putUrl(fields, pairs.get('url') || pairs.get('FTP_url') || pairs.get('ftp_url') || pairs.get('website'));
  const domain = pairs.get('domainname') || pairs.get('domain');
  if (domain) fields['url.domain'] = domain.toLowerCase();
  if (fields['url.domain'] !== undefined) fields['destination.domain'] ??= fields['url.domain'];
  for (const key of ['sha1sum', 'md5sum', 'sha256sum', 'file_hash', 'checksum']) putHash(fields, pairs.get(key));
}

const DECISIONS: Readonly<Record<string, Decision>> = {
  virus: 'denied',
  pua: 'denied',
  spam: undefined,
  'probable spam': undefined,
  clean: 'allowed',
  detect: 'allowed',
  alert: 'allowed',
  drop: 'denied',
  denied: 'denied',
  warned: 'denied',
  overridden: 'allowed',
  allowed: 'allowed',
};

/** `log_subtype` is the decision, save in mail, where `spamaction` is. */
function decide(fields: Fields, pairs: ReadonlyMap<string, string>, eventClass: EventClass): void {
  const subtype = (pairs.get('log_subtype') ?? '').toLowerCase();
  const mail = (pairs.get('spamaction') || pairs.get('spam_action'))?.toLowerCase();
  const done = pairs.get('action')?.toLowerCase();
  const word = mail || done || subtype;
  put(fields, 'event.action', word);
  put(fields, 'vendor.log_subtype', pairs.get('log_subtype'));
  put(fields, 'vendor.status', pairs.get('status'));
  const decision = mail ? mailed(mail) : word in DECISIONS ? DECISIONS[word] : decisionOf(word);
  const isPerson = eventClass === 'auth' || eventClass === 'vpn';
  judge(fields, {
    class: eventClass,
    decision: isPerson ? undefined : decision,
    types: isPerson ? sessionTypes(pairs) : connectionTypes(pairs),
    ...(isFinding(pairs, eventClass, subtype) ? {} : { alert: false }),
  });
  if (isPerson || eventClass === 'system' || eventClass === 'admin_change') putOutcome(fields, pairs);
}

function mailed(action: string): Decision {
  if (/accept|queued|deliver|prefix|tag|relay/.test(action)) return 'allowed';
  return /reject|drop|quarantine|discard|deny|block/.test(action) ? 'denied' : undefined;
}

function connectionTypes(pairs: ReadonlyMap<string, string>): string[] {
  const event = (pairs.get('connevent') ?? pairs.get('con_event') ?? '').toLowerCase();
  return event === 'start' ? ['start'] : event === 'stop' || event === 'end' ? ['end'] : [];
}

function sessionTypes(pairs: ReadonlyMap<string, string>): string[] {
  const words = `${pairs.get('status') ?? ''} ${pairs.get('message') ?? ''}`;
  if (/logged (?:out|off)|log ?out|terminated|disconnected/i.test(words)) return ['end'];
  return /logged in|log ?in|established|\bconnected|successful/i.test(words) ? ['start'] : [];
}

/** A mail that is clean, a file let through, a request that the WAF had nothing against: none of them. */
function isFinding(pairs: ReadonlyMap<string, string>, eventClass: EventClass, subtype: string): boolean {
  switch (eventClass) {
    case 'mail_spam':
      return /spam|^rbl|^denied/.test(subtype);
    case 'malware':
    case 'mail_malware':
      return !/^(?:allowed|clean|pending)$/.test(subtype);
    case 'ips':
      return pairs.has('signature_id') || !/^(?:allowed|system)?$/.test(subtype) || Boolean(pairs.get('reason'));
    default:
      return ['c2', 'dos', 'dlp', 'web_block'].includes(eventClass);
  }
}

function putOutcome(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const words = `${pairs.get('status') ?? ''} ${pairs.get('message') ?? ''}`;
  if (/fail|denied|wrong|invalid|could ?n[o']t|error/i.test(words)) fields['event.outcome'] = 'failure';
  else if (/success|established|\bconnected|logged in|renew|complet/i.test(words)) fields['event.outcome'] = 'success';
}
