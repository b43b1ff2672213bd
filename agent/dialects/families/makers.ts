import type { EventClass } from '../verdict.js';

export interface Maker {
  /** On `vendor|product` of a CEF or LEEF header. */
  readonly match: RegExp;
  readonly vendor: string;
  /** As the header has it, when left out. */
  readonly product?: string;
  readonly type: string;
  /** When no word of the event tells more. */
  readonly fallback: EventClass;
  /** True where the fallback is always right, whatever the words are. */
  readonly isFixed?: true;
}

type Row = readonly [
  match: RegExp,
  vendor: string,
  product: string | undefined,
  type: string,
  fallback: EventClass,
  fixed?: true,
];

/** Makers that speak CEF or LEEF and have no dialect of their own. The first that matches counts. */
const ROWS: readonly Row[] = [
  [/^palo alto[^|]*\|.*(?:cortex|xdr)/i, 'Palo Alto Networks', 'Cortex XDR', 'edr', 'endpoint'],
  [/^palo alto[^|]*\|.*traps/i, 'Palo Alto Networks', 'Traps', 'edr', 'endpoint'],
  [/^palo alto/i, 'Palo Alto Networks', undefined, 'firewall', 'unknown'],
  [/^crowdstrike/i, 'CrowdStrike', 'Falcon', 'edr', 'endpoint'],
  [/^(?:cylance|blackberry)/i, 'BlackBerry', 'Cylance', 'edr', 'endpoint'],
  [/carbon ?black|^bit9/i, 'VMware', 'Carbon Black', 'edr', 'endpoint'],
  [/^sentinel ?one/i, 'SentinelOne', 'Singularity', 'edr', 'endpoint'],
  [/^cybereason/i, 'Cybereason', undefined, 'edr', 'endpoint'],
  [/^eset/i, 'ESET', undefined, 'edr', 'endpoint'],
  [/^bitdefender/i, 'Bitdefender', 'GravityZone', 'edr', 'endpoint'],
  [/^malwarebytes/i, 'Malwarebytes', undefined, 'edr', 'malware'],
  [/^(?:f-secure|withsecure)/i, 'WithSecure', undefined, 'edr', 'endpoint'],
  [/^kaspersky/i, 'Kaspersky', 'Security Center', 'edr', 'endpoint'],
  [/^(?:symantec|broadcom|blue ?coat)/i, 'Symantec', undefined, 'edr', 'endpoint'],
  [
    /^(?:fireeye|trellix|mandiant|musarubra)[^|]*\|(?:hx|xagent|endpoint)/i,
    'Trellix',
    'Endpoint Security (HX)',
    'edr',
    'endpoint',
  ],
  [/^(?:fireeye|mandiant)/i, 'FireEye', undefined, 'ids', 'ips'],
  [
    /^(?:mcafee|trellix|musarubra)[^|]*\|.*(?:nsp|nsm|network security|ips)/i,
    'Trellix',
    'Network Security',
    'ips',
    'ips',
  ],
  [/^(?:mcafee|trellix|musarubra|skyhigh)[^|]*\|.*(?:web|swg)/i, 'Trellix', 'Web Gateway', 'proxy', 'url_filter'],
  [/^trellix/i, 'Trellix', undefined, 'ids', 'ips'],
  [/^(?:mcafee|musarubra|skyhigh)/i, 'Trellix', undefined, 'edr', 'endpoint'],
  [/^(?:forcepoint|websense)[^|]*\|.*(?:dlp|data)/i, 'Forcepoint', 'DLP', 'dlp', 'dlp', true],
  [/^(?:forcepoint|stonesoft)[^|]*\|.*(?:firewall|ngfw|ips|alert|audit)/i, 'Forcepoint', 'NGFW', 'firewall', 'traffic'],
  [/^(?:forcepoint|websense)[^|]*\|.*(?:email|mail)/i, 'Forcepoint', 'Email Security', 'mail', 'mail_spam'],
  [/^(?:forcepoint|websense)/i, 'Forcepoint', 'Web Security', 'proxy', 'url_filter'],
  [/^f5[^|]*\|.*(?:asm|advanced waf|application security)/i, 'F5', 'BIG-IP ASM', 'waf', 'ips', true],
  [/^f5/i, 'F5', 'BIG-IP', 'load-balancer', 'traffic'],
  [/^(?:imperva|incapsula)/i, 'Imperva', undefined, 'waf', 'ips'],
  [/^barracuda/i, 'Barracuda', undefined, 'waf', 'ips'],
  [/^zscaler[^|]*\|.*(?:fw|firewall)/i, 'Zscaler', 'Internet Access', 'proxy', 'traffic'],
  [/^zscaler/i, 'Zscaler', 'Internet Access', 'proxy', 'url_filter'],
  [/^proofpoint/i, 'Proofpoint', undefined, 'mail', 'mail_spam'],
  [/^mimecast/i, 'Mimecast', undefined, 'mail', 'mail_spam'],
  [/^cisco[^|]*\|.*(?:email|esa|c\d{3}v)/i, 'Cisco', 'Secure Email Gateway', 'mail', 'mail_spam'],
  [/^cisco[^|]*\|.*(?:web|wsa|s\d{3}v|umbrella)/i, 'Cisco', undefined, 'proxy', 'url_filter'],
  [/^cisco[^|]*\|.*(?:amp|secure endpoint)/i, 'Cisco', 'Secure Endpoint', 'edr', 'malware'],
  [/^cisco[^|]*\|.*ise/i, 'Cisco', 'ISE', 'nac', 'auth', true],
  [/^cisco/i, 'Cisco', undefined, 'network', 'unknown'],
  [/^juniper/i, 'Juniper', undefined, 'firewall', 'traffic'],
  [/^(?:netscout|arbor)/i, 'NETSCOUT', undefined, 'ddos', 'dos', true],
  [/^radware/i, 'Radware', undefined, 'ddos', 'dos'],
  [/^a10/i, 'A10 Networks', undefined, 'load-balancer', 'traffic'],
  [/^akamai/i, 'Akamai', undefined, 'waf', 'ips'],
  [/^cloudflare/i, 'Cloudflare', undefined, 'waf', 'ips'],
  [/^citrix[^|]*\|netscaler/i, 'Citrix', 'NetScaler', 'waf', 'ips'],
  [/^netskope/i, 'Netskope', undefined, 'proxy', 'url_filter'],
  [/^i ?boss/i, 'iboss', undefined, 'proxy', 'url_filter'],
  [/^cyber-?ark[^|]*\|pta/i, 'CyberArk', 'PTA', 'pam', 'auth', true],
  [/^cyber-?ark/i, 'CyberArk', undefined, 'pam', 'auth', true],
  [/^beyond ?trust/i, 'BeyondTrust', undefined, 'pam', 'auth'],
  [/^(?:thycotic|delinea)/i, 'Delinea', undefined, 'pam', 'auth'],
  [/^wallix/i, 'WALLIX', undefined, 'pam', 'auth'],
  [/^varonis/i, 'Varonis', undefined, 'dlp', 'endpoint'],
  [/^digital ?guardian/i, 'Digital Guardian', undefined, 'dlp', 'dlp'],
  [/^vectra/i, 'Vectra', undefined, 'ids', 'ips'],
  [/^darktrace/i, 'Darktrace', undefined, 'ids', 'ips'],
  [/^extrahop/i, 'ExtraHop', undefined, 'ids', 'ips'],
  [/^(?:nozomi|claroty|armis|dragos|cyberx)/i, '', undefined, 'ids', 'ips'],
  [/^(?:attivo|illusive|trapx|acalvio)/i, '', undefined, 'ids', 'ips'],
  [/^tanium/i, 'Tanium', undefined, 'edr', 'endpoint'],
  [/^mcas|^microsoft[^|]*\|.*(?:mcas|cloud app)/i, 'Microsoft', 'Defender for Cloud Apps', 'casb', 'endpoint'],
  [/^microsoft[^|]*\|.*(?:ata|atp|identity)/i, 'Microsoft', 'Defender for Identity', 'ids', 'ips'],
  [/^microsoft/i, 'Microsoft', undefined, 'host', 'system'],
  [/^(?:arcsight|micro ?focus|hp[e]?\b|opentext)/i, 'Micro Focus', 'ArcSight', 'siem', 'system'],
  [/^(?:powertech|fortra|helpsystems)/i, 'PowerTech', undefined, 'host', 'system'],
  [/^(?:ibm)[^|]*\|.*guardium/i, 'IBM', 'Guardium', 'database', 'endpoint'],
  [/^(?:rsa|emc rsa)/i, 'RSA', undefined, 'auth', 'auth'],
  [/^(?:tenable|rapid7|qualys)/i, '', undefined, 'scanner', 'system'],
  [/^(?:forescout)/i, 'Forescout', undefined, 'nac', 'endpoint'],
  [/^(?:stormshield|clavister|hillstone|sangfor|huawei|kerio|untangle)/i, '', undefined, 'firewall', 'traffic'],
  [
    /^(?:okta|ping ?identity|onelogin|duo|imprivata|secureauth|one identity|oneidentity)/i,
    '',
    undefined,
    'auth',
    'auth',
  ],
  [/^(?:stealthbits|netwrix|quest|manage ?engine)/i, '', undefined, 'host', 'admin_change'],
  [
    /^(?:morphisec|deep instinct|minerva|secureworks|fidelis|endgame|elastic|huntress|limacharlie)/i,
    '',
    undefined,
    'edr',
    'endpoint',
  ],
];

const MAKERS: readonly Maker[] = ROWS.map(([match, vendor, product, type, fallback, fixed]) => ({
  ...{ match, vendor, type, fallback },
  ...(product === undefined ? {} : { product }),
  ...(fixed === undefined ? {} : { isFixed: fixed }),
}));

export function makerOf(vendor: string, product: string): Maker | undefined {
  const name = `${vendor}|${product}`.slice(0, 256);
  return MAKERS.find(({ match }) => match.test(name));
}
