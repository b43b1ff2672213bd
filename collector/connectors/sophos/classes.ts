import type { EventClass } from '../../../protocol/records/utm.js';

/**
 * From the type (`Event::Endpoint::...`), the first that fits. https://developer.sophos.com/siem-api-schemas/ and
 * https://docs.sophos.com/central/customer/help/en-us/ManageYourProducts/Overview/Reports/ReportTypes/Event/
 */
const BY_TYPE: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/CommandAndControl|::C2|MtdDetection|CoreMtd/i, 'c2'],
  [/Ips(Inbound|Outbound)?(Detection|Detected|Block)/i, 'ips'],
  [/WebFilteringBlocked|WebFilteringWarned|WebThreat|MaliciousUrl|WebControlMalware/i, 'web_block'],
  [/WebControlViolation|NonCategorized|WebPolicy|WebControl|::Web/i, 'url_filter'],
  [/DataLossPrevention|::Dlp/i, 'dlp'],
  [/Application(Allowed|Blocked|Detected|Control)|::Application::/i, 'app_control'],
  [/Email.*(Virus|Malware|Threat)|Mail.*Malware/i, 'mail_malware'],
  [/Spam|Phish/i, 'mail_spam'],
  [
    /::Threat::|Core\w*Detection|Core\w*(Clean|Blocked|Restore)|Pua|Hmpa|CryptoGuard|Exploit|Malware|Ransom/i,
    'malware',
  ],
  [/SignIn|Login|Authentication/i, 'auth'],
  [/Policy|UserAutoCreated|Registered|Reregister|ApiToken|AdSync|Settings/i, 'admin_change'],
  [/^Event::Endpoint|^Event::Mobile|^Event::Server|Isolat|Update|Device/i, 'endpoint'],
  [/^Event::(Firewall|Wireless|Utm|Ztna|Nta)/i, 'system'],
];

/** From the group, where the type says nothing. */
const BY_GROUP: Readonly<Record<string, EventClass>> = {
  MALWARE: 'malware',
  PUA: 'malware',
  RUNTIME_DETECTIONS: 'malware',
  BLOCKLISTED: 'app_control',
  APP_REPUTATION: 'app_control',
  APPLICATION_CONTROL: 'app_control',
  WEB: 'url_filter',
  DATA_LOSS_PREVENTION: 'dlp',
  AD_SYNC: 'admin_change',
  POLICY: 'admin_change',
  PERIPHERALS: 'endpoint',
  ISOLATION: 'endpoint',
  PROTECTION: 'endpoint',
  UPDATING: 'endpoint',
  CONNECTIVITY: 'endpoint',
  SYSTEM_HEALTH: 'endpoint',
  ENDPOINT_FIREWALL: 'traffic',
  MDR: 'malware',
};

export function classOf(type: string | undefined, group: string | undefined): EventClass {
  const found = type === undefined ? undefined : BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
  const byGroup = group === undefined ? undefined : BY_GROUP[group.toUpperCase()];
  if (found === undefined || found === 'endpoint' || found === 'system') return byGroup ?? found ?? 'unknown';
  return found;
}

/** Something bad was found, even where it was dealt with. */
const BAD: ReadonlySet<EventClass> = new Set(['malware', 'web_block', 'ips', 'c2', 'dlp', 'mail_malware']);
const SEVERITIES: Readonly<Record<string, number>> = { none: 10, low: 30, medium: 60, high: 80, critical: 95 };
const HIGH = 80;

export const severityOf = (word: string | undefined): number | undefined => SEVERITIES[word?.toLowerCase() ?? ''];

export function isBad(eventClass: EventClass, severity: number | undefined): boolean {
  return BAD.has(eventClass) || (severity ?? 0) >= HIGH;
}

/** What was done, from the last word of the type. */
export function deedOf(type: string | undefined): { action?: string; types?: string[]; outcome?: string } {
  const last = type?.split('::').at(-1);
  if (last === undefined) return {};
  const action = last.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '-').toLowerCase();
  if (/block|prevent|denied|violation/i.test(last)) return { action, types: ['denied'] };
  if (/allowed|warned/i.test(last)) return { action, types: ['allowed'] };
  if (/fail|notcleaned|notclean/i.test(last)) return { action, outcome: 'failure' };
  if (/success|cleanedup|cleaned/i.test(last)) return { action, outcome: 'success' };
  return { action };
}
