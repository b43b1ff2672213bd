import type { AnyRecord } from '../../protocol/records/records.js';
import { detailOf, told, type ZeekLog, type ZeekRow } from './zeek-log.js';

/** kerberos.log: a request with its reply, or a ticket shown to a service inside of another protocol. */
export const KERBEROS_LOG: ZeekLog = {
  name: 'kerberos',
  isOurs: (record) => record['network.protocol'] === 'kerberos',
  fields: (row, record) => {
    const client = record?.['user.name'] ?? '';
    const realm = record?.['user.domain'];
    const outcome = record?.['hinomi.session.outcome'];
    return (
      [
        ['request_type', told(row, 'request_type'), record?.['hinomi.session.operation']],
        // Whose a ticket is can be read only by the service: Zeek has an empty name then.
        ['client', told(row, 'client'), realm === undefined ? undefined : `${client}/${realm}`],
        ['service', told(row, 'service'), record?.['hinomi.session.service']],
        ['success', told(row, 'success'), outcome === 'success' ? 'T' : outcome === 'failure' ? 'F' : undefined],
        ['error_msg', told(row, 'error_msg'), errorOf(row, record)],
        ['cipher', told(row, 'cipher'), record?.['hinomi.session.cipher']],
        ['forwardable', told(row, 'forwardable'), optionOf(record, 'forwardable')],
        ['renewable', told(row, 'renewable'), optionOf(record, 'renewable')],
        ['client_cert', plain(told(row, 'client_cert_subject')), plain(detailOf(record, 'client_certificate'))],
        ['server_cert', plain(told(row, 'server_cert_subject')), plain(detailOf(record, 'server_certificate'))],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

/** Where the server says something in words of its own, Zeek has those in place of the error's name. */
function errorOf(row: ZeekRow, record: AnyRecord | undefined): unknown {
  const said = detailOf(record, 'error_text');
  return said !== undefined && said === told(row, 'error_msg') ? said : record?.['hinomi.session.error'];
}

function optionOf(record: AnyRecord | undefined, name: string): string {
  return detailOf(record, 'options')?.split(',').includes(name) === true ? 'T' : 'F';
}

/** Zeek writes a comma inside of a part as `\\,` in the log, which is itself escaped. */
const plain = (subject: string | undefined): string | undefined => subject?.replaceAll('\\', '');
