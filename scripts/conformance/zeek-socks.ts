import type { AnyRecord } from '../../protocol/records/records.js';
import { told, type ZeekLog } from './zeek-log.js';

/** socks.log. */
export const SOCKS_LOG: ZeekLog = {
  name: 'socks',
  isOurs: (record) => record['network.protocol'] === 'socks',
  fields: (row, record) => {
    const host = told(row, 'request.name') ?? told(row, 'request.host');
    return (
      [
        ['version', told(row, 'version'), record?.['hinomi.session.version']],
        ['user', told(row, 'user'), record?.['user.name']],
        [
          'status',
          told(row, 'status', (text) => (text === 'succeeded' ? 'success' : 'failure')),
          record?.['hinomi.session.outcome'],
        ],
        ['request', host === undefined ? undefined : `${host}:${row['request_p']}`, targetOf(record)],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

function targetOf(record: AnyRecord | undefined): string | undefined {
  return record?.['hinomi.session.target'] as string | undefined;
}
