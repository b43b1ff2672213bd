import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putInt, putIp, putPort, transportOf } from '../fields.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { classOfWords, type Decision, decisionOf, type EventClass, judge } from '../verdict.js';
import { fortiosClass } from './classes.js';
import { type Log, readLog } from './forms.js';
import { KEYS } from './keys.js';
import { fortimailClass, fortiwebClass, productOf } from './products.js';

/** Read below by hand, so not to be given to `vendor.*` as well. */
const BY_HAND = new Set([
  ...['date', 'time', 'tz', 'timezone', 'eventtime', 'level', 'pri', 'severity', 'action', 'proto', 'service'],
  ...['policyid', 'policy_id', 'policyname', 'rule', 'attack', 'attackname', 'attackid', 'attack_id', 'user', 'login'],
  ...[
    'xauthuser',
    'url',
    'hostname',
    'host',
    'http_host',
    'http_url',
    'msg',
    'duration',
    'transip',
    'transport',
    'tranip',
  ],
  ...['tranport', 'tran_ip', 'tran_port', 'tran_sip', 'tran_sport', 'remip', 'locip', 'rem_ip', 'loc_ip', 'remport'],
  ...[
    'locport',
    'ui',
    'filehash',
    'analyticscksum',
    'mac',
    'ip',
    'status',
    'unauthuser',
    'signature_id',
    'start',
    'end',
  ],
  ...['rem_port', 'loc_port', 'remote_ip', 'remote_port', 'userfrom', 'desc'],
]);

/** FortiGate in all its formats; FortiMail, FortiWeb and what FortiAnalyzer forwards. */
export const fortinet: Dialect = {
  name: 'fortinet',
  parse(message: Message): Parsed | undefined {
    const log = readLog(message);
    return log === undefined ? undefined : { fields: fieldsOf(log, message), status: 'full' };
  },
};

function fieldsOf(log: Log, message: Message): Fields {
  const { pairs } = log;
  const product = productOf(pairs.get('devid') ?? pairs.get('device_id'), log.product);
  const fields: Fields = { 'observer.vendor': 'Fortinet', 'observer.product': product.name };
  fields['observer.type'] = product.type;
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  put(fields, 'observer.version', log.version?.replace(/^v(?=\d)/, ''));
  putTimes(fields, pairs, message);
  putSeverity(fields, log);
  const eventClass = classOf(log, product.name);
  putConnection(fields, pairs);
  putPolicy(fields, pairs);
  putPeople(fields, pairs, eventClass);
  putThings(fields, pairs, eventClass);
  put(fields, 'event.action', (pairs.get('action') ?? pairs.get('disposition') ?? pairs.get('status'))?.toLowerCase());
  decide(fields, pairs, eventClass);
  return fields;
}

function classOf(log: Log, product: string): EventClass {
  if (product === 'FortiMail') return fortimailClass(log.pairs);
  if (product === 'FortiWeb') return fortiwebClass(log.pairs);
  const known = fortiosClass(log.pairs);
  if (known !== 'unknown' || log.cef === undefined) return known;
  return classOfWords(log.cef.name) ?? 'unknown';
}

function putTimes(fields: Fields, pairs: ReadonlyMap<string, string>, { clock }: Message): void {
  const zone = pairs.get('tz') ?? pairs.get('timezone');
  const [date, time] = [pairs.get('date'), pairs.get('time')];
  const wall = date === undefined || time === undefined ? undefined : wallTime(`${date} ${time}`, clock, zone);
  const epoch = epochTime(pairs.get('eventtime') ?? '');
  const start = pairs.get('start');
  const own = epoch ?? wall ?? (start === undefined ? undefined : (epochTime(start) ?? wallTime(start, clock, zone)));
  put(fields, '@timestamp', own);
  put(fields, 'event.timezone', zone);
  // The clock on the device's wall may be behind the time of the event, or in another zone than it says.
  if (epoch !== undefined && wall !== undefined && wall.slice(0, 19) !== epoch.slice(0, 19))
    fields['event.created'] = wall;
  const seconds = Number(pairs.get('duration'));
  if (seconds > 0 && seconds < 1e9) fields['event.duration'] = Math.round(seconds * 1e9);
}

