import type { Decision, EventClass } from '../verdict.js';

/** `Event::Endpoint::Threat::Detected` and its like (Sophos Central SIEM event types). The first that matches counts. */
const TYPES: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/CommandAndControl|C2|::FirewallAdvancedThreatProtection|MTD::/i, 'c2'],
  [/ExploitPrevent|HmpaExploit|HmpaIntru|::IPS|NetworkThreat|HmpaLockdown|HmpaApc/i, 'ips'],
  [/WebFilteringBlocked|WebThreat|::Web::.*Malic/i, 'web_block'],
  [/WebControl|WebPolicy/i, 'url_filter'],
  [/Email.*(?:Malware|Virus|Threat)/i, 'mail_malware'],
  [/Email|Phish/i, 'mail_spam'],
  [/DataLossPrevention|::Dlp/i, 'dlp'],
  [/Application(?:Control)?(?:::)?(?:Blocked|Allowed|Detected|Violation|NewApp)|::Application/i, 'app_control'],
  [/Threat|Malware|CoreDetection|::Core|CryptoGuard|Hmpa|Ransom|Pua|SavScanThreat|Hips|Virus|Suspicious/i, 'malware'],
  [/Audit|PolicyChang|Admin|TamperProtection.*(?:Changed|Disabled)/i, 'admin_change'],
  [/Login|Authentication|SignIn/i, 'auth'],
  [/Firewall|Gateway|Switch|AccessPoint/i, 'system'],
  [/Endpoint|Device|Mobile|Server|Enc|Denc|SavScan|Update|Isolation|Registered/i, 'endpoint'],
];

export function centralClass(type: string, name: string): EventClass {
  const found = TYPES.find(([pattern]) => pattern.test(type))?.[1];
  if (found === 'url_filter' && /malware|malicious|phishing|reputation/i.test(name)) return 'web_block';
  return found ?? (type === '' ? 'unknown' : 'endpoint');
}

const STOPPED = /Clean(?:ed|Up$)|CleanedUp|Blocked|Prevented|Quarantin|Removed|Terminated|Restored|Remediated|Deleted/;

/** A detection alone says neither. */
export function centralDecision(type: string, name: string): Decision {
  if (/Failed$|Allowed|Warn/.test(type)) return 'allowed';
  if (STOPPED.test(type)) return 'denied';
  if (!/WebControl|WebFiltering|Application|DataLoss/.test(type)) return undefined;
  if (/\bblocked|prevented|denied/i.test(name)) return 'denied';
  return /allowed|warned|proceeded/i.test(name) ? 'allowed' : undefined;
}

export function isFinding(eventClass: EventClass, type: string): boolean {
  if (/Scan(?:Complete|Clean)|Update(?:Success|Rebooted)/i.test(type)) return false;
  return ['malware', 'c2', 'ips', 'web_block', 'mail_malware', 'mail_spam', 'dlp'].includes(eventClass);
}
