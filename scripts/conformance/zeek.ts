import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowRecord } from '../../protocol/records/flow.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { conversationKey, pairUp } from './match.js';
import type { Recordings } from './recording.js';
import type { Tally } from './tally.js';
import { compareZeekApplication, zeekLogOf } from './zeek-applications.js';
import { compareZeekDhcp } from './zeek-dhcp.js';
import { compareZeekDns } from './zeek-dns.js';
import { readZeekLog, type ZeekRow } from './zeek-log.js';
import { compareZeekX509 } from './zeek-x509.js';

const SUITE = 'zeek conn';

interface ZeekTest {
  test: string;
  pcap: string;
  runs: string[];
  n_runs: number;
  expected: string[];
}

/** Tunnels that are not decoded yet, by a word in the capture's or test's path. */
const NEEDS: readonly (readonly [RegExp, string])[] = [[/rdp-x509/, 'certificates of RDP without TLS']];

/** Logs that are compared in their own way. */
const OWN_LOGS = /\/(conn|dns|dhcp|x509)\.log$/;

/** conn.log, dns.log and those of applications, of the tests that ran Zeek once on the whole capture. */
export async function compareZeek(folder: string, recordings: Recordings, tally: Tally): Promise<void> {
  for (const line of readFileSync(join(folder, 'manifest.jsonl'), 'utf8').split('\n')) {
    if (line === '') continue;
    const test = JSON.parse(line) as ZeekTest;
    const logs = test.expected.filter((path) => OWN_LOGS.test(path) || zeekLogOf(path) !== undefined);
    if (logs.length === 0) continue;
    const reason = reasonToSkip(test);
    if (reason !== undefined) {
      for (const _log of logs) tally.skip('zeek', reason);
      continue;
    }
    const isUnchecked = / -C /.test(test.runs[0]!);
    const replayed = await recordings.replay(join(folder, test.pcap), !isUnchecked);
    const needs = NEEDS.find(([word]) => word.test(`${test.pcap} ${test.test}`))?.[1];
    for (const log of logs) {
      const { fields, rows } = readZeekLog(join(folder, log));
      const application = zeekLogOf(log);
      if (log.endsWith('dhcp.log')) compareDhcp(test, rows, replayed.others, needs, tally);
      else if (log.endsWith('x509.log')) compareZeekX509(test.test, rows, replayed.others, needs, tally);
      else if (!fields.includes('id.orig_p') || (log.endsWith('conn.log') && !fields.includes('duration')))
        tally.skip('zeek', 'fields renamed or left out by the test');
      else if (application !== undefined)
        compareZeekApplication(application, test.test, rows, replayed.others, needs, tally);
      else if (log.endsWith('conn.log')) compareConn(test.test, rows, replayed.flows, needs, tally);
      else compareZeekDns(test.test, rows, replayed.dns, needs, tally);
    }
  }
}

/** Some tests are about where Zeek cuts a long row. */
function compareDhcp(
  { test, runs }: ZeekTest,
  rows: readonly ZeekRow[],
  records: readonly AnyRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  if (/DHCP::max_/.test(runs[0]!)) tally.skip('zeek', 'rows cut by the test');
  else compareZeekDhcp(test, rows, records, needs, tally);
}

function reasonToSkip(test: ZeekTest): string | undefined {
  if (test.n_runs !== 1) return 'not run exactly once';
  if (test.test === 'language/init-in-anon-function.zeek') return 'addresses changed by the test';
  if (/ -f /.test(test.runs[0]!)) return 'run with a capture filter';
  return undefined;
}

function compareConn(
  test: string,
  rows: readonly ZeekRow[],
  flows: readonly FlowRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  const { pairs, left } = pairUp(rows, flows, keyOfRow, keyOfFlow, agreement);
  for (const [row, flow] of pairs) {
    const subject = `${test} ${row['id.orig_h']}:${row['id.orig_p']} > ${row['id.resp_h']}:${row['id.resp_p']}`;
    const common = { suite: SUITE, subject, needs, context: row };
    tally.add({ ...common, field: 'found', expected: true, actual: flow !== undefined });
    for (const [field, expected, actual] of fieldsOf(row, flow)) tally.add({ ...common, field, expected, actual });
  }
  const more = left.map((flow) => `${flow['source.ip']} > ${flow['destination.ip']}`);
  tally.add({ suite: SUITE, subject: test, needs, context: {}, field: 'no more', expected: [], actual: more });
}

