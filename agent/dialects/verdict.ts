import type { EventClass } from '../../protocol/records/utm.js';
import type { Fields } from './dialect.js';

export type { EventClass } from '../../protocol/records/utm.js';

export type Decision = 'allowed' | 'denied' | undefined;

interface Facts {
  /** ECS allowed values of event.category. */
  readonly category: readonly string[];
  /** True where such a message says that something bad was found, unless the dialect knows better. */
  readonly alert: boolean;
  /** What goes in front of the decision in event.type. */
  readonly type: readonly string[];
}

const CLASSES: Readonly<Record<EventClass, Facts>> = {
  malware: { category: ['malware'], alert: true, type: ['info'] },
  web_block: { category: ['web', 'threat'], alert: true, type: [] },
  url_filter: { category: ['web'], alert: false, type: ['access'] },
  ips: { category: ['intrusion_detection', 'network'], alert: true, type: [] },
  mail_malware: { category: ['email', 'malware'], alert: true, type: ['info'] },
  mail_spam: { category: ['email'], alert: true, type: ['info'] },
  app_control: { category: ['network'], alert: false, type: ['connection'] },
  c2: { category: ['malware', 'network'], alert: true, type: ['connection'] },
  dos: { category: ['intrusion_detection', 'network'], alert: true, type: [] },
  dlp: { category: ['file'], alert: true, type: [] },
  auth: { category: ['authentication'], alert: false, type: [] },
  vpn: { category: ['authentication', 'session'], alert: false, type: [] },
  admin_change: { category: ['configuration'], alert: false, type: ['change'] },
  traffic: { category: ['network'], alert: false, type: ['connection'] },
  system: { category: ['host'], alert: false, type: ['info'] },
  endpoint: { category: ['host'], alert: false, type: ['info'] },
  unknown: { category: [], alert: false, type: [] },
};

export interface Verdict {
  readonly class: EventClass;
  readonly decision?: Decision;
  /** Overrides what is usual for the class. */
  readonly alert?: boolean;
  /** More of event.type, such as `start`. */
  readonly types?: readonly string[];
  readonly category?: readonly string[];
}

/** Where a word such as `accept` says that something was done, and not that something was let through. */
const UNDECIDED: ReadonlySet<EventClass> = new Set(['admin_change', 'system', 'auth']);

/** Puts the class and what ECS says of it. Called once, when all is known. */
export function judge(fields: Fields, verdict: Verdict): void {
  const facts = CLASSES[verdict.class];
  fields['hinomi.event_class'] = verdict.class;
  fields['event.kind'] = (verdict.alert ?? facts.alert) ? 'alert' : 'event';
  const category = verdict.category ?? facts.category;
  if (category.length > 0) fields['event.category'] = [...category];
  const types = new Set([...facts.type, ...(verdict.types ?? [])]);
  if (verdict.decision !== undefined && !UNDECIDED.has(verdict.class)) {
    types.delete('info');
    types.add(verdict.decision);
  }
  if (types.size === 0) types.add('info');
  fields['event.type'] = [...types];
}

const LET_GO =
  /\b(?:not|un|would|could not|cannot|no)[ _-]?(?:have )?(?:been )?(?:block|den|drop|quarantin|clean)|report(?:ed)? only/;
const STOPPED =
  /block|\bden(?:y|ied)|deny|drop|\breset|rst|reject|prevent|quarantin|clean|delet|remov|isolat|terminat|discard|sinkhole|strip|kill|disinfect|refus|inspect-fail|disallow|bounce|teardown-block/;
const PASSED =
  /allow|accept|pass|permit|detect|monitor|alert|\blog|logged|continue|bypass|forward|deliver|observed|override|encrypt|decrypt|notif|trust|success|upload|none|tap|not scanned|ignored|skipped|tagg?ed/;

/** What a vendor's word for what was done means for the traffic or the thing: it went on, or it did not. */
export function decisionOf(word: string | undefined): Decision {
  if (word === undefined || word.length > 256) return undefined;
  const text = word.toLowerCase();
  if (LET_GO.test(text)) return 'allowed';
  if (STOPPED.test(text)) return 'denied';
  return PASSED.test(text) ? 'allowed' : undefined;
}

const BAD_SITES =
  /malware|malicious|phish|botnet|spyware|command[- ]and[- ]control|c2\b|exploit|virus|disease vector|ransomware|cryptojack|grayware|hacking|compromised|suspicious|spam (?:url|site)|newly[- ]registered|fraud|scam|high[- ]risk|bad reputation|c&c|web attack|coin miner/i;

/** Whether a category of web sites says that the site does harm, which is not a matter of taste. */
export function isBadSite(category: string | undefined): boolean {
  return category !== undefined && BAD_SITES.test(category.slice(0, 512));
}

/** The first that has a match; what names a mail comes before what names a virus, since a mail may carry one. */
const WORDS: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/\bspam|phish.*mail|mail.*phish|graymail|\bbulk mail|\bbec\b|business email/i, 'mail_spam'],
  [/mail.*(?:virus|malware)|(?:virus|malware).*mail/i, 'mail_malware'],
  [/c&c|\bcnc\b|\bc2\b|callback|call-back|command and control|command-and-control|\bbotnet|beacon/i, 'c2'],
  [/\bd?dos\b|denial of service|flood|connection limiting/i, 'dos'],
  [/web ?reputation|malicious (?:url|site|web)|phishing|bad site|url reputation/i, 'web_block'],
  [
    /virus|malware|ransom|trojan|spyware|worm\b|\bpup\b|grayware|sandbox|infection|machine learning|threat ?(?:found|detected)|quarantin|\bav\b/i,
    'malware',
  ],
  [
    /intrusion|\bips\b|\bids\b|exploit|sql ?injection|cross[- ]site|\bxss\b|\bwaf\b|signature violation|attack|vulnerab|brute.?force/i,
    'ips',
  ],
  [/\bdlp\b|data loss|data leak|exfiltrat|confidential/i, 'dlp'],
  [/url ?filter|web ?filter|category.*block|web ?(?:request|access|proxy)/i, 'url_filter'],
  [/app(?:lication)? ?control|application block/i, 'app_control'],
  [/\bvpn\b|tunnel|remote access/i, 'vpn'],
  [/log(?:ged)?[ -]?(?:on|in|off|out)|sign(?:ed)?[ -]?(?:on|in|out)|authenticat|password|credential|mfa\b/i, 'auth'],
  [
    /config|policy (?:change|update)|(?:rule|object|user|account|setting)s? (?:add|modif|chang|creat|delet|updat)|audit|administrat/i,
    'admin_change',
  ],
  [/firewall|\btraffic\b|connection|session|\bflow\b/i, 'traffic'],
  [/device control|process|endpoint|integrity|compliance|host /i, 'endpoint'],
  [/system|update|license|service|health|disk|memory|started|stopped/i, 'system'],
];

/** A class guessed by the words of a message's name; undefined when none of them tells. */
export function classOfWords(text: string): EventClass | undefined {
  const head = text.slice(0, 512);
  return WORDS.find(([pattern]) => pattern.test(head))?.[1];
}
