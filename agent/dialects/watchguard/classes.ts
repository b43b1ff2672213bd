import { type EventClass, isBadSite } from '../verdict.js';

/**
 * The first two digits of `msg_id` are the part of Fireware that speaks (Fireware Log Message Catalog): 1A HTTP proxy,
 * 1B SMTP, 1C FTP, 1D DNS, 21 POP3, 2A/2B SIP and H.323, 2C HTTPS, 34/35 IMAP and TCP-UDP proxies.
 */
const MAIL_PROXY = /^(?:1B|21|3[34567])FF/;
const WEB_PROXY = /^(?:1A|2C|2D)FF/;
const PROXY = /^[0-9A-F]{2}FF/;
/** Parts that do not speak of traffic, by their first two digits. */
const PARTS: Readonly<Record<string, EventClass>> = {
  '02': 'vpn',
  '25': 'vpn',
  '11': 'auth',
  '3E': 'auth',
  '01': 'admin_change',
  '40': 'admin_change',
};
/** Words of a message about the firewall's own attack defence. */
const FLOOD = /flood|\bddos\b|\bdos\b/i;
const PROBE =
  /(?:ip|port|address) scan|spoofing|source route|temporarily block|tor exit|ping of death|autoblock|unhandled .* attack/i;

/** @param code as sent, with or without its dash  @param text what it says in words */
export function fireboxClass(code: string, text: string, pairs: ReadonlyMap<string, string>): EventClass {
  const id = code.replace('-', '').toUpperCase();
  const words = `${text} ${pairs.get('msg') ?? ''}`;
  const found = threatClass(id, words, pairs);
  if (found !== undefined) return found;
  if (WEB_PROXY.test(id)) return siteClass(words, pairs);
  if (MAIL_PROXY.test(id) || PROXY.test(id)) return 'traffic';
  if (id.startsWith('3000') || id.startsWith('3001')) return firewallClass(words);
  if (id === '' && pairs.size > 3) return 'traffic';
  return partClass(id, words);
}

/** What the subscription services found, whichever proxy they looked through. */
function threatClass(id: string, words: string, pairs: ReadonlyMap<string, string>): EventClass | undefined {
  const isMail = MAIL_PROXY.test(id) || /proxy.*(?:smtp|pop3|imap)/i.test(pairs.get('proxy_act') ?? '');
  if (/\bspam\b|spamblocker|bulk mail|message classification/i.test(words) || pairs.has('spam_type'))
    return isMail ? 'mail_spam' : undefined;
  if (/botnet|\bc&c\b/i.test(words)) return 'c2';
  if (pairs.has('signature_id') || pairs.has('signature_name') || /\bips (?:match|detected)/i.test(words)) return 'ips';
  const isVirus = pairs.has('virus') || /virus found|malware|intelligentav|\bAPT (?:detected|threat)/i.test(words);
  if (isVirus) return isMail ? 'mail_malware' : 'malware';
  if (/AV scanning|\bAPT\b|\bvirus\b|gateway antivirus/i.test(words) && PROXY.test(id))
    return isMail ? 'mail_malware' : 'malware';
  if (pairs.has('dlp_rule') || pairs.has('dlp_sensor') || /\bdlp\b.*(?:violation|object|scan)/i.test(words))
    return PROXY.test(id) || pairs.has('dlp_rule') ? 'dlp' : undefined;
  if (/dnswatch content filtered/i.test(words)) return 'url_filter';
  if (/reputation|dnswatch/i.test(words) || pairs.has('reputation')) return 'web_block';
  if (pairs.has('app_name') || /\bapp match|application identified/i.test(words))
    return /^(?:3000|[0-9A-F]{2}FF)/.test(id) ? 'app_control' : undefined;
  return undefined;
}

function siteClass(words: string, pairs: ReadonlyMap<string, string>): EventClass {
  const categories = pairs.get('cats') ?? pairs.get('categories');
  if (isBadSite(categories)) return 'web_block';
  const isFilter =
    categories !== undefined ||
    /categor|webblocker|service unavailable|url (?:path )?match|domain name match|url match|trusted host|host match/i.test(
      words,
    );
  return isFilter ? 'url_filter' : 'traffic';
}

function firewallClass(words: string): EventClass {
  if (FLOOD.test(words)) return 'dos';
  if (PROBE.test(words)) return 'ips';
  return /feature|expired|probe packets|sd-wan|session.*high water|load balance/i.test(words) ? 'system' : 'traffic';
}

function partClass(id: string, words: string): EventClass {
  if (/\bvpn\b|bovpn|ipsec|\bike\b|tunnel|sslvpn/i.test(words)) return 'vpn';
  if (/\blog(?:ged)? ?(?:in|out|off)\b|authenticat/i.test(words) && !/pppoe|modem/i.test(words)) return 'auth';
  if (/configuration (?:was|has been|is)? ?(?:updated|changed|saved)|(?:changed|updated) by/i.test(words))
    return 'admin_change';
  const part = PARTS[id.slice(0, 2)];
  if (part === 'admin_change') return /config|password|backup|restor/i.test(words) ? part : 'system';
  return part ?? 'system';
}
