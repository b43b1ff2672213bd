import type { Message } from '../dialect.js';
import { flatten } from '../flatten.js';

export interface WindowsLog {
  /** Event data and header by the names of the event's XML and of NXLog. */
  readonly values: Map<string, string>;
  /** Which agent wrote it. */
  readonly agent: string;
}

/** One event out of whichever agent's form. */
export function readWindows(message: Message): WindowsLog | undefined {
  const { text } = message;
  if (text.includes('MSWinEventLog')) return ofSnare(text);
  if (text.includes('"EventID"') || text.includes('"winlog"')) return ofJson(message);
  if (text.includes('schemas.microsoft.com/win/2004/08/events')) return ofXml(text);
  return ofStructured(message) ?? ofPlain(message);
}

const SNARE_NAMES = [
  'Criticality',
  'Channel',
  'Counter',
  'EventTime',
  'EventID',
  'SourceName',
  'UserName',
  'SidType',
  'EventType',
  'Hostname',
  'Category',
  'DataString',
  'Message',
];
/** The same fields where a relay has made blanks of the tabs. */
const SNARE_BLANKS =
  /^(\d) +(\S+) +(\d+) +(\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}) +(\d+) +(\S+) +(.{1,128}?) +(N\/A|User|Computer|Well Known Group|Alias|Unknown User) +(Success Audit|Failure Audit|Information|Warning|Error|Audit Success|Audit Failure) +(\S+) +(.*)$/s;

function ofSnare(text: string): WindowsLog | undefined {
  const body = text.slice(text.indexOf('MSWinEventLog') + 'MSWinEventLog'.length);
  const cells = body.replace(/#011/g, '\t').split('\t', 20).slice(1);
  const values = new Map<string, string>();
  if (cells.length >= 10) {
    for (const [index, name] of SNARE_NAMES.entries()) if (cells[index]) values.set(name, cells[index].trim());
    return { values, agent: 'Snare' };
  }
  const parts = SNARE_BLANKS.exec(body.trim().slice(0, 32_768));
  if (parts === null) return undefined;
  for (const [index, name] of SNARE_NAMES.slice(0, 10).entries()) values.set(name, parts[index + 1] ?? '');
  values.set('Message', parts[11] ?? '');
  return { values, agent: 'Snare' };
}

/** Winlogbeat's names and those of the event's own. */
const BEAT_NAMES: Readonly<Record<string, string>> = {
  event_id: 'EventID',
  channel: 'Channel',
  provider_name: 'SourceName',
  computer_name: 'Hostname',
  record_id: 'RecordNumber',
};

function ofJson({ json }: Message): WindowsLog | undefined {
  if (json === undefined) return undefined;
  const flat = flatten(json);
  const isBeat = flat.has('winlog.event_id') || flat.has('winlog.channel');
  if (!isBeat) return flat.has('EventID') && isWindows(flat) ? { values: flat, agent: 'NXLog' } : undefined;
  const values = new Map<string, string>();
  for (const [key, value] of flat) {
    const inner = key.replace(/^winlog\.(?:event_data\.|user_data\.)?/, '');
    if (key.startsWith('winlog.')) values.set(BEAT_NAMES[inner] ?? inner, value);
  }
  const more = [
    ['@timestamp', 'EventTime'],
    ['message', 'Message'],
    ['event.code', 'EventID'],
    ['host.name', 'Hostname'],
    ['log.level', 'Severity'],
  ] as const;
  for (const [from, to] of more) if (flat.has(from) && !values.has(to)) values.set(to, flat.get(from) ?? '');
  return { values, agent: 'Winlogbeat' };
}

function isWindows(values: ReadonlyMap<string, string>): boolean {
  return (
    values.has('Channel') ||
    values.has('SourceModuleType') ||
    values.has('ProviderGuid') ||
    /^Microsoft-Windows|Service Control/.test(values.get('SourceName') ?? '')
  );
}

/** NXLog's RFC 5424 puts the fields in one element of structured data. */
function ofStructured({ header }: Message): WindowsLog | undefined {
  for (const [id, params] of Object.entries(header.structuredData ?? {})) {
    if (!/^(?:NXLOG|Event)@\d+$/i.test(id) || params['EventID'] === undefined) continue;
    return { values: new Map(Object.entries(params)), agent: 'NXLog' };
  }
  return undefined;
}

const PLAIN =
  /(?:^|[\s>])(Microsoft-Windows-[\w-]{1,64}|Security-Auditing|Service_Control_Manager|MSWinEvent)(?:\[\d+\])?: (?:(\d{1,5}): )?(?:(AUDIT_SUCCESS|AUDIT_FAILURE|INFO|WARNING|ERROR) )?/;

/** NXLog's BSD form and eventlog-to-syslog: the provider as tag, then the text alone. */
function ofPlain({ text, header, body }: Message): WindowsLog | undefined {
  const mark = PLAIN.exec(text.slice(0, 300));
  if (mark === null) return undefined;
  const values = new Map<string, string>([['SourceName', mark[1] ?? '']]);
  if (mark[2] !== undefined) values.set('EventID', mark[2]);
  if (mark[3] !== undefined) values.set('EventType', mark[3]);
  if (header.hostname !== undefined) values.set('Hostname', header.hostname);
  values.set('Message', body.slice(body.indexOf(': ') + 2));
  return { values, agent: 'syslog' };
}

const DATA = /<Data Name=(?:"|')([\w-]{1,64})(?:"|')>([^<]{0,8192})<\/Data>/g;
const ELEMENT = /<(EventID|Channel|Computer|Level|EventRecordID|Message)(?: [^>]{0,64})?>([^<]{0,16384})<\//g;

function ofXml(text: string): WindowsLog {
  const values = new Map<string, string>();
  const names: Readonly<Record<string, string>> = { Computer: 'Hostname', EventRecordID: 'RecordNumber' };
  for (const [, name = '', value = ''] of text.matchAll(ELEMENT))
    if (!values.has(name)) values.set(names[name] ?? name, plain(value));
  for (const [, name = '', value = ''] of text.matchAll(DATA)) if (values.size < 200) values.set(name, plain(value));
  const provider = /<Provider Name=["']([^"']{1,128})/.exec(text)?.[1];
  const time = /<TimeCreated SystemTime=["']([^"']{1,64})/.exec(text)?.[1];
  if (provider !== undefined) values.set('SourceName', provider);
  if (time !== undefined) values.set('EventTime', time);
  return { values, agent: 'XML' };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function plain(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '').trim();
}
