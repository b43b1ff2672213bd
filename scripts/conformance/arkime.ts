import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowRecord } from '../../protocol/records/flow.js';
import { compareArkimeApplications } from './arkime-applications.js';
import { type ArkimeDns, compareArkimeDns, plainIp } from './arkime-dns.js';
import type { ArkimeBody } from './arkime-field.js';
import { conversationKey, pairUp } from './match.js';
import type { Recordings } from './recording.js';
import type { Tally } from './tally.js';

const SUITE = 'arkime flow';
/** Arkime joins all ICMP of two hosts; ours are apart by type, as their community ids are. */
const ICMP: ReadonlySet<number> = new Set([1, 58]);
/** Protocol words of a session, or link types, that must be decoded before it can be found. */
const NEEDS: readonly string[] = ['corrupt-ether'];
const NEEDS_BY_CAPTURE: Readonly<Record<string, string>> = {};

interface End {
  ip?: string;
  port?: number;
  bytes?: number;
  packets?: number;
}

interface Session extends ArkimeBody {
  ipProtocol: number;
  protocol: string[];
  source: End;
  destination: End;
  client: { bytes: number };
  server: { bytes: number };
  dns?: ArkimeDns[];
}

/** What is compared of a session, from either side; several of the same key may be added up. */
interface Counts {
  key: string;
  source: string;
  destination: string;
  sourceBytes: number;
  destinationBytes: number;
  sourcePackets: number;
  destinationPackets: number;
  clientBytes: number;
  serverBytes: number;
  communityIds: string[];
  /** Of the first flow. */
  history: string;
}

export async function compareArkime(folder: string, recordings: Recordings, tally: Tally): Promise<void> {
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.test')) continue;
    const name = file.slice(0, -'.test'.length);
    const { flows, dns, others } = await recordings.replay(join(folder, `${name}.pcap`), false);
    const all = readSessions(join(folder, file));
    const sessions = all.filter((session) => session.source.ip !== undefined && session.ipProtocol !== 0);
    for (let i = sessions.length; i < all.length; i++) tally.skip('arkime', 'session without IP');
    compareSessions(name, sessions, flows, tally);
    for (const session of sessions) {
      const subject = `${name} ${keyOfSession(session)}`;
      const { community_id: tuple } = session.network;
      const alike = sessions.filter(
        (one) => one !== session && one.network.community_id === tuple && tuple !== undefined,
      );
      compareArkimeApplications(subject, session, others, needs(name, session), tally, alike);
      if (session.dns !== undefined) {
        const { community_id: id } = session.network;
        compareArkimeDns(subject, session.dns, id, dns, needs(name, session), tally);
      }
    }
  }
}

function readSessions(path: string): Session[] {
  const parsed: { sessions3: { body: Session }[] } = JSON.parse(readFileSync(path, 'utf8'));
  return parsed.sessions3.map(({ body }) => body);
}

function compareSessions(name: string, sessions: readonly Session[], flows: readonly FlowRecord[], tally: Tally): void {
  const needsOf = new Map(sessions.map((session) => [keyOfSession(session), needs(name, session)]));
  const wordsOf = new Map(sessions.map((session) => [keyOfSession(session), session.protocol]));
  const expected = sessions.map(countsOfSession);
  const actual = flows.map(countsOfFlow);
  const wholes = wholeKeys(expected, actual);
  const { pairs } = pairUp(
    addUp(expected, wholes),
    addUp(actual, wholes),
    (counts) => counts.key,
    (counts) => counts.key,
    (e, a) => fieldsOf(e, a).filter(([, x, y]) => x === y).length,
  );
  for (const [e, a] of pairs) {
    const context = { key: e.key, ourHistory: a?.history, words: wordsOf.get(e.key) };
    const common = { suite: SUITE, subject: `${name} ${e.key}`, needs: needsOf.get(e.key), context };
    tally.add({ ...common, field: 'found', expected: true, actual: a !== undefined });
    for (const [field, x, y] of fieldsOf(e, a)) tally.add({ ...common, field, expected: x, actual: y });
    compareIds(e, a, (x, y) => tally.add({ ...common, field: 'community_id', expected: x, actual: y }));
  }
}

function needs(name: string, session: Session): string | undefined {
  return NEEDS.find((word) => session.protocol.includes(word)) ?? NEEDS_BY_CAPTURE[name];
}

/** A session of several flows (ICMP) must have the id of one of them. */
function compareIds(e: Counts, a: Counts | undefined, add: (expected: string, actual: string) => void): void {
  for (const id of new Set(e.communityIds)) {
    add(id, a?.communityIds.includes(id) ? id : (a?.communityIds.join(' ') ?? ''));
  }
}

