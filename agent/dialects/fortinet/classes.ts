import { type EventClass, isBadSite } from '../verdict.js';

/** What a subtype of a UTM log is about, and its name in older versions, where it was the type. */
const SUBTYPES: Readonly<Record<string, EventClass>> = {
  virus: 'malware',
  infected: 'malware',
  analytics: 'malware',
  webfilter: 'url_filter',
  ips: 'ips',
  attack: 'ips',
  signature: 'ips',
  waf: 'ips',
  'virtual-patch': 'ips',
  ptattack: 'ips',
  anomaly: 'dos',
  emailfilter: 'mail_spam',
  spamfilter: 'mail_spam',
  spam: 'mail_spam',
  'app-ctrl': 'app_control',
  'app-ctrl-all': 'app_control',
  appctrl: 'app_control',
  casb: 'app_control',
  im: 'app_control',
  p2p: 'app_control',
  dlp: 'dlp',
  'file-filter': 'dlp',
  contentlog: 'traffic',
  content: 'traffic',
  dns: 'url_filter',
  ssh: 'traffic',
  ssl: 'traffic',
  voip: 'traffic',
  gtp: 'traffic',
  icap: 'traffic',
  netscan: 'system',
};

/** Subtypes of `type=event`; what is not here is the system's. */
const EVENTS: Readonly<Record<string, EventClass>> = {
  vpn: 'vpn',
  ipsec: 'vpn',
  ssl: 'vpn',
  'sslvpn-user': 'vpn',
  'sslvpn-admin': 'vpn',
  'sslvpn-session': 'vpn',
  l2tp: 'vpn',
  pptp: 'vpn',
  user: 'auth',
  auth: 'auth',
  fortiextender: 'system',
  config: 'admin_change',
  endpoint: 'endpoint',
  'fabric-endpoint': 'endpoint',
  'fct-ems': 'endpoint',
  fortimail: 'system',
};

/** FortiGuard categories of the group "Security Risk" that say that the site does harm: malicious, phishing, spam URL. */
const BAD_CATEGORIES: ReadonlySet<string> = new Set(['26', '61', '86']);
/** Message numbers, the last six digits of `logid`. FortiOS Log Message Reference. */
const LOGINS = new Set(['032001', '032002', '032003', '032006', '032007', '032011', '032021', '032022']);
const CHANGES = new Set(['032102', '032120', '032129', '032131', '044544', '044545', '044546', '044547', '044548']);
const CALLBACKS = new Set(['009248', '008704', '054600', '054601']);
const MAIL_SERVICE = /^(?:smtp|smtps|pop3|pop3s|imap|imaps|mapi|nntp)$/i;

/** @param pairs of FortiOS, by its own names */
export function fortiosClass(pairs: ReadonlyMap<string, string>): EventClass {
  const of = (key: string): string => (pairs.get(key) ?? '').toLowerCase();
  const [type, subtype] = [of('type'), of('subtype')];
  if (type === 'event') return eventClass(pairs, subtype);
  if (type === 'traffic') return 'traffic';
  const found = SUBTYPES[subtype] !== undefined && type !== 'ips' ? SUBTYPES[subtype] : SUBTYPES[type];
  const base = found ?? SUBTYPES[subtype] ?? 'unknown';
  if (isCallback(pairs)) return 'c2';
  if (type === 'ips' && subtype === 'anomaly') return 'dos';
  if (base === 'malware') return MAIL_SERVICE.test(of('service')) || pairs.has('recipient') ? 'mail_malware' : base;
  if (base === 'url_filter') return isBad(pairs) ? 'web_block' : base;
  return base;
}

function isCallback(pairs: ReadonlyMap<string, string>): boolean {
  return (
    /botnet/i.test(`${pairs.get('eventtype') ?? ''} ${pairs.get('catdesc') ?? ''}`) ||
    pairs.has('botnetdomain') ||
    pairs.has('botnetip') ||
    CALLBACKS.has(numberOf(pairs)) ||
    /^botnet/i.test(pairs.get('virus') ?? '')
  );
}

function isBad(pairs: ReadonlyMap<string, string>): boolean {
  if (BAD_CATEGORIES.has(pairs.get('cat') ?? '') || isBadSite(pairs.get('catdesc') ?? pairs.get('cat_desc')))
    return true;
  return /antiphish|phishing/i.test(pairs.get('eventtype') ?? '');
}

function eventClass(pairs: ReadonlyMap<string, string>, subtype: string): EventClass {
  const number = numberOf(pairs);
  const action = (pairs.get('action') ?? '').toLowerCase();
  if (LOGINS.has(number)) return 'auth';
  if (CHANGES.has(number) || pairs.has('cfgpath') || pairs.has('cfgattr')) return 'admin_change';
  const known = EVENTS[subtype];
  if (known === 'endpoint' || known === 'vpn' || known === 'auth') return known;
  if (
    /^(?:login|logout)$/.test(action) ||
    /\blog(?:ged|in|out)\b/i.test(pairs.get('logdesc') ?? pairs.get('desc') ?? '')
  )
    return isAboutPeople(pairs) ? 'auth' : 'system';
  if (/configur\w* (?:is )?changed|configured|object attribute/i.test(pairs.get('logdesc') ?? pairs.get('desc') ?? ''))
    return 'admin_change';
  if (subtype === 'admin') return 'admin_change';
  return known ?? 'system';
}

function isAboutPeople(pairs: ReadonlyMap<string, string>): boolean {
  return pairs.has('user') || pairs.has('ui') || pairs.has('srcip');
}

export function numberOf(pairs: ReadonlyMap<string, string>): string {
  return (pairs.get('logid') ?? pairs.get('log_id') ?? '').slice(-6);
}
