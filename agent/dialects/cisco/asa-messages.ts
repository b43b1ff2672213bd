/**
 * What the texts of Cisco ASA and FTD hold, by message id ("Cisco Secure Firewall ASA Series Syslog Messages"). The
 * names of the groups are those of asa-record.ts. Every expression is tried on a text of bounded length.
 */
import type { EventClass } from '../verdict.js';

export interface AsaText {
  /** Separated by blanks. */
  readonly ids: string;
  readonly class: EventClass;
  /** What was done, where the text does not say it. */
  readonly action?: string;
  readonly pattern?: RegExp;
}

/** One end of a connection. `a` and `b` are the two of which the text does not say which one opened it. */
const side = (name: 's' | 'd' | 'a' | 'b') =>
  `(?<${name}if>[^\\s:]+):(?<${name}ip>[^\\s/()]+)(?:/(?<${name}pt>\\d+))?(?: ?\\((?<${name}nat>[^\\s/()]+)/(?<${name}natpt>\\d+)\\))?(?:\\((?<${name}user>[^()]+)\\))?`;
const S = side('s');
const D = side('d');
const A = side('a');
const B = side('b');
const USER = String.raw`(?: \((?<user>[^()]+)\))?`;

export const ASA_TEXTS: readonly AsaText[] = [
  {
    ids: '106023 106100 106102 106103',
    class: 'traffic',
    pattern: re(
      String.raw`^(?:access-list (?<acl>\S+) )?(?<action>Deny|permitted|denied|est-allowed)(?: protocol)? (?<proto>\S+)(?: for user '(?<user>[^']*)')?(?: src)? (?<sif>[^\s:/]+)[:/](?<sip>[^\s/()]+)(?:[/(](?<spt>\d+)\)?)?(?:\(.{1,128}?\))? (?:dst|->) (?<dif>[^\s:/]+)[:/](?<dip>[^\s/()]+)(?:[/(](?<dpt>\d+)\)?)?(?:.*?by access-group "?(?<acl2>[^\s"]+))?`,
    ),
  },
  {
    ids: '106001',
    class: 'traffic',
    action: 'denied',
    pattern: re(
      String.raw`^Inbound (?<proto>TCP) connection denied from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dip>[^\s/]+)/(?<dpt>\d+) flags (?<flags>.*?) on interface (?<sif>\S+)`,
    ),
  },
  {
    ids: '106002',
    class: 'traffic',
    action: 'denied',
    pattern: re(
      String.raw`^(?<proto>\S+) Connection denied by outbound list (?<acl>\S+) src (?<sip>\S+) (?<spt>\d+) dest (?<dip>\S+) (?<dpt>\d+)`,
    ),
  },
  {
    ids: '106006 106007',
    class: 'traffic',
    action: 'denied',
    pattern: re(
      String.raw`^Deny inbound (?<proto>UDP) from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dip>[^\s/]+)/(?<dpt>\d+)(?: on interface (?<sif>\S+))?`,
    ),
  },
  {
    ids: '106010',
    class: 'traffic',
    action: 'denied',
    pattern: re(String.raw`^Deny inbound (?:protocol )?(?<proto>\S+) src ${S} dst ${D}`),
  },
  {
    ids: '106014',
    class: 'traffic',
    action: 'denied',
    pattern: re(`^Deny inbound (?<proto>icmp) src ${S} dst ${D}`),
  },
  {
    ids: '106015',
    class: 'traffic',
    action: 'denied',
    pattern: re(
      String.raw`^Deny (?<proto>TCP) \(no connection\) from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dip>[^\s/]+)/(?<dpt>\d+) flags (?<flags>.*?) +on interface (?<sif>\S+)`,
    ),
  },
  {
    ids: '106016 106017',
    class: 'ips',
    action: 'denied',
    pattern: re(
      String.raw`^Deny IP (?:spoof|due to Land Attack) from \(?(?<sip>[^\s()]+)\)? to (?<dip>\S+)(?: on interface (?<sif>\S+))?`,
    ),
  },
  {
    ids: '106021 106022',
    class: 'ips',
    action: 'denied',
    pattern: re(
      String.raw`^Deny (?<proto>\S+) (?:reverse path check|connection spoof) from (?<sip>\S+) to (?<dip>\S+) on interface (?<sif>\S+)`,
    ),
  },
  {
    ids: '106018 106020 106027',
    class: 'traffic',
    action: 'denied',
    pattern: re(String.raw`(?:from|src) (?<sip>[^\s,]+).*?(?:to|dst|dest) (?<dip>[^\s,]+)`),
  },
  {
    ids: '302013 302015',
    class: 'traffic',
    action: 'built',
    pattern: re(
      String.raw`^Built (?<direction>inbound|outbound)?(?: Probe)? ?(?<proto>TCP|UDP|GRE) connection (?<conn>\d+) for ${A} to ${B}${USER}`,
    ),
  },
  {
    ids: '302014 302016 302018 302036',
    class: 'traffic',
    action: 'teardown',
    pattern: re(
      String.raw`^Teardown (?<proto>TCP|UDP|GRE|SCTP) (?:state-bypass )?connection (?<conn>\d+) (?:for|from) ${A} to ${B} duration (?<duration>[\d:]+) bytes (?<bytes>\d+)(?: (?<reason>[^(]*?))?${USER}$`,
    ),
  },
  {
    ids: '302020 302021 302022',
    class: 'traffic',
    pattern: re(
      String.raw`^(?<action>Built|Teardown)(?: (?<direction>inbound|outbound))? (?<proto>ICMP) connection (?:\S+ )?for faddr (?<faddr>[^\s/()]+)/(?<fport>\d+)(?:\([^()]*\))? gaddr (?<gaddr>[^\s/()]+)/\d+ laddr (?<laddr>[^\s/()]+)/\d+(?: type (?<itype>\d+) code (?<icode>\d+))?`,
    ),
  },
  {
    ids: '303002',
    class: 'traffic',
    action: 'ftp',
    pattern: re(String.raw`^FTP connection from ${S} to ${D}, user (?<user>\S+) (?<ftp>\S+) file (?<file>\S+)`),
  },
  {
    ids: '304001',
    class: 'url_filter',
    action: 'accessed',
    pattern: re(
      String.raw`^(?:(?<user>\S+)@)?(?<sip>[^\s@]+) Accessed (?:JAVA )?URL (?<dip>[0-9a-fA-F.]+|\[[^\]]+\]):(?<url>\S+)`,
    ),
  },
  {
    ids: '304002',
    class: 'url_filter',
    action: 'denied',
    pattern: re(
      String.raw`^Access denied URL (?<url>\S+) SRC (?<sip>\S+) DEST (?<dip>\S+)(?: on interface (?<sif>\S+))?`,
    ),
  },
  {
    ids: '305011 305012',
    class: 'traffic',
    pattern: re(String.raw`^(?<action>Built|Teardown) (?:dynamic|static) (?<proto>\S+) translation from ${S} to ${D}`),
  },
  {
    ids: '305005 305006 305013',
    class: 'traffic',
    action: 'denied',
    pattern: re(String.raw`(?:for|; Connection for) (?<proto>\S+) src ${S} dst ${D}`),
  },
  {
    ids: '313001 313004 313005 313008',
    class: 'traffic',
    action: 'denied',
    pattern: re(
      String.raw`^(?:Denied|No matching connection for) (?<proto>\S+)(?: error message:| type=(?<itype>\d+), code=(?<icode>\d+))?.*?(?:from|src) (?:(?<sif>[^\s:]+):)?(?<sip>[0-9a-fA-F.:]+)(?: (?:on interface (?<sif2>\S+)|dst (?<dif>[^\s:]+):(?<dip>[0-9a-fA-F.:]+)))?`,
    ),
  },
  {
    ids: '338001 338002 338003 338004 338005 338006 338007 338008 338201 338202 338203 338204',
    class: 'c2',
    pattern: re(
      String.raw`^Dynamic Filter (?<action>\S+) (?<list>black|white|grey)listed (?<proto>\S+) traffic from ${S} to ${D},.*?(?:threat-level: (?<threat>[^\s,]+), category: (?<category>[^\s,]+))?$`,
    ),
  },
  {
    ids: '400000 400001 400002 400003 400004 400005 400006 400007 400008 400009 400010 400011 400023 400024 400025 400026 400027 400028 400032 400033',
    class: 'ips',
    pattern: re(String.raw`^IPS:(?<rule>\d+) (?<name>.*?) from (?<sip>\S+) to (?<dip>\S+) on interface (?<sif>\S+)`),
  },
  {
    ids: '401002 401003 401004',
    class: 'ips',
    action: 'shunned',
    pattern: re(
      String.raw`(?:Shunned packet|Shun (?:added|deleted)):? (?<sip>\S+)(?: (?:==>|->) (?<dip>\S+) on interface (?<sif>\S+)| (?<dip2>\S+) (?<spt>\d+) (?<dpt>\d+))?`,
    ),
  },
  {
    ids: '402117 402116 402119',
    class: 'vpn',
    action: 'denied',
    pattern: re(String.raw`from (?<sip>[0-9a-fA-F.:]+)(?: \(user= (?<user>[^\s()]+)\))? to (?<dip>[0-9a-fA-F.:]+)`),
  },
  {
    ids: '410001 410002 410003 410004',
    class: 'traffic',
    action: 'dropped',
    pattern: re(`(?<proto>UDP|TCP|DNS).*? from ${S} to ${D}`),
  },
  { ids: '419002 419001', class: 'traffic', action: 'dropped', pattern: re(`from ${S} to ${D}`) },
  {
    ids: '500004',
    class: 'traffic',
    action: 'denied',
    pattern: re(
      String.raw`^Invalid transport field for protocol=(?<proto>\S+), from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dip>[^\s/]+)/(?<dpt>\d+)`,
    ),
  },
  {
    ids: '710001 710002 710003 710005 710006',
    class: 'traffic',
    pattern: re(
      String.raw`^(?<proto>\S+) (?:access|request) (?<action>permitted|denied by ACL|denied|discarded|requested)(?: from)? (?<sip>[^\s/]+)(?:/(?<spt>\d+))? to (?<dif>[^\s:]+):(?<dip>[^\s/]+)(?:/(?<dpt>\S+))?`,
    ),
  },
  {
    ids: '005424',
    class: 'traffic',
    pattern: re(
      String.raw`^(?<proto>\S+) access (?<action>denied|permitted).*? from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dif>[^\s:]+):(?<dip>[^\s/]+)/(?<dpt>\d+)`,
    ),
  },
  {
    ids: '733100 733101 733102 733104 733105 407002 201010 201011 201012 201013 419003',
    class: 'dos',
    pattern: re(
      String.raw`(?:Host|for|from) (?:(?<sif>[^\s:]+):)?(?<sip>[0-9a-fA-F]*[.:][0-9a-fA-F.:]+)(?:/(?<spt>\d+))?(?: to (?<dip>[0-9a-fA-F.:]+)/(?<dpt>\d+))?`,
    ),
  },
  {
    ids: '111008 111009 111010',
    class: 'admin_change',
    action: 'command',
    pattern: re(
      String.raw`^User '?(?<user>[^\s',]+)'?(?:, running '(?<app>[^']*)' from IP (?<sip>[^\s,]+),)? executed (?:the |cmd: )?'?(?<command>[^']*)'?`,
    ),
  },
  { ids: '111001 111004 111005 111007 112001 208005 505001', class: 'admin_change' },
  {
    ids: '113004 113005 113012 113015 113021',
    class: 'auth',
    pattern: re(
      String.raw`^AAA (?:user )?(?<kind>\S+) (?<action>Successful|Rejected)\s*:(?:.*?reason = (?<reason>[^:]+?)\s*:)?.*?user = (?<user>[^\s:,]+)(?:.*?user IP = (?<sip>[^\s:,]+))?`,
    ),
  },
  {
    ids: '109005 109006 109007 109008 109033',
    class: 'auth',
    pattern: re(
      String.raw`^(?:Authentication|Authorization) (?<action>succeeded|failed|permitted|denied).*? for user '?(?<user>[^\s']+)'? from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dip>[^\s/]+)/(?<dpt>\d+)(?: on interface (?<sif>\S+))?`,
    ),
  },
  {
    ids: '605004 605005',
    class: 'auth',
    pattern: re(
      String.raw`^Login (?<action>denied|permitted) from (?<sip>[^\s/]+)/(?<spt>\d+) to (?<dif>[^\s:]+):(?<dip>[^\s/]+)/(?<service>\S+) for user "?(?<user>[^"]*)"?`,
    ),
  },
  {
    ids: '611101 611102 611103',
    class: 'auth',
    pattern: re(
      String.raw`^User (?:authentication )?(?<action>succeeded|failed|logged out):(?: IP address: (?<sip>[^\s,]+),)? Uname: (?<user>\S+)`,
    ),
  },
  { ids: '308001 502103 605001 606001 606002 606003 606004', class: 'auth' },
  {
    ids: '113019',
    class: 'vpn',
    action: 'disconnected',
    pattern: re(
      String.raw`^Group = (?<group>[^,]+), Username = (?<user>[^,]+), IP = (?<sip>[^\s,]+), Session disconnected\. Session Type: (?<kind>[^,]+), Duration: (?<duration>[^,]+), Bytes xmt: (?<dbytes>\d+), Bytes rcv: (?<sbytes>\d+), Reason: (?<reason>.*)$`,
    ),
  },
  {
    ids: '113039 716001 716002 716038 716039 716058 716059 722022 722023 722033 722034 722037 722051 722055 722011 722012 751025',
    class: 'vpn',
    pattern: re(
      String.raw`^Group <(?<group>[^>]*)> User <(?<user>[^>]*)> IP <(?<sip>[^>]*)>\s*(?:IPv4 Address <(?<snat>[^>]*)> )?(?<text>.*)$`,
    ),
  },
  {
    ids: '713228 713119 713120 713049 713050 713198 713172 713167 713041 713902 713903 713904 713905 713123 713194 602303 602304 750001 750002 750003 750006 750007 751010 751011 734001 737016 737026 746012 746013 725001 725002 725006 725007',
    class: 'vpn',
    pattern: re(
      String.raw`^(?:Group = (?<group>[^,]+), )?(?:Username = (?<user>[^,]+), )?(?:.*?(?:IP = |from |between |client [^\s:]+:))(?<sip>[0-9a-fA-F]*[.:][0-9a-fA-F.:]+)(?:/(?<spt>\d+))?`,
    ),
  },
  { ids: '109201 109207 109210', class: 'auth' },
  {
    ids: '104001 104002 105002 105003 105005 105043 199002 199005 321006 211001 316001 411001 411002 411003 411004 441001 611301',
    class: 'system',
  },
];

