import { type EventClass, isBadSite } from '../verdict.js';

/** Message numbers (`m=`) of the SonicOS Log Events Reference Guide, where the number says more than the words. */
const BY_NUMBER: ReadonlyArray<readonly [EventClass, readonly number[]]> = [
  ['url_filter', [14, 15, 16, 97, 1599, 1600, 1602]],
  ['traffic', [36, 37, 38, 41, 98, 173, 174, 175, 346, 522, 524, 526, 537, 597, 598, 602, 712, 713, 1197, 1235, 1257]],
  ['ips', [23, 82, 83, 608, 609, 789, 790]],
  ['dos', [22, 25, 27, 81, 856, 857, 858, 859, 860, 861, 862, 863, 864, 865, 897, 898, 1213, 1214]],
  ['malware', [123, 124, 125, 159, 794, 795, 796, 809, 810]],
  ['mail_malware', [165, 248]],
  ['mail_spam', [797, 798, 1091]],
  ['app_control', [793, 1154, 1155]],
  ['c2', [1200, 1201, 1476, 1477, 1518, 1519]],
  [
    'auth',
    [29, 30, 31, 32, 33, 34, 35, 199, 200, 261, 262, 263, 264, 265, 328, 329, 438, 439, 583, 759, 1333, 1334, 1335],
  ],
  ['vpn', [235, 236, 237, 238, 1080, 1117, 1118]],
  ['admin_change', [1336, 1337, 1338, 1339, 1340, 1382, 1383, 1384, 1385]],
];
const NUMBERS: ReadonlyMap<number, EventClass> = new Map(
  BY_NUMBER.flatMap(([eventClass, numbers]) => numbers.map((number) => [number, eventClass] as const)),
);

const WORDS: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/botnet|command (?:and|&) control/i, 'c2'],
  [/anti-?spam|\bspam\b|\bRBL\b|junk/i, 'mail_spam'],
  [/(?:e-?mail|smtp|pop3|imap).*(?:virus|attachment)|(?:virus|gav).*(?:smtp|pop3|imap)/i, 'mail_malware'],
  [/gateway anti-?virus|anti-?spyware|\bvirus\b|malware|capture atp|\bGAV\b|trojan|RTDMI/i, 'malware'],
  [/\bips (?:detection|prevention)|intrusion|\bidp\b|possible .* attack|exploit/i, 'ips'],
  [/flood|\bd?dos\b|smurf|ping of death|land attack/i, 'dos'],
  [/port scan|spoof|attack/i, 'ips'],
  [/application (?:control|firewall|filter)|app(?:lication)? rules?|app control/i, 'app_control'],
  [/web ?site|content filter|\bcfs\b|newsgroup|web access/i, 'url_filter'],
  [/\bvpn\b|\bipsec\b|\bike\b|ikev2|\bl2tp\b|\bpptp\b|\bnetextender\b|tunnel/i, 'vpn'],
  [/log(?:ged)?[ -]?(?:in|out|off|on)\b|authenticat|password|\bsso\b|lock ?out/i, 'auth'],
  [/config|(?:policy|rule|object|user|zone|interface|setting)s? (?:added|modified|deleted|changed)/i, 'admin_change'],
  [/connection|packet|traffic|dropped|access rule|nat mapping|geo-?ip/i, 'traffic'],
];

/** Legacy categories (`c=`), a sum of bits of which one is set. */
const CATEGORIES: Readonly<Record<string, EventClass>> = {
  '4': 'url_filter',
  '16': 'auth',
  '32': 'ips',
  '64': 'traffic',
  '128': 'traffic',
  '256': 'traffic',
  '1024': 'traffic',
  '2048': 'traffic',
  '4096': 'traffic',
  '8192': 'traffic',
  '65536': 'vpn',
  '262144': 'traffic',
  '524288': 'vpn',
};

export function sonicwallClass(pairs: ReadonlyMap<string, string>): EventClass {
  const number = Number(pairs.get('m') ?? Number.NaN);
  const message = (pairs.get('msg') ?? '').slice(0, 512);
  const known = NUMBERS.get(number) ?? WORDS.find(([pattern]) => pattern.test(message))?.[1];
  if (known === 'url_filter') return isBadSite(pairs.get('Category')) ? 'web_block' : known;
  if (known === 'malware' && /^(?:tcp|udp)\/(?:smtp|pop3|imap)/i.test(pairs.get('proto') ?? '')) return 'mail_malware';
  if (known === 'traffic' && pairs.has('af_polid') && pairs.get('fw_action') === 'drop') return 'app_control';
  return known ?? CATEGORIES[pairs.get('c') ?? ''] ?? 'system';
}
