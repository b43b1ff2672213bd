import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putPort, transportOf } from '../fields.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';
import { BLADES, SEVERITIES } from './blades.js';
import { type Log, readLog } from './forms.js';
import { KEYS } from './keys.js';

/** Read below by hand, so not to be given to `vendor.*` as well. */
const BY_HAND = new Set([
  ...['time', 'action', 'proto', 'service', 'ifname', 'ifdir', 'origin', 'severity', 'resource', 'to', 'rule_name'],
  ...['rule', 'rule_uid', 'protection_id', 'protection_name', 'attack', 'src_user_name', 'user', 'administrator'],
  ...['client_ip', 'machine', 'file_md5', 'file_sha1', 'file_sha256', 'description', 'message', 'matched_category'],
  ...['malware_rule_id', 'malware_rule_name', 'app_rule_name', 'app_rule_id', 'match_id', 'orig', 'duration'],
]);

/** Check Point gateways, management servers and Quantum Spark, by Log Exporter. */
export const checkPoint: Dialect = {
  name: 'check-point',
  parse(message: Message): Parsed | undefined {
    const log = readLog(message);
    return log === undefined ? undefined : { fields: fieldsOf(log, message), status: 'full' };
  },
};

function fieldsOf(log: Log, message: Message): Fields {
  const { pairs } = log;
  const product = pairs.get('product') || log.product;
  const fields: Fields = { 'observer.vendor': 'Check Point', 'observer.type': 'firewall' };
  put(fields, 'observer.product', product ?? 'Check Point');
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  putTimes(fields, pairs, message);
  putConnection(fields, pairs);
  putPolicy(fields, pairs);
  putPeople(fields, pairs);
  putThings(fields, pairs);
  putSeverity(fields, pairs.get('severity') ?? log.severity);
  put(fields, 'event.action', pairs.get('action')?.toLowerCase() ?? pairs.get('operation')?.toLowerCase());
  decide(fields, pairs, product ?? '');
  return fields;
}

function putTimes(fields: Fields, pairs: Map<string, string>, { clock }: Message): void {
  const time = pairs.get('time');
  if (time !== undefined) put(fields, '@timestamp', epochTime(time) ?? wallTime(time, clock));
  const seconds = Number(pairs.get('duration'));
  if (seconds > 0 && seconds < 1e9) fields['event.duration'] = seconds * 1e9;
}

function putConnection(fields: Fields, pairs: Map<string, string>): void {
  const proto = pairs.get('proto');
  if (proto !== undefined) Object.assign(fields, transportOf(proto));
  const service = pairs.get('service');
  if (!putPort(fields, 'destination.port', service)) put(fields, 'network.protocol', service);
  putIp(fields, 'source.ip', pairs.has('src') ? undefined : pairs.get('client_ip'));
  const out = /out|^1$/i.test(pairs.get('ifdir') ?? '');
  put(fields, `observer.${out ? 'egress' : 'ingress'}.interface.name`, pairs.get('ifname'));
  const origin: Fields = {};
  if (putIp(origin, 'ip', pairs.get('origin'))) fields['observer.ip'] = [origin['ip']];
}

function putPolicy(fields: Fields, pairs: Map<string, string>): void {
  const first = (...keys: string[]) => keys.map((key) => pairs.get(key)).find((value) => value);
  put(fields, 'rule.name', first('protection_name', 'attack', 'app_rule_name', 'malware_rule_name', 'rule_name'));
  put(fields, 'rule.id', first('protection_id', 'rule', 'app_rule_id', 'match_id', 'malware_rule_id'));
  put(
    fields,
    'rule.uuid',
    pairs
      .get('rule_uid')
      ?.replace(/^\{|\}$/g, '')
      .toLowerCase(),
  );
  put(fields, 'rule.category', pairs.get('matched_category'));
  if (pairs.has('protection_name')) put(fields, 'vendor.rule_name', pairs.get('rule_name'));
}

function putPeople(fields: Fields, pairs: Map<string, string>): void {
  const user = (pairs.get('src_user_name') || pairs.get('user') || pairs.get('administrator'))?.replace(
    /\s*\([^()]*\)\s*$/,
    '',
  );
  putUser(fields, 'user', user);
  if (fields['source.ip'] !== undefined) putUser(fields, 'source.user', user);
  put(fields, 'source.domain', pairs.get('machine'));
  const to = pairs.get('to');
  if (to)
    fields['email.to.address'] = to
      .split(/[;,]\s*/)
      .filter((one) => one !== '')
      .slice(0, 64);
}

function putThings(fields: Fields, pairs: Map<string, string>): void {
  putUrl(fields, pairs.get('resource'));
  for (const key of ['file_md5', 'file_sha1', 'file_sha256']) putHash(fields, pairs.get(key));
  put(fields, 'message', pairs.get('description') || pairs.get('message') || pairs.get('attack_info'));
}

function putSeverity(fields: Fields, text: string | undefined): void {
  if (text === undefined || /^unknown$/i.test(text)) return;
  const word = SEVERITIES[text] ?? text.toLowerCase();
  put(fields, 'log.level', word);
  const value = severityOf(word);
  if (value !== undefined) fields['event.severity'] = value;
}

function decide(fields: Fields, pairs: Map<string, string>, product: string): void {
  const decision = decisionOf(pairs.get('action'));
  const eventClass = classOf(pairs, product);
  const harmless = /benign|non spam|clean/i.test(
    `${pairs.get('verdict') ?? ''} ${pairs.get('email_spam_category') ?? ''}`,
  );
  const found =
    ['mail_spam', 'mail_malware', 'malware'].includes(eventClass) && decision === 'allowed' && !isFinding(pairs);
  judge(fields, { class: eventClass, decision, ...(harmless || found ? { alert: false } : {}) });
  if (eventClass === 'auth' || eventClass === 'vpn') putOutcome(fields, pairs, decision === 'denied');
}

/** Accept of a thing looked at is no finding; Detect and Prevent are. */
function isFinding(pairs: Map<string, string>): boolean {
  return !/^(?:accept|allow|bypass)$/i.test(pairs.get('action') ?? '');
}

function classOf(pairs: Map<string, string>, product: string): EventClass {
  if (pairs.has('update_status') || /update/i.test(pairs.get('operation') ?? '')) return 'system';
  const operation = pairs.get('operation') ?? '';
  if (/log (?:in|out)|login|logout/i.test(operation)) return 'auth';
  const blade = BLADES.find(([pattern]) => pattern.test(product))?.[1] ?? 'unknown';
  if (/c&c|command and control/i.test(pairs.get('malware_action') ?? '')) return 'c2';
  if (blade === 'url_filter' && isBadSite(pairs.get('matched_category') ?? pairs.get('categories'))) return 'web_block';
  if (blade === 'malware' && /url|domain reputation/i.test(pairs.get('protection_type') ?? '')) return 'web_block';
  if (blade === 'mail_spam' && /virus|malware/i.test(pairs.get('email_control') ?? '')) return 'mail_malware';
  if (blade === 'malware' && /smtp|mail/i.test(pairs.get('protection_type') ?? '')) return 'mail_malware';
  return blade;
}

function putOutcome(fields: Fields, pairs: Map<string, string>, isDenied: boolean): void {
  const words = `${pairs.get('action') ?? ''} ${pairs.get('status') ?? ''} ${pairs.get('auth_status') ?? ''}`;
  if (isDenied || /fail|reject/i.test(words)) fields['event.outcome'] = 'failure';
  else if (/log ?in|accept|success|authcrypt|authorize/i.test(words)) fields['event.outcome'] = 'success';
}
