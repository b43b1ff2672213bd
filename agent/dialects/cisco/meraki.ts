import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putMac, putPort, transportOf } from '../fields.js';
import { readPairs } from '../key-values.js';
import { epochTime } from '../times.js';
import { putHash, putUrl, putUser } from '../url-parts.js';
import { type Decision, decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';
import { EVENTS, KEYS, KINDS } from './meraki-keys.js';

/** `1673516966.834663913 MX84 urls ...`, behind whatever header a relay has put in front. */
const START = /(?:^|[\s>])(\d{9,13}(?:\.\d{1,9})?) (\S{1,128}) ([a-z][a-z0-9_-]{2,40})(?: |$)/;
const HEAD_MAX = 256;

interface Line {
  readonly name: string;
  readonly kind: string;
  readonly rest: string;
  readonly pairs: Map<string, string>;
}

/** Cisco Meraki MX, MR and MS. */
export const meraki: Dialect = {
  name: 'cisco-meraki',
  parse(message: Message): Parsed | undefined {
    const start = START.exec(message.text.slice(0, HEAD_MAX));
    const kind = start?.[3] ?? '';
    if (start === null || !Object.hasOwn(KINDS, kind)) return undefined;
    const rest = message.text.slice(start.index + start[0].length).trim();
    const [inner, tail] = innerKind(kind, rest);
    const line = { name: start[2] ?? '', kind: inner, rest: tail, pairs: readPairs(spelled(tail)) };
    return { fields: fieldsOf(line, start[1] ?? ''), status: 'full' };
  },
};

/** `security_event ids_alerted ...` and `events content_filtering_block ...` name the real kind second. */
function innerKind(kind: string, rest: string): [string, string] {
  const word = /^([a-z_]+)(?: |$)/.exec(rest.slice(0, 64))?.[1];
  if (word === undefined || !Object.hasOwn(KINDS, word)) return [kind, rest];
  return [word, rest.slice(word.length).trimStart()];
}

/** `type= value`, `msg= '...'`, `request: GET x`, `message: text` and `pattern: text` become pairs like the others. */
function spelled(text: string): string {
  return text
    .replace(/(^| )([a-z_]{1,32})= (?=\S)/g, '$1$2=')
    .replace(/ (message|pattern|request): ?/, (_, word: string) => ` ${word}=`);
}

function fieldsOf(line: Line, epoch: string): Fields {
  const { pairs, kind, name } = line;
  const fields: Fields = { 'observer.vendor': 'Cisco', 'observer.product': productOf(line), 'observer.name': name };
  fields['observer.type'] = fields['observer.product'] === 'Meraki MX' ? 'firewall' : 'network';
  put(fields, '@timestamp', epochTime(epoch));
  put(fields, 'vendor.event', kind);
  const byHand = [
    'src',
    'dst',
    'mac',
    'dhost',
    'client_mac',
    'server',
    'url',
    'request',
    'sha256',
    'type',
    'peer_contact',
  ];
  putAll(
    fields,
    [...pairs].filter(([key]) => !byHand.includes(key)),
    KEYS,
  );
  putSides(fields, line);
  putContent(fields, line);
  decide(fields, line);
  return fields;
}

function productOf({ kind, rest, pairs }: Line): string {
  if (kind === 'airmarshal_events' || pairs.has('vap') || pairs.has('radio') || pairs.has('aid')) return 'Meraki MR';
  return kind === 'events' && /^port \d|^\S* ?(?:STP|SFP)|spanning|bpdu/i.test(rest.slice(0, 128))
    ? 'Meraki MS'
    : 'Meraki MX';
}

const ENDPOINT = /^(\[?[0-9A-Fa-f.:]{2,45}\]?):(\d{1,5})$/;

function putSides(fields: Fields, { pairs, rest }: Line): void {
  putSide(fields, 'source', pairs.get('src') ?? pairs.get('peer_contact'));
  putSide(fields, 'destination', pairs.get('dst') ?? pairs.get('server'));
  putMac(fields, 'source.mac', pairs.get('mac') ?? pairs.get('client_mac'));
  putMac(fields, 'destination.mac', pairs.get('dhost'));
  Object.assign(fields, transportOf(pairs.get('protocol')?.replace(/\/ip(?:v6)?$/, '')));
  const nat = pairs.get('translated_port');
  const side = pairs.has('translated_dst_ip') && !pairs.has('translated_src_ip') ? 'destination' : 'source';
  putPort(fields, `${side}.nat.port`, nat);
  const vpn = /user id '([^']{1,128})' local ip (\S+) connected from (\S+)/.exec(rest.slice(0, 512));
  if (vpn === null) return;
  putUser(fields, 'user', vpn[1]);
  putIp(fields, 'source.nat.ip', vpn[2]);
  putIp(fields, 'source.ip', vpn[3]?.replace(/[.,]$/, ''));
}