function re(source: string): RegExp {
  return new RegExp(source, 'i');
}

/** By message id. */
export const ASA_BY_ID: ReadonlyMap<string, AsaText> = new Map(
  ASA_TEXTS.flatMap((text) => text.ids.split(' ').map((id) => [id, text])),
);

/** The class of an id that has no entry, by its first three digits: the manual's classes of messages. */
export const ASA_CLASSES: Readonly<Record<string, EventClass>> = {
  ...{
    '106': 'traffic',
    '109': 'auth',
    '111': 'admin_change',
    '112': 'admin_change',
    '113': 'auth',
    '201': 'dos',
    '202': 'traffic',
  },
  ...{
    '302': 'traffic',
    '303': 'traffic',
    '304': 'url_filter',
    '305': 'traffic',
    '306': 'traffic',
    '307': 'traffic',
    '308': 'auth',
  },
  ...{
    '313': 'traffic',
    '314': 'traffic',
    '316': 'vpn',
    '324': 'traffic',
    '338': 'c2',
    '400': 'ips',
    '401': 'ips',
    '402': 'vpn',
  },
  ...{
    '403': 'vpn',
    '404': 'vpn',
    '405': 'ips',
    '406': 'traffic',
    '407': 'dos',
    '410': 'traffic',
    '415': 'url_filter',
    '416': 'traffic',
  },
  ...{
    '419': 'traffic',
    '420': 'ips',
    '421': 'ips',
    '424': 'traffic',
    '500': 'traffic',
    '502': 'admin_change',
    '505': 'system',
  },
  ...{
    '602': 'vpn',
    '603': 'vpn',
    '604': 'system',
    '605': 'auth',
    '606': 'auth',
    '607': 'traffic',
    '608': 'traffic',
    '609': 'traffic',
  },
  ...{
    '611': 'auth',
    '702': 'vpn',
    '710': 'traffic',
    '713': 'vpn',
    '714': 'vpn',
    '715': 'vpn',
    '716': 'vpn',
    '717': 'vpn',
    '718': 'vpn',
  },
  ...{
    '719': 'vpn',
    '720': 'vpn',
    '721': 'vpn',
    '722': 'vpn',
    '723': 'vpn',
    '724': 'vpn',
    '725': 'vpn',
    '733': 'dos',
    '734': 'vpn',
  },
  ...{
    '737': 'vpn',
    '746': 'auth',
    '750': 'vpn',
    '751': 'vpn',
    '752': 'vpn',
    '772': 'auth',
    '775': 'traffic',
    '776': 'traffic',
  },
};