/** `level` says how loud the log is; `severity`, how bad the attack. */
function putSeverity(fields: Fields, { pairs, cef }: Log): void {
  const level = (pairs.get('level') ?? pairs.get('pri'))?.toLowerCase();
  put(fields, 'log.level', level);
  const attack = pairs.get('severity') ?? pairs.get('severity_level');
  put(fields, 'vendor.severity', pairs.get('severity'));
  const value = severityOf(attack ?? '') ?? severityOf(level ?? '');
  if (value !== undefined) fields['event.severity'] = value;
  else if (cef !== undefined && /^\d{1,2}$/.test(cef.severity))
    fields['event.severity'] = Math.min(10, Number(cef.severity)) * 10;
}

function putConnection(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  Object.assign(fields, transportOf(pairs.get('proto')));
  const service = pairs.get('service') ?? '';
  if (/^[a-z][a-z0-9._-]{0,31}$/i.test(service)) fields['network.protocol'] = service.toLowerCase();
  else put(fields, 'vendor.service', service);
  putNat(fields, pairs);
  putPeers(fields, pairs);
  putCountry(fields, 'source');
  putCountry(fields, 'destination');
}

const PEERS = [
  ['remip', 'remport'],
  ['rem_ip', 'rem_port'],
  ['remote_ip', 'remote_port'],
] as const;

/** A tunnel's ends are `remip` and `locip`; who began it is told of IPsec alone. */
function putPeers(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const isOurs = pairs.get('init') === 'local' || pairs.get('role') === 'initiator' || pairs.get('dir') === 'outbound';
  const [remote, local] = isOurs ? (['destination', 'source'] as const) : (['source', 'destination'] as const);
  for (const [ip, port] of PEERS) {
    if (fields[`${remote}.ip`] === undefined && putIp(fields, `${remote}.ip`, pairs.get(ip)))
      putPort(fields, `${remote}.port`, pairs.get(port));
    else put(fields, `vendor.${ip}`, pairs.get(ip));
  }
  const own = pairs.get('locip') ?? pairs.get('loc_ip');
  if (fields[`${local}.ip`] === undefined && putIp(fields, `${local}.ip`, own))
    putPort(fields, `${local}.port`, pairs.get('locport') ?? pairs.get('loc_port'));
  else put(fields, 'vendor.locip', own);
}

/** `Reserved` is FortiOS's word for private addresses. */
function putCountry(fields: Fields, side: string): void {
  const key = `${side}.geo.country_name`;
  if (fields[key] === 'Reserved') delete fields[key];
}

/** `trandisp` noop has zeros; `transip` is the source's new address, `tranip` the destination's. */
function putNat(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const isNothing = (text: string | undefined): boolean =>
    text === undefined || text === '0.0.0.0' || text === '::' || text === '0';
  const set = (side: string, ip: string | undefined, port: string | undefined): void => {
    if (!isNothing(ip)) putIp(fields, `${side}.nat.ip`, ip);
    if (!isNothing(port)) putPort(fields, `${side}.nat.port`, port);
  };
  set('source', pairs.get('transip') ?? pairs.get('tran_sip'), pairs.get('transport') ?? pairs.get('tran_sport'));
  const side = /^snat$/i.test(pairs.get('tran_disp') ?? '') ? 'source' : 'destination';
  set('destination', pairs.get('tranip'), pairs.get('tranport'));
  set(side, pairs.get('tran_ip'), pairs.get('tran_port'));
}

