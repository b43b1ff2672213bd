import { isIPv6, SocketAddress } from 'node:net';
import { domainToASCII } from 'node:url';
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
    const name = best && nameOf(best['dns.question.name'] || '<root>');
    tally.add({ ...common, field: 'queryHost', expected: nameOf(entry.queryHost ?? ''), actual: name });
    tally.add({ ...common, field: 'qt', expected: entry.qt, actual: best?.['dns.question.type'] });
    tally.add({ ...common, field: 'qc', expected: entry.qc, actual: best?.['dns.question.class'] });
    tally.add({ ...common, field: 'opcode', expected: entry.opcode, actual: best?.['dns.op_code'] });
    const status = entry.status && (STATUS[entry.status] ?? entry.status);
    tally.add({ ...common, field: 'status', expected: status, actual: best?.['dns.response_code'] });
    const flags = best && flagsOf(best);
    tally.add({ ...common, field: 'headerFlags', expected: entry.headerFlags ?? [], actual: flags });
    const expected = sorted((entry.answers ?? []).map(arkimeAnswer));
    const actual = answersLike(expected, same);
    tally.add({ ...common, field: 'answers', expected, actual });
  }
}

function isSameQuestion(entry: ArkimeDns, record: DnsRecord): boolean {
  const name = nameOf(record['dns.question.name'] || '<root>');
  return name === nameOf(entry.queryHost ?? '') && record['dns.question.type'] === entry.qt;
}

/** Arkime decodes names of other scripts; ours are as sent. */
function nameOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII
  return /[^\x00-\x7f]/.test(text) ? domainToASCII(text) : text.toLowerCase();
}

/** Arkime shows the flags of a response, without those of EDNS. */
function flagsOf(record: DnsRecord): string[] {
  const flags = record['dns.type'] === 'answer' ? (record['dns.header_flags'] ?? []) : [];
  return flags.filter((flag) => flag !== 'DO').sort();
}

/** Of a question that was asked again: the answers to one of them, or all of them together. */
function answersLike(expected: readonly string[], records: readonly DnsRecord[]): string[] {
  const each = records.map((record) => sorted((record['dns.answers'] ?? []).map(ourAnswer)));
  return each.find((answers) => answers.join() === expected.join()) ?? sorted(each.flat());
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
  return `${nameOf(name)} ${dnsClass} ${type} ${ttl} ${priority === undefined ? '' : `${priority} `}${plain}`;
}

/** Types whose data Arkime shows; PTR, SOA, SRV and the rest are names and numbers only. */
const SHOWN: ReadonlySet<string> = new Set('A AAAA CNAME MX NS TXT CAA HTTPS SVCB DS DNSKEY RRSIG NSEC'.split(' '));

function ourAnswer(answer: DnsAnswer): string {
  const data = answer.type === 'RRSIG' ? signed(answer.data ?? '') : SHOWN.has(answer.type) ? (answer.data ?? '') : '';
  const isText = answer.type === 'TXT';
  const plain = isText
    ? data
    : data
        .replaceAll(/(?<=\S)\.(?=\s|$)/g, '')
        .replaceAll('"', '')
        .toLowerCase();
  return `${(answer.name || '<root>').toLowerCase()} ${answer.class} ${answer.type} ${answer.ttl} ${plain}`;
}

/** Arkime has seconds where dig has dates, and leaves the signature out. */
function signed(data: string): string {
  const words = data.split(' ').slice(0, -1);
  const seconds = (date: string): string =>
    String(Date.parse(date.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z')) / 1000);
  return words.map((word, index) => (index === 4 || index === 5 ? seconds(word) : word)).join(' ');
}

/** The short form of an IPv6 address; anything else as it is. */
export function plainIp(text: string): string {
  return isIPv6(text) ? new SocketAddress({ address: text, family: 'ipv6' }).address : text;
}
