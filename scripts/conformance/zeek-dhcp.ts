import type { AnyRecord } from '../../protocol/records/records.js';
import { pairUp } from './match.js';
import type { Tally } from './tally.js';
import { type Compared, told, type ZeekRow } from './zeek-log.js';

const SUITE = 'zeek dhcp';
const FROM_SERVER: ReadonlySet<string> = new Set(['OFFER', 'ACK', 'NAK']);

/** Messages of one transaction, in their order. */
type Transaction = readonly AnyRecord[];

/** dhcp.log: Zeek joins the messages of a transaction; ours are one by one, and joined here in the same way. */
export function compareZeekDhcp(
  test: string,
  rows: readonly ZeekRow[],
  records: readonly AnyRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  const ours = join(records.filter((record) => record['network.protocol'] === 'dhcp'));
  const agreement = (row: ZeekRow, transaction: Transaction): number =>
    fieldsOf(row, transaction).filter(([, expected, actual]) => `${expected}` === `${actual}`).length;
  const { pairs, left } = pairUp(rows, ours, (row) => row['mac']!, macOf, agreement);
  for (const [row, transaction] of pairs) {
    const common = { suite: SUITE, subject: `${test} ${row['mac']} ${row['msg_types']}`, needs, context: row };
    tally.add({ ...common, field: 'found', expected: true, actual: transaction !== undefined });
    for (const [field, expected, actual] of fieldsOf(row, transaction ?? []))
      tally.add({ ...common, field, expected, actual });
  }
  const more = left.map((transaction) => `${macOf(transaction)} ${typesOf(transaction)}`);
  tally.add({ suite: SUITE, subject: test, needs, context: {}, field: 'no more', expected: [], actual: more });
}

function join(records: readonly AnyRecord[]): Transaction[] {
  const transactions = new Map<unknown, AnyRecord[]>();
  for (const record of records) {
    const id = record['hinomi.dhcp.transaction_id'];
    const known = transactions.get(id);
    if (known === undefined) transactions.set(id, [record]);
    else known.push(record);
  }
  return [...transactions.values()];
}

const macOf = (transaction: Transaction): string => String(transaction[0]?.['hinomi.dhcp.client_mac']);
const typesOf = (transaction: Transaction): string =>
  transaction.map((record) => record['hinomi.dhcp.message_type']).join(',');

function fieldsOf(row: ZeekRow, transaction: Transaction): Compared[] {
  const isOfServer = (record: AnyRecord): boolean => FROM_SERVER.has(String(record['hinomi.dhcp.message_type']));
  const client = transaction.filter((record) => !isOfServer(record));
  const server = transaction.filter(isOfServer);
  const granted = server.filter((record) => record['hinomi.dhcp.assigned_ip'] !== undefined);
  const last = (records: Transaction, field: string): unknown =>
    records.findLast((record) => record[field] !== undefined)?.[field];
  const speaker = client.find((record) => record['source.ip'] !== '0.0.0.0')?.['source.ip'];
  return [
    ['client_addr', told(row, 'client_addr'), speaker ?? granted[0]?.['hinomi.dhcp.assigned_ip']],
    ['server_addr', told(row, 'server_addr'), last(granted, 'hinomi.dhcp.server_ip')],
    ['mac', told(row, 'mac'), last(transaction, 'hinomi.dhcp.client_mac')],
    ['host_name', told(row, 'host_name'), last(client, 'hinomi.dhcp.hostname')],
    ['client_fqdn', told(row, 'client_fqdn'), last(client, 'hinomi.dhcp.fqdn')],
    ['domain', told(row, 'domain'), last(server, 'hinomi.dhcp.domain')],
    ['requested_addr', told(row, 'requested_addr'), last(client, 'hinomi.dhcp.requested_ip')],
    ['assigned_addr', told(row, 'assigned_addr'), last(server, 'hinomi.dhcp.assigned_ip')],
    ['lease_time', told(row, 'lease_time')?.replace(/\.0+$/, ''), last(server, 'hinomi.dhcp.lease_s')?.toString()],
    ['client_message', told(row, 'client_message'), last(client, 'hinomi.dhcp.message')],
    ['server_message', told(row, 'server_message'), last(server, 'hinomi.dhcp.message')],
    ['msg_types', row['msg_types'], typesOf(transaction)],
    ...subOptions(row, server),
  ];
}

/** Columns of option 82, which only one script adds. */
function subOptions(row: ZeekRow, server: Transaction): Compared[] {
  if (row['circuit_id'] === undefined) return [];
  const of = (field: string): unknown => server.find((record) => record[field] !== undefined)?.[field];
  // Ours are hexadecimal when they are no text.
  const said = (name: string): string | undefined =>
    told(row, name, (cell) => (/^[ -~]*$/.test(cell) ? cell : Buffer.from(cell, 'latin1').toString('hex')));
  return [
    ['circuit_id', said('circuit_id'), of('hinomi.dhcp.circuit_id')],
    ['agent_remote_id', said('agent_remote_id'), of('hinomi.dhcp.remote_id')],
    ['subscriber_id', said('subscriber_id'), of('hinomi.dhcp.subscriber_id')],
  ];
}
