import type { EventClass } from '../verdict.js';

export interface TrendProduct {
  readonly match: RegExp;
  readonly product: string;
  readonly type: string;
  /** When neither the event's id nor its words tell. */
  readonly fallback: EventClass;
}

/** Trend Micro's products by the third field of the CEF header, as they write it. */
export const PRODUCTS: readonly TrendProduct[] = [
  { match: /cloud edge/i, product: 'Cloud Edge', type: 'firewall', fallback: 'traffic' },
  { match: /deep security manager/i, product: 'Deep Security Manager', type: 'edr', fallback: 'system' },
  {
    match: /deep security|workload security|server & workload/i,
    product: 'Deep Security Agent',
    type: 'edr',
    fallback: 'endpoint',
  },
  { match: /vision one|\bxdr\b|workbench/i, product: 'Trend Vision One', type: 'edr', fallback: 'endpoint' },
  {
    match: /tmes|email security|hosted email|cloud app security|cas\b/i,
    product: 'Email Security',
    type: 'mail',
    fallback: 'mail_spam',
  },
  { match: /tmws|web security|iws/i, product: 'Web Security', type: 'proxy', fallback: 'url_filter' },
  {
    match: /deep discovery inspector|deep discovery|ddi|ddan/i,
    product: 'Deep Discovery',
    type: 'ids',
    fallback: 'ips',
  },
  {
    match: /imsva|interscan mess|scanmail|smex/i,
    product: 'InterScan Messaging Security',
    type: 'mail',
    fallback: 'mail_spam',
  },
  { match: /tipping ?point|unity ?one|\bsms\b/i, product: 'TippingPoint', type: 'ips', fallback: 'ips' },
  { match: /apex central|control manager|tmcm/i, product: 'Apex Central', type: 'edr', fallback: 'endpoint' },
  { match: /apex one|officescan|worry-free|wfbs/i, product: 'Apex One', type: 'edr', fallback: 'endpoint' },
];

/**
 * What stands before the colon in Apex Central's event ids (`CnC:Block`, `AV:File cleaned`); Administrator's Guide,
 * "Syslog Content Mapping - CEF".
 */
export const EVENT_PREFIXES: Readonly<Record<string, EventClass>> = {
  AV: 'malware',
  VS: 'malware',
  BM: 'malware',
  PML: 'malware',
  SG: 'malware',
  SND: 'malware',
  FH: 'malware',
  SO: 'malware',
  VAN: 'malware',
  SPYWARE: 'malware',
  CNC: 'c2',
  NCIE: 'c2',
  SSL: 'c2',
  MS: 'mail_malware',
  CS: 'mail_spam',
  SPAM: 'mail_spam',
  WB: 'web_block',
  WRS: 'web_block',
  URL: 'url_filter',
  URLF: 'url_filter',
  UF: 'url_filter',
  EAC: 'app_control',
  APP: 'app_control',
  IPS: 'ips',
  IDP: 'ips',
  VP: 'ips',
  NVW: 'ips',
  FW: 'traffic',
  DLP: 'dlp',
  DAC: 'endpoint',
  DC: 'endpoint',
  ADM: 'admin_change',
  AUD: 'admin_change',
};

/** Deep Security: the event's id tells the module. Administration Guide, "Syslog message formats". */
export function deepSecurityClass(signature: string): EventClass | undefined {
  if (!/^\d{1,9}$/.test(signature)) return undefined;
  const id = Number(signature);
  if (id < 20) return 'system';
  if (id < 500) return 'traffic';
  const millions = Math.floor(id / 1e6);
  return DEEP_SECURITY[millions];
}

const DEEP_SECURITY: Readonly<Record<number, EventClass>> = {
  1: 'ips',
  2: 'endpoint',
  3: 'auth',
  4: 'malware',
  5: 'web_block',
  6: 'app_control',
  7: 'endpoint',
  8: 'endpoint',
};
