import { told, type ZeekLog } from './zeek-log.js';

/** ntlm.log: a login by NTLM inside of SMB. */
export const NTLM_LOG: ZeekLog = {
  name: 'ntlm',
  isOurs: (record) => record['hinomi.session.auth_method'] === 'ntlm',
  isSkipped: (row) => told(row, 'username') === undefined,
  fields: (row, record) => {
    const outcome = record?.['hinomi.session.outcome'];
    return (
      [
        ['username', told(row, 'username'), record?.['user.name']],
        ['hostname', told(row, 'hostname'), record?.['host.name']],
        ['domainname', told(row, 'domainname'), record?.['user.domain']],
        ['server_dns_computer_name', told(row, 'server_dns_computer_name'), record?.['hinomi.session.server_name']],
        ['success', told(row, 'success'), outcome === 'success' ? 'T' : outcome === 'failure' ? 'F' : undefined],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};
