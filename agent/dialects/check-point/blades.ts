import type { EventClass } from '../verdict.js';

/** What a `product` of Check Point (a "blade") speaks of. The first that matches counts. */
export const BLADES: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/anti.?spam|anti.?phishing|harmony email|avanan|zero.?phishing/i, 'mail_spam'],
  [/^mta$|email security/i, 'mail_malware'],
  [/anti.?bot/i, 'c2'],
  [/smart ?defense|^ips$|wsb|waf|appsec|cloudguard app/i, 'ips'],
  [/ddos|dos protect/i, 'dos'],
  [
    /anti.?virus|anti.?malware|threat emulation|threat extraction|threat prevention|sandblast|anti.?ransomware|anti.?exploit|forensics|behavioral guard/i,
    'malware',
  ],
  [/url filtering/i, 'url_filter'],
  [/application control|^app control/i, 'app_control'],
  [/^dlp$|data loss|content awareness/i, 'dlp'],
  [/mobile access|endpoint security vpn|remote access|^vpn$|secur(?:e)?remote|secureclient|l2tp/i, 'vpn'],
  [/vpn-1|fire.?wall|qos|floodgate|https inspection|connectra|security gateway|^nat\b|acceler/i, 'traffic'],
  [/identity|user ?check/i, 'auth'],
  [
    /smartconsole|smartdashboard|smartupdate|web.?api|^cli$|mds|query-database|smartview|smartevent|provisioning|management|security management|cprid|dbedit|gaia/i,
    'admin_change',
  ],
  [
    /endpoint|full disk|media encryption|compliance|ios|android|harmony|capsule|device|mobile|app install|core/i,
    'endpoint',
  ],
  [/syslog|system monitor|update|cluster|license|log server|status/i, 'system'],
];

/** The numbers of the field `severity`: 0 informational, 1 low, 2 medium, 3 high, 4 critical. */
export const SEVERITIES: Readonly<Record<string, string>> = {
  '0': 'informational',
  '1': 'low',
  '2': 'medium',
  '3': 'high',
  '4': 'critical',
};
