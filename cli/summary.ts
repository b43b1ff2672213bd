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

/** Fields that say something, for kinds without a line of their own. */
function rest(record: AnyRecord): string {
  return Object.entries(record)
    .filter(([key]) => !/^(@timestamp|event\.|hinomi\.(company|site|agent|epoch|lane|seq|row)$)/.test(key))
    .map(([key, value]) => `${key}=${text(value)}`)
    .join(' ');
}
