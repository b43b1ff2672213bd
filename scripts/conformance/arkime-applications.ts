import type { AnyRecord } from '../../protocol/records/records.js';
import type { ArkimeBody, Field } from './arkime-field.js';
import { SERVICE_FIELDS } from './arkime-services.js';
import { WINDOWS_FIELDS } from './arkime-windows.js';
import type { Tally } from './tally.js';

const VERSIONS: Readonly<Record<string, string>> = { 'ssl 3.0': 'SSLv3', 'tls 1.0': 'TLSv1' };
const ofTls = (record: AnyRecord): boolean => record['event.dataset'] === 'tls';
const ofHttp = (record: AnyRecord): boolean => record['event.dataset'] === 'http';
const ofDhcp = (record: AnyRecord): boolean => record['event.dataset'] === 'dhcp';

const FIELDS: readonly Field[] = [
  ...SERVICE_FIELDS,
  ...WINDOWS_FIELDS,
  tls('cipher', 'cipher', (record) => record['tls.cipher']),
  tls('ja3', 'ja3', (record) => record['tls.client.ja3']),
  tls('ja3s', 'ja3s', (record) => record['tls.server.ja3s']),
  tls('ja4', 'ja4', (record) => record['tls.client.ja4']),
  tls('version', 'version', versionOf),
  {
    suite: 'arkime tls',
    field: 'certificate',
    expected: ({ cert }) => cert?.map(({ hash }) => hash?.replaceAll(':', '').toUpperCase()),
    actual: (record) => (ofTls(record) ? record['tls.server.hash.sha1'] : undefined),
  },
  http('method', 'method', (record) => record['http.request.method']),
  http('useragent', 'useragent', (record) => record['user_agent.original']),
  http('statuscode', 'statuscode', (record) => record['http.response.status_code']),
  http('path', 'path', (record) => record['url.path']),
  {
    suite: 'arkime http',
    field: 'host',
    // Names of TLS stand in the same list; a host with a port stands there twice.
    expected: ({ http: said }) =>
      said?.['method'] === undefined ? undefined : said['host']?.filter((host) => !/:\d+$/.test(String(host))),
    actual: (record) => (ofHttp(record) ? record['url.domain'] : undefined),
  },
  quic('host', (record) => record['tls.client.server_name']),
  quic('version', (record) => record['hinomi.quic.version']),
  quic('useragent', (record) => record['user_agent.original']),
  dhcp('type', 'type', (record) => String(record['hinomi.dhcp.message_type']).replaceAll('-', '_')),
  dhcp('id', 'id', transactionOf),
  dhcp('mac', 'mac', macOf),
  dhcp('host', 'host', (record) => record['hinomi.dhcp.hostname']),
];

/**
 * What Arkime says of the applications of one session, field by field.
 * @param alike other sessions of the same community id
 */
export function compareArkimeApplications(
  subject: string,
  body: ArkimeBody,
  records: readonly AnyRecord[],
  needs: string | undefined,
  tally: Tally,
  alike: readonly ArkimeBody[] = [],
): void {
  const ours = records.filter((record) => isOfSession(record, body));
  for (const { suite, field, expected, actual } of FIELDS) {
    if (expected(body) === undefined) continue;
    // A 5-tuple may come again, and Arkime cuts long sessions: ours are those of all of them.
    const wanted = [body, ...alike].flatMap((one) => expected(one) ?? []);
    const common = { suite, subject, needs, context: { ours } };
    const values = sorted(ours.flatMap(actual));
    // Of a chain of certificates a record tells the server's own.
    const isOneOf = field === 'certificate' && values.length > 0 && values.every((value) => wanted.includes(value));
    tally.add({ ...common, field, expected: isOneOf ? values : sorted(wanted), actual: values });
  }
}

/** Arkime joins the messages of DHCP by their transaction, whatever their addresses. */
function isOfSession(record: AnyRecord, body: ArkimeBody): boolean {
  // Of a relay's message it tells no transaction.
  const isRelayed = record['hinomi.dhcp.relayed_type'] !== undefined;
  if (ofDhcp(record) && body.dhcp?.['id'] !== undefined && !isRelayed) {
    const isSameMac = body.dhcp['mac']?.includes(macOf(record)) ?? true;
    return isSameMac && body.dhcp['id'].includes(transactionOf(record));
  }
  const { community_id: id } = body.network;
  return id === undefined ? endsOf(record) === endsOfBody(body) : record['network.community_id'] === id;
}

/** Some sessions carry no community id. */
function endsOfBody({ source, destination }: ArkimeBody): string {
  return [source, destination]
    .map(({ ip, port }) => `${ip} ${port}`)
    .sort()
    .join();
}

function endsOf(record: AnyRecord): string {
  return ['source', 'destination']
    .map((end) => `${record[`${end}.ip`]} ${record[`${end}.port`]}`)
    .sort()
    .join();
}

function macOf(record: AnyRecord): string {
  return String(record['hinomi.dhcp.client_mac']).toLowerCase();
}

function transactionOf(record: AnyRecord): string {
  return String(record['hinomi.dhcp.transaction_id']).replace(/^0+(?=.)/, '');
}

function tls(field: string, key: string, actual: (record: AnyRecord) => unknown): Field {
  return {
    suite: 'arkime tls',
    field,
    expected: (body) => body.tls?.[key],
    actual: (record) => (ofTls(record) ? actual(record) : undefined),
  };
}

function http(field: string, key: string, actual: (record: AnyRecord) => unknown): Field {
  return {
    suite: 'arkime http',
    field,
    expected: (body) => body.http?.[key],
    actual: (record) => (ofHttp(record) ? actual(record) : undefined),
  };
}

function quic(field: string, actual: (record: AnyRecord) => unknown): Field {
  return {
    suite: 'arkime quic',
    field,
    expected: (body) => body.quic?.[field],
    actual: (record) => (record['network.protocol'] === 'quic' ? actual(record) : undefined),
  };
}

function dhcp(field: string, key: string, actual: (record: AnyRecord) => unknown): Field {
  return {
    suite: 'arkime dhcp',
    field,
    expected: (body) => body.dhcp?.[key],
    actual: (record) => (ofDhcp(record) ? actual(record) : undefined),
  };
}

function versionOf(record: AnyRecord): string | undefined {
  const name = `${record['tls.version_protocol']} ${record['tls.version']}`;
  return record['tls.version'] === undefined ? undefined : (VERSIONS[name] ?? name.replace('tls ', 'TLSv'));
}

function sorted(values: readonly unknown[]): unknown[] {
  return [...new Set(values.filter((value) => value !== undefined))].sort();
}
