import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putAll, putIp, putPort, type Target } from '../fields.js';
import { wallTime } from '../times.js';
import { judge } from '../verdict.js';
import { EVENTS, LOGON_TYPES, type WindowsEvent } from './events.js';
import { readWindows, type WindowsLog } from './forms.js';
import { readMessageText } from './message-text.js';

/** Names of event data that go elsewhere than `vendor.*`, or are read below. */
const KEYS: Readonly<Record<string, Target>> = {
  EventID: 'event.code',
  SourceName: 'event.provider',
  Hostname: 'host.name',
  Channel: 'vendor.Channel',
  Message: null,
  EventTime: null,
  EventReceivedTime: null,
  TargetUserName: null,
  TargetDomainName: null,
  TargetUserSid: null,
  TargetSid: null,
  SubjectUserName: null,
  SubjectDomainName: null,
  SubjectUserSid: null,
  IpAddress: null,
  IpPort: null,
  ClientAddress: null,
  SourceAddress: { ip: 'source.ip' },
  SourcePort: { port: 'source.port' },
  DestAddress: { ip: 'destination.ip' },
  DestPort: { port: 'destination.port' },
  WorkstationName: 'source.domain',
  Workstation: 'source.domain',
  NewProcessName: null,
  ProcessName: null,
  ParentProcessName: 'process.parent.executable',
  CommandLine: 'process.command_line',
  NewProcessId: null,
  ServiceName: 'service.name',
  ImagePath: 'process.executable',
  ServiceFileName: 'process.executable',
  FailureReason: 'event.reason',
  GroupName: 'group.name',
  'Threat Name': 'threat.software.name',
  RecordNumber: 'event.id',
};

const LEVELS: Readonly<Record<string, readonly [string, number]>> = {
  ERROR: ['error', 70],
  WARNING: ['warning', 50],
  CRITICAL: ['critical', 90],
  INFO: ['informational', 10],
  INFORMATION: ['informational', 10],
  AUDIT_SUCCESS: ['informational', 10],
  AUDIT_FAILURE: ['warning', 50],
};

/** The Windows event log by Snare, NXLog, Winlogbeat, or as XML. */
export const windows: Dialect = {
  name: 'windows',
  parse(message: Message): Parsed | undefined {
    const log = readWindows(message);
    if (log === undefined) return undefined;
    const fields = fieldsOf(log, message);
    return fields['event.code'] === undefined
      ? { fields, status: 'partial', reason: 'no event id' }
      : { fields, status: 'full' };
  },
};