/** An address alone, an address and port, or a hardware address. */
function putSide(fields: Fields, side: string, text: string | undefined): void {
  if (text === undefined || putIp(fields, `${side}.ip`, text)) return;
  const parts = ENDPOINT.exec(text);
  if (parts !== null && putIp(fields, `${side}.ip`, parts[1])) putPort(fields, `${side}.port`, parts[2]);
  else putMac(fields, `${side}.mac`, text);
}

function putContent(fields: Fields, { pairs, kind, rest }: Line): void {
  const request = /^(\S{1,32}) (\S+)/.exec(pairs.get('request')?.slice(0, 8_192) ?? '');
  if (request !== null && request[1] !== 'UNKNOWN') put(fields, 'http.request.method', request[1]);
  putUrl(fields, pairs.get('url') ?? request?.[2]);
  putHash(fields, pairs.get('sha256'));
  const signature = pairs.get('signature');
  put(fields, 'rule.id', signature);
  if (kind === 'ids_alerted') put(fields, 'rule.name', pairs.get('message') ?? pairs.get('msg'));
  if (fields['message'] === undefined && pairs.size === 0) put(fields, 'message', rest);
  const priority = Number(pairs.get('priority'));
  if (priority >= 1 && priority <= 4) fields['event.severity'] = [90, 75, 50, 25][priority - 1];
}

function decide(fields: Fields, line: Line): void {
  const { pairs, kind, rest } = line;
  const eventClass = classOf(line);
  const action = actionOf(line);
  put(fields, 'event.action', action);
  put(fields, 'event.code', pairs.get('type') ?? kind);
  const isHarmless = eventClass === 'malware' && /^(?:clean|benign|unknown)$/.test(pairs.get('disposition') ?? '');
  const types = kind === 'ip_flow_start' ? ['start'] : kind === 'ip_flow_end' ? ['end'] : [];
  judge(fields, {
    class: eventClass,
    decision: decisionIn(line, action),
    types,
    ...(isHarmless ? { alert: false } : {}),
  });
  if (eventClass !== 'vpn' && eventClass !== 'auth') return;
  const text = `${pairs.get('type') ?? ''} ${rest}`.slice(0, 512);
  if (/fail|deauth|denied|reject|connectivity=.?false/i.test(text)) fields['event.outcome'] = 'failure';
  else if (/success|connect|wpa_auth|connectivity=.?true/i.test(text)) fields['event.outcome'] = 'success';
}

function classOf({ kind, pairs, rest }: Line): EventClass {
  const base = KINDS[kind] ?? 'unknown';
  if (base === 'url_filter' && isBadSite(pairs.get('category0'))) return 'web_block';
  if (kind !== 'events') return base;
  const text = `${pairs.get('type') ?? ''} ${rest.slice(0, 64)}`;
  const found = EVENTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'system';
  return found === 'url_filter' && isBadSite(pairs.get('category0')) ? 'web_block' : found;
}

function actionOf({ kind, pairs, rest }: Line): string {
  const word = pairs.get('decision') ?? pairs.get('action') ?? /^(allow|deny)\b/.exec(rest)?.[1];
  return (word ?? patternAction(pairs.get('pattern')) ?? pairs.get('type') ?? kind).toLowerCase();
}

/** `allow all`, `deny ...`; a rule for what comes in is `1` when it denies and `0` when it allows. Syslog Server Overview. */
function patternAction(pattern: string | undefined): string | undefined {
  const word = /^(allow|deny|Group Policy (?:Allow|Deny)|[01]\b)/i.exec(pattern ?? '')?.[1];
  if (word === '1' || word === '0') return word === '1' ? 'deny' : 'allow';
  return word?.split(' ').pop();
}

function decisionIn({ kind, pairs }: Line, action: string): Decision {
  if (kind === 'urls' || kind.startsWith('ip_flow')) return 'allowed';
  if (kind === 'content_filtering_block' || pairs.get('type') === 'content_filtering_block') return 'denied';
  if (kind === 'security_filtering_file_scanned' || KINDS[kind] !== 'system') return decisionOf(action);
  return undefined;
}
