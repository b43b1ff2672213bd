import type { Fields } from '../dialect.js';
import {
  ALLOWED,
  APP_ALLOWED,
  APP_BLOCKED,
  AUTH,
  C2_BLOCKED,
  CHANGED,
  CONNECTION_END,
  DENIED,
  FLOOD,
  INTRUSION_BLOCKED,
  INTRUSION_SEEN,
  LEASE,
  LOGIN,
  LOGIN_FAILED,
  LOGOUT,
  MALWARE_BLOCKED,
  MALWARE_SEEN,
  NETWORK,
  SITE_BLOCKED,
  SPAM,
  SYSTEM,
  UPDATED,
  URL_ALLOWED,
  URL_BLOCKED,
  VPN,
  VPN_LOGIN,
  VPN_LOGIN_FAILED,
} from '../lines/kinds.js';

/** What a category's line means when it blocked something, and when it let it pass or only says so. */
interface Meaning {
  readonly re: RegExp;
  readonly blocked: Fields;
  readonly passed: Fields;
}

const MALWARE_MAIL = { 'hinomi.event_class': 'mail_malware' };

// Categories of `cat=`, ZLD User's Guide, Log Settings. A newer name stands beside the older one that it replaced.
const CATEGORIES: readonly Meaning[] = [
  {
    re: /^traffic log/,
    blocked: DENIED,
    passed: { ...CONNECTION_END, 'event.type': ['connection', 'end', 'allowed'] },
  },
  {
    re: /^(?:firewall|security policy|secure policy|policy control|session|default|packet filter|zone)/,
    blocked: DENIED,
    passed: ALLOWED,
  },
  { re: /ip-?(?:mac|exception)|mac filter/, blocked: DENIED, passed: ALLOWED },
  { re: /anti-?spam|email security|mail/, blocked: SPAM, passed: SPAM },
  { re: /anti-?virus|anti-?malware|sandbox/, blocked: MALWARE_BLOCKED, passed: MALWARE_SEEN },
  { re: /^(?:idp|ips|intrusion)|signature/, blocked: INTRUSION_BLOCKED, passed: INTRUSION_SEEN },
  { re: /^adp|anomal|dos prevention|attack/, blocked: FLOOD, passed: { ...FLOOD, 'event.type': ['allowed'] } },
  { re: /botnet|c&c/, blocked: C2_BLOCKED, passed: { ...C2_BLOCKED, 'event.type': ['allowed'] } },
  {
    re: /threat filter|reputation|threat website/,
    blocked: SITE_BLOCKED,
    passed: { ...SITE_BLOCKED, 'event.type': ['allowed'] },
  },
  { re: /content filter|web ?site|web security|ssl inspection|geo/, blocked: URL_BLOCKED, passed: URL_ALLOWED },
  { re: /app(?:lication)?[ -]?patrol|application/, blocked: APP_BLOCKED, passed: APP_ALLOWED },
  { re: /ipsec|^ike|vpn|l2tp|tunnel|pptp/, blocked: VPN, passed: VPN },
  { re: /^user|auth|force|account|login/, blocked: AUTH, passed: AUTH },
  { re: /dhcp/, blocked: LEASE, passed: LEASE },
  { re: /wlan|wireless|station|capwap|wtp|access point/, blocked: NETWORK, passed: NETWORK },
  { re: /^(?:configuration|file manager)/, blocked: CHANGED, passed: CHANGED },
  { re: /update|upgrade|firmware/, blocked: UPDATED, passed: UPDATED },
  {
    re: /interface|routing|dns|ddns|nat|ppp|port|link|bwm|connectivity|device ha|alg/,
    blocked: NETWORK,
    passed: NETWORK,
  },
];

// The guide's `note` and `act`, and the last word of a policy's `msg`.
const BLOCKED =
  /\b(?:block(?:ed)?|drop(?:ped)?|den(?:y|ied)|reject(?:ed)?|destroy(?:ed)?|quarantined?|reset|redirect)\b/i;

/** The fields of a category; `words` is all that may say whether it was blocked. */
export function meaningOf(category: string, words: string): Fields {
  const name = category.toLowerCase();
  const meaning = CATEGORIES.find(({ re }) => re.test(name));
  const found = meaning === undefined ? SYSTEM : BLOCKED.test(words) ? meaning.blocked : meaning.passed;
  if (found === MALWARE_BLOCKED || found === MALWARE_SEEN)
    return /smtp|pop3|imap|mail/i.test(words) ? { ...found, ...MALWARE_MAIL } : found;
  return found;
}

/** Logins say what they are only in their text. */
export function loginOf(text: string): Fields | undefined {
  if (
    /failed (?:login|to (?:log|auth)|attempt)|login fail|incorrect password|(?:login|auth\w*).{0,40}(?:fail|denied|reject)/i.test(
      text,
    )
  ) {
    return /vpn|ipsec|l2tp|xauth|eap/i.test(text) ? VPN_LOGIN_FAILED : LOGIN_FAILED;
  }
  if (/logged out|logout|has been logged off|timed? ?out/i.test(text)) return LOGOUT;
  if (/logged in|login success|successfully logged|has logged/i.test(text))
    return /vpn/i.test(text) ? VPN_LOGIN : LOGIN;
  return undefined;
}