/** Keys whose sessions are cut differently on the two sides: Arkime cuts long ones into pieces. */
function wholeKeys(expected: readonly Counts[], actual: readonly Counts[]): Set<string> {
  const balance = new Map<string, number>();
  for (const { key } of expected) balance.set(key, (balance.get(key) ?? 0) + 1);
  for (const { key } of actual) balance.set(key, (balance.get(key) ?? 0) - 1);
  return new Set([...balance].filter(([, difference]) => difference !== 0).map(([key]) => key));
}

function addUp(list: readonly Counts[], wholes: ReadonlySet<string>): Counts[] {
  const sums = new Map<string, Counts>();
  const result: Counts[] = [];
  for (const counts of list) {
    const sum = wholes.has(counts.key) ? sums.get(counts.key) : undefined;
    if (sum !== undefined) addTo(sum, counts);
    else {
      const copy = { ...counts, communityIds: [...counts.communityIds] };
      sums.set(counts.key, copy);
      result.push(copy);
    }
  }
  return result;
}

/** Pieces may have begun from different sides. */
function addTo(sum: Counts, more: Counts): void {
  const isSame = sum.source === more.source;
  sum.sourceBytes += isSame ? more.sourceBytes : more.destinationBytes;
  sum.destinationBytes += isSame ? more.destinationBytes : more.sourceBytes;
  sum.sourcePackets += isSame ? more.sourcePackets : more.destinationPackets;
  sum.destinationPackets += isSame ? more.destinationPackets : more.sourcePackets;
  sum.clientBytes += isSame ? more.clientBytes : more.serverBytes;
  sum.serverBytes += isSame ? more.serverBytes : more.clientBytes;
  sum.communityIds.push(...more.communityIds);
}

function keyOfSession({ ipProtocol, source, destination }: Session): string {
  const [a, b] = [plainIp(source.ip ?? ''), plainIp(destination.ip ?? '')];
  return conversationKey(ipProtocol, a, source.port ?? 0, b, destination.port ?? 0);
}

function countsOfSession(session: Session): Counts {
  const { source, destination, client, server, network } = session;
  return {
    key: keyOfSession(session),
    source: `${plainIp(source.ip ?? '')} ${source.port ?? 0}`,
    destination: `${plainIp(destination.ip ?? '')} ${destination.port ?? 0}`,
    sourceBytes: source.bytes ?? 0,
    destinationBytes: destination.bytes ?? 0,
    sourcePackets: source.packets ?? 0,
    destinationPackets: destination.packets ?? 0,
    clientBytes: client.bytes,
    serverBytes: server.bytes,
    communityIds: network.community_id === undefined ? [] : [network.community_id],
    history: '',
  };
}

function countsOfFlow(flow: FlowRecord): Counts {
  const protocol = Number(flow['network.iana_number']);
  const hasPorts = !ICMP.has(protocol);
  const [a, b] = [flow['source.ip'] ?? '', flow['destination.ip'] ?? ''];
  const aPort = hasPorts ? (flow['source.port'] ?? 0) : 0;
  const bPort = hasPorts ? (flow['destination.port'] ?? 0) : 0;
  return {
    key: conversationKey(protocol, a, aPort, b, bPort),
    source: `${a} ${aPort}`,
    destination: `${b} ${bPort}`,
    sourceBytes: flow['source.bytes'],
    destinationBytes: flow['destination.bytes'],
    sourcePackets: flow['source.packets'],
    destinationPackets: flow['destination.packets'],
    clientBytes: flow['hinomi.flow.source_payload_bytes'],
    serverBytes: flow['hinomi.flow.destination_payload_bytes'],
    communityIds: [flow['network.community_id'] ?? ''],
    history: flow['hinomi.flow.history'],
  };
}

function fieldsOf(e: Counts, a: Counts | undefined): (readonly [field: string, expected: unknown, actual: unknown])[] {
  return [
    ['source', e.source, a?.source],
    ['destination', e.destination, a?.destination],
    ['source.bytes', e.sourceBytes, a?.sourceBytes],
    ['destination.bytes', e.destinationBytes, a?.destinationBytes],
    ['source.packets', e.sourcePackets, a?.sourcePackets],
    ['destination.packets', e.destinationPackets, a?.destinationPackets],
    ['client.bytes', e.clientBytes, a?.clientBytes],
    ['server.bytes', e.serverBytes, a?.serverBytes],
  ];
}
