import { isIPv6, SocketAddress } from 'node:net';
import type { DnsAnswer, DnsRecord } from '../../protocol/records/dns.js';
import type { Tally } from './tally.js';

const SUITE = 'arkime dns';

export interface ArkimeDns {
  queryHost?: string;
  qt?: string;
  qc?: string;
  opcode?: string;
  status?: string;
  headerFlags?: string[];
  answers?: ArkimeAnswer[];
}

interface ArkimeAnswer {
  name: string;
  type: string;
  class: string;
  ttl: number;
  priority?: number;
  [data: string]: unknown;
}

/** Arkime's spellings of what has another name in the registry. */
const STATUS: Readonly<Record<string, string>> = { NOTIMPL: 'NOTIMP' };

/**
 * Arkime keeps one entry for each different question of a session. Ours are one for each transaction: the first with
 * that question stands for it, and the answers of all of them are taken together.
 */
export function compareArkimeDns(
  subject: string,
  entries: readonly ArkimeDns[],
  communityId: string | undefined,
  records: readonly DnsRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  const ours = records.filter((record) => record['network.community_id'] === communityId);
  for (const entry of entries) {
    const same = ours.filter((record) => isSameQuestion(entry, record));
    const context = { ours: same };
    const common = { suite: SUITE, subject: `${subject} ${entry.queryHost} ${entry.qt}`, needs, context };
    tally.add({ ...common, field: 'found', expected: true, actual: same.length > 0 });
    const best = same.find((record) => record['dns.response_code'] !== undefined) ?? same[0];
    const name = best && (best['dns.question.name'] || '<root>').toLowerCase();
    tally.add({ ...common, field: 'queryHost', expected: entry.queryHost?.toLowerCase(), actual: name });
    tally.add({ ...common, field: 'qt', expected: entry.qt, actual: best?.['dns.question.type'] });
    tally.add({ ...common, field: 'qc', expected: entry.qc, actual: best?.['dns.question.class'] });
    tally.add({ ...common, field: 'opcode', expected: entry.opcode, actual: best?.['dns.op_code'] });
    const status = entry.status && (STATUS[entry.status] ?? entry.status);
    tally.add({ ...common, field: 'status', expected: status, actual: best?.['dns.response_code'] });
    const flags = best && [...(best['dns.header_flags'] ?? [])].filter((flag) => flag !== 'DO').sort();
    tally.add({ ...common, field: 'headerFlags', expected: entry.headerFlags ?? [], actual: flags });
    const expected = sorted((entry.answers ?? []).map(arkimeAnswer));
    const actual = sorted(same.flatMap((record) => record['dns.answers'] ?? []).map(ourAnswer));
    tally.add({ ...common, field: 'answers', expected, actual });
  }
}

function isSameQuestion(entry: ArkimeDns, record: DnsRecord): boolean {
  const name = (record['dns.question.name'] || '<root>').toLowerCase();
  return name === entry.queryHost?.toLowerCase() && record['dns.question.type'] === entry.qt;
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** One answer in words that both sides have: Arkime shows the data of some types only. */
function arkimeAnswer(answer: ArkimeAnswer): string {
  const { name, type, class: dnsClass, ttl, priority, ...data } = answer;
  const value = Object.values(data)[0];
  const text = Array.isArray(value) ? value.join('') : String(value ?? '');
  const plain = type === 'TXT' ? text : plainIp(text.replace(new RegExp(`^${type} `), '')).toLowerCase();
  return `${name.toLowerCase()} ${dnsClass} ${type} ${ttl} ${priority === undefined ? '' : `${priority} `}${plain}`;
}

/** Types whose data Arkime shows; PTR, SOA, SRV and the rest are names and numbers only. */
const SHOWN: ReadonlySet<string> = new Set('A AAAA CNAME MX NS TXT CAA HTTPS SVCB DS DNSKEY RRSIG NSEC'.split(' '));

function ourAnswer(answer: DnsAnswer): string {
  const data = SHOWN.has(answer.type) ? (answer.data ?? '') : '';
  const isText = answer.type === 'TXT';
  const plain = isText
    ? data
    : data
        .replaceAll(/(?<=\S)\.(?=\s|$)/g, '')
        .replaceAll('"', '')
        .toLowerCase();
  return `${(answer.name || '<root>').toLowerCase()} ${answer.class} ${answer.type} ${answer.ttl} ${plain}`;
}

/** The short form of an IPv6 address; anything else as it is. */
export function plainIp(text: string): string {
  return isIPv6(text) ? new SocketAddress({ address: text, family: 'ipv6' }).address : text;
}
