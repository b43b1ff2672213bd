import { told, type ZeekLog } from './zeek-log.js';

/** kerberos.log: a request with its reply. */
export const KERBEROS_LOG: ZeekLog = {
  name: 'kerberos',
  isOurs: (record) => record['network.protocol'] === 'kerberos',
  fields: (row, record) => {
    const client = record?.['user.name'];
    const service = record?.['hinomi.session.service'];
    const realm = record?.['user.domain'];
    const outcome = record?.['hinomi.session.outcome'];
    return (
      [
        ['request_type', told(row, 'request_type'), record?.['hinomi.session.operation']],
        ['client', told(row, 'client'), client === undefined ? undefined : `${client}/${realm}`],
        ['service', told(row, 'service'), service],
        ['success', told(row, 'success'), outcome === 'success' ? 'T' : outcome === 'failure' ? 'F' : undefined],
        ['error_msg', told(row, 'error_msg'), record?.['hinomi.session.error']],
        ['cipher', told(row, 'cipher'), record?.['hinomi.session.cipher']],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};
