import type { AnyRecord } from '../../protocol/records/records.js';
import { told, type ZeekLog, type ZeekRow } from './zeek-log.js';

/** http.log: a request with its response. */
export const HTTP_LOG: ZeekLog = {
  name: 'http',
  isOurs: (record) => record['event.dataset'] === 'http',
  // Of a connection with more data in it than its one exchange Zeek makes a row without anything.
  isSkipped: (row) => row['method'] === '-' && row['status_code'] === '-',
  fields: (row, record) =>
    (
      [
        ['method', told(row, 'method'), record?.['http.request.method']],
        ['host', told(row, 'host'), hostOf(row, record)],
        ['uri', told(row, 'uri'), record?.['url.original']],
        ['referrer', told(row, 'referrer'), record?.['http.request.referrer']],
        ['version', told(row, 'version'), record?.['http.version']],
        ['user_agent', told(row, 'user_agent'), record?.['user_agent.original']],
        ['request_body_len', number(row, 'request_body_len'), record?.['http.request.body.bytes'] ?? 0],
        ['response_body_len', number(row, 'response_body_len'), record?.['http.response.body.bytes'] ?? 0],
        ['status_code', number(row, 'status_code'), record?.['http.response.status_code']],
        ['username', told(row, 'username'), record?.['user.name']],
      ] as const
    ).filter(([, expected]) => expected !== undefined),
};

function number(row: ZeekRow, field: string): number | undefined {
  const cell = row[field];
  return cell === undefined || cell === '-' ? undefined : Number(cell);
}

/** Zeek keeps the port in the host of some requests. */
function hostOf(row: ZeekRow, record: AnyRecord | undefined): unknown {
  const port = record?.['url.port'];
  const isWithPort = port !== undefined && (row['host'] ?? '').endsWith(`:${port}`);
  return isWithPort ? `${record?.['url.domain']}:${port}` : record?.['url.domain'];
}
