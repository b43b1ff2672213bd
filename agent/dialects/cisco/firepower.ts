import type { Fields, MessageClock } from '../dialect.js';
import { put, putAll, putIp, type Target, transportOf } from '../fields.js';
import { severityOf } from '../severity.js';
import { wallTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';

/** Fields of security events ("Cisco Secure Firewall Threat Defense Syslog Messages", chapter on security events). */
const KEYS: Readonly<Record<string, Target>> = {
  SrcIP: { ip: 'source.ip' },
  DstIP: { ip: 'destination.ip' },
  SrcPort: { port: 'source.port' },
  DstPort: { port: 'destination.port' },
  NAT_InitiatorIP: { ip: 'source.nat.ip' },
  NAT_InitiatorPort: { port: 'source.nat.port' },
  NAT_ResponderIP: { ip: 'destination.nat.ip' },
  NAT_ResponderPort: { port: 'destination.nat.port' },
  InitiatorBytes: { int: 'source.bytes' },
  ResponderBytes: { int: 'destination.bytes' },
  InitiatorPackets: { int: 'source.packets' },
  ResponderPackets: { int: 'destination.packets' },
  IngressInterface: 'observer.ingress.interface.name',
  EgressInterface: 'observer.egress.interface.name',
  IngressZone: 'observer.ingress.zone',
  EgressZone: 'observer.egress.zone',
  AccessControlRuleName: 'rule.name',
  ACPolicy: 'rule.ruleset',
  Policy: 'rule.ruleset',
  AccessControlRuleReason: 'event.reason',
  WebApplication: 'network.application',
  ClientVersion: 'user_agent.version',
  UserAgent: 'user_agent.original',
  HTTPReferer: 'http.request.referrer',
  HTTPMethod: 'http.request.method',
  HTTPResponse: { int: 'http.response.status_code' },
  URLCategory: 'rule.category',
  DNSQuery: 'dns.question.name',
  DNSRecordType: 'dns.question.type',
  DNSResponseType: 'dns.response_code',
  FileName: 'file.name',
  FileSize: { int: 'file.size' },
  FileType: 'file.type',
  ThreatName: 'threat.software.name',
  GID: 'vendor.gid',
  Revision: 'rule.version',
  Classification: 'rule.category',
  Message: 'message',
  SSLVersion: 'tls.version',
  SSLServerName: 'tls.client.server_name',
  SSLCipherSuite: 'tls.cipher',
  VLAN_ID: 'network.vlan.id',
  InstanceID: 'vendor.InstanceID',
  DeviceUUID: 'observer.serial_number',
  EventPriority: 'log.level',
  ConnectionID: 'event.id',
};
const BY_HAND = new Set([
  'Protocol',
  'User',
  'URL',
  'FileSHA256',
  'FirstPacketSecond',
  'AccessControlRuleAction',
  'ApplicationProtocol',
  'SID',
  'OriginalClientIP',
  'ConnectionDuration',
  'Client',
]);
const KEY = /(?:^|, ?)([A-Z][A-Za-z0-9_]{0,39}(?: [A-Z][A-Za-z0-9]{0,20}){0,3}): ?/g;
const PAIRS_MAX = 200;

const CLASSES: Readonly<Record<string, EventClass>> = {
  '430001': 'ips',
  '430002': 'traffic',
  '430003': 'traffic',
  '430004': 'dlp',
  '430005': 'malware',
};

/** The fields of an event of the ids 430001 (intrusion) to 430005 (malware file). */
export function firepowerFields(text: string, code: string, clock: MessageClock): Fields {
  const pairs = readFirepower(text);
  const fields: Fields = {};
  putAll(
    fields,
    [...pairs].filter(([key]) => !BY_HAND.has(key)),
    KEYS,
  );
  Object.assign(fields, transportOf(pairs.get('Protocol')));
  const first = pairs.get('FirstPacketSecond');
  if (first !== undefined) put(fields, 'event.start', wallTime(first, clock));
  const user = pairs.get('User');
  if (user !== undefined && !/^(?:No Authentication Required|Unknown|Not Found)$/i.test(user)) {
    putUser(fields, 'user', user);
    putUser(fields, 'source.user', user);
  }
  if (pairs.get('OriginalClientIP') !== '::') putIp(fields, 'network.forwarded_ip', pairs.get('OriginalClientIP'));
  const seconds = Number(pairs.get('ConnectionDuration'));
  if (seconds >= 0) fields['event.duration'] = seconds * 1e9;
  putThings(fields, pairs);
  decide(fields, pairs, code);
  return fields;
}

/** `Key: value, Key: value`; a comma inside of a value is not followed by a key. */
function readFirepower(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  let key = '';
  let from = 0;
  for (const mark of text.matchAll(KEY)) {
    if (pairs.size >= PAIRS_MAX) break;
    if (key !== '') pairs.set(key, text.slice(from, mark.index).trim());
    key = mark[1] ?? '';
    from = mark.index + mark[0].length;
  }
  if (key !== '') pairs.set(key, text.slice(from).trim());
  return pairs;
}

function putThings(fields: Fields, pairs: Map<string, string>): void {
  putUrl(fields, pairs.get('URL'));
  putHash(fields, pairs.get('FileSHA256'));
  put(fields, 'network.protocol', pairs.get('ApplicationProtocol')?.toLowerCase());
  if (fields['network.application'] === undefined) put(fields, 'network.application', pairs.get('Client'));
  const sid = pairs.get('SID');
  if (sid === undefined) return;
  put(fields, 'rule.id', `${pairs.get('GID') ?? '1'}:${sid}:${pairs.get('Revision') ?? '0'}`);
  put(fields, 'rule.name', pairs.get('Message'));
  put(fields, 'vendor.AccessControlRuleName', pairs.get('AccessControlRuleName'));
}

function decide(fields: Fields, pairs: Map<string, string>, code: string): void {
  const action = pairs.get('AccessControlRuleAction') ?? pairs.get('InlineResult') ?? pairs.get('FileAction');
  put(fields, 'event.action', (pairs.get('InlineResult') ?? pairs.get('FileAction') ?? action)?.toLowerCase());
  const eventClass = classOf(pairs, code);
  const isHarmless =
    eventClass === 'malware' && /^(?:Clean|Unknown|Unavailable)$/.test(pairs.get('SHA_Disposition') ?? '');
  const types =
    code === '430002' || pairs.get('ConnectType') === 'Start'
      ? ['start']
      : code === '430003' || pairs.has('ConnectType')
        ? ['end']
        : [];
  const word = eventClass === 'ips' ? (pairs.get('InlineResult') ?? 'alert') : (pairs.get('FileAction') ?? action);
  judge(fields, { class: eventClass, decision: decisionOf(word), types, ...(isHarmless ? { alert: false } : {}) });
  const severity = severityOf(pairs.get('EventPriority') ?? '');
  if (severity !== undefined) fields['event.severity'] = severity;
}

function classOf(pairs: Map<string, string>, code: string): EventClass {
  const known = CLASSES[code];
  if (known !== undefined && known !== 'traffic') return known;
  if (pairs.has('SID')) return 'ips';
  if (pairs.has('ThreatName') || pairs.get('SHA_Disposition') === 'Malware') return 'malware';
  const lists = `${pairs.get('IPReputationSICategory') ?? ''} ${pairs.get('URLSICategory') ?? ''} ${pairs.get('DNSSICategory') ?? ''}`;
  if (/cnc|c&c|bots/i.test(lists)) return 'c2';
  if (/\w/.test(lists.replace(/N\/A|Unknown/g, ''))) return 'web_block';
  const isBlocked = /block/i.test(pairs.get('AccessControlRuleAction') ?? '');
  if (pairs.has('URLCategory') && isBlocked) return isBadSite(pairs.get('URLCategory')) ? 'web_block' : 'url_filter';
  return 'traffic';
}
