import { type EventClass, isBadSite } from '../verdict.js';

const MAIL = /^(?:smtps?|pop3s?|pops|imap4?s?|imaps|mail|email)$/i;
/** The log_component of `log_type="Event"`. Anything else is the system's. */
const EVENTS: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/^(?:ssl ?vpn|vpn|ipsec|l2tp|pptp).*authentication/i, 'vpn'],
  [/authentication|^ntlm|live ?user|guest ?user|captive portal|^sso/i, 'auth'],
  [/^ip ?sec|^l2tp|^pptp|^ssl ?vpn|^vpn|^red$|remote access|amazon vpc/i, 'vpn'],
  [/^(?:gui|cli|lcd|ccc|api|console|web ?admin|central management|sfm)$/i, 'admin_change'],
];

/** @param pairs of SFOS, by its own names. The first two digits of `log_id` are the type, where a relay lost the words. */
export function sfosClass(pairs: ReadonlyMap<string, string>): EventClass {
  const of = (key: string): string => (pairs.get(key) ?? '').toLowerCase();
  const [component, subtype] = [of('log_component'), of('log_subtype')];
  switch (of('log_type').replace(/[^a-z]/g, '')) {
    case 'firewall':
    case 'securitypolicy':
      return /\bdos\b/.test(component) ? 'dos' : 'traffic';
    case 'ssl':
    case 'ssltls':
    case 'ssltlsinspection':
      return 'traffic';
    case 'idp':
    case 'ips':
      return 'ips';
    case 'antivirus':
    case 'malware':
      return MAIL.test(component) ? 'mail_malware' : 'malware';
    case 'antispam':
    case 'email':
    case 'mail':
      return mailClass(pairs, subtype);
    case 'contentfiltering':
    case 'webfilter':
    case 'web':
      return /^application/.test(component) ? 'app_control' : siteClass(pairs);
    case 'applicationfilter':
      return 'app_control';
    case 'waf':
    case 'webserverprotection':
      return 'ips';
    case 'atp':
    case 'eatp':
    case 'advancedthreatprotection':
    case 'activethreatresponse':
      return 'c2';
    case 'sandbox':
    case 'sandstorm':
    case 'zerodayprotection':
      return MAIL.test(component) ? 'mail_malware' : 'malware';
    case 'heartbeat':
    case 'synchronizedsecurity':
    case 'endpoint':
      return 'endpoint';
    case 'wirelessprotection':
    case 'wireless':
    case 'systemhealth':
      return 'system';
    default:
      if (of('log_type') === 'event') return eventClass(pairs, component, subtype);
      return /^dns/.test(of('log_type')) ? siteClass(pairs) : 'system';
  }
}

function mailClass(pairs: ReadonlyMap<string, string>, subtype: string): EventClass {
  const why = `${pairs.get('reason') ?? ''} ${pairs.get('quarantine_reason') ?? ''}`;
  if (/^virus|^infected|^malware/.test(subtype) || /malicious|infected|virus/i.test(why)) return 'mail_malware';
  if (/^dlp|data protection/.test(subtype)) return 'dlp';
  return /^dos/.test(subtype) ? 'dos' : 'mail_spam';
}

function siteClass(pairs: ReadonlyMap<string, string>): EventClass {
  const category = pairs.get('category') ?? pairs.get('http_category') ?? pairs.get('web_category');
  return isBadSite(category) || /reputation|malicious/i.test(pairs.get('reason') ?? '') ? 'web_block' : 'url_filter';
}

function eventClass(pairs: ReadonlyMap<string, string>, component: string, subtype: string): EventClass {
  const found = EVENTS.find(([pattern]) => pattern.test(component))?.[1];
  const message = pairs.get('message') ?? '';
  if (found === 'admin_change' && /log(?:ged)?[ -]?(?:in|out|on|off)\b|authenticat/i.test(message)) return 'auth';
  if (found !== undefined) return found;
  if (subtype === 'authentication') return 'auth';
  if (subtype === 'admin') return 'admin_change';
  return /heartbeat|endpoint/.test(component) ? 'endpoint' : 'system';
}
