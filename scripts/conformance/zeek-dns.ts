import { dnsTypeName } from '../../agent/sensor/wire/dns-types.js';
import type { DnsRecord } from '../../protocol/records/dns.js';
import { conversationKey, pairUp } from './match.js';
import type { Tally } from './tally.js';
import { type ZeekRow, zeekText, zeekVector } from './zeek-log.js';

const SUITE = 'zeek dns';
const CLASSES: Readonly<Record<string, string>> = { IN: '1', CH: '3', HS: '4', NONE: '254', ANY: '255' };
const FLAGS = ['AA', 'TC', 'RD', 'RA'] as const;

/** One row is one query with its response, as one of our records is. */
export function compareZeekDns(
  test: string,
  rows: readonly ZeekRow[],
  records: readonly DnsRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  const { pairs, left } = pairUp(rows, records, keyOfRow, keyOfRecord, agreement);
  for (const [row, record] of pairs) {
    const subject = `${test} ${row['id.orig_h']}:${row['id.orig_p']} ${row['trans_id']} ${row['query']}`;
    const common = { suite: SUITE, subject, needs, context: { ...row, ours: record } };
    tally.add({ ...common, field: 'found', expected: true, actual: record !== undefined });
    for (const [field, expected, actual] of fieldsOf(row, record)) tally.add({ ...common, field, expected, actual });
  }
  const more = left.map((record) => `${record['source.ip']} ${record['dns.id']} ${record['dns.question.name']}`);
  tally.add({ suite: SUITE, subject: test, needs, context: {}, field: 'no more', expected: [], actual: more });
}

function keyOfRow(row: ZeekRow): string {
  const ends = conversationKey(
    '',
    row['id.orig_h']!,
    Number(row['id.orig_p']),
    row['id.resp_h']!,
    Number(row['id.resp_p']),
  );
  return `${ends} ${row['trans_id']}`;
}

function keyOfRecord(record: DnsRecord): string {
  const [source, destination] = [record['source.ip'] ?? '', record['destination.ip'] ?? ''];
  const ends = conversationKey('', source, record['source.port'] ?? 0, destination, record['destination.port'] ?? 0);
  return `${ends} ${record['dns.id']}`;
}

function agreement(row: ZeekRow, record: DnsRecord): number {
  return fieldsOf(row, record).filter(([, expected, actual]) => `${expected}` === `${actual}`).length;
}

type Compared = readonly [field: string, expected: unknown, actual: unknown];

/** Names without regard to case: Zeek writes them in lower case. Unset cells are what Zeek has not seen. */
function fieldsOf(row: ZeekRow, record: DnsRecord | undefined): Compared[] {
  const flags = record?.['dns.header_flags'] ?? [];
  const list: Compared[] = [
    ['id.orig_h', row['id.orig_h'], record?.['source.ip']],
    ['proto', row['proto'], record?.['network.transport']],
    ['query', unset(row['query']), record?.['dns.question.name']?.toLowerCase()],
    ['qclass', unset(row['qclass']), classNumber(record)],
    ['qtype_name', unset(row['qtype_name']) && typeOf(row['qtype_name']!), record?.['dns.question.type']],
    ['rcode_name', unset(row['rcode_name']), record?.['dns.response_code']],
    ...FLAGS.map((flag): Compared => [flag, row[flag] === 'T', record && flags.includes(flag)]),
    ['answers', zeekVector(row['answers']!).map(plainText), record && (record['dns.answers'] ?? []).map(zeekAnswer)],
  ];
  if (row['rtt'] !== '-') {
    const durationNs = record?.['event.duration'];
    list.push([
      'rtt',
      Math.round(Number(row['rtt']) * 1e6),
      durationNs === undefined ? undefined : Math.round(durationNs / 1000),
    ]);
  }
  return list;
}

const TYPE_NAMES = Array.from({ length: 300 }, (_, type) => dnsTypeName(type));
const typeNumber = (name: string | undefined): number => TYPE_NAMES.indexOf(name ?? '');

/** Names of the registry where Zeek has its own. */
function typeOf(name: string): string {
  return name === '*' ? 'ANY' : name === 'NIMLOC' ? 'NB' : name.replace('query-', 'TYPE');
}

/** `TXT 3 abc TXT 2 de`: the strings of a record one behind the other. */
function plainText(answer: string): string {
  let text = '';
  let rest = answer;
  for (let head = /^TXT (\d+) /.exec(rest); head !== null; head = /^ ?TXT (\d+) /.exec(rest)) {
    const end = head[0].length + Number(head[1]);
    text += rest.slice(head[0].length, end);
    rest = rest.slice(end);
  }
  return rest === '' ? text : answer;
}

function unset(cell: string | undefined): string | undefined {
  return cell === undefined || cell === '-' ? undefined : zeekText(cell);
}

function classNumber(record: DnsRecord | undefined): string | undefined {
  const name = record?.['dns.question.class'];
  return name === undefined ? undefined : (CLASSES[name] ?? name.replace('CLASS', ''));
}

/** Our answer in the words of Zeek's vector, which keeps one word of most types. */
function zeekAnswer(answer: { type: string; data?: string }): string {
  const words = (answer.data ?? '').split(' ');
  const name = (text: string | undefined): string => (text ?? '').replace(/\.$/, '').toLowerCase();
  switch (answer.type) {
    case 'MX':
      return name(words[1]);
    case 'SRV':
      return name(words[3]);
    case 'SOA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
    case 'DNAME':
      return name(words[0]);
    case 'DNSKEY':
      return `DNSKEY ${words[2]}`;
    case 'RRSIG':
      return `RRSIG ${typeNumber(words[0])} ${name(words[7])}`;
    case 'NSEC3PARAM':
      return 'NSEC3PARAM';
    default:
      return answer.data ?? '';
  }
}