/** The signature where one matched, else the policy. */
function putPolicy(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const attack = pairs.get('attack') ?? pairs.get('attackname') ?? pairs.get('attack_name');
  const policy = pairs.get('policyid') ?? pairs.get('policy_id') ?? pairs.get('rule');
  if (attack !== undefined && attack !== '') {
    put(fields, 'rule.name', attack);
    put(fields, 'rule.id', pairs.get('attackid') ?? pairs.get('attack_id') ?? pairs.get('signature_id'));
    put(fields, 'vendor.policyid', policy);
    put(fields, 'vendor.policyname', pairs.get('policyname'));
    return;
  }
  put(fields, 'rule.id', policy ?? pairs.get('signature_id'));
  put(fields, 'rule.name', pairs.get('policyname') ?? pairs.get('main_type'));
}

const UI = /^([A-Za-z][\w -]{0,31})\(([0-9A-Fa-f:.]{2,45})\)$/;

function putPeople(fields: Fields, pairs: ReadonlyMap<string, string>, eventClass: EventClass): void {
  const user = [pairs.get('user'), pairs.get('login'), pairs.get('xauthuser'), pairs.get('unauthuser')];
  putUser(
    fields,
    'user',
    user.find((name) => name !== undefined && name !== '' && name !== 'N/A' && name !== '-'),
  );
  if (fields['user.name'] !== undefined && fields['source.ip'] !== undefined && eventClass !== 'admin_change')
    fields['source.user.name'] = fields['user.name'];
  const ui = pairs.get('ui') ?? pairs.get('userfrom');
  put(fields, 'vendor.ui', ui);
  if (fields['source.ip'] === undefined) putIp(fields, 'source.ip', UI.exec(ui ?? '')?.[2]);
}

function putThings(fields: Fields, pairs: ReadonlyMap<string, string>, eventClass: EventClass): void {
  const host = pairs.get('http_host') ?? pairs.get('hostname') ?? pairs.get('host');
  putUrl(fields, pairs.get('url') ?? pairs.get('http_url'));
  if (eventClass === 'system' || eventClass === 'endpoint' || eventClass === 'vpn') putClient(fields, pairs, host);
  else if (host !== undefined && host !== '' && host !== 'N/A') {
    fields['url.domain'] ??= host.toLowerCase();
    fields['destination.domain'] ??= host.toLowerCase();
  }
  const hash = pairs.get('analyticscksum') ?? pairs.get('filehash');
  if (!putHash(fields, hash)) put(fields, 'vendor.filehash', hash);
  put(fields, 'message', pairs.get('msg') ?? pairs.get('logdesc') ?? pairs.get('desc'));
  dropWhatIsNone(fields);
  if (Array.isArray(fields['dns.resolved_ip']) && pairs.get('qname') === undefined) delete fields['dns.resolved_ip'];
}

/** A service in the place of an application; calls in the place of mails; the mail's own ends in the place of users. */
function dropWhatIsNone(fields: Fields): void {
  const application = fields['network.application'];
  if (typeof application === 'string' && /^[a-z0-9]+\/\d/i.test(application)) {
    delete fields['network.application'];
    fields['vendor.app'] = application;
  }
  for (const [key, end] of [
    ['email.from.address', 'from'],
    ['email.to.address', 'to'],
  ] as const) {
    const found = fields[key];
    if (!Array.isArray(found)) continue;
    if (found.includes(fields['user.name'])) {
      delete fields['user.name'];
      delete fields['source.user.name'];
    }
    if (!String(found[0]).startsWith('sip:')) continue;
    delete fields[key];
    fields[`vendor.${end}`] = String(found[0]);
  }
}

/** A DHCP lease or an endpoint that joined: `mac`, `ip`, `hostname`. */
function putClient(fields: Fields, pairs: ReadonlyMap<string, string>, host: string | undefined): void {
  put(fields, 'host.name', host);
  const draft: Fields = {};
  if (putMacList(draft, pairs.get('mac'))) fields['host.mac'] = draft['mac'];
  if (putIp(draft, 'ip', pairs.get('ip'))) fields['host.ip'] = [draft['ip']];
}

