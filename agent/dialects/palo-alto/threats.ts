import type { Fields } from '../dialect.js';
import { type Decision, type EventClass, isBadSite, judge } from '../verdict.js';
import type { Row } from './forms.js';

const SUBTYPES: Readonly<Record<string, EventClass>> = {
  virus: 'malware',
  wildfire: 'malware',
  'wildfire-virus': 'malware',
  'ml-virus': 'malware',
  spyware: 'c2',
  vulnerability: 'ips',
  scan: 'ips',
  packet: 'dos',
  flood: 'dos',
  url: 'url_filter',
  file: 'dlp',
  data: 'dlp',
  dlp: 'dlp',
  'dlp-non-file': 'dlp',
};

const TYPES: Readonly<Record<string, EventClass>> = {
  TRAFFIC: 'traffic',
  TUNNEL: 'traffic',
  DECRYPTION: 'traffic',
  GTP: 'traffic',
  SCTP: 'traffic',
  SYSTEM: 'system',
  CONFIG: 'admin_change',
  GLOBALPROTECT: 'vpn',
  HIPMATCH: 'endpoint',
  USERID: 'auth',
  IPTAG: 'system',
  AUTHENTICATION: 'auth',
  CORRELATION: 'malware',
};

const CALLBACK =
  /command-and-control|\bc2\b|spyware|dns-c2|backdoor|botnet|adware|keylogger|dns|hacktool|phishing-kit|webshell|inline-cloud-c2/i;
const MAIL = /^(?:smtp|pop3|imap|outlook-web|gmail)/;

/** The class by type and subtype, and what the row's words say of the outcome. */
export function decide(fields: Fields, row: Row, decision: Decision): void {
  const eventClass = classOf(row);
  const status = (row.values.get('status') ?? row.values.get('result') ?? row.values.get('event') ?? '').toLowerCase();
  judge(fields, {
    class: eventClass,
    decision,
    types: typesOf(row),
    ...(isHarmless(row) ? { alert: false } : {}),
  });
  if (eventClass === 'vpn' || eventClass === 'auth') putOutcome(fields, row, status);
}

function classOf({ type, subtype, values }: Row): EventClass {
  if (type === 'SYSTEM') return classOfSystem(subtype, values.get('eventid') ?? '');
  if (type !== 'THREAT') return TYPES[type] ?? 'unknown';
  const name = subtype.toLowerCase();
  const mail = MAIL.test(values.get('app') ?? '');
  const base = SUBTYPES[name] ?? (name.includes('virus') ? 'malware' : 'ips');
  if (base === 'url_filter') return isBadSite(values.get('category')) ? 'web_block' : 'url_filter';
  if (base === 'malware' && mail) return 'mail_malware';
  if (
    name === 'spyware' &&
    !CALLBACK.test(`${values.get('thr_category') ?? 'spyware'} ${values.get('threatid') ?? ''}`)
  )
    return 'ips';
  return base;
}

function classOfSystem(subtype: string, event: string): EventClass {
  if (/^(?:vpn|globalprotect|ipsec)/.test(subtype)) return 'vpn';
  if (subtype === 'auth' || /auth|log(?:in|out)/i.test(event)) return 'auth';
  return 'system';
}

/** WildFire's benign verdicts, file names let through, and sites that were only counted. */
function isHarmless({ subtype, values }: Row): boolean {
  if (subtype === 'file') return true;
  return /^(?:benign|grayware)$/i.test(values.get('category') ?? '') && subtype.startsWith('wildfire');
}

function typesOf({ type, subtype, values }: Row): string[] {
  if ((type === 'TRAFFIC' || type === 'TUNNEL') && subtype === 'start') return ['start'];
  if ((type === 'TRAFFIC' || type === 'TUNNEL') && subtype === 'end') return ['end'];
  const text = `${subtype} ${values.get('eventid') ?? ''}`;
  if (/log ?in|connected|gateway-connect|portal-auth|gateway-auth/i.test(text)) return ['start'];
  return /log ?out|disconnect/i.test(text) ? ['end'] : [];
}

function putOutcome(fields: Fields, { values, subtype }: Row, status: string): void {
  const text = `${status} ${values.get('eventid') ?? ''} ${values.get('opaque') ?? ''} ${subtype}`
    .slice(0, 512)
    .toLowerCase();
  if (/fail|invalid|reject|denied|error/.test(text)) fields['event.outcome'] = 'failure';
  else if (/succe|succeeded|log ?in|log ?out|connect/.test(text)) fields['event.outcome'] = 'success';
}
