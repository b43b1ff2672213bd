import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putIp, putPort, transportOf } from '../fields.js';
import { flatten } from '../flatten.js';
import { readPairs } from '../key-values.js';
import { severityOf } from '../severity.js';
import { epochTime, wallTime } from '../times.js';
import { classOfWords, decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';
import { putByAlias } from './aliases.js';
import { putOutcome } from './marked-up.js';
import { TEXT_MAKERS, type TextMaker } from './text-makers.js';

/** What is looked at to know a maker. */
const HEAD_MAX = 700;
const WORDS_MAX = 600;

/** Makers that are known by their marks, with what their keys plainly say. */
export const texts: Dialect = {
  name: 'texts',
  parse(message: Message): Parsed | undefined {
    const head = message.text.slice(0, HEAD_MAX);
    const maker = TEXT_MAKERS.find(({ match }) => match.test(head));
    return maker === undefined ? undefined : { fields: fieldsOf(maker, message), status: 'full' };
  },
};

function fieldsOf(maker: TextMaker, message: Message): Fields {
  const fields: Fields = {
    'observer.vendor': maker.vendor,
    'observer.product': maker.product,
    'observer.type': maker.type,
  };
  const pairs = pairsOf(maker, message);
  const action = putByAlias(fields, pairs);
  putEnds(fields, message.body);
  putTime(fields, pairs, message);
  put(fields, 'event.action', action?.toLowerCase());
  putLevel(fields, pairs);
  if (fields['message'] === undefined && maker.form === 'text') put(fields, 'message', message.body);
  const words = wordsOf(message, pairs);
  const eventClass = classFor(maker, fields, words);
  judge(fields, { class: eventClass, decision: decisionOf(action) ?? decisionOf(firstVerb(words)) });
  if (eventClass === 'auth' || eventClass === 'vpn') putOutcome(fields, `${action ?? ''} ${words}`);
  return fields;
}

function pairsOf({ form }: TextMaker, message: Message): ReadonlyMap<string, string> {
  const { body } = message;
  const json = message.json ?? (form === 'json' ? looseJson(body) : undefined);
  if (form === 'json' || json !== undefined) return json === undefined ? new Map() : leaves(json);
  if (form === 'structured') return structured(message);
  if (form === 'colons') return colons(body);
  if (form === 'text' || form === 'bars') return /[A-Za-z_]+="/.test(body) ? readPairs(body) : new Map();
  const separators: Readonly<Record<string, string>> = { commas: ',', semicolons: ';', tabs: '\t', pairs: ' ' };
  const separator = separators[form] ?? ' ';
  // A relay may have made blanks of the tabs.
  return readPairs(plainQuotes(body), { separator: body.includes(separator) ? separator : ' ' });
}

/** An object behind words of its own, such as the maker's name. */
function looseJson(body: string): Readonly<Record<string, unknown>> | undefined {
  const start = body.indexOf('{');
  if (start < 0 || start > HEAD_MAX) return undefined;
  try {
    const value: unknown = JSON.parse(body.slice(start));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The leaf's own name, unless another has it. */
function leaves(json: Readonly<Record<string, unknown>>): Map<string, string> {
  const named = new Map<string, string>();
  for (const [path, value] of flatten(json)) {
    const name = path.slice(path.lastIndexOf('.') + 1);
    named.set(named.has(name) || /^\d+$/.test(name) ? path : name, value);
  }
  return named;
}

function plainQuotes(text: string): string {
  return text.replace(/[“”]/g, '"');
}

const PARAMETER = /([\w.-]{1,64})="([^"\\]*(?:\\[\s\S][^"\\]*)*)"/g;
const PAIRS_MAX = 300;

function structured({ header, body }: Message): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const element of Object.values(header.structuredData ?? {})) {
    for (const [key, value] of Object.entries(element)) pairs.set(key, value);
  }
  for (const [, key = '', value = ''] of body.matchAll(PARAMETER)) {
    if (pairs.size >= PAIRS_MAX) break;
    if (!pairs.has(key)) pairs.set(key, value.replace(/\\(["\\\]])/g, '$1'));
  }
  return pairs;
}

const COLON = /(?:^|, ?|: )([A-Z][A-Za-z0-9 /_-]{1,40}): ?/g;

/** `Key: value, Key: value`; a value in brackets, `(192.0.2.1, ...)`, gives its first. */
function colons(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  let key = '';
  let from = 0;
  const keep = (end: number) => {
    if (key !== '' && !pairs.has(key))
      pairs.set(
        key,
        text
          .slice(from, end)
          .replace(/^\(([^,()]*).*\)$/s, '$1')
          .replace(/^(\d+),.*$/s, '$1')
          .trim(),
      );
  };
  for (const mark of text.matchAll(COLON)) {
    if (pairs.size >= PAIRS_MAX) break;
    keep(mark.index);
    key = mark[1] ?? '';
    from = mark.index + mark[0].length;
  }
  keep(text.length);
  return pairs;
}

const ADDRESS = String.raw`(\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}\]?)`;
const ARROW = new RegExp(
  String.raw`(?:\b(TCP|UDP|ICMP)\b )?${ADDRESS}(?:[:/](\d{1,5}))? ?-+> ?${ADDRESS}(?:[:/](\d{1,5}))?`,
);
const FROM = new RegExp(
  String.raw`\b(?:from|client|Source IP:?|src|source|user|req)[ :=]{1,2}${ADDRESS}(?:[:/](\d{1,5})\b)?`,
  'i',
);
const TO = new RegExp(String.raw`\b(?:to|Destination IPs?:?|dst|dest) ?[:=]? ?${ADDRESS}(?:[:/](\d{1,5})\b)?`, 'i');

/** Client and service with their ports as words of their own; a traffic log names the service first. */
const WORDS_APART = new RegExp(String.raw`^(?:\S+ ){1,3}?${ADDRESS} (\d{1,5}) ${ADDRESS} (\d{1,5}) `);

/** Addresses in plain words, where no key said them. */
function putEnds(fields: Fields, body: string): void {
  if (fields['source.ip'] !== undefined || fields['destination.ip'] !== undefined) return;
  const text = body.slice(0, 2_048);
  const arrow = ARROW.exec(text);
  if (arrow !== null) {
    Object.assign(fields, transportOf(arrow[1]));
    putEnd(fields, 'source', arrow[2], arrow[3]);
    putEnd(fields, 'destination', arrow[4], arrow[5]);
    return;
  }
  const apart = WORDS_APART.exec(text);
  if (apart !== null) {
    const isServiceFirst = text.startsWith('TR ');
    putEnd(fields, isServiceFirst ? 'destination' : 'source', apart[1], apart[2]);
    putEnd(fields, isServiceFirst ? 'source' : 'destination', apart[3], apart[4]);
    return;
  }
  const [from, to] = [FROM.exec(text), TO.exec(text)];
  if (from !== null) putEnd(fields, 'source', from[1], from[2]);
  if (to !== null) putEnd(fields, 'destination', to[1], to[2]);
}

function putEnd(fields: Fields, side: string, ip: string | undefined, port: string | undefined): void {
  if (putIp(fields, `${side}.ip`, ip)) putPort(fields, `${side}.port`, port);
}

const TIMES = [
  'timestamp',
  'Timestamp',
  'LogTimestamp',
  'vectra_timestamp',
  'when',
  'ProcessStartTime',
  'eventCreationTime',
  'eventTimestamp',
  'datetime',
  'DEVICE_TIME',
  'audit_time',
];

function putTime(fields: Fields, pairs: ReadonlyMap<string, string>, { clock }: Message): void {
  for (const key of TIMES) {
    const text = pairs.get(key);
    const time = text === undefined ? undefined : (epochTime(text) ?? wallTime(text, clock));
    if (time === undefined) continue;
    fields['@timestamp'] = time;
    return;
  }
}

function putLevel(fields: Fields, pairs: ReadonlyMap<string, string>): void {
  const word = [
    'severity',
    'SEVERITY',
    'Severity',
    'SeverityName',
    'sev',
    'priority_level',
    'threat-severity',
    'threatSeverity',
  ]
    .map((key) => pairs.get(key))
    .find((one) => one);
  if (word === undefined || word.length > 32) return;
  put(fields, 'log.level', word.toLowerCase());
  const value = severityOf(word);
  if (value !== undefined) fields['event.severity'] = value;
}

const TELLING = /^mod$|type|event|name|category|class|action|msg|message|subtype|operation|reason|threat/i;

/** What of the message may tell its class: its tag and id, the values of keys that name things, or its text. */
function wordsOf(message: Message, pairs: ReadonlyMap<string, string>): string {
  const { header, body } = message;
  const head = `${header.appname ?? ''} ${header.msgid ?? ''}`;
  const telling = [...pairs].filter(([key]) => TELLING.test(key) && !/user|host|file|process|policy|url/i.test(key));
  const values = telling.map(([, value]) => value.slice(0, 120)).join(' ');
  const isLed = /^[A-Z]\w+Server: /.test(body);
  return `${head} ${values === '' || isLed ? body.slice(0, WORDS_MAX) : values.slice(0, WORDS_MAX)}`;
}

function firstVerb(words: string): string | undefined {
  return /\b(?:not blocked|blocked|denied|drop(?:ped)?|permit(?:ted)?|allowed|quarantined|rejected?|cleaned|deleted|would have blocked)\b/i.exec(
    words,
  )?.[0];
}

function classFor(maker: TextMaker, fields: Fields, words: string): EventClass {
  if (maker.isFixed) return maker.fallback;
  const threat = fields['threat.software.name'];
  const isThreat = typeof threat === 'string' && !/^(?:none|n\/a|unknown|0)$/i.test(threat);
  if (maker.type === 'proxy') return isThreat ? 'web_block' : proxyClass(maker, fields, words);
  if (isThreat && maker.type === 'edr') return 'malware';
  const found = classOfWords(words) ?? maker.fallback;
  if (maker.type === 'mail' && ['malware', 'ips', 'traffic', 'url_filter'].includes(found))
    return found === 'malware' ? 'mail_malware' : 'mail_spam';
  return found;
}

function proxyClass(maker: TextMaker, fields: Fields, words: string): EventClass {
  if (fields['url.original'] === undefined && fields['url.domain'] === undefined)
    return classOfWords(words) ?? maker.fallback;
  return isBadSite(fields['rule.category'] as string | undefined) ? 'web_block' : 'url_filter';
}
