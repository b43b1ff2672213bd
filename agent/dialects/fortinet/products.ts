import { type EventClass, isBadSite } from '../verdict.js';

interface Product {
  readonly name: string;
  readonly type: string;
}

/** By the beginning of the serial number. */
const SERIALS: ReadonlyArray<readonly [RegExp, Product]> = [
  [/^FE/, { name: 'FortiMail', type: 'mail' }],
  [/^FV/, { name: 'FortiWeb', type: 'firewall' }],
  [/^(?:FL|FAZ)/, { name: 'FortiAnalyzer', type: 'siem' }],
  [/^FM/, { name: 'FortiManager', type: 'management' }],
  [/^FSA/, { name: 'FortiSandbox', type: 'sandbox' }],
  [/^FAC/, { name: 'FortiAuthenticator', type: 'authentication' }],
  [/^(?:FAD|FD)/, { name: 'FortiADC', type: 'proxy' }],
  [/^FPX/, { name: 'FortiProxy', type: 'proxy' }],
  [/^FC(?:T|EMS)/, { name: 'FortiClient', type: 'edr' }],
  [/^FS/, { name: 'FortiSwitch', type: 'switch' }],
];
const NAMES: Readonly<Record<string, Product>> = Object.fromEntries(
  SERIALS.map(([, product]) => [product.name.toLowerCase(), product]),
);
const FORTIGATE: Product = { name: 'FortiGate', type: 'firewall' };

export function productOf(serial: string | undefined, name: string | undefined): Product {
  const known = NAMES[(name ?? '').toLowerCase().replace(/[^a-z]/g, '')];
  if (known !== undefined) return known;
  return SERIALS.find(([pattern]) => pattern.test(serial ?? ''))?.[1] ?? FORTIGATE;
}

/** FortiMail: `type` statistics (one per mail), spam, virus, event, encrypt, kevent. FortiMail Log Reference. */
export function fortimailClass(pairs: ReadonlyMap<string, string>): EventClass {
  const of = (key: string): string => (pairs.get(key) ?? '').toLowerCase();
  const type = of('type');
  if (type === 'virus' || pairs.has('virus')) return 'mail_malware';
  if (type === 'spam') return 'mail_spam';
  if (type === 'statistics' || type === 'history') {
    if (/virus|malware|sandbox|outbreak/.test(of('classifier'))) return 'mail_malware';
    return /dlp|content/.test(of('classifier')) ? 'dlp' : 'mail_spam';
  }
  if (type === 'kevent' || type === 'event') {
    if (of('subtype') === 'admin' || /log(?:in|out|ged)/.test(of('msg'))) return 'auth';
    return of('subtype') === 'config' ? 'admin_change' : 'system';
  }
  return 'system';
}

/** FortiWeb: `type` attack, traffic, event. FortiWeb Log Reference. */
export function fortiwebClass(pairs: ReadonlyMap<string, string>): EventClass {
  const of = (key: string): string => (pairs.get(key) ?? '').toLowerCase();
  if (of('type') === 'attack') return /\bd?dos\b|flood/.test(of('main_type')) ? 'dos' : 'ips';
  if (of('type') === 'traffic') return isBadSite(of('main_type')) ? 'ips' : 'traffic';
  if (/login|logout/.test(`${of('action')} ${of('trigger_policy')}`)) return 'auth';
  return /config|add|edit|delete/.test(of('action')) ? 'admin_change' : 'system';
}