/** Zeek says `icmp` for ICMPv6 too, and has no name for what is not TCP, UDP or ICMP. */
function zeekProto(flow: FlowRecord): string {
  const transport = flow['network.transport'] ?? '';
  if (transport === 'tcp' || transport === 'udp') return transport;
  return transport === 'icmp' || transport === 'ipv6-icmp' ? 'icmp' : 'unknown_transport';
}

function keyOfRow(row: ZeekRow): string {
  const orig = Number(row['id.orig_p']);
  return conversationKey(row['proto']!, row['id.orig_h']!, orig, row['id.resp_h']!, Number(row['id.resp_p']));
}

function keyOfFlow(flow: FlowRecord): string {
  const proto = zeekProto(flow);
  const [source, destination] = [flow['source.ip'] ?? '', flow['destination.ip'] ?? ''];
  return conversationKey(proto, source, flow['source.port'] ?? 0, destination, flow['destination.port'] ?? 0);
}

function agreement(row: ZeekRow, flow: FlowRecord): number {
  return fieldsOf(row, flow).filter(([, expected, actual]) => expected === actual).length;
}

type Compared = readonly [field: string, expected: unknown, actual: unknown];

/** Zeek leaves duration and both payload sizes unset when a conversation has only one moment. */
function fieldsOf(row: ZeekRow, flow: FlowRecord | undefined): Compared[] {
  const isOneMoment = row['duration'] === '-';
  const list: Compared[] = [
    ['id.orig_h', row['id.orig_h'], flow?.['source.ip']],
    ['id.orig_p', Number(row['id.orig_p']), flow && (flow['source.port'] ?? 0)],
    ['id.resp_h', row['id.resp_h'], flow?.['destination.ip']],
    ['id.resp_p', Number(row['id.resp_p']), flow && (flow['destination.port'] ?? 0)],
    ['proto', row['proto'], flow && zeekProto(flow)],
    ['duration', isOneMoment ? 0 : micros(row['duration']!), flow && Math.round(flow['event.duration'] / 1000)],
    ['conn_state', row['conn_state'], flow?.['hinomi.flow.state']],
    ['history', row['history'] === '-' ? '' : row['history'], flow?.['hinomi.flow.history']],
    ['missed_bytes', Number(row['missed_bytes']), flow?.['hinomi.flow.missed_bytes']],
    ['orig_pkts', Number(row['orig_pkts']), flow?.['source.packets']],
    ['orig_ip_bytes', Number(row['orig_ip_bytes']), flow?.['hinomi.flow.source_ip_bytes']],
    ['resp_pkts', Number(row['resp_pkts']), flow?.['destination.packets']],
    ['resp_ip_bytes', Number(row['resp_ip_bytes']), flow?.['hinomi.flow.destination_ip_bytes']],
  ];
  if (row['orig_bytes'] !== '-') {
    list.push(
      ['orig_bytes', Number(row['orig_bytes']), flow?.['hinomi.flow.source_payload_bytes']],
      ['resp_bytes', Number(row['resp_bytes']), flow?.['hinomi.flow.destination_payload_bytes']],
    );
  }
  if (/\bdns\b/.test(row['service'] ?? '')) list.push(['service dns', true, flow && isDns(flow)]);
  return list;
}

function micros(seconds: string): number {
  return Math.round(Number(seconds) * 1e6);
}

/** Zeek's service `dns` holds for its relatives too. */
function isDns(flow: FlowRecord): boolean {
  return ['dns', 'mdns', 'llmnr', 'nbns'].includes(flow['network.protocol'] ?? '');
}