function fieldsOf({ values, agent }: WindowsLog, { clock }: Message): Fields {
  const text = values.get('Message');
  if (text !== undefined) readMessageText(text, values);
  const fields: Fields = { 'observer.vendor': 'Microsoft', 'observer.product': 'Windows', 'observer.type': 'host' };
  putAll(fields, values, KEYS);
  put(fields, 'vendor.agent', agent);
  put(fields, 'message', /^[^\r\n\t]{0,512}?(?=$|[\r\n\t]|\s{2}|#01)/.exec(text ?? '')?.[0] || text);
  put(fields, '@timestamp', timeOf(values, clock));
  const code = values.get('EventID') ?? '';
  const event = knownEvent(code, values);
  putPeople(fields, values, code);
  putNetwork(fields, values);
  putProcess(fields, values);
  putLevel(fields, values);
  decide(fields, event, values);
  return fields;
}

function timeOf(values: ReadonlyMap<string, string>, clock: Message['clock']): string | undefined {
  const time = values.get('EventTime') ?? values.get('TimeCreated');
  return time === undefined ? undefined : wallTime(time, clock);
}

/** 1006 to 1119 and 5001 to 5012 are Defender's there only; 104 is the System channel's. */
function knownEvent(code: string, values: ReadonlyMap<string, string>): WindowsEvent | undefined {
  const isDefender = /defender/i.test(`${values.get('SourceName') ?? ''} ${values.get('Channel') ?? ''}`);
  if (/^(?:10\d\d|111\d|50\d\d)$/.test(code) && !isDefender && code !== '1074' && code !== '5025' && code !== '5034')
    return undefined;
  return EVENTS.get(code);
}

const ABOUT_TARGET = new Set([
  '4624',
  '4625',
  '4634',
  '4647',
  '4648',
  '4768',
  '4769',
  '4770',
  '4771',
  '4776',
  '4778',
  '4779',
  '4740',
  '4800',
  '4801',
]);

/** Who logs on is the target; who changes another's account is the subject. */
function putPeople(fields: Fields, values: ReadonlyMap<string, string>, code: string): void {
  const role = ABOUT_TARGET.has(code) && values.has('TargetUserName') ? 'Target' : 'Subject';
  const other = role === 'Target' ? 'Subject' : 'Target';
  const name =
    values.get(`${role}UserName`) ??
    values.get(`${other}UserName`) ??
    values.get('AccountName') ??
    values.get('UserName');
  put(fields, 'user.name', name);
  put(fields, 'user.domain', values.get(`${role}DomainName`));
  put(fields, 'user.id', values.get(`${role}UserSid`) ?? values.get(`${role}Sid`));
  if (fields['user.name'] === values.get(`${other}UserName`)) return;
  put(fields, role === 'Subject' ? 'user.target.name' : 'user.effective.name', values.get(`${other}UserName`));
}

function putNetwork(fields: Fields, values: ReadonlyMap<string, string>): void {
  const address = (values.get('IpAddress') ?? values.get('ClientAddress'))?.replace(/^::ffff:/i, '');
  if (!putIp(fields, 'source.ip', address)) return;
  if (values.get('IpPort') !== '0') putPort(fields, 'source.port', values.get('IpPort'));
}

function putProcess(fields: Fields, values: ReadonlyMap<string, string>): void {
  const path = values.get('NewProcessName') ?? values.get('ProcessName');
  put(fields, 'process.executable', path);
  const executable = fields['process.executable'];
  if (typeof executable === 'string') put(fields, 'process.name', executable.replace(/"/g, '').split(/[\\/]/).pop());
  const pid = values.get('NewProcessId');
  if (pid !== undefined && /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(pid)) fields['process.pid'] = Number(pid);
}

function putLevel(fields: Fields, values: ReadonlyMap<string, string>): void {
  const word = (values.get('EventType') ?? values.get('Severity') ?? values.get('level') ?? '')
    .toUpperCase()
    .replace(/^(SUCCESS|FAILURE) AUDIT$/, 'AUDIT_$1');
  const level = LEVELS[word];
  if (level === undefined) return;
  [fields['log.level'], fields['event.severity']] = level;
}

function decide(fields: Fields, event: WindowsEvent | undefined, values: ReadonlyMap<string, string>): void {
  const words = `${values.get('EventType') ?? ''} ${values.get('Keywords') ?? ''} ${values.get('keywords') ?? ''}`;
  const audit = /fail|0x8010000000000000|-9218868437227405312/i.test(words)
    ? 'failure'
    : /succe|0x8020000000000000|-9214364837600034816/i.test(words)
      ? 'success'
      : undefined;
  const status = values.get('Status');
  const byStatus =
    event?.class === 'auth' && status !== undefined ? (/^0x0+$/.test(status) ? 'success' : 'failure') : undefined;
  put(fields, 'event.outcome', event?.outcome ?? byStatus ?? audit);
  put(fields, 'event.action', event?.action);
  const logon = LOGON_TYPES[values.get('LogonType') ?? ''];
  put(fields, 'vendor.logon_type', logon);
  if (event === undefined) {
    judge(fields, { class: audit === undefined ? 'system' : 'endpoint' });
    return;
  }
  judge(fields, { class: event.class, alert: event.alert ?? false, category: event.category, types: event.types });
  if (event.types.includes('denied') || event.class !== 'malware') fields['event.type'] = [...event.types];
}
