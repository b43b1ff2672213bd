import type { AnyRecord } from '../protocol/records/records.js';

const text = (value: unknown): string =>
  value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);

/** One line about a record, by its kind. */
export function summaryOf(record: AnyRecord): string {
  switch (record['event.dataset']) {
    case 'flow':
      return flow(record);
    case 'dns':
      return dns(record);
    case 'tls':
      return tls(record);
    case 'http':
      return http(record);
    case 'dhcp':
      return words(record, 'hinomi.dhcp.', ['message_type', 'client_mac', 'hostname', 'assigned_ip', 'requested_ip']);
    case 'session':
      return session(record);
    case 'asset':
      return asset(record);
    case 'utm':
      return utm(record);
    case 'edr':
      return edr(record);
    default:
      return text(record['message']) || rest(record);
  }
}

function endpoint(record: AnyRecord, side: string): string {
  const ip = text(record[`${side}.ip`]);
  const port = record[`${side}.port`];
  if (port === undefined) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function flow(record: AnyRecord): string {
  const protocol = text(record['network.protocol'] ?? record['network.transport']);
  const bytes = `${text(record['source.bytes'])}/${text(record['destination.bytes'])} B`;
  return `${endpoint(record, 'source')} -> ${endpoint(record, 'destination')}  ${protocol}  ${text(record['hinomi.flow.state'])}  ${bytes}`;
}

function dns(record: AnyRecord): string {
  const answers = (record['dns.answers'] ?? []) as { name?: string; type?: string; data?: string }[];
  const data = answers.map((answer) => answer.data ?? '').filter((each) => each !== '');
  const code = text(record['dns.response_code'] ?? 'no answer');
  // A response of mDNS repeats no question: its first answer says what it is about.
  const type = text(record['dns.question.type'] ?? answers[0]?.type);
  const name = text(record['dns.question.name'] ?? answers[0]?.name);
  return `${text(record['source.ip'])}  ${type} ${name}  ${code}  ${data.join(', ')}`;
}

function words(record: AnyRecord, prefix: string, names: readonly string[]): string {
  return names
    .map((name) => text(record[`${prefix}${name}`]))
    .filter((each) => each !== '')
    .join('  ');
}

function tls(record: AnyRecord): string {
  const name = text(record['tls.client.server_name']) || endpoint(record, 'destination');
  const version = `${text(record['network.protocol'])} ${text(record['tls.version'])}`.trim();
  return `${text(record['source.ip'])} -> ${name}  ${version}  ${text(record['tls.client.ja4'])}`.trimEnd();
}

function http(record: AnyRecord): string {
  const host = text(record['url.domain']) || text(record['destination.ip']);
  const asked = `${text(record['http.request.method'])} ${host}${text(record['url.original'])}`.trim();
  return `${text(record['source.ip'])}  ${asked}  ${text(record['http.response.status_code'])}`.trimEnd();
}

function session(record: AnyRecord): string {
  const user = [record['user.domain'], record['user.name']].map(text).filter(Boolean).join('\\');
  const rest = words(record, 'hinomi.session.', [
    'share',
    'service',
    'target',
    'from',
    'database',
    'file_names',
    'operations',
    'outcome',
    'error',
  ]);
  const ends = `${endpoint(record, 'source')} -> ${endpoint(record, 'destination')}`;
  return [ends, text(record['network.protocol']), user, rest].filter((each) => each !== '').join('  ');
}

function asset(record: AnyRecord): string {
  const list = (name: string): string => ((record[name] ?? []) as string[]).join(',');
  const who = [text(record['host.name']), list('host.mac'), list('host.ip')];
  const what = [text(record['host.type']), words(record, 'hinomi.asset.', ['model', 'port_id', 'software'])];
  return [text(record['event.action']), ...who, ...what].filter((each) => each !== '').join('  ');
}

/** Who says it, of which class, what was done to what; the message where nobody could read it. */
function utm(record: AnyRecord): string {
  const subjects = [
    'threat.indicator.name',
    'url.domain',
    'url.original',
    'file.name',
    'network.application',
    'rule.name',
  ];
  const subject = subjects.map((name) => text(record[name])).find((each) => each !== '') ?? '';
  const who = text(record['observer.product']) || text(record['log.syslog.hostname']);
  const about = [text(record['event.action']), subject].filter((each) => each !== '').join(' ');
  const ends =
    record['source.ip'] === undefined ? '' : `${endpoint(record, 'source')} -> ${endpoint(record, 'destination')}`;
  const said = about === '' ? text(record['message']) || text(record['event.original']) : about;
  return [who, text(record['hinomi.event_class']), said, ends].filter((each) => each !== '').join('  ');
}

/** The endpoint, what was found or how it is. */
function edr(record: AnyRecord): string {
  const names = ['observer.product', 'host.name', 'hinomi.event_class', 'event.action', 'threat.indicator.name'];
  const state = ['hinomi.edr.health', 'hinomi.edr.isolation', 'user.name'];
  return [...names, ...state]
    .map((name) => text(record[name]))
    .filter((each) => each !== '')
    .join('  ');
}

/** Fields that say something, for kinds without a line of their own. */
function rest(record: AnyRecord): string {
  return Object.entries(record)
    .filter(([key]) => !/^(@timestamp|event\.|hinomi\.(company|site|agent|epoch|lane|seq|row)$)/.test(key))
    .map(([key, value]) => `${key}=${text(value)}`)
    .join(' ');
}