function putMacList(draft: Fields, text: string | undefined): boolean {
  putAll(draft, text === undefined ? [] : [['mac', text]], { mac: { mac: 'one' } });
  if (draft['one'] !== undefined) draft['mac'] = [draft['one']];
  return draft['one'] !== undefined;
}

/** Ends of a session are no denial, whatever their word. */
const DECISIONS: Readonly<Record<string, Decision>> = {
  accept: 'allowed',
  start: 'allowed',
  close: 'allowed',
  timeout: 'allowed',
  'client-rst': 'allowed',
  'server-rst': 'allowed',
  'ip-conn': 'allowed',
  dns: 'allowed',
  deny: 'denied',
  exempt: 'allowed',
  analytics: 'allowed',
  submitted: 'allowed',
  redirect: 'denied',
  ban: 'denied',
  'ban-ip': 'denied',
  clear_session: 'denied',
  drop_session: 'denied',
  reset_client: 'denied',
  reset_server: 'denied',
  pass_session: 'allowed',
  warning: 'denied',
  authentication: 'denied',
};
const ENDS = new Set(['close', 'timeout', 'client-rst', 'server-rst']);

function decide(fields: Fields, pairs: ReadonlyMap<string, string>, eventClass: EventClass): void {
  const action = (fields['event.action'] as string | undefined) ?? '';
  let decision = action in DECISIONS ? DECISIONS[action] : decisionOf(action);
  if (eventClass === 'traffic' && /^(?:block|deny|reset)/i.test(pairs.get('utmaction') ?? '')) decision = 'denied';
  const types = eventClass === 'traffic' ? [ENDS.has(action) ? 'end' : action === 'start' ? 'start' : ''] : [];
  const isVpn = eventClass === 'vpn' || eventClass === 'auth';
  judge(fields, {
    class: eventClass,
    decision: isVpn ? undefined : decision,
    types: isVpn ? sessionTypes(action) : types.filter((type) => type !== ''),
    alert: isFinding(pairs, eventClass, decision),
  });
  if (isVpn || eventClass === 'system') putOutcome(fields, pairs, action);
  put(fields, 'vendor.status', action === pairs.get('status')?.toLowerCase() ? undefined : pairs.get('status'));
  putInt(fields, 'vendor.count', pairs.get('count'));
}

function sessionTypes(action: string): string[] {
  if (/tunnel-up|login|logon|^add$|negotiate/.test(action)) return ['start'];
  return /tunnel-down|logout|logoff|delete/.test(action) ? ['end'] : [];
}

/** A file too big to scan, or a mail that is no spam, is none. */
function isFinding(pairs: ReadonlyMap<string, string>, eventClass: EventClass, decision: Decision): boolean {
  const eventType = (pairs.get('eventtype') ?? '').toLowerCase();
  switch (eventClass) {
    case 'malware':
    case 'mail_malware':
      return (
        pairs.has('virus') || !/^(?:filename|oversize|scanerror|analytics|content-disarm|filetype)/.test(eventType)
      );
    case 'mail_spam':
      return !(decision === 'allowed' && /^(?:not ?spam|safe|clean|relay)/i.test(pairs.get('classifier') ?? eventType));
    case 'ips':
    case 'dos':
    case 'c2':
    case 'web_block':
    case 'dlp':
      return true;
    default:
      return false;
  }
}

function putOutcome(fields: Fields, pairs: ReadonlyMap<string, string>, action: string): void {
  const words = `${pairs.get('status') ?? ''} ${pairs.get('result') ?? ''} ${action} ${pairs.get('logdesc') ?? pairs.get('desc') ?? ''}`;
  if (/fail|error|denied|reject|negative|timeout|bad/i.test(words)) fields['event.outcome'] = 'failure';
  else if (/success|\bok\b|tunnel-up|accepted|authenticated|logon\b|\bup\b/i.test(words))
    fields['event.outcome'] = 'success';
}
